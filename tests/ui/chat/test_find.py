"""Finding words in a conversation: counted, marked, stepped through, without holding it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import pytest
from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.store.values import StoredMessage
from app.ui.appearance import Appearance
from app.ui.chat.find import Find
from app.ui.chat.find_bar import FindBar
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    WAIT_MS,
    answer,
    conversation,
    question,
    row_of,
    settle,
    watch,
    widget_of,
)


@dataclass
class Room:
    """A bar above a conversation."""

    qtbot: QtBot
    holder: QWidget
    bar: FindBar
    view: TranscriptView
    find: Find

    def show(self, messages: list[StoredMessage]) -> None:
        self.view.set_messages(messages)
        settle(self.qtbot, self.view)

    def look_for(self, words: str, count: str) -> None:
        self.find.open_words()
        self.bar.field.setText(words)
        self.until(lambda: self.bar.count.text() == count)

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=WAIT_MS)

    def marked(self, number: str) -> list[str]:
        text = widget_of(self.view, number).body.text
        return [mark.cursor.selectedText() for mark in text.extraSelections()]


@pytest.fixture
def room(qtbot: QtBot, look: Appearance) -> Room:
    holder = QWidget()
    bar, view = FindBar(look), TranscriptView(look.theme)
    column = QVBoxLayout(holder)
    column.addWidget(bar)
    column.addWidget(view, 1)
    qtbot.addWidget(holder)
    holder.resize(800, 600)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow, timeout=WAIT_MS)
    return Room(qtbot, holder, bar, view, Find(bar, view))


def test_what_is_seen_is_found_and_marked(room: Room) -> None:
    source = "Some **bold** words.\n\n- bold item\n\n| Bold | b |\n|---|---|\n| x | unbold |\n"
    room.show([question("1", "**bold**"), answer("2", source)])
    room.look_for("bold", "1 of 5")
    assert room.marked("1") == ["bold"]
    assert room.marked("2") == ["bold", "bold", "Bold", "bold"]
    # Markdown's own signs are not seen, blanks are alike.
    room.look_for("Some  bold words", "1 of 1")
    assert room.marked("2") == ["Some bold words"]
    room.look_for("**", "1 of 2")
    assert room.marked("1") == ["**", "**"]
    room.look_for("nothing of the kind", "Not found")
    assert room.marked("2") == []


def test_signs_beyond_the_first_plane_and_added_breaks(room: Room) -> None:
    long = "x" * 1500 + "needle" + "y" * 1500
    room.show([answer("1", f"😀 needle 漢字\n\n{long}")])
    room.look_for("needle", "1 of 2")
    first, second = room.marked("1")
    assert first == "needle"
    assert second.replace("\u200b", "") == "needle"
    room.look_for("漢", "1 of 1")
    assert room.marked("1") == ["漢"]


def test_the_search_begins_where_one_reads(room: Room) -> None:
    messages = [question(f"q{n}", f"word {n}" if n % 10 == 0 else "-") for n in range(100)]
    room.show(messages)
    room.view.go_to("q45")
    room.look_for("word", "6 of 10")
    sight = {room.view.board.rows[place].message.id for place in room.view.board.in_sight}
    assert "q50" in sight
    QTest.keyClick(room.bar.field, Qt.Key.Key_Return)
    room.until(lambda: room.bar.count.text() == "7 of 10")
    QTest.keyClick(room.bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(room.bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    room.until(lambda: room.bar.count.text() == "5 of 10")
    for _ in range(5):
        room.find.step(-1)
    room.until(lambda: room.bar.count.text() == "10 of 10")


def test_thousands_of_messages_hold_nothing_up(room: Room) -> None:
    room.show(conversation(2500))
    room.find.open_words()
    began = perf_counter()
    room.bar.field.setText("answer")
    # The typing itself waits for nothing, and the first finding is there at once.
    assert perf_counter() - began < 0.2
    total = sum(1 + number % 7 for number in range(2500))
    room.until(lambda: room.bar.count.text().endswith(f" of {QLocale().toString(total)}"))


def test_what_comes_later_is_found_too(room: Room) -> None:
    room.show([question("1", "needle")])
    room.look_for("needle", "1 of 1")
    room.view.append(answer("2", "a needle"))
    room.until(lambda: room.bar.count.text() == "1 of 2")
    room.view.remove("1")
    room.until(lambda: room.bar.count.text() == "1 found")
    room.find.step(1)
    room.until(lambda: room.bar.count.text() == "1 of 1")


def test_escape_takes_the_marks_away(room: Room) -> None:
    room.show([question("1", "needle")])
    room.look_for("needle", "1 of 1")
    closed = watch(room.bar.closed)
    QTest.keyClick(room.bar.field, Qt.Key.Key_Escape)
    assert closed == [()]
    assert room.bar.isHidden()
    assert room.marked("1") == []


def test_what_is_selected_is_looked_for(room: Room) -> None:
    room.show([answer("1", "one two one")])
    text = widget_of(room.view, "1").body.text
    cursor = text.document().find("one")
    text.setTextCursor(cursor)
    room.find.open_words()
    room.until(lambda: room.bar.count.text() == "1 of 2")


def test_a_day_is_gone_to(room: Room) -> None:
    start = QDateTime(QDate(2026, 11, 1), QTime(9, 0))
    messages = [
        replace(message, created_at=float(start.addDays(number // 4).toSecsSinceEpoch()))
        for number, message in enumerate(conversation(40))
    ]
    room.show(messages)
    room.find.open_days()
    assert room.bar.date.minimumDate() == QDate(2026, 11, 1)
    room.bar.date.setDate(QDate(2026, 11, 6))
    QTest.keyClick(room.bar.date, Qt.Key.Key_Return)
    settle(room.qtbot, room.view)
    assert abs(room.view.board.top_of(row_of(room.view, "q10"))) <= 1
