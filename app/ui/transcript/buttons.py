"""Buttons of the conversation view: an icon, a name that is read aloud, a tooltip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.theme import Theme, icon

SIDE = 28
_ICON = 16


def tool_button(
    parent: QWidget, theme: Theme, picture: str, name: str, clicked: Callable[[], object]
) -> QToolButton:
    """A square button with an icon alone; it never takes the focus from a click."""
    button = QToolButton(parent)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(_ICON, _ICON))
    button.setFixedSize(SIDE, SIDE)
    button.setCursor(Qt.CursorShape.ArrowCursor)
    set_look(button, theme, picture, name)
    # Qt hands the checked state to whatever takes an argument; this takes none.
    button.clicked.connect(lambda: clicked())  # noqa: PLW0108
    return button


def set_look(button: QToolButton, theme: Theme, picture: str, name: str) -> None:
    """Give a button its icon and name."""
    button.setIcon(icon(picture, theme.text_second))
    button.setAccessibleName(name)
    button.setToolTip(name)
