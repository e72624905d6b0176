"""The card on which a model is tried: a button, and what came of it each time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout

from app.models.trials import Trial
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.pages.model.summary_card import moment
from app.ui.status.figures import device_name, seconds, size
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_MOST_SHOWN = 8
_NARROW = 480


class TrialsCard(QFrame):
    """Shows the latest measurements, the newest first.

    Signals:
        trial_wanted: measure now.
    """

    trial_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._is_narrow = False
        column = card_column(self)
        column.addWidget(label(self.tr("Try it"), "heading"))
        self.words = label("", "second", wrap=True)
        column.addWidget(self.words)
        self.rows: list[tuple[str, ...]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(4)
        column.addLayout(self._grid)
        self.measure = push(look, self.tr("Measure now"), icon="gauge")
        self.measure.clicked.connect(self.trial_wanted)
        row = Flow()
        row.addWidget(self.measure)
        column.addLayout(row)

    def show_facts(self, facts: Facts) -> None:
        """Show the history of the model."""
        self.measure.setEnabled(facts.model.problem is None)
        self.words.setText(
            self.tr("The model answers a short question of Tacit's own; the figures are kept.")
        )
        self.rows = [_cells(trial) for trial in facts.trials[:_MOST_SHOWN]]
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, each measurement is a sentence that wraps."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._look.scaled(_NARROW)
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._fill()

    def _fill(self) -> None:
        self._clear()
        if self._is_narrow:
            for row, (at, device, first, speed, memory) in enumerate(self.rows):
                words = self.tr("{0}, {1}: first token {2}, {3} tokens/s, {4}")
                line = words.format(at, device, first, speed, memory)
                self._grid.addWidget(label(line, "meta", wrap=True), row, 0, 1, -1)
        elif self.rows:
            self._fill_table()

    def _fill_table(self) -> None:
        headings = (
            self.tr("When"), self.tr("Device"), self.tr("First token"), self.tr("Tokens/s"),
            self.tr("Memory"),
        )  # fmt: skip
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        for row, cells in enumerate([headings, *self.rows]):
            for column, cell in enumerate(cells):
                role = "meta" if row else "group"
                self._grid.addWidget(label(cell, role), row, column, left if column < 2 else right)
        self._grid.setColumnStretch(len(headings), 1)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def _cells(trial: Trial) -> tuple[str, ...]:
    return (
        moment(trial.at),
        device_name(trial.device),
        seconds(trial.first_token_s),
        f"{trial.tokens_per_s:.0f}",
        size(trial.memory_bytes),
    )
