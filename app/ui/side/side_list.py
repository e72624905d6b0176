"""The side of the window: a new chat, the search, the conversations, the way to the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from app.ui.appearance import Appearance
from app.ui.side.conversation_list import ConversationList
from app.ui.side.conversation_model import ConversationModel
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label
from app.ui.widgets.strip import UNDO_SECONDS, Strip

if TYPE_CHECKING:
    from app.store.values import Conversation


class SearchField(QLineEdit):
    """Filters while one types; Escape empties it, Down goes to what was found.

    Signals:
        down_pressed: the person wants to go on in the list.
    """

    down_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)


class SideList(QFrame):
    """Holds the conversation model; says what the person wants and does none of it.

    Signals:
        new_wanted: a new chat.
        fold_wanted: the side list is to be folded away.
        page_wanted(str): "models", "settings" or "privacy".
    """

    new_wanted = Signal()
    fold_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("side")
        self.model = ConversationModel(self)
        self.list = ConversationList(look, self.model)
        self.search = SearchField()
        self.search.setPlaceholderText(self.tr("Search chats"))
        self.search.setAccessibleName(self.tr("Search chats"))
        self.search.setClearButtonEnabled(False)
        self.search.textChanged.connect(self._on_search)
        self.search.down_pressed.connect(self._to_first)
        self.search.returnPressed.connect(self._open_first)
        self.new = push(look, self.tr("New chat"), icon="square-pen", colour="text")
        self.new.clicked.connect(self.new_wanted)
        self.fold = tool(look, "panel-left", self.tr("Hide the side list (Ctrl+B)"))
        self.fold.clicked.connect(self.fold_wanted)
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
        self.navigation = {
            "models": self._nav("models", self.tr("Models"), "box"),
            "settings": self._nav("settings", self.tr("Settings"), "settings"),
            "privacy": self._nav("privacy", self.tr("Privacy"), "shield"),
        }
        for changed in (self.model.modelReset, self.model.rowsInserted, self.model.rowsRemoved):
            changed.connect(self._show_nothing)
        self._arrange()
        self._show_nothing()

    def show_undo(self, sentence: str, undo: Callable[[], object]) -> None:
        """Offer to take a deletion back, for a while."""
        self.strip.say(sentence, "plain", action=self.tr("Undo"), run=undo, seconds=UNDO_SECONDS)

    def say_private(self) -> None:
        """Say above the chats that they are kept in memory only."""
        self.private.show()

    def set_page(self, name: str) -> None:
        """Show which page is in front."""
        for page, button in self.navigation.items():
            button.setChecked(page == name)

    def set_all(self, conversations: list[Conversation]) -> None:
        """Show these conversations."""
        self.model.set_all(conversations)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.new, 1)
        top.addWidget(self.fold)
        foot = QVBoxLayout()
        foot.setSpacing(2)
        for button in self.navigation.values():
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.private)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        column.addWidget(self.strip)
        column.addLayout(foot)

    def _nav(self, name: str, text: str, icon: str) -> QPushButton:
        button = push(self._look, text, "nav", icon=icon)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.page_wanted.emit(name))
        return button

    def _on_search(self, words: str) -> None:
        self.model.search(words)

    def _show_nothing(self) -> None:
        searched = bool(self.model.words)
        self.nothing.setText(
            self.tr("No chat has these words in its title.")
            if searched
            else self.tr("Your chats will be listed here.")
        )
        self.nothing.setVisible(self.model.is_empty)

    def _to_first(self) -> None:
        self.list.mark_first()
        self.list.setFocus()

    def _open_first(self) -> None:
        self._to_first()
        if self.list.current_id:
            self.list.open_wanted.emit(self.list.current_id)
