"""The lock of what may be confidential: whether it is, from where, and the switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import GAP

if TYPE_CHECKING:  # the window is painted without it
    from app.store.values import Folder

_NAME_WIDTH = 140


class ConfidentialButton(QPushButton):
    """A closed lock and the word while it is marked, an open lock alone while it is not.

    `marked` and `unmarked` are the sentences for these two.

    A mark that the chat has from its folder is taken away there.

    Signals:
        toggled_by_person(bool): the chat is to be marked, or no longer.
        folder_wanted(str id): show the settings of the folder that it has the mark from.
    """

    toggled_by_person = Signal(bool)
    folder_wanted = Signal(str)

    def __init__(self, look: Appearance, *, marked: str, unmarked: str) -> None:
        super().__init__()
        self._look = look
        self._words = (unmarked, marked)
        self._is_marked = False
        self._is_short = False
        self._folder: Folder | None = None
        self.setProperty("role", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._on_clicked)
        self.show_mark(marked=False, is_there=False)

    def show_mark(self, *, marked: bool, is_there: bool, folder: Folder | None = None) -> None:
        """Show the state, and the `folder` that it is from; what is not there yet has none."""
        self._is_marked = marked
        self._folder = folder
        self.setVisible(is_there)
        words = self._sentence()
        self.setToolTip(words)
        if folder is not None:
            from html import escape  # not before the window is painted

            # A tooltip would take a name that looks like HTML for HTML.
            self.setToolTip(f"<qt>{escape(words)}</qt>")
        self.setAccessibleName(words)
        self._draw()

    def set_short(self, *, short: bool) -> None:
        """Leave the word out where something else needs the room; the lock stays."""
        if short is not self._is_short:
            self._is_short = short
            self._draw()

    def _sentence(self) -> str:
        if self._folder is not None:
            return self.tr(
                'Confidential because of the folder "{0}": nothing of this chat leaves this '
                "computer. Click for the settings of the folder."
            ).format(self._folder.name)
        return self._words[self._is_marked]

    def _on_clicked(self) -> None:
        if self._folder is not None:
            self.folder_wanted.emit(self._folder.id)
        else:
            self.toggled_by_person.emit(not self._is_marked)

    def _draw(self) -> None:
        has_word = self._is_marked and not self._is_short
        word = self.tr("Confidential")
        if self._folder is not None:
            name = self.fontMetrics().elidedText(
                self._folder.name, Qt.TextElideMode.ElideRight, self._look.scaled(_NAME_WIDTH)
            )
            word = self.tr("Confidential: {0}").format(name.replace("&", "&&"))
        self.setText(word if has_word else "")
        self._look.set_icon(
            self,
            "lock" if self._is_marked else "lock-open",
            "sealed" if self._is_marked else "text_second",
            gap=GAP if has_word else 0,
        )
