"""The card of the journal: every connection in plain words, by month and purpose."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.core.egress import JournalCheck, Purpose
from app.ui.appearance import Appearance
from app.ui.privacy import journal_words
from app.ui.privacy.journal_controller import JournalController
from app.ui.privacy.journal_list import JournalList
from app.ui.privacy.journal_model import JournalModel
from app.ui.privacy.sources import Traffic
from app.ui.privacy.traffic_chart import TrafficChart
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column
from app.ui.widgets.saving import ask_where
from app.ui.widgets.strip import Strip, Tone


class JournalCard(QFrame):
    """Shows what a `JournalController` reads."""

    def __init__(self, look: Appearance, journal: JournalController) -> None:
        super().__init__()
        self._look = look
        self._journal = journal
        self.model = JournalModel()
        self.model.setParent(self)
        self.strip = Strip(look)
        self.verify = push(look, self.tr("Verify"), icon="shield-check")
        self.verify.clicked.connect(journal.check)
        self.export = push(look, self.tr("Export..."), icon="file-text")
        self.export.clicked.connect(self._ask_where)
        self.chart = TrafficChart(look)
        self.caption = label("", "meta", wrap=True, selectable=True)
        self.purpose = self._choice(self.tr("Show connections for"))
        self.month = self._choice(self.tr("Show connections of"))
        self.purpose.addItem(self.tr("All purposes"), None)
        for purpose in Purpose:
            self.purpose.addItem(journal_words.purpose_words(purpose), purpose)
        self.month.addItem(self.tr("All months"), "")
        self.list = JournalList(look, self.model)
        self.details = label("", "meta", wrap=True, selectable=True)
        self.fingerprint = label("", "meta", wrap=True, selectable=True)
        self.fingerprint.hide()
        self.nothing = label("", "second", wrap=True)
        for widget, name in (
            (self.caption, self.tr("The last months in words")),
            (self.details, self.tr("Details of the chosen connection")),
            (self.fingerprint, self.tr("Fingerprint")),
        ):
            widget.setAccessibleName(name)
        self._lay_out()
        self._connect()
        if not journal.has_journal:
            self.hide()
        self._show_whether_empty(is_empty=True)

    def _choice(self, name: str) -> Choice:
        choice = Choice(self._look)
        choice.setAccessibleName(name)
        choice.activated.connect(self._filter)
        return choice

    def _lay_out(self) -> None:
        column = card_column(self)
        column.addWidget(label(self.tr("Journal"), "heading"))
        about = self.tr(
            "Every connection that Tacit ever made, and who allowed it. It holds no word of "
            "any chat, and it shows when anybody changed it."
        )
        column.addWidget(label(about, wrap=True))
        buttons = Flow()
        buttons.addWidget(self.verify)
        buttons.addWidget(self.export)
        column.addLayout(buttons)
        for widget in (self.strip, self.fingerprint, self.nothing):
            column.addWidget(widget)
        self._filled = QWidget()
        filled = QVBoxLayout(self._filled)
        filled.setContentsMargins(0, 4, 0, 0)
        filled.setSpacing(8)
        filled.addWidget(self.chart)
        filled.addWidget(self.caption)
        filters = Flow()
        filters.addWidget(self.purpose)
        filters.addWidget(self.month)
        filled.addLayout(filters)
        filled.addWidget(self.list)
        filled.addWidget(self.details)
        column.addWidget(self._filled)

    def _connect(self) -> None:
        journal = self._journal
        self.model.more_wanted.connect(journal.more)
        self.list.selectionModel().currentChanged.connect(self._show_details)
        journal.reset.connect(self._clear)
        journal.loaded.connect(self._append)
        journal.counted.connect(self._count)
        journal.checking.connect(lambda: self.strip.say(self.tr("Checking every record...")))
        journal.checked.connect(self._show_check)
        journal.exported.connect(lambda file: self.strip.say(self.tr("Saved to {0}.").format(file)))
        journal.failed.connect(self.strip.fail)

    def _clear(self) -> None:
        self.model.clear()
        self.details.setText("")
        self.details.hide()

    def _append(self, records: list) -> None:  # type: ignore[type-arg]
        self.model.append(records, has_more=self._journal.has_more)
        self._show_whether_empty(is_empty=not self.model.records and not self._is_filtered)
        if not self.model.records and self._is_filtered:
            self.nothing.setText(self.tr("No connection of that kind."))
            self.nothing.show()

    @property
    def _is_filtered(self) -> bool:
        return self.purpose.currentIndex() > 0 or self.month.currentIndex() > 0

    def _show_whether_empty(self, *, is_empty: bool) -> None:
        self._filled.setVisible(not is_empty)
        self.export.setVisible(not is_empty)
        self.nothing.setVisible(is_empty)
        self.nothing.setText(
            self.tr(
                "No connection has ever been made. Since Tacit was set up, it has sent nothing "
                "and received nothing. What you ask it to fetch will be listed here."
            )
        )

    def _count(self, totals: list[Traffic]) -> None:
        months = journal_words.by_month(totals)
        self.chart.show_months(months)
        self.caption.setText(
            "\n".join(journal_words.month_sentence(month) for month in reversed(months[-3:]))
        )
        with QSignalBlocker(self.month):
            chosen = self.month.currentData()
            self.month.clear()
            self.month.addItem(self.tr("All months"), "")
            for month in reversed(months):
                self.month.addItem(journal_words.month_words(month.key), month.key)
            self.month.setCurrentIndex(max(0, self.month.findData(chosen)))

    def _filter(self) -> None:
        self._journal.filter(self.purpose.currentData(), self.month.currentData())

    def _show_details(self, current: QModelIndex) -> None:
        row = current.row()
        known = 0 <= row < len(self.model.records)
        self.details.setText(journal_words.details(self.model.records[row]) if known else "")
        self.details.setVisible(known)

    def _show_check(self, check: JournalCheck) -> None:
        tone: Tone = "plain" if check.is_whole else "failure"
        self.strip.say(journal_words.check_sentence(check), tone)
        # In groups, so that it can be read aloud and wraps.
        groups = " ".join(check.head[at : at + 8] for at in range(0, len(check.head), 8))
        self.fingerprint.setText(
            self.tr(
                "Fingerprint of the last record: {0}. Noted elsewhere, it shows later that "
                "nothing before it was changed."
            ).format(groups)
        )
        self.fingerprint.setVisible(check.is_whole and bool(check.records and check.head))

    def _ask_where(self) -> None:
        kinds = [self.tr("Table (*.csv)"), self.tr("The journal as it is (*.jsonl)")]
        title = self.tr("Export the journal")
        self.dialog = ask_where(self, title, "tacit-journal", kinds, self._journal.export)
