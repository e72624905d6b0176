"""Connects the side list with what stands behind it: search, folders, tags, several at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.core.errors import AppError
from app.store.filters import Sort
from app.store.search import SearchHit
from app.store.values import Conversation, Folder
from app.ui.side.dialogs import NameQuestion, SureQuestion, split_tags
from app.ui.side.filter_panel import Chosen
from app.ui.window.folder_connections import PAGE as FOLDER
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

_SORT, _UNFOLDED = "window.sort", "window.unfolded_folders"


class SideConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._side = window.side
        # The hit to go to as soon as its conversation is shown: its message, and the words.
        self._wanted: tuple[str, str, str] | None = None
        self._connect_search()
        self._connect_shelf()
        self._connect_naming()
        self._connect_order()
        self._side.go_on()

    def _connect_search(self) -> None:
        side, search, chat = self._side, self._parts.search, self._parts.chat
        side.search_wanted.connect(self._search)
        side.results_model.more_wanted.connect(search.more)
        side.hit_wanted.connect(self.open_hit)
        search.found.connect(self._show_hits)
        search.more_found.connect(
            lambda hits, has_more: side.results_model.append(hits, has_more=has_more)
        )
        search.failed.connect(self._fail)
        chat.shown.connect(self._on_shown)
        chat.earlier_shown.connect(self._go_to_hit)
        self._window.look.changed.connect(self._window.chat.transcript.hits.clear)
        self._parts.models.changed.connect(self._show_models)

    def _connect_shelf(self) -> None:
        side, shelf, wishes = self._side, self._parts.shelf, self._side.wishes
        wishes.pinned.connect(lambda ids, pinned: shelf.pin(ids, pinned=pinned))
        wishes.moved.connect(shelf.move)
        wishes.moved.connect(lambda _ids, _folder: side.list.let_go())
        wishes.moved_to_new.connect(lambda ids: self._ask_folder("", ids))
        wishes.folder_made.connect(lambda parent: self._ask_folder(parent, []))
        wishes.folder_deleted.connect(self._ask_delete_folder)
        wishes.tagged.connect(self._ask_tags)
        wishes.deleted.connect(shelf.delete)
        side.model.move_wanted.connect(shelf.move)
        side.model.folder_rename_wanted.connect(shelf.rename_folder)
        shelf.folders_changed.connect(self._show_folders)
        shelf.tags_changed.connect(side.filters.set_tags)
        shelf.changed.connect(self._show_changed)
        shelf.removed.connect(self._on_removed)
        shelf.failed.connect(self._fail)
        shelf.undo_offered.connect(self._offer_undo)

    def _connect_naming(self) -> None:
        naming, chat = self._parts.naming, self._parts.chat
        chat.streaming_changed.connect(naming.on_answering)
        naming.named.connect(chat.take_conversation)

        self._window.key_pressed.connect(self._on_key)

    def _on_key(self, name: str) -> None:
        if name == "temporary" and not self._side.temporary.isHidden():
            self._side.temporary_wanted.emit()

    def _connect_order(self) -> None:
        side, settings = self._side, self._parts.settings
        found = settings.text(_SORT)
        sort = Sort(found) if found in set(Sort) else Sort.ACTIVITY
        side.model.set_sort(sort)
        side.filters.set_sort(sort)
        side.model.set_unfolded(settings.text(_UNFOLDED).split())
        side.filters.sort_changed.connect(self._set_sort)
        side.model.unfolded_changed.connect(lambda ids: self._remember(_UNFOLDED, " ".join(ids)))

    # Searching ----------------------------------------------------------------------------

    def open_hit(self, hit: SearchHit, typed: str) -> None:
        """Bring the conversation of a hit to the front, at the words."""
        self._window.show_chat()
        chat = self._parts.chat
        is_open = hit.conversation_id == chat.open_id
        if hit.message_id is None:
            if not is_open:
                chat.open(hit.conversation_id)
            return
        self._wanted = (hit.conversation_id, hit.message_id, typed)
        if not (is_open and self._go_to_hit()):
            self._parts.tasks.start("show hit", self._show_branch(*self._wanted[:2]))

    async def _show_branch(self, conversation_id: str, message_id: str) -> None:
        """The words may stand on a branch that is not shown; one that grows is left alone."""
        chat = self._parts.chat
        if chat.is_answering(conversation_id) or await self._parts.shelf.show_branch(message_id):
            chat.open(conversation_id)

    def _search(self, typed: str, chosen: Chosen) -> None:
        self._parts.search.search(typed, chosen)

    def _show_hits(self, hits: list[SearchHit], has_more: bool, is_complete: bool) -> None:
        if self._side.is_searching:
            self._side.show_hits(hits, has_more=has_more, is_complete=is_complete)

    def _on_shown(self, conversation: Conversation | None) -> None:
        if self._wanted is None:
            return
        if conversation is None or conversation.id != self._wanted[0]:
            self._wanted = None
        else:
            # The page shows the messages first.
            QTimer.singleShot(0, self, self._go_to_hit)

    def _go_to_hit(self) -> bool:
        """Go to the wanted hit; it may be among the messages that are still being read."""
        if self._wanted is None or self._wanted[0] != self._parts.chat.open_id:
            return False
        if self._window.chat.transcript.show_hit(self._wanted[1], self._wanted[2]):
            self._wanted = None
            return True
        return False

    def _show_models(self) -> None:
        models = self._parts.models
        self._side.filters.set_models([(one.id, one.name) for one in models.found])

    # Folders and tags ---------------------------------------------------------------------

    def _show_folders(self, folders: list[Folder]) -> None:
        self._side.model.set_folders(folders)
        self._side.filters.set_folders(folders)

    def _show_changed(self, conversations: list[Conversation]) -> None:
        self._side.model.put(*conversations)
        self._again()

    def _on_removed(self, ids: list[str]) -> None:
        self._side.model.remove(*ids)
        self._side.list.let_go()
        self._side.results_model.remove_conversations(set(ids))

    def _again(self) -> None:
        if self._side.is_searching:
            self._parts.search.again()

    def _offer_undo(self, count: int, undo: object) -> None:
        words = (
            self.tr("Chat moved to the trash.")
            if count == 1
            else self.tr("{0} chats moved to the trash.").format(count)
        )
        if not self._parts.settings.number("history.trash_days"):
            words = (
                self.tr("Chat deleted.")
                if count == 1
                else self.tr("{0} chats deleted.").format(count)
            )
        if callable(undo):
            self._side.show_undo(words, undo)

    def _ask_folder(self, parent_id: str, ids: list[str]) -> None:
        def make(name: str) -> None:
            self._parts.shelf.make_folder(name, parent_id, ids)
            if parent_id:
                self._side.model.toggle(parent_id, unfold=True)

        NameQuestion(
            self._window.look, self._window, self.tr("Name of the new folder"), answered=make
        ).open()

    def _ask_delete_folder(self, folder_id: str) -> None:
        model = self._side.model
        folder = model.folder(folder_id)
        if folder is None:
            return
        within = {folder_id, *(one.id for one in model.folders if one.parent_id == folder_id)}
        inside = [one.id for one in model.all if one.folder_id in within]
        shelf = self._parts.shelf
        SureQuestion(
            self._window.look,
            self._window,
            self.tr('Delete the folder "{0}"?').format(folder.name),
            words=self.tr(
                "Its chats stay, in no folder. Its instructions and words are erased, and folders "
                "inside of it are deleted, too."
            ),
            action=self.tr("Delete the folder"),
            confirmed=lambda: shelf.delete_folder(folder_id, inside),
        ).open()

    def _ask_tags(self, ids: list[str]) -> None:
        """Several conversations share a field: what all of them have stands in it."""
        model, shelf = self._side.model, self._parts.shelf
        chosen = [one for one in map(model.conversation, ids) if one is not None]
        if not chosen:
            return
        common = [tag for tag in chosen[0].tags if all(tag in one.tags for one in chosen)]

        def save(text: str) -> None:
            wanted = split_tags(text)
            gone = set(common) - set(wanted)
            shelf.set_tags(
                {
                    one.id: [tag for tag in dict.fromkeys((*one.tags, *wanted)) if tag not in gone]
                    for one in chosen
                }
            )

        heading = self.tr("Tags")
        words = self.tr("Separated by commas, for example: client a, urgent")
        if len(chosen) > 1:
            heading = self.tr("Tags of {0} chats").format(len(chosen))
            words = self.tr("Only tags that all of them have are shown; others stay.")
        NameQuestion(
            self._window.look,
            self._window,
            heading,
            text=", ".join(common),
            words=words,
            offered=shelf.tags,
            may_be_empty=True,
            answered=save,
        ).open()

    # Order --------------------------------------------------------------------------------

    def _set_sort(self, name: str) -> None:
        self._side.model.set_sort(Sort(name))
        self._remember(_SORT, name)

    def _remember(self, key: str, value: str) -> None:
        async def remember() -> None:
            try:
                await self._parts.settings.set(key, value)
            except AppError as error:
                self._fail(error)

        self._parts.tasks.start("remember the order", remember())

    def _fail(self, error: AppError) -> None:
        if self._window.page != FOLDER:
            self._window.chat.strip.fail(error)
