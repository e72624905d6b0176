"""Conversations of any length: drawn where they are seen, steady, following the stream."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.events import (
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
)
from app.store.values import MessageState
from app.ui.appearance import Appearance
from app.ui.theme import load_theme
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    WAIT_MS,
    answer,
    conversation,
    dropped,
    question,
    row_of,
    settle,
    show,
    text_of,
    watch,
    widget_of,
)


def wheel(view: TranscriptView, notches: int) -> None:
    place = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        place,
        view.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def begin(view: TranscriptView, number: str = "new") -> None:
    view.append(question(f"{number}-q", "Go on"))
    view.append(replace(answer(number, ""), state=MessageState.STREAMING))
    view.begin_stream(number)


def test_of_many_messages_few_are_alive(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(1000))
    assert view.board.is_at_bottom
    assert text_of(view, "a999").startswith("Answer 999")
    assert 0 < len(view.viewport().findChildren(MessageWidget)) < 60
    for value in range(0, view.verticalScrollBar().maximum(), 20_000):
        view.verticalScrollBar().setValue(value)
        settle(qtbot, view)
    assert len(view.board.live) < 60
    qtbot.waitUntil(lambda: len(view.viewport().findChildren(MessageWidget)) < 60, timeout=WAIT_MS)


def test_what_comes_into_sight_is_drawn(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(300))
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert text_of(view, "q0") == "Question 0?"
    assert text_of(view, "a0").startswith("Answer 0 with some words.")
    assert row_of(view, "a299").widget is None


def test_heights_that_turn_out_different_move_nothing(qtbot: QtBot, look: Appearance) -> None:
    messages = conversation(200)
    # Guessed far too low: every short line is a list item with a margin of its own.
    messages[101] = answer("a50", "- x\n\n  y\n" * 80)
    view = show(qtbot, look, messages)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, view)
    for _ in range(60):
        sight = view.board.in_sight
        anchor = view.board.rows[sight[len(sight) // 2]]
        before = view.board.top_of(anchor)
        bar.setValue(bar.value() - 150)
        settle(qtbot, view)
        assert view.board.top_of(anchor) == before + 150
        if bar.value() == 0:
            break


def test_older_messages_come_without_a_jump(qtbot: QtBot, look: Appearance) -> None:
    messages = conversation(60)
    view = show(qtbot, look, messages[60:])
    view.set_messages(messages[60:], earlier=60)
    settle(qtbot, view)
    asked = watch(view.older_wanted)
    view.verticalScrollBar().setValue(100)
    settle(qtbot, view)
    assert len(asked) == 1
    place = view.board.top_of(row_of(view, "q30"))
    view.prepend(messages[:60])
    settle(qtbot, view)
    assert view.board.top_of(row_of(view, "q30")) == place
    assert view.board.rows[0].message.id == "q0"
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert len(asked) == 1


def test_the_view_follows_the_stream(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(20))
    begin(view)
    for number in range(60):
        view.apply("new", TextDelta(f"Paragraph {number}.\n\n"))
    qtbot.waitUntil(lambda: "Paragraph 59" in text_of(view, "new"), timeout=WAIT_MS)
    settle(qtbot, view)
    assert view.board.is_at_bottom
    assert not view.jump.isVisible()


def test_scrolling_up_yields_and_the_button_leads_back(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(20))
    begin(view)
    view.apply("new", TextDelta("Start.\n\n" * 30))
    qtbot.waitUntil(lambda: "Start." in text_of(view, "new"), timeout=WAIT_MS)
    settle(qtbot, view)
    wheel(view, 3)
    settle(qtbot, view)
    value = view.verticalScrollBar().value()
    assert value < view.verticalScrollBar().maximum()
    assert view.jump.isVisible()
    view.apply("new", TextDelta("More.\n\n" * 50))
    qtbot.waitUntil(lambda: row_of(view, "new").text.endswith("More.\n\n"), timeout=WAIT_MS)
    settle(qtbot, view)
    assert view.verticalScrollBar().value() == value
    QTest.mouseClick(view.jump, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert view.board.is_at_bottom
    assert not view.jump.isVisible()


def test_a_question_is_scrolled_to(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(30))
    view.verticalScrollBar().setValue(0)
    view.append(answer("later", "Not a question."))
    settle(qtbot, view)
    assert view.verticalScrollBar().value() == 0
    view.append(question("asked", "Is it?"))
    settle(qtbot, view)
    assert view.board.is_at_bottom


def test_a_streamed_answer_ends_as_one_that_was_stored(qtbot: QtBot, look: Appearance) -> None:
    text = "# Head\n\n- a **b**\n- c\n\n```py\nx = 1\n```\n\n| a |\n|---|\n| b |\n\nEnd."
    view = show(qtbot, look, conversation(2))
    begin(view)
    for place in range(0, len(text), 5):
        view.apply("new", TextDelta(text[place : place + 5]))
        qtbot.wait(2)
    view.finish(answer("new", text))
    settle(qtbot, view)
    streamed = text_of(view, "new")
    height = view.board.height_of(row_of(view, "new"))
    view.set_messages([answer("new", text)])
    settle(qtbot, view)
    assert text_of(view, "new") == streamed
    assert view.board.height_of(row_of(view, "new")) == height


def test_an_answer_out_of_sight_is_there_when_one_comes_back(
    qtbot: QtBot, look: Appearance
) -> None:
    view = show(qtbot, look, conversation(100))
    begin(view)
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert row_of(view, "new").widget is None
    for number in range(50):
        view.apply("new", TextDelta(f"Paragraph {number}.\n\n"))
    qtbot.waitUntil(lambda: "Paragraph 49" in row_of(view, "new").text, timeout=WAIT_MS)
    view.jump_to_latest()
    settle(qtbot, view)
    assert text_of(view, "new").endswith("Paragraph 49.")
    view.apply("new", TextDelta("And more."))
    qtbot.waitUntil(lambda: text_of(view, "new").endswith("And more."), timeout=WAIT_MS)


def test_what_is_waited_for_is_said_after_a_while(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [])
    begin(view)
    widget = widget_of(view, "new")
    assert not widget._waiting.isVisible()
    view.apply("new", Loading(model="m", device="cpu"))
    qtbot.waitUntil(lambda: widget._waiting.text() == "Loading Small...", timeout=WAIT_MS)
    view.apply("new", Progress(read=45, total=100))
    qtbot.waitUntil(lambda: widget._waiting.text() == "Reading your message 45 %", timeout=WAIT_MS)
    view.apply("new", TextDelta("Word"))
    qtbot.waitUntil(lambda: not widget._waiting.isVisible(), timeout=WAIT_MS)
    assert widget.body.text.shows_caret
    view.finish(answer("new", "Word"))
    assert not widget.body.text.shows_caret


def test_thoughts_are_folded(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [])
    begin(view)
    view.apply("new", ReasoningDelta("I *think*"))
    widget = widget_of(view, "new")
    qtbot.waitUntil(lambda: widget._thoughts is not None, timeout=WAIT_MS)
    thoughts = widget._thoughts
    assert thoughts is not None
    assert thoughts.text() == "Thinking..."
    view.apply("new", TextDelta("Answer"))
    qtbot.waitUntil(lambda: thoughts.text() == "Thought for 1 s", timeout=WAIT_MS)
    view.finish(replace(answer("new", "Answer"), reasoning="I *think*"))
    height = view.board.height_of(row_of(view, "new"))
    QTest.mouseClick(thoughts, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert thoughts.body is not None
    document = thoughts.body.text.message_document
    assert document is not None
    assert document.toPlainText() == "I think"
    assert view.board.height_of(row_of(view, "new")) > height
    QTest.mouseClick(thoughts, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert view.board.height_of(row_of(view, "new")) == height


def test_the_line_above_which_the_model_saw_nothing(qtbot: QtBot, look: Appearance) -> None:
    messages = conversation(4)
    messages[-1] = replace(messages[-1], context=dropped(3))
    view = show(qtbot, look, messages)
    assert [row.message.id for row in view.board.rows if row.cut] == ["a1"]
    line = widget_of(view, "a1")._cut
    assert line is not None
    assert "1000 of at most 2048 tokens" in line.toolTip()
    assert "Messages left out: 3" in line.toolTip()
    begin(view)
    view.apply("new", Started(provider="onnx", model="m", device="cpu", context=dropped(5)))
    qtbot.waitUntil(lambda: row_of(view, "a2").cut is not None, timeout=WAIT_MS)
    assert row_of(view, "a1").cut is None
    view.finish(replace(answer("new", "x"), context=dropped(0)))
    assert not any(row.cut for row in view.board.rows)


def test_without_the_beginning_the_line_cannot_be_placed(qtbot: QtBot, look: Appearance) -> None:
    messages = conversation(4)
    messages[-1] = replace(messages[-1], context=dropped(3))
    view = show(qtbot, look, [])
    view.set_messages(messages[2:], earlier=1)
    assert not any(row.cut for row in view.board.rows)
    view.prepend(messages[:2])
    assert [row.message.id for row in view.board.rows if row.cut] == ["a1"]


def test_a_notice_stands_under_the_answer(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [])
    begin(view)
    view.apply("new", Notice(sentence="The GPU is busy."))
    widget = widget_of(view, "new")
    qtbot.waitUntil(lambda: widget._ending is not None, timeout=WAIT_MS)
    view.finish(answer("new", "Text"))
    assert widget._ending is not None


def test_messages_go_and_change(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(3))
    view.remove("a1")
    settle(qtbot, view)
    assert [row.message.id for row in view.board.rows] == ["q0", "a0", "q1", "q2", "a2"]
    view.update_message(answer("a2", "Other **words**"))
    settle(qtbot, view)
    assert text_of(view, "a2") == "Other words"
    view.remove("unknown")
    view.apply("unknown", TextDelta("x"))
    view.finish(answer("unknown", "x"))
    assert len(view.board.rows) == 5


def test_while_an_answer_is_written_nothing_may_change(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(1))
    begin(view)
    widget = widget_of(view, "q0")
    editing: list[bool] = []
    for _ in range(2):
        widget.start_editing()
        editing.append(widget.editor is not None)
        view.finish(answer("new", "x"))
    assert editing == [False, True]


def test_another_theme_draws_anew(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [answer("1", "```py\ndef f(): pass\n```")])
    dark = load_theme("dark")
    view.set_theme(dark)
    settle(qtbot, view)
    document = widget_of(view, "1").body.text.message_document
    assert document is not None
    assert document.formats.theme is dark
    colours = [
        part.format.foreground().color().name() for part in document.begin().layout().formats()
    ]
    assert dark.code_keyword.lower() in colours


def test_another_text_size_keeps_the_place(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(50))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    settle(qtbot, view)
    first = view.board.rows[view.board.in_sight[0]]
    height = view.board.height_of(first)
    view.set_text_size(150)
    settle(qtbot, view)
    assert first in [view.board.rows[place] for place in view.board.in_sight]
    assert view.board.height_of(first) > height


def test_another_width_lays_out_anew(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, conversation(30))
    for width in (480, 640, 1400, 480):
        view.resize(width, 600)
        settle(qtbot, view)
        widget = widget_of(view, "a29")
        text = widget.body.text
        assert text.x() >= 0
        assert text.geometry().right() < widget.width()
        assert text.width() <= look.theme.column_width
        bubble = widget_of(view, "q29")._bubble
        column = min(look.theme.column_width, widget.width() - 32)
        assert bubble.width() <= round(column * 0.8)
    assert view.board.is_at_bottom


@pytest.mark.parametrize(
    "piece",
    ["word and word ", "a", "def f(x): return x + 1  # why\n", "- item **b**\n", "| a | b |\n"],
    ids=["paragraph", "endless", "code", "list", "table"],
)
def test_however_long_an_answer_grows_a_drawing_is_short(
    qtbot: QtBot, look: Appearance, piece: str
) -> None:
    view = show(qtbot, look, conversation(100))
    begin(view)
    begins = {"d": "```python\n", "|": "| a | b |\n|---|---|\n"}
    view.apply("new", TextDelta(begins.get(piece[0], "")))
    longest = 0.0
    for _ in range(60):
        view.apply("new", TextDelta(piece * (1000 // len(piece))))
        for turn in (view._on_tick, view._on_work):
            began = time.thread_time()
            turn()
            longest = max(longest, time.thread_time() - began)
    assert len(row_of(view, "new").text) > 50_000
    # Very generous: on a quiet machine none takes a twentieth of it.
    assert longest < 0.5


def test_a_very_long_answer_is_drawn_in_turns(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [])
    view.set_messages([answer("1", "A paragraph with words.\n\n" * 4000)])
    assert not widget_of(view, "1").is_drawn
    settle(qtbot, view)
    assert widget_of(view, "1").is_drawn
    assert view.board.height_of(row_of(view, "1")) > 100_000
    assert view.board.is_at_bottom
