"""Buttons with their role in the stylesheet, their icon and their accessible name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from app.ui.appearance import Appearance

# Air between an icon and the words of a button, in logical pixels.
GAP = 4


def push(
    look: Appearance, text: str, role: str = "", *, icon: str = "", colour: str = "text_second"
) -> QPushButton:
    """A button with words. `role` is one of the stylesheet's ("primary", "quiet", "link" ...)."""
    button = QPushButton(text)
    button.setAccessibleName(text)
    if role:
        button.setProperty("role", role)
    if icon:
        look.set_icon(button, icon, colour, gap=GAP)
    return button


def tool(
    look: Appearance,
    icon: str,
    name: str,
    clicked: Callable[[], object] | None = None,
    *,
    size: int = 20,
    colour: str = "text_second",
) -> QToolButton:
    """A button with an icon alone; `name` is read aloud and shown as its tooltip."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(name)
    # Clicking must not take the keyboard from the composer; Tab still reaches it.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    look.set_icon(button, icon, colour, size=size)
    if clicked is not None:
        # Qt hands the checked state to whatever takes an argument; this takes none.
        button.clicked.connect(lambda: clicked())  # noqa: PLW0108
    return button
