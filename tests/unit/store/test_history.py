"""Conversations and messages are kept as they were given, and listed by their use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import ContextUse, Usage
from app.core.messages import Message, Role
from app.store.connecting import connect
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import MessageState, StoredMessage

USAGE = Usage(
    prompt_tokens=7,
    cached_tokens=3,
    completion_tokens=2,
    load_s=0.5,
    first_token_s=0.1,
    decode_tokens_per_s=42.5,
)
CONTEXT = ContextUse(limit=100, prompt_tokens=7, dropped_messages=1, dropped_tokens=9)


def talk(history: History, *texts: str) -> list[StoredMessage]:
    """A conversation of questions and answers in turn."""
    conversation = history.create_conversation()
    messages: list[StoredMessage] = []
    for number, text in enumerate(texts):
        role = Role.ASSISTANT if number % 2 else Role.USER
        parent = messages[-1].id if messages else None
        messages.append(history.add_message(conversation.id, parent, role, text))
    return messages


def texts(messages: list[StoredMessage]) -> list[str]:
    return [message.text for message in messages]


def test_everything_is_there_after_opening_again(history: History, file: Path) -> None:
    conversation = history.create_conversation("Tax", model="m1", system_prompt="Be brief.")
    question = history.add_message(conversation.id, None, Role.USER, "Why?")
    answer = history.add_message(
        conversation.id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
    )
    history.update_message(
        answer.id,
        text="So.",
        reasoning="Hm.",
        state=MessageState.CUT,
        error="",
        provider="onnx",
        model="m1",
        device="cpu",
        usage=USAGE,
        context=CONTEXT,
    )
    history.save_draft(conversation.id, "and th")
    before = history.conversation(conversation.id)
    history.close()

    again = History(file)
    again.open()
    assert again.conversations() == [before]
    assert (before.title, before.model, before.system_prompt) == ("Tax", "m1", "Be brief.")
    assert (before.draft, before.leaf_id) == ("and th", answer.id)
    assert again.path(conversation.id) == [
        question,
        replace(
            answer,
            text="So.",
            reasoning="Hm.",
            state=MessageState.CUT,
            provider="onnx",
            model="m1",
            device="cpu",
            usage=USAGE,
            context=CONTEXT,
        ),
    ]
    again.close()


def test_the_list_is_in_the_order_of_use_even_when_the_clock_goes_backwards(file: Path) -> None:
    times = iter(range(1000, 0, -1))
    history = History(file, clock=lambda: float(next(times)))
    history.open()
    first, second = history.create_conversation("first"), history.create_conversation("second")
    assert [c.title for c in history.conversations()] == ["second", "first"]
    one = history.add_message(first.id, None, Role.USER, "one")
    two = history.add_message(first.id, one.id, Role.ASSISTANT, "two")
    assert [c.title for c in history.conversations()] == ["first", "second"]
    assert two.created_at < one.created_at
    assert texts(history.path(first.id)) == ["one", "two"]
    history.set_model(second.id, "m")
    history.rename(second.id, "renamed")
    history.save_draft(second.id, "draft")
    assert [c.title for c in history.conversations()] == ["first", "renamed"]
    history.close()


def test_the_list_comes_in_pieces(history: History) -> None:
    for number in range(7):
        history.create_conversation(str(number))
    assert [c.title for c in history.conversations(3)] == ["6", "5", "4"]
    assert [c.title for c in history.conversations(3, 5)] == ["1", "0"]


def test_a_title_by_the_user_is_marked(history: History) -> None:
    conversation = history.create_conversation()
    assert not history.rename(conversation.id, "made", by_user=False).title_by_user
    assert history.rename(conversation.id, "given").title_by_user


def test_a_finished_answer_makes_its_conversation_the_first(history: History) -> None:
    older = history.create_conversation("older")
    answer = history.add_message(older.id, None, Role.ASSISTANT, "", MessageState.STREAMING)
    history.create_conversation("newer")
    history.update_message(answer.id, text="still writing")
    assert [c.title for c in history.conversations()] == ["newer", "older"]
    history.update_message(answer.id, state=MessageState.COMPLETE)
    assert [c.title for c in history.conversations()] == ["older", "newer"]


def test_a_system_prompt_of_its_own_can_be_taken_back(history: History) -> None:
    conversation = history.create_conversation()
    assert history.set_system_prompt(conversation.id, "").system_prompt == ""
    assert history.set_system_prompt(conversation.id, None).system_prompt is None


def test_drafts_are_kept_apart(history: History) -> None:
    conversation = history.create_conversation()
    assert history.draft(None) == history.draft(conversation.id) == ""
    history.save_draft(None, "for a new one")
    history.save_draft(conversation.id, "for this one")
    assert history.draft(None) == "for a new one"
    assert history.draft(conversation.id) == "for this one"
    history.save_draft(None, "")
    assert history.draft(None) == ""


def test_a_deleted_conversation_is_out_of_sight_and_comes_back_whole(history: History) -> None:
    messages = talk(history, "question", "answer")
    conversation_id = messages[0].conversation_id
    before = history.conversation(conversation_id)
    history.delete_conversation(conversation_id)
    assert history.conversations() == []
    for ask in (history.conversation, history.path, history.page):
        with pytest.raises(GoneError):
            ask(conversation_id)
    with pytest.raises(GoneError):
        history.rename(conversation_id, "x")
    with pytest.raises(GoneError):
        history.add_message(conversation_id, messages[1].id, Role.USER, "x")
    assert history.restore_conversation(conversation_id) == before
    assert history.path(conversation_id) == messages


def test_what_never_existed_is_gone(history: History) -> None:
    conversation = history.create_conversation()
    stranger = talk(history, "elsewhere")[0]
    for action in (
        lambda: history.conversation("nothing"),
        lambda: history.message("nothing"),
        lambda: history.update_message("nothing", text="x"),
        lambda: history.delete_message("nothing"),
        lambda: history.restore_message("nothing"),
        lambda: history.delete_conversation("nothing"),
        lambda: history.restore_conversation("nothing"),
        lambda: history.page(conversation.id, before="nothing"),
        lambda: history.add_message(conversation.id, "nothing", Role.USER, "x"),
        lambda: history.add_message(conversation.id, stranger.id, Role.USER, "x"),
        lambda: history.set_leaf(conversation.id, stranger.id),
    ):
        with pytest.raises(GoneError) as caught:
            action()
        assert caught.value.code is ErrorCode.USAGE
    assert history.path(conversation.id) == []


def test_pages_are_pieces_of_the_path(history: History) -> None:
    messages = talk(history, *"abcdefghij")
    conversation_id = messages[0].conversation_id
    last = history.page(conversation_id, limit=4)
    assert last == messages[6:]
    assert history.page(conversation_id, before=last[0].id, limit=4) == messages[2:6]
    assert history.page(conversation_id, before=messages[2].id, limit=4) == messages[:2]
    assert history.page(conversation_id, before=messages[0].id, limit=4) == []
    assert history.page(conversation_id, limit=10) == history.path(conversation_id) == messages


def test_what_was_said_leaves_out_empty_messages_and_the_oldest_of_too_much(
    history: History,
) -> None:
    messages = talk(history, "aaaa", "", "bbbb", " \n", "cccc", "dddd")
    last = messages[-1].id
    everything = [
        Message(Role.USER, "aaaa"),
        Message(Role.USER, "bbbb"),
        Message(Role.USER, "cccc"),
        Message(Role.ASSISTANT, "dddd"),
    ]
    assert history.spoken(last, 100) == (everything, 0)
    assert history.spoken(last, 9) == (everything[2:], 2)
    assert history.spoken(last, 1) == (everything[3:], 3)
    assert history.spoken(messages[2].id, 100) == (everything[:2], 0)
    assert history.spoken(None, 100) == ([], 0)


def test_a_batch_is_kept_whole_or_not_at_all(history: History) -> None:
    with pytest.raises(GoneError), history.batch():
        history.conversation(history.create_conversation("lost").id + "x")
    assert history.conversations() == []
    with history.batch():
        history.create_conversation("one")
        history.create_conversation("two")
    assert len(history.conversations()) == 2


@pytest.mark.parametrize(
    "text", ["\ud83d\ude00", "half \ud83d", "nul \0 in it", "\r\n\u2028", "e\u0301"]
)
def test_any_text_a_keyboard_can_send_is_stored(history: History, text: str) -> None:
    stored = talk(history, text)[0].text
    stored.encode("utf-8")
    assert stored == {"\ud83d\ude00": "😀", "half \ud83d": "half \ufffd"}.get(text, text)


def test_answers_cut_off_by_the_end_of_the_program_are_interrupted(
    history: History, file: Path
) -> None:
    question = talk(history, "question")[0]
    answer = history.add_message(
        question.conversation_id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
    )
    history.update_message(answer.id, text="half of it")
    history.close()
    again = History(file)
    again.open()
    stored = again.message(answer.id)
    assert (stored.state, stored.text) == (MessageState.INTERRUPTED, "half of it")
    again.close()


def test_a_closed_history_says_so(file: Path) -> None:
    history = History(file)
    with pytest.raises(AppError) as caught:
        history.conversations()
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
    for _ in range(2):
        history.open()
    opened = history.is_open
    for _ in range(2):
        history.close()
    assert (opened, history.is_open) == (True, False)


class Damage:
    """Writes into the file what no version of the program would."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, statement: str, *values: object) -> None:
        connection = connect(self._file)
        with connection:
            connection.execute(statement, values)
        connection.close()


@pytest.fixture
def damage(file: Path) -> Damage:
    return Damage(file)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("role", "robot"),
        ("state", "melted"),
        ("usage", "{not json"),
        ("usage", '{"prompt_tokens": "many"}'),
        ("usage", "[" * 100_000),
        ("context", '{"limit": 1e999, "prompt_tokens": 1}'),
        ("context", "17"),
        ("text", b"caf\xff"),
        ("created_at", "yesterday"),
    ],
)
def test_a_message_with_a_broken_field_is_read_as_far_as_it_goes(
    history: History, damage: Damage, column: str, value: object
) -> None:
    messages = talk(history, "one", "two", "three")
    history.update_message(messages[1].id, usage=USAGE, context=CONTEXT)
    damage(f"UPDATE message SET {column} = ? WHERE id = ?", value, messages[1].id)
    first, second, third = history.path(messages[0].conversation_id)
    assert (first, third) == (messages[0], messages[2])
    assert second.state is MessageState.FAILED
    assert second.error
    assert second.text == ("caf\ufffd" if column == "text" else "two")
    assert second.parent_id == first.id


def test_a_leaf_that_is_of_no_use_shows_the_newest_path(history: History, damage: Damage) -> None:
    messages = talk(history, "one", "two")
    damage("UPDATE conversation SET leaf_id = 'nothing'")
    assert history.path(messages[0].conversation_id) == messages
    assert history.conversation(messages[0].conversation_id).leaf_id == messages[1].id


def test_a_circle_of_parents_ends(history: History, damage: Damage) -> None:
    messages = talk(history, "one", "two")
    damage("UPDATE message SET parent_id = ? WHERE id = ?", messages[1].id, messages[0].id)
    assert history.path(messages[0].conversation_id)[-1].text == "two"
    assert history.show_branch(messages[0].id)
