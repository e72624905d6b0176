"""The slash menu: what it lists, how it is used by keys, and what it does to the message."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.appearance import Appearance
from app.ui.chat.composer import Composer
from app.ui.chat.slash import Entry, SlashMenu

LETTER = Entry("prompt", "letter", "Write 🙂 to {{whom}} in {{language: French}}.")
COOK = Entry("persona", "Cook", "Be brief.")
NEW = Entry("command", "new", "New chat")


class Opened:
    """The menu and the composer under it."""

    def __init__(self, menu: SlashMenu, composer: Composer) -> None:
        self.composer = composer
        self.list = menu.list
        self.chosen = menu.chosen
        self._menu = menu

    @property
    def is_open(self) -> bool:
        return self._menu.is_open


@pytest.fixture
def menu(look: Appearance, qtbot: Any) -> Any:
    composer = Composer(look)
    qtbot.addWidget(composer)
    made = SlashMenu(look, composer)
    made.set_entries([LETTER, COOK, NEW])
    composer.resize(600, 60)
    composer.show()
    return Opened(made, composer)


def write(menu: Any, text: str) -> None:
    QTest.keyClicks(menu.composer.edit, text)


def names(menu: Any) -> list[str]:
    items = [menu.list.item(row) for row in range(menu.list.count())]
    return [item.data(Qt.ItemDataRole.UserRole).name for item in items]


def press(menu: Any, key: Qt.Key) -> None:
    QTest.keyClick(menu.composer.edit, key)


def test_a_slash_opens_it_and_what_follows_narrows_it(menu: Any) -> None:
    write(menu, "/")
    assert menu.is_open
    assert names(menu) == ["letter", "Cook", "new"]
    write(menu, "e")
    assert names(menu) == ["letter", "new"]  # what only holds it comes behind
    write(menu, "xx")
    assert not menu.is_open


@pytest.mark.parametrize("text", ["a/", "//letter", "/letter\n"])
def test_other_messages_do_not_open_it(menu: Any, text: str) -> None:
    menu.composer.edit.insertPlainText(text)
    assert not menu.is_open


def test_a_draft_of_the_program_does_not_open_it(menu: Any) -> None:
    menu.composer.set_text("/le")
    assert not menu.is_open
    write(menu, "t")
    assert menu.is_open
    menu.composer.take()
    assert not menu.is_open


def test_it_goes_with_the_page_that_it_stands_on(menu: Any) -> None:
    write(menu, "/")
    menu.composer.edit.hide()
    assert not menu.is_open


def test_a_prompt_comes_into_the_message_and_tab_goes_from_gap_to_gap(menu: Any) -> None:
    sent: list[str] = []
    menu.composer.send_wanted.connect(sent.append)
    write(menu, "/let")
    press(menu, Qt.Key.Key_Return)
    edit = menu.composer.edit
    assert sent == []
    assert edit.textCursor().selectedText() == "{{whom}}"
    write(menu, "Ann")
    press(menu, Qt.Key.Key_Tab)
    assert edit.textCursor().selectedText() == "{{language: French}}"
    write(menu, "Latin")
    assert edit.toPlainText() == "Write 🙂 to Ann in Latin."
    for _ in range(3):
        edit.undo()
    assert "/let" in edit.toPlainText() or "{{whom}}" in edit.toPlainText()


def test_arrows_choose_and_escape_leaves_what_was_typed(menu: Any) -> None:
    chosen: list[Entry] = []
    menu.chosen.connect(chosen.append)
    write(menu, "/")
    press(menu, Qt.Key.Key_Escape)
    assert not menu.is_open
    assert menu.composer.text == "/"
    write(menu, "c")
    assert not menu.is_open  # it was wanted away
    menu.composer.take()
    write(menu, "/")
    press(menu, Qt.Key.Key_Up)
    press(menu, Qt.Key.Key_Up)
    press(menu, Qt.Key.Key_Return)
    assert chosen == [COOK]
    assert menu.composer.text == ""
