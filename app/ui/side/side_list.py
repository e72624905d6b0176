"""The side of the window: a new chat, the search, the conversations, the way to the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.appearance import Appearance
from app.ui.side.wishes import Wishes
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.strip import UNDO_SECONDS, Strip
from app.ui.widgets.tab_order import visit_after

if TYPE_CHECKING:  # made once the window is on the screen; see `complete`
    from app.store.search import SearchHit
    from app.store.values import Conversation
    from app.ui.side.conversation_list import ConversationList
    from app.ui.side.conversation_model import ConversationModel
    from app.ui.side.filter_panel import FilterArea, FilterPanel
    from app.ui.side.results_list import ResultsList
    from app.ui.side.results_model import ResultsModel
    from app.ui.side.selection_bar import SelectionBar

# Below this height, in pixels at the usual size of text, not everything has room at once.
_LOW, _LEAST_LIST = 600, 72


class SideList(QFrame):
    """Holds the models of the lists; says what the person wants and does none of it.

    `wishes` says what is wanted of conversations and folders. What lists them, searches, filters
    and works on several chats is there from `complete` on.

    Signals:
        new_wanted: a new chat.
        temporary_wanted: one of which nothing is kept.
        fold_wanted: the side list is to be folded away.
        page_wanted(str): "models", "history", "settings" or "privacy".
        search_wanted(str typed, object Chosen): search for this, or with "" list what the
            filters let through; see `show_hits`.
        hit_wanted(object SearchHit, str typed): go to what was found.
    """

    new_wanted = Signal()
    temporary_wanted = Signal()
    fold_wanted = Signal()
    page_wanted = Signal(str)
    search_wanted = Signal(str, object)
    hit_wanted = Signal(object, str)

    model: ConversationModel
    list: ConversationList
    results_model: ResultsModel
    results: ResultsList
    filters: FilterPanel
    filter_area: FilterArea
    bar: SelectionBar

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        # Enter may come before what it is to open was found.
        self._is_waiting = False
        self._opens_first = False
        self._is_complete = False
        self.setObjectName("side")
        self.wishes = Wishes(self)
        self.search = SearchField()
        self.filter_button = tool(look, "list-filter", self.tr("Filters and order"))
        self.filter_button.setCheckable(True)
        self.new = push(look, self.tr("New chat"), icon="square-pen", colour="text")
        self.temporary = tool(
            look,
            "message-square-dashed",
            self.tr("Temporary chat: a window of its own that keeps nothing (Ctrl+Shift+N)"),
        )
        self.fold = tool(look, "panel-left", self.tr("Hide the side list (Ctrl+B)"))
        self.nothing = label("", "meta", wrap=True)
        self.nothing.setContentsMargins(12, 8, 12, 8)
        self.private = label(
            self.tr("Private session: nothing of it is kept when you close this window."),
            "meta",
            wrap=True,
        )
        self.private.setContentsMargins(12, 8, 12, 8)
        self.private.hide()
        self.strip = Strip(look)
        self.lists = QStackedWidget()
        self.lists.setMinimumHeight(_LEAST_LIST)
        self.navigation = {
            "models": self._nav("models", self.tr("Models"), "box"),
            "history": self._nav("history", self.tr("History"), "history"),
            "settings": self._nav("settings", self.tr("Settings"), "settings"),
            "privacy": self._nav("privacy", self.tr("Privacy"), "shield"),
        }
        self._arrange()
        self._connect()
        self._show_nothing()

    def complete(self) -> None:
        """Add what can be of use only when there are chats: the window is painted without it."""
        from app.ui.side.conversation_list import ConversationList
        from app.ui.side.conversation_model import ConversationModel
        from app.ui.side.filter_panel import FilterArea, FilterPanel
        from app.ui.side.results_list import ResultsList
        from app.ui.side.results_model import ResultsModel
        from app.ui.side.selection_bar import SelectionBar

        self.model = ConversationModel(self)
        self.list = ConversationList(self._look, self.model, self.wishes)
        self.lists.addWidget(self.list)
        self.results_model = ResultsModel(self)
        self.results = ResultsList(self._look, self.results_model)
        self.filters = FilterPanel(self._look)
        self.filter_area = FilterArea(self.filters)
        self.filter_area.hide()
        self.bar = SelectionBar(self._look)
        self.lists.addWidget(self.results)
        self._column.insertWidget(self._column.indexOf(self.nothing), self.filter_area)
        self._column.insertWidget(self._column.indexOf(self.strip), self.bar)
        visit_after(self.filter_button, self.filter_area, self.list, self.results, self.bar)
        self._is_complete = True
        self._connect_late()

    def go_on(self) -> None:
        """Do what was typed and pressed before `complete`."""
        self._show_filters(self.filter_button.isChecked())
        self._on_search()

    @property
    def has_list_focus(self) -> bool:
        """Whether the keyboard is on the chats."""
        return self._is_complete and self.list.hasFocus()

    @property
    def is_searching(self) -> bool:
        """Whether what was found is shown in place of all conversations."""
        is_filtered = self._is_complete and self.filters.chosen.is_anything
        return self._is_complete and (bool(self.search.text().strip()) or is_filtered)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room again."""
        super().resizeEvent(event)
        self._share_room()

    def show_hits(self, hits: Sequence[SearchHit], *, has_more: bool, is_complete: bool) -> None:
        """Show what a search found; `is_complete` is False while texts are still being read."""
        self.results_model.set_hits(hits, has_more=has_more)
        words = "" if hits else self.tr("Nothing was found. Fewer or shorter words find more.")
        if not hits and not self.search.text().strip():
            words = self.tr("No chat is like this.")
        if not is_complete:
            words = self.tr("Older chats are still being made findable.") + f" {words}"
        self.nothing.setText(words)
        self.nothing.setVisible(bool(words))
        self._is_waiting = False
        if self._opens_first:
            self._open_first()

    def show_undo(self, sentence: str, undo: Callable[[], object]) -> None:
        """Offer to take a deletion back, for a while."""
        self.strip.say(sentence, "plain", action=self.tr("Undo"), run=undo, seconds=UNDO_SECONDS)

    def say_private(self) -> None:
        """Say above the chats that they are kept in memory only."""
        self.private.show()
        # All chats of this window are.
        self.temporary.hide()

    def set_page(self, name: str) -> None:
        """Show which page is in front."""
        shown = "history" if name == "trash" else name
        for page, button in self.navigation.items():
            button.setChecked(page == shown)

    def set_all(self, conversations: Iterable[Conversation]) -> None:
        """Show these conversations."""
        self.model.set_all(conversations)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.new, 1)
        top.addWidget(self.temporary)
        top.addWidget(self.fold)
        find = QHBoxLayout()
        find.setSpacing(4)
        find.addWidget(self.search, 1)
        find.addWidget(self.filter_button)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(2)
        for button in self.navigation.values():
            foot.addWidget(button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.private)
        column.addLayout(find)
        column.addWidget(self.nothing)
        column.addWidget(self.lists, 1)
        column.addWidget(self.strip)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        self.search.setPlaceholderText(self.tr("Search chats"))
        self.search.setAccessibleName(self.tr("Search chats"))
        self.search.setClearButtonEnabled(False)
        self.new.clicked.connect(self.new_wanted)
        self.temporary.clicked.connect(self.temporary_wanted)
        self.fold.clicked.connect(self.fold_wanted)

    def _connect_late(self) -> None:
        for changed in (self.model.modelReset, self.model.rowsInserted, self.model.rowsRemoved):
            changed.connect(self._show_nothing)
        self.search.down_pressed.connect(self._to_first)
        self.search.returnPressed.connect(self._open_first)
        self.search.textChanged.connect(self._on_search)
        self.filter_button.toggled.connect(self._show_filters)
        self.filters.changed.connect(self._on_search)
        self.filters.jump_wanted.connect(self._jump)
        self.model.modelReset.connect(self._show_headings)
        self.results.chosen.connect(
            lambda hit: self.hit_wanted.emit(hit, self.search.text().strip())
        )
        self.results.left.connect(lambda: self.search.setFocus())  # noqa: PLW0108
        self.list.chosen_changed.connect(
            lambda ids, shown: self.bar.show_count(len(ids), shown=shown)
        )
        bar, wishes = self.bar, self.wishes
        bar.delete_wanted.connect(lambda: wishes.deleted.emit(self.list.chosen))
        bar.export_wanted.connect(lambda: wishes.exported.emit(self.list.chosen))
        bar.let_go_wanted.connect(self.list.let_go)
        bar.move_wanted.connect(self._open_move_menu)

    def _nav(self, name: str, text: str, icon: str) -> QPushButton:
        button = push(self._look, text, "nav", icon=icon)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.page_wanted.emit(name))
        return button

    def _show_filters(self, shown: bool) -> None:
        self._show_headings()
        self.filter_area.setVisible(shown)
        self._share_room()

    def _show_headings(self) -> None:
        if self.filter_button.isChecked():
            self.filters.set_headings(self.model.headings())

    def _share_room(self) -> None:
        """In a low window a search and its filters take the place of the way to the pages."""
        is_low = self.height() < self._look.scaled(_LOW)
        takes_room = self.is_searching or self.filter_button.isChecked()
        self._foot.setVisible(not (is_low and takes_room))

    def _open_move_menu(self) -> None:
        from app.ui.side.row_menu import move_menu

        ids = self.list.chosen
        menu = move_menu(self._look, self.model.folders, self.wishes, ids, self, is_inside=True)
        place = self.bar.move_button.mapToGlobal(self.bar.move_button.rect().topLeft())
        menu.popup(place)

    def _on_search(self) -> None:
        is_searching = self.is_searching
        self.lists.setCurrentWidget(self.results if is_searching else self.list)
        self._share_room()
        icon = "accent" if self.filters.chosen.is_anything else "text_second"
        self._look.set_icon(self.filter_button, "list-filter", icon, size=20)
        self._is_waiting, self._opens_first = is_searching, False
        if is_searching:
            self.search_wanted.emit(self.search.text().strip(), self.filters.chosen)
        else:
            self.results_model.set_hits([], has_more=False)
            self._show_nothing()

    def _show_nothing(self) -> None:
        if not self.is_searching:
            self.nothing.setText(self.tr("Your chats will be listed here."))
            self.nothing.setVisible(not self._is_complete or self.model.is_empty)

    def _jump(self, key: str) -> None:
        """Days are those of all conversations, so what was searched for is let go of."""
        self.search.clear()
        self.filters.clear()
        self.list.jump_to(key)
        self.list.setFocus()

    def _to_first(self) -> None:
        shown = self.results if self.is_searching else self.list
        shown.mark_first()
        shown.setFocus()

    def _open_first(self) -> None:
        self._opens_first = self._is_waiting
        if self._is_waiting:
            return
        self._to_first()
        if self.is_searching:
            self.results.choose_current()
        elif self.list.current_id:
            self.wishes.opened.emit(self.list.current_id)
