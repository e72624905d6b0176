"""What a view needs to come back to an answer that is being written."""

from __future__ import annotations

from app.core.events import Notice, Progress, ReasoningDelta, TextDelta
from app.core.messages import Role
from app.store.values import MessageState, StoredMessage
from app.ui.chat.live_turn import LiveTurn


def message(message_id: str, role: Role, parent: str | None, text: str = "") -> StoredMessage:
    return StoredMessage(id=message_id, conversation_id="c", parent_id=parent, role=role, text=text)


QUESTION = message("q", Role.USER, None, "question")
ANSWER = message("a", Role.ASSISTANT, "q")


def turn() -> LiveTurn:
    made = LiveTurn(conversation_id="c")
    made.add(QUESTION)
    made.add(ANSWER)
    made.take(ReasoningDelta("hm"))
    made.take(TextDelta("more than "))
    made.take(TextDelta("is stored"))
    return made


def test_the_text_here_goes_before_the_one_in_the_store() -> None:
    path = [QUESTION, message("a", Role.ASSISTANT, "q", "more")]
    merged = turn().merged(path)
    assert [m.text for m in merged] == ["question", "more than is stored"]
    assert merged[1].reasoning == "hm"


def test_messages_that_the_store_did_not_have_yet_are_added() -> None:
    assert [m.id for m in turn().merged([])] == ["q", "a"]
    old = message("old", Role.ASSISTANT, "q", "another branch")
    assert [m.id for m in turn().merged([QUESTION, old])] == ["q", "a"]


def test_the_end_goes_before_all() -> None:
    made = turn()
    made.final = StoredMessage(
        id="a", conversation_id="c", parent_id="q", role=Role.ASSISTANT, text="end",
        state=MessageState.COMPLETE,
    )  # fmt: skip
    assert made.merged([QUESTION, ANSWER])[1].text == "end"


def test_progress_is_told_again_only_while_there_is_no_text() -> None:
    made = LiveTurn(conversation_id="c")
    notice, progress = Notice(sentence="Something."), Progress(read=1, total=9)
    made.take(notice)
    made.take(progress)
    assert made.catch_up() == [notice, progress]
    made.take(TextDelta("x"))
    assert made.catch_up() == [notice]
