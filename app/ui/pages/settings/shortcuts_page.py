"""The page that lists the keys."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.shortcuts import Shortcut, shortcuts
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card


class ShortcutsPage(Page):
    """Drawn from the same table that the window binds."""

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Keyboard shortcuts"))
        # There is nothing else on it by which the keyboard could scroll.
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.area.setAccessibleName(self.accessibleName())
        for group, rows in groupby(shortcuts(), key=lambda row: row.group):
            self.column.addSpacing(4)
            self.column.addWidget(label(group, "group"))
            self.column.addWidget(self._card(list(rows)))
        self.column.addSpacing(4)
        self.column.addWidget(label(self.tr("From every program"), "group"))
        words = self.tr(
            'Let a key of your desktop start "tacit --new-chat" (in its settings, under '
            "keyboard): it brings Tacit to the front with a new chat, wherever you are."
        )
        frame, column = card()
        column.addWidget(label(words, wrap=True, selectable=True))
        self.column.addWidget(frame)

    def _card(self, rows: list[Shortcut]) -> QWidget:
        frame, column = card()
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(10)
        merged: dict[str, list[str]] = {}
        for row in rows:
            merged.setdefault(row.label, []).append(row.keys)
        for number, (text, keys) in enumerate(merged.items()):
            grid.addWidget(label(text, wrap=True), number, 0)
            grid.addWidget(_keys(keys), number, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
        return frame


def _keys(alternatives: list[str]) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for number, keys in enumerate(alternatives):
        if number:
            row.addWidget(label("/", "meta"))
        # "Ctrl++" is the key + with Ctrl.
        parts = [*keys[:-2].split("+"), "+"] if keys.endswith("++") else keys.split("+")
        for part in parts:
            row.addWidget(label(part, "key"))
    return holder
