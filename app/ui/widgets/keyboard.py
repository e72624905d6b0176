"""Keeps the keyboard where it was when buttons come and go."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QPushButton, QWidget


def show_buttons(shown: Mapping[QPushButton, bool], otherwise: QWidget | None = None) -> bool:
    """Show and hide buttons; says whether any of them did either.

    Qt would hand the keyboard of a hidden button to whatever comes next, and the next press
    of the space bar would be for that. It stays among `shown`, or goes to `otherwise`.
    """
    before = [button.isHidden() for button in shown]
    had_keyboard = any(button.hasFocus() and not shown[button] for button in shown)
    wanted = [button for button, is_shown in shown.items() if is_shown]
    for button in wanted:
        button.show()
    if had_keyboard and (target := next(iter(wanted), otherwise)) is not None:
        target.setFocus()
    for button, is_shown in shown.items():
        if not is_shown:
            button.hide()
    return before != [button.isHidden() for button in shown]
