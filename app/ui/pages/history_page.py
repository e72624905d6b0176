"""The page of the history: what is stored, exports, imports, backups, copies, and its health."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.store.recovery import CheckReport, RecoveryReport
from app.ui.appearance import Appearance
from app.ui.history import report_words
from app.ui.history.export_dialog import FORMATS, ask_file, ask_folder
from app.ui.history.job_card import JobCard
from app.ui.history.storage_controller import StorageController, StorageFacts
from app.ui.side.dialogs import SureQuestion
from app.ui.status.figures import size
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.opening import ask_which
from app.ui.widgets.page import Page, card, empty
from app.ui.widgets.saving import ask_where
from app.ui.widgets.strip import Strip

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class HistoryPage(Page):
    """Shows what a `StorageController` says and asks it for what the person wants.

    Signals:
        trash_wanted: the page of the trash.
    """

    trash_wanted = Signal()

    def __init__(self, look: Appearance, storage: StorageController) -> None:
        super().__init__(look, self.tr("History"))
        self._storage = storage
        self.strip = Strip(look)
        self.job = JobCard(look, storage)
        self.facts = label("", "second", wrap=True, selectable=True)
        self.place = label("", "meta", wrap=True, selectable=True)
        self.trash = push(look, self.tr("Open the trash"), icon="trash-2")
        self.check = push(look, self.tr("Check now"), icon="circle-check")
        self.recover = push(look, self.tr("Save what can be saved..."), "primary")
        self.format = Choice(look)
        self.format.setAccessibleName(self.tr("Format"))
        self.export = push(look, self.tr("Export all to one file..."), icon="upload")
        self.export_each = push(look, self.tr("A file for each chat..."))
        self.import_file = push(look, self.tr("Import a file..."), icon="download")
        self.import_folder = push(look, self.tr("Import a folder..."))
        self.report = label("", wrap=True, selectable=True)
        self.back_up = push(look, self.tr("Back up to a file..."), icon="archive-restore")
        self.restore = push(look, self.tr("Restore a backup..."))
        self.copies = QVBoxLayout()
        for suffix, name in FORMATS.items():
            self.format.addItem(self.tr(name), suffix)
        for shown, name in (
            (self.facts, self.tr("What is stored")),
            (self.place, self.tr("Where it is stored")),
            (self.report, self.tr("What was imported")),
        ):
            shown.setAccessibleName(name)
        self.report.hide()
        self.recover.hide()
        self._lay_out()
        self._connect()

    # What it shows ----------------------------------------------------------------------------

    def _show_facts(self, facts: StorageFacts) -> None:
        words = report_words.chats(facts.conversations)
        if self._storage.has_file:
            words = f"{words} - {size(facts.size_bytes)}"
        self.facts.setText(words)
        trash = self.tr("Open the trash")
        self.trash.setText(f"{trash} ({facts.in_trash})" if facts.in_trash else trash)
        self.place.setText(str(facts.file) if self._storage.has_file else "")
        self._show_copies(facts.copies)

    def _show_copies(self, copies: Sequence[Path]) -> None:
        empty(self.copies)
        for copy in copies:
            self.copies.addWidget(self._copy_row(copy))
        if not copies:
            self.copies.addWidget(label(self.tr("None yet: one is made every day."), "meta"))
        self.rearranged.emit()

    def _copy_row(self, copy: Path) -> QWidget:
        found = _DAY.search(copy.name)
        day = found.group() if found else copy.name
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        how_large = size(copy.stat().st_size) if copy.exists() else ""
        row.addWidget(label(f"{day} - {how_large}", "second"), 1)
        button = push(self.look, self.tr("Go back to it..."))
        button.setAccessibleName(self.tr("Go back to the copy of {0}").format(day))
        button.clicked.connect(lambda: self._ask_restore(copy, day))
        row.addWidget(button)
        return holder

    def _show_check(self, report: CheckReport) -> None:
        self.strip.say(report_words.check_words(report), "plain" if report.is_sound else "failure")
        self.recover.setVisible(not report.is_sound)

    def _show_report(self, lines: Sequence[str]) -> None:
        self.report.setText("\n".join(lines))
        self.report.show()
        self.strip.say(lines[0])

    def _show_failure(self, error: AppError) -> None:
        self.strip.fail(error)
        self.area.ensureWidgetVisible(self.strip)

    def _show_busy(self) -> None:
        for button in self._buttons:
            button.setEnabled(not self._storage.is_busy)

    # How it is built ----------------------------------------------------------------------------

    @property
    def _buttons(self) -> list[QWidget]:
        return [
            self.check, self.recover, self.export, self.export_each, self.import_file,
            self.import_folder, self.back_up, self.restore,
        ]  # fmt: skip

    def _lay_out(self) -> None:
        self.column.addWidget(self.strip)
        self.column.addWidget(self.job)
        self._card(
            self.tr("Your chats"),
            "",
            self.facts,
            self.place,
            [self.trash, self.check, self.recover],
        )
        self._card(
            self.tr("Export"),
            self.tr(
                "Exports are readable by everybody who gets the file. Those in Tacit's own format "
                "and JSON hold everything and can be imported again. Single chats are exported "
                "from their menu in the list."
            ),
            [self.format, self.export, self.export_each],
        )
        self._card(
            self.tr("Import"),
            self.tr(
                "Exports of ChatGPT, Claude, Open WebUI and Tacit, also inside the zip file they "
                "came in; folders of LM Studio and Jan; copied text of GPT4All. Importing twice "
                "makes no doubles."
            ),
            [self.import_file, self.import_folder],
            self.report,
        )
        backup = self._card(
            self.tr("Backup"),
            self.tr("All chats and settings in one file, without keys and models."),
            [self.back_up, self.restore],
        )
        copies = self._card(
            self.tr("Daily copies"),
            self.tr("Tacit copies your chats once a day and keeps the last seven copies."),
            self.copies,
        )
        for widget in (backup, copies, self.check):
            widget.setVisible(self._storage.has_file)

    def _card(
        self, heading: str, about: str, *parts: QWidget | QVBoxLayout | list[QWidget]
    ) -> QFrame:
        frame, column = card()
        column.addWidget(label(heading, "heading"))
        if about:
            column.addWidget(label(about, "second", wrap=True))
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
                continue
            if isinstance(part, list):
                row = Flow()
                for widget in part:
                    row.addWidget(widget)
                column.addLayout(row)
            else:
                column.addLayout(part)
        self.column.addWidget(frame)
        return frame

    def _connect(self) -> None:
        storage = self._storage
        self.shown.connect(storage.refresh)
        self.trash.clicked.connect(self.trash_wanted)
        self.check.clicked.connect(storage.check)
        self.recover.clicked.connect(self._ask_recover)
        self.export.clicked.connect(self._ask_export)
        self.export_each.clicked.connect(self._ask_export_each)
        self.import_file.clicked.connect(self._ask_import_file)
        self.import_folder.clicked.connect(self._ask_import_folder)
        self.back_up.clicked.connect(self._ask_back_up)
        self.restore.clicked.connect(self._ask_which_backup)
        storage.began.connect(self._show_busy)
        storage.ended.connect(self._show_busy)
        storage.facts_read.connect(self._show_facts)
        storage.failed.connect(self._show_failure)
        storage.checked.connect(self._show_check)
        words = report_words
        storage.exported.connect(
            lambda report, path: self.strip.say(words.export_words(report, path))
        )
        storage.imported.connect(lambda report: self._show_report(words.import_words(report)))
        storage.backed_up.connect(
            lambda made, path: self.strip.say(
                self.tr("Backed up {0} to {1}.").format(words.chats(made.conversations), path)
            )
        )
        storage.restored.connect(lambda made, kept: self.strip.say(words.restore_words(made, kept)))
        storage.recovered.connect(self._show_recovery)

    def _show_recovery(self, report: RecoveryReport) -> None:
        self.recover.hide()
        self.strip.say(report_words.recovery_words(report), "notice")

    # What it asks -------------------------------------------------------------------------------

    def _ask_export(self) -> None:
        suffix = self.format.currentData()
        ask_file(self, self.tr("Chats"), self._storage.export, first=suffix)

    def _ask_export_each(self) -> None:
        ask_folder(self, self.format.currentData(), self._storage.export)

    def _ask_import_file(self) -> None:
        kinds = [
            self.tr("Exports (*.tacit *.json *.zip *.jsonl *.txt *.chat)"),
            self.tr("All files (*)"),
        ]
        ask_which(self, self.tr("Import"), kinds, self._storage.import_)

    def _ask_import_folder(self) -> None:
        ask_which(self, self.tr("Import"), [], self._storage.import_, folder=True)

    def _ask_back_up(self) -> None:
        kinds = [self.tr("Backup of Tacit (*.zip)")]
        ask_where(self, self.tr("Back up"), "tacit-backup.zip", kinds, self._storage.back_up)

    def _ask_which_backup(self) -> None:
        kinds = [self.tr("Backups (*.zip *.db)"), self.tr("All files (*)")]
        ask_which(self, self.tr("Restore"), kinds, lambda path: self._ask_restore(path, path.name))

    def _ask_restore(self, source: Path, name: str) -> None:
        SureQuestion(
            self.look,
            self,
            self.tr("Go back to {0}?").format(name),
            words=self.tr(
                "Your chats will be as they were then. What is there now is kept in the data "
                "folder. Answers that are being written are stopped."
            ),
            action=self.tr("Go back"),
            confirmed=lambda: self._storage.restore(source),
        ).open()

    def _ask_recover(self) -> None:
        SureQuestion(
            self.look,
            self,
            self.tr("Save what can be saved?"),
            words=self.tr(
                "Everything that can be read goes into a new history, together with what only a "
                "daily copy still has. The damaged file is kept beside it."
            ),
            action=self.tr("Save it"),
            confirmed=self._storage.recover,
        ).open()
