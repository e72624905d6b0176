"""Connects the page of a folder, and what says that a chat takes after its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import AppError
from app.settings.settings import Settings
from app.store.values import Conversation, Folder, Mark, around
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # imported when it is first wanted
    from app.ui.folders.page import FolderPage

PAGE = "folder"
_GENERAL, _REDACT = "generation.system_prompt", "routing.redact"


class FolderConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._settings = settings
        self._folder_id = ""
        self._page: FolderPage | None = None
        window.add_page(PAGE, self._make)
        window.side.wishes.folder_opened.connect(self.open)
        window.chat.header.confidential.folder_wanted.connect(self.open)
        parts.chat.shown.connect(self._show_mark)
        parts.chat.conversation_changed.connect(self._on_conversation)
        parts.shelf.folders_changed.connect(self._on_folders)

    def open(self, folder_id: str) -> None:
        """Bring the settings of a folder to the front."""
        self._folder_id = folder_id
        self._window.show_page(PAGE)

    def _make(self) -> FolderPage:
        from app.ui.folders.page import FolderPage

        shelf = self._parts.shelf
        page = self._page = FolderPage(self._window.look)
        page.renamed.connect(shelf.rename_folder)
        page.instructed.connect(shelf.instruct_folder)
        page.words_kept.connect(shelf.set_folder_words)
        page.marked.connect(self._mark)
        page.redaction_wanted.connect(lambda: self._window.show_page("redaction"))
        page.shown.connect(self._show)
        page.shown.connect(shelf.refresh)
        shelf.failed.connect(self._fail)
        return page

    def _show(self) -> None:
        """What is known of the folder; without it there is nothing to show."""
        if self._page is None or not self._folder_id:
            return
        found = around(self._folder_id, self._parts.shelf.folders)
        if found:
            general = str(self._settings.get(_GENERAL))
            outer = found[1] if len(found) > 1 else None
            self._page.show_folder(found[0], outer, otherwise=general)
            self._page.show_redaction(on=bool(self._settings.get(_REDACT)))
        elif self._window.page == PAGE:
            self._window.show_chat()

    def _mark(self, folder_id: str, on: bool) -> None:
        self._parts.shelf.mark_folder(folder_id, on=on)

    def _fail(self, error: AppError) -> None:
        if self._window.page == PAGE and self._page is not None:
            self._page.refuse(error)

    def _on_folders(self, _folders: list[Folder]) -> None:
        self._show()
        self._parts.personas.refresh()
        self._show_mark(self._parts.chat.conversation)

    def _on_conversation(self, conversation: Conversation) -> None:
        if conversation.id == self._parts.chat.open_id:
            self._show_mark(conversation)

    def _show_mark(self, conversation: Conversation | None) -> None:
        """The mark of the chat in front, and the outermost folder that it has it from."""
        lock = self._window.chat.header.confidential
        if conversation is None:
            lock.show_mark(marked=False, is_there=False)
            return
        found = around(conversation.folder_id, self._parts.shelf.folders)
        marked = [one for one in found if one.mark is not Mark.NONE]
        lock.show_mark(
            marked=bool(marked) or conversation.mark is not Mark.NONE,
            is_there=True,
            folder=marked[-1] if marked else None,
        )
