"""Makes the pages of the history and of the trash, and connects what stands behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import AppError
from app.exchange.exporting import ExportReport
from app.store.recovery import RecoveryReport
from app.store.values import Conversation
from app.ui.history import report_words
from app.ui.history.export_dialog import ask_file
from app.ui.history.trash_controller import TrashItem
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.pages.history_page import HistoryPage
    from app.ui.pages.trash_page import TrashPage

HISTORY, TRASH = "history", "trash"
_DAYS = "history.trash_days"


class HistoryConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        window.add_page(HISTORY, self._make_history)
        window.add_page(TRASH, self._make_trash)
        wishes, storage = window.side.wishes, parts.storage
        wishes.exported.connect(self._ask_export)
        wishes.folder_exported.connect(self._ask_export_folder)
        storage.exported.connect(self._say_exported)
        storage.recovered.connect(self._say_recovered)
        storage.failed.connect(self._fail)
        parts.trash.restored.connect(self._put_back)

    def _make_history(self) -> HistoryPage:
        from app.ui.pages.history_page import HistoryPage

        page = HistoryPage(self._window.look, self._parts.storage)
        page.trash_wanted.connect(lambda: self._window.show_page(TRASH))
        return page

    def _make_trash(self) -> TrashPage:
        from app.ui.pages.setting_row import RowBinding
        from app.ui.pages.trash_page import TrashPage

        trash, settings = self._parts.trash, self._parts.settings
        page = TrashPage(self._window.look)
        RowBinding(page.limit, settings, self._parts.tasks)
        page.shown.connect(trash.refresh)
        page.restore_wanted.connect(trash.restore)
        page.erase_wanted.connect(trash.erase)
        page.empty_wanted.connect(trash.empty)
        trash.failed.connect(page.strip.fail)

        def show(items: list[TrashItem]) -> None:
            page.show_items(items, settings.number(_DAYS))

        def on_setting(key: str, _value: object) -> None:
            if key == _DAYS:
                trash.refresh()

        trash.loaded.connect(show)
        self._parts.shelf.removed.connect(trash.refresh)
        settings.changed.connect(on_setting)
        return page

    def _put_back(self, conversations: list[Conversation]) -> None:
        self._window.side.model.put(*conversations)
        self._parts.shelf.refresh()

    def _ask_export(self, ids: list[str]) -> None:
        first = self._window.side.model.conversation(ids[0]) if len(ids) == 1 else None
        name = first.title if first is not None else self.tr("Chats")
        storage = self._parts.storage
        ask_file(self._window, name, lambda path, suffix: storage.export(path, suffix, ids))

    def _ask_export_folder(self, folder_id: str) -> None:
        model, storage = self._window.side.model, self._parts.storage
        folder = model.folder(folder_id)
        within = {folder_id, *(one.id for one in model.folders if one.parent_id == folder_id)}
        ids = [one.id for one in model.all if one.folder_id in within]
        if not ids or folder is None:
            self._window.side.strip.say(self.tr("There is no chat in this folder."))
            return
        ask_file(self._window, folder.name, lambda path, suffix: storage.export(path, suffix, ids))

    def _say_exported(self, report: ExportReport, path: Path) -> None:
        if self._window.page != HISTORY:
            self._window.side.strip.say(report_words.export_words(report, path), seconds=12)

    def _say_recovered(self, report: RecoveryReport) -> None:
        if self._window.page != HISTORY:
            self._window.strip.say(report_words.recovery_words(report), "notice")

    def _fail(self, error: AppError) -> None:
        if self._window.page != HISTORY:
            self._window.say(error.sentence)
