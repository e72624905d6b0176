"""Messages that wait for the answer before them; versions and forks in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.core.errors import AppError
from app.core.events import Failed
from app.engine.fake import FakeEngine, scripted_answer
from tests.ui.conftest import Async, Desk

LONG = "word " * 400


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.002)


def write(desk: Desk, text: str) -> None:
    desk.composer.setFocus()
    QTest.keyClicks(desk.composer, text)
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)


def begin_long(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    engine.enqueue(scripted_answer(LONG, model="small-model"))
    write(desk, "go")
    aio.until(lambda: desk.chat.composer.is_busy and len(desk.said()) == 2)


def press(desk: Desk, aio: Async, name: str) -> None:
    """Click the first button of that name once it is there."""

    def there() -> list[QAbstractButton]:
        buttons = desk.chat.queue.findChildren(QAbstractButton)
        return [one for one in buttons if one.accessibleName() == name and one.isVisible()]

    aio.until(lambda: bool(there()))
    there()[0].click()


def waiting(desk: Desk) -> list[str]:
    return [message.text for message in desk.parts.queue.waiting]


def rest(desk: Desk, aio: Async, count: int) -> None:
    aio.until(lambda: len(desk.said()) == count and not desk.parts.chat.is_busy)


def test_what_waits_is_sent_when_the_answer_is_complete(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    begin_long(desk, aio, engine)
    write(desk, "second")
    write(desk, "third")
    assert desk.chat.queue.isVisible()
    assert waiting(desk) == ["second", "third"]
    assert desk.chat.composer.text == ""
    rest(desk, aio, 6)
    assert desk.said()[2:] == ["second", "second", "third", "third"]
    assert desk.chat.queue.isHidden()


def test_a_waiting_message_is_edited_and_removed(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    begin_long(desk, aio, engine)
    write(desk, "second")
    write(desk, "third")
    press(desk, aio, "Remove the waiting message")
    assert waiting(desk) == ["third"]
    press(desk, aio, "Edit the waiting message")
    assert desk.chat.composer.text == "third"
    assert waiting(desk) == []
    rest(desk, aio, 2)


@pytest.mark.parametrize("how", ["stop", "failure"])
def test_after_a_stop_or_a_failure_it_goes_on_waiting(
    desk: Desk, aio: Async, engine: FakeEngine, how: str
) -> None:
    if how == "stop":
        begin_long(desk, aio, engine)
    else:
        engine.enqueue([*scripted_answer(LONG)[:-1], Failed(AppError("It broke.", "Again."))])
        write(desk, "go")
        aio.until(lambda: desk.chat.composer.is_busy)
    write(desk, "second")
    if how == "stop":
        QTest.keyClick(desk.composer, Qt.Key.Key_Escape)
    rest(desk, aio, 2)
    assert waiting(desk) == ["second"]
    press(desk, aio, "Send now")
    rest(desk, aio, 4)
    assert waiting(desk) == []


def test_it_waits_in_its_own_conversation(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    begin_long(desk, aio, engine)
    write(desk, "second")
    first = desk.parts.chat.open_id
    desk.parts.chat.new_chat()
    assert desk.chat.queue.isHidden()
    aio.until(lambda: len(engine.jobs) == 2)
    desk.parts.chat.open(first)
    rest(desk, aio, 4)
    assert desk.said()[2:] == ["second", "second"]


def test_what_was_never_sent_is_a_draft(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    begin_long(desk, aio, engine)
    write(desk, "second")
    QTest.keyClicks(desk.composer, "half a")
    conversation_id = desk.parts.chat.open_id
    desk.parts.queue.give_back()
    aio.run(desk.parts.chat.close())
    stored = aio.run(
        desk.services.history.run(lambda store: store.conversation(conversation_id).draft)
    )
    assert stored == "second\n\nhalf a"


def test_another_version_is_stepped_to_by_keyboard(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("First."))
    write(desk, "go")
    rest(desk, aio, 2)
    engine.enqueue(scripted_answer("Second."))
    view = desk.chat.transcript
    view.regenerate_requested.emit(view.board.rows[-1].message.id)
    aio.until(lambda: desk.said()[-1:] == ["Second."] and not desk.parts.chat.is_busy)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    widget = view.board.rows[-1].widget
    assert widget is not None
    widget.body.text.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(widget.body.text, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    aio.until(lambda: desk.said()[-1:] == ["First."])
    widget = view.board.rows[-1].widget
    assert widget is not None
    assert widget.holds_focus()
    QTest.keyClick(widget.body.text, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    aio.until(lambda: desk.said()[-1:] == ["Second."])


def test_a_stopped_answer_is_continued(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    begin_long(desk, aio, engine)
    aio.until(lambda: "word word" in desk.said()[-1])
    QTest.keyClick(desk.composer, Qt.Key.Key_Escape)
    rest(desk, aio, 2)
    engine.enqueue(scripted_answer(" and the end."))
    row = desk.chat.transcript.board.rows[-1]
    assert row.widget is not None
    row.widget.continue_wanted.emit()
    aio.until(lambda: len(engine.jobs) == 2)
    rest(desk, aio, 2)
    assert desk.said()[-1].endswith("word and the end.")
    assert desk.said()[-1].startswith("word word")
