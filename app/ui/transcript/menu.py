"""The menu of a message, built from what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; without `run` it is a dividing line."""

    words: str = ""
    run: Callable[[], object] | None = None
    is_possible: bool = True


DIVIDER = Entry()


def message_menu(parent: QWidget, entries: list[Entry]) -> QMenu:
    """A menu with `entries` that goes away once it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for entry in entries:
        if entry.run is None:
            menu.addSeparator()
            continue
        action = QAction(entry.words, menu)
        action.setEnabled(entry.is_possible)
        action.triggered.connect(_without_arguments(entry.run))
        menu.addAction(action)
    return menu


def _without_arguments(run: Callable[[], object]) -> Callable[[], None]:
    """Qt hands the checked state to whatever takes an argument; this takes none."""

    def call() -> None:
        run()

    return call
