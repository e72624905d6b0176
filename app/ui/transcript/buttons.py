"""Buttons of the conversation view: an icon, a name that is read aloud, a tooltip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.markdown.formats import Formats
from app.ui.theme import icon

_SIDE, _LARGEST_SIDE = 28, 44
_PICTURE, _LARGEST_PICTURE = 16, 28


def side(formats: Formats) -> int:
    """The side of a button in pixels; it grows with the text, if not without end."""
    return max(_SIDE, min(_LARGEST_SIDE, formats.scaled(_SIDE)))


def tool_button(
    parent: QWidget, formats: Formats, picture: str, name: str, clicked: Callable[[], object]
) -> QToolButton:
    """A square button with an icon alone; it never takes the focus from a click."""
    button = QToolButton(parent)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCursor(Qt.CursorShape.ArrowCursor)
    set_look(button, formats, picture, name)
    # Qt hands the checked state to whatever takes an argument; this takes none.
    button.clicked.connect(lambda: clicked())  # noqa: PLW0108
    return button


def set_look(button: QToolButton, formats: Formats, picture: str, name: str) -> None:
    """Give a button its size, its icon and its name."""
    size = max(_PICTURE, min(_LARGEST_PICTURE, formats.scaled(_PICTURE)))
    button.setIconSize(QSize(size, size))
    button.setFixedSize(side(formats), side(formats))
    button.setIcon(icon(picture, formats.theme.text_second, size=size))
    button.setAccessibleName(name)
    button.setToolTip(name)
