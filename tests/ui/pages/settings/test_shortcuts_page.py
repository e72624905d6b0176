"""The shortcuts: what is listed is bound, what is bound is listed."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.pages.settings.shortcuts_page import ShortcutsPage
from app.ui.shortcuts import shortcuts
from tests.ui.conftest import Desk


def test_every_shortcut_of_the_table_is_bound_once(desk: Desk) -> None:
    bound = [key.key().toString() for key in desk.window.findChildren(QShortcut)]
    listed = [QKeySequence(row.keys).toString() for row in shortcuts() if row.name]
    assert sorted(k for k in bound if k in listed) == sorted(listed)
    assert len(set(listed)) == len(listed)


def test_the_page_lists_all_of_them(qtbot: QtBot, look: Appearance) -> None:
    page = ShortcutsPage(look)
    qtbot.addWidget(page)
    words = [label.text() for label in page.findChildren(QLabel)]
    for row in shortcuts():
        assert row.label in words
        for part in row.keys.replace("++", "+Plus").split("+"):
            assert part.replace("Plus", "+") in words
