"""The controller over the real session and store: streams, switching, stopping, drafts."""

from __future__ import annotations

import pytest

from app.bootstrap import Services
from app.core.draft import Draft
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed, Started, TextDelta, Usage
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.store.history import History
from app.store.values import Conversation, MessageState, StoredMessage
from app.ui.chat.chat_controller import ChatController
from app.ui.status.figures import Figures
from tests.ui.conftest import Async


class View:
    """What a view would show, from the signals alone."""

    def __init__(self, chat: ChatController) -> None:
        self.messages: dict[str, StoredMessage] = {}
        self.text: dict[str, str] = {}
        self.live: str = ""
        self.composer: str = ""
        self.busy: bool = False
        self.streaming: frozenset[str] = frozenset()
        self.failures: list[AppError] = []
        self.figures = Figures()
        self.conversations: dict[str, Conversation] = {}
        self.finished: list[StoredMessage] = []
        chat.shown.connect(self._shown)
        chat.earlier_shown.connect(self._earlier)
        chat.message_added.connect(self._added)
        chat.message_removed.connect(self._removed)
        chat.stream_started.connect(lambda message_id: setattr(self, "live", message_id))
        chat.stream_event.connect(self._event)
        chat.stream_finished.connect(self._finished)
        chat.draft_shown.connect(lambda draft: setattr(self, "composer", draft.text))
        chat.busy_changed.connect(lambda busy: setattr(self, "busy", busy))
        chat.streaming_changed.connect(lambda ids: setattr(self, "streaming", ids))
        chat.failed.connect(self.failures.append)
        chat.send_failed.connect(self._given_back)
        chat.figures_changed.connect(lambda figures: setattr(self, "figures", figures))
        chat.conversation_changed.connect(lambda c: self.conversations.update({c.id: c}))

    @property
    def said(self) -> list[str]:
        return [self.text[message_id] for message_id in self.messages]

    def _shown(self, _conversation: object, messages: list[StoredMessage]) -> None:
        self.messages = {m.id: m for m in messages}
        self.text = {m.id: m.text for m in messages}
        self.live = ""

    def _earlier(self, messages: list[StoredMessage]) -> None:
        self.messages = {**{m.id: m for m in messages}, **self.messages}
        self.text |= {m.id: m.text for m in messages}

    def _added(self, message: StoredMessage) -> None:
        self.messages[message.id] = message
        self.text[message.id] = message.text

    def _removed(self, message_id: str) -> None:
        del self.messages[message_id]

    def _event(self, message_id: str, event: object) -> None:
        assert message_id == self.live, "an event of a message that is not live here"
        if isinstance(event, TextDelta):
            self.text[message_id] += event.text

    def _finished(self, message: StoredMessage) -> None:
        self._added(message)
        self.finished.append(message)
        self.live = ""

    def _given_back(self, draft: Draft, error: AppError) -> None:
        self.composer = draft.text
        self.failures.append(error)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.005)


@pytest.fixture
def view(chat: ChatController) -> View:
    return View(chat)


def long_answer(engine: FakeEngine, words: int = 2000) -> None:
    engine.enqueue(scripted_answer(" ".join(f"w{n}" for n in range(words))))


def test_a_new_chat_becomes_a_conversation_with_its_answer(
    chat: ChatController, view: View, aio: Async, services: Services
) -> None:
    assert chat.send("What is a lease?")
    assert view.busy
    aio.until(lambda: not view.busy)
    assert view.said == ["What is a lease?", "What is a lease?"]
    assert [m.role for m in view.messages.values()] == [Role.USER, Role.ASSISTANT]
    assert view.messages[view.finished[0].id].state is MessageState.COMPLETE
    assert chat.conversation is not None
    assert chat.conversation.title
    assert view.conversations[chat.open_id].title == chat.conversation.title
    stored = aio.run(services.history.run(lambda store: store.path(chat.open_id)))
    assert [m.text for m in stored] == view.said


def test_only_one_answer_at_a_time_in_front(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine
) -> None:
    long_answer(engine)
    assert chat.send("one")
    assert not chat.send("two")
    aio.until(lambda: bool(view.live))
    assert not chat.send("two")
    chat.stop()
    aio.until(lambda: not view.busy)


def test_stop_keeps_what_was_written(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine, services: Services
) -> None:
    long_answer(engine)
    chat.send("go")
    aio.until(lambda: bool(view.live) and "w3" in view.text[view.live])
    chat.stop()
    aio.until(lambda: not view.busy)
    (answer,) = view.finished
    assert answer.state is MessageState.STOPPED
    assert answer.text.startswith("w0 w1 w2")
    stored = aio.run(services.history.run(lambda store: store.message(answer.id)))
    assert stored.text == answer.text


def test_an_answer_goes_on_behind_another_conversation_and_comes_back_live(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine
) -> None:
    chat.send("first")
    aio.until(lambda: not view.busy)
    first = chat.open_id
    long_answer(engine)
    chat.new_chat()
    chat.send("second")
    aio.until(lambda: bool(view.live) and "w3" in view.text[view.live])
    second, answer_id = chat.open_id, view.live
    chat.open(first)
    aio.until(lambda: chat.open_id == first)
    assert (view.busy, view.streaming) == (False, frozenset({second}))
    assert view.said == ["first", "first"]
    chat.open(second)
    aio.until(lambda: chat.open_id == second)
    assert (view.busy, view.streaming) == (True, frozenset({second}))
    assert view.live == answer_id
    seen = view.text[answer_id]
    aio.until(lambda: len(view.text[answer_id]) > len(seen))
    words = view.text[answer_id].split()
    assert words == [f"w{n}" for n in range(len(words))], "a word was lost or came twice"
    chat.stop()
    aio.until(lambda: not view.busy)
    assert view.text[answer_id].split() == [
        f"w{n}" for n in range(len(view.text[answer_id].split()))
    ]


def test_an_answer_that_ends_behind_is_stored_and_shown_whole(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer(" ".join(f"w{n}" for n in range(30))))
    chat.send("go")
    aio.until(lambda: bool(view.live))
    behind = chat.open_id
    chat.new_chat()
    assert view.said == []
    aio.until(lambda: not view.streaming)
    chat.open(behind)
    aio.until(lambda: chat.open_id == behind)
    assert view.said[1].split()[-1] == "w29"
    assert view.live == ""


def test_leaving_before_the_conversation_exists_keeps_the_new_page_empty(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine
) -> None:
    long_answer(engine, 50)
    chat.send("go")
    chat.new_chat()
    assert not view.busy
    aio.until(lambda: bool(view.streaming))
    assert chat.open_id == ""
    assert view.said == []
    aio.until(lambda: not view.streaming)
    assert chat.open_id == ""
    (only,) = view.conversations
    chat.open(only)
    aio.until(lambda: chat.open_id == only)
    assert view.said[0] == "go"


def test_the_last_of_several_quick_switches_wins(
    chat: ChatController, view: View, aio: Async
) -> None:
    ids = []
    for text in ("one", "two", "three"):
        chat.new_chat()
        chat.send(text)
        aio.until(lambda: not view.busy)
        ids.append(chat.open_id)
    for wanted in ids:
        chat.open(wanted)
    chat.open(ids[0])
    aio.until(lambda: chat.open_id == ids[0])
    assert view.said[0] == "one"


def test_regenerating_replaces_the_answer_in_front_and_keeps_the_old_one(
    chat: ChatController, view: View, aio: Async, services: Services
) -> None:
    chat.send("question")
    aio.until(lambda: not view.busy)
    old = view.finished[-1].id
    chat.regenerate(old)
    aio.until(lambda: len(view.finished) == 2)
    new = view.finished[-1]
    assert old not in view.messages
    assert len(view.messages) == 2
    assert set(new.siblings) == {old, new.id}
    aio.until(lambda: not view.busy)


def test_an_edited_question_is_a_branch_of_its_own(
    chat: ChatController, view: View, aio: Async
) -> None:
    chat.send("one")
    aio.until(lambda: not view.busy)
    chat.send("two")
    aio.until(lambda: not view.busy)
    first = next(iter(view.messages))
    chat.edit(first, "another one")
    aio.until(lambda: len(view.finished) == 3)
    assert view.said == ["another one", "another one"]
    aio.until(lambda: not view.busy)


def test_figures_follow_the_answer(chat: ChatController, view: View, aio: Async) -> None:
    chat.send("question")
    aio.until(lambda: not view.busy)
    assert view.figures.device == "cpu"
    assert view.figures.model == "small-model"
    assert view.figures.usage is not None
    assert view.figures.usage.decode_tokens_per_s == 100
    assert view.figures.context is not None
    chat.new_chat()
    assert view.figures == Figures()


def test_a_failed_answer_says_why_and_keeps_the_question(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine
) -> None:
    error = AppError("The model stopped.", "Try again.", code=ErrorCode.HOST_CRASHED)
    started = scripted_answer("x")[0]
    assert isinstance(started, Started)
    engine.enqueue([started, TextDelta("half"), Failed(error)])
    failures: list[tuple[AppError, str]] = []
    chat.answer_failed.connect(lambda *failure: failures.append(failure))
    chat.send("question")
    aio.until(lambda: not view.busy)
    assert failures == [(error, view.finished[0].id)]
    assert view.finished[0].text == "half"
    assert view.finished[0].state is MessageState.FAILED
    assert "The model stopped" in view.finished[0].error


def test_what_cannot_be_stored_goes_back_into_the_composer(
    chat: ChatController, view: View, aio: Async, services: Services
) -> None:
    aio.run(services.history.run(lambda store: store.close()))
    chat.send("precious")
    aio.until(lambda: bool(view.failures))
    assert view.composer == "precious"
    aio.until(lambda: not view.busy)
    aio.run(services.open_history())


def test_what_could_not_be_sent_behind_is_kept_as_draft(
    chat: ChatController, view: View, aio: Async, services: Services
) -> None:
    chat.send("one")
    aio.until(lambda: not view.busy)
    conversation_id = chat.open_id
    aio.run(services.history.run(lambda store: store.close()))
    chat.send("precious")
    chat.new_chat()
    aio.until(lambda: bool(view.failures))
    aio.run(services.open_history())
    chat.open(conversation_id)
    aio.until(lambda: chat.open_id == conversation_id)
    assert view.composer == "precious"


def test_a_conversation_that_is_gone_leads_to_a_new_chat(
    chat: ChatController, view: View, aio: Async
) -> None:
    chat.open("nowhere")
    aio.until(lambda: bool(view.failures))
    assert chat.conversation is None


def test_closing_stops_and_keeps_every_answer(
    chat: ChatController, view: View, aio: Async, engine: FakeEngine, services: Services
) -> None:
    long_answer(engine)
    chat.send("go")
    aio.until(lambda: bool(view.live) and "w3" in view.text[view.live])
    chat.edited(Draft("half a sentence"))
    aio.run(chat.close())
    assert not view.streaming
    conversation_id = chat.open_id
    stored = aio.run(services.history.run(lambda store: store.path(conversation_id)))
    assert stored[1].state is MessageState.STOPPED
    assert stored[1].text.startswith("w0 w1")
    draft = aio.run(services.history.run(lambda store: store.draft(conversation_id)))
    assert draft == "half a sentence"


def test_usage_comes_with_the_end(chat: ChatController, view: View, aio: Async) -> None:
    chat.send("question")
    aio.until(lambda: bool(view.finished))
    assert isinstance(view.finished[0].usage, Usage)
    aio.until(lambda: not view.busy)


def test_a_long_conversation_shows_its_end_first_and_then_the_rest(
    chat: ChatController, view: View, aio: Async, services: Services
) -> None:
    def fill(store: History) -> str:
        conversation_id, parent = store.create_conversation("long").id, None
        with store.batch():
            for number in range(250):
                role = Role.ASSISTANT if number % 2 else Role.USER
                parent = store.add_message(conversation_id, parent, role, f"m{number}").id
        return conversation_id

    conversation_id = aio.run(services.history.run(fill))
    sizes: list[int] = []
    chat.shown.connect(lambda _conversation, messages: sizes.append(len(messages)))
    chat.open(conversation_id)
    aio.until(lambda: len(view.messages) == 250)
    assert sizes == [200]
    assert view.said == [f"m{number}" for number in range(250)]
