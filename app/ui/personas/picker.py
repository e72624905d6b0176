"""The button in the header that says who answers, and its menu to choose somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import GAP
from app.ui.widgets.elided_button import ElidedButton

if TYPE_CHECKING:
    from app.store.personas import Persona


class PersonaPicker(ElidedButton):
    """Without a persona it is an icon alone.

    Signals:
        chosen(object): the id of the persona that is to answer, or None.
        chat_wanted: instructions and parameters of this chat.
        manage_wanted: go to the page of the personas.
    """

    chosen = Signal(object)
    chat_wanted = Signal()
    manage_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__("quiet")
        self._look = look
        self._personas: Sequence[Persona] = ()
        self._current: Persona | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.menu_shown = QMenu(self)
        self.clicked.connect(self.open)
        self.show_personas((), None, has_own=False)

    def show_personas(
        self, personas: Sequence[Persona], current: Persona | None, *, has_own: bool
    ) -> None:
        """All personas and the one that answers; `has_own`: the chat has something of its own."""
        self._personas, self._current = personas, current
        name = f"{current.icon} {current.name}".strip() if current is not None else ""
        self.set_text(name)
        self.setAccessibleName(self.tr("Who answers: {0}").format(name or self.tr("the model")))
        tip = self.tr("Who answers and how")
        self.setToolTip(self.tr("{0}; this chat has its own").format(tip) if has_own else tip)
        colour, gap = "accent" if has_own else "text_second", GAP if name else 0
        self._look.set_icon(self, "sliders-horizontal", colour, gap=gap)

    def open(self) -> None:
        """Show the menu under the button."""
        self._fill()
        left = self.width() - self.menu_shown.sizeHint().width()
        self.menu_shown.popup(self.mapToGlobal(QPoint(left, self.height() + 2)))

    def _fill(self) -> None:
        menu = self.menu_shown
        menu.clear()
        group = QActionGroup(menu)
        none = (None, self.tr("Nobody in particular"))
        named = [(p.id, f"{p.icon} {p.name}".strip()) for p in self._personas]
        current = self._current.id if self._current is not None else None
        for given, words in (none, *named):
            # An ampersand would make the next letter a key.
            action = QAction(words.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(given == current)
            action.triggered.connect(lambda _=False, wanted=given: self.chosen.emit(wanted))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        chat = menu.addAction(self.tr("Instructions and parameters of this chat..."))
        chat.triggered.connect(self.chat_wanted)
        manage = menu.addAction(self.tr("Personas and prompts..."))
        manage.triggered.connect(self.manage_wanted)
