"""The menu of a message, built from what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; it opens those `within` it, and without words it divides others."""

    words: str = ""
    run: Callable[[], object] | None = None
    is_possible: bool = True
    within: tuple[Entry, ...] = ()


DIVIDER = Entry()


def message_menu(parent: QWidget, entries: Sequence[Entry]) -> QMenu:
    """A menu with `entries` that goes away once it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _fill(menu, entries)
    return menu


def _fill(menu: QMenu, entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry.within:
            inner = menu.addMenu(entry.words)
            inner.setEnabled(entry.is_possible)
            _fill(inner, entry.within)
            continue
        if entry.run is None:
            menu.addSeparator()
            continue
        action = QAction(entry.words, menu)
        action.setEnabled(entry.is_possible)
        action.triggered.connect(_without_arguments(entry.run))
        menu.addAction(action)


def _without_arguments(run: Callable[[], object]) -> Callable[[], None]:
    """Qt hands the checked state to whatever takes an argument; this takes none."""

    def call() -> None:
        run()

    return call
