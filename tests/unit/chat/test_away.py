"""Before something leaves: shown and agreed to once a conversation, and never without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from app.chat.away import Away
from app.chat.session import ChatSession
from app.chat.turn import AnswerStored, TurnEvent
from app.core.cloud import Demand, Preview, Service, Speech, reference
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed, Notice, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.engine.fake import scripted_answer
from app.providers.fake import FakeProvider
from app.redaction.lexicon import NameLists
from app.redaction.redactor import Redactor
from app.router.router import Router
from app.router.situation import Switches
from app.store.history import History
from app.store.values import Mark, StoredMessage
from tests.fakes.chat_room import Room, answer_events

HOST = "api.example"
NO_NAMES = NameLists()
BROKEN = AppError("The engine has ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)


class FakeCloud(FakeProvider):
    """A scripted service, which knows what it would send."""

    def __init__(self, name: str = "anthropic") -> None:
        super().__init__(name, is_local=False)
        self.refusal: AppError | None = None

    def preview(self, request: ChatRequest) -> Preview:
        if self.refusal is not None:
            raise self.refusal
        service = Service(
            name=self.name, label="Anthropic", speech=Speech.ANTHROPIC, address=f"https://{HOST}",
            host=HOST, is_local=False, is_on=True, model="m", secret=self.name,
        )  # fmt: skip
        demand = Demand(
            service=service,
            model="m",
            messages=request.messages,
            parameters=request.parameters,
            conversation=request.conversation,
        )
        return Preview(demand=demand)


@dataclass
class Desk:
    room: Room
    cloud: FakeCloud = field(default_factory=FakeCloud)
    agrees: bool = True
    falls_back_to: str = ""
    shown: list[Preview] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.router = Router(
            {"onnx": self.room.provider},
            switches=self.switches,
            more=lambda: {self.cloud.name: self.cloud},
            redact=Redactor(lists=lambda: NO_NAMES),
        )
        self.away = Away(self.room.history)
        self.away.approve = self.approve
        self.session = ChatSession(
            self.room.history, self.router, lambda: self.room.options, away=self.away
        )

    def switches(self) -> Switches:
        return Switches(
            cloud=True,
            providers=frozenset({self.cloud.name}),
            fallback=bool(self.falls_back_to),
            fallback_for=frozenset({ErrorCode.HOST_CRASHED}),
            fallback_to=self.falls_back_to,
        )

    async def approve(self, preview: Preview, _cancel: CancelToken) -> bool:
        self.shown.append(preview)
        return self.agrees

    async def ask(self, text: str, conversation_id: str | None = None) -> list[TurnEvent]:
        stream = self.session.send(conversation_id, text, CancelToken())
        return [event async for event in stream]


@pytest.fixture
async def desk(room: Room) -> AsyncIterator[Desk]:
    desk = Desk(room)
    yield desk
    await desk.session.close()


@pytest.fixture
async def away_id(desk: Desk) -> str:
    """A conversation whose model is one of a service."""
    model = reference("anthropic", "m")
    made = await desk.room.history.run(lambda h: h.create_conversation())
    await desk.room.history.run(lambda h: h.set_model(made.id, model))
    return made.id


def stored(events: list[TurnEvent]) -> StoredMessage:
    return next(event.message for event in events if isinstance(event, AnswerStored))


async def test_the_first_sending_shows_exactly_what_would_be_sent(desk: Desk, away_id: str) -> None:
    events = await desk.ask("What is it?", away_id)
    (preview,) = desk.shown
    assert preview.demand.messages == desk.cloud.requests[0].messages
    assert preview.demand.conversation == away_id
    assert stored(events).provenance.is_local is False


async def test_the_words_of_its_folder_are_replaced_in_what_is_sent(
    desk: Desk, away_id: str
) -> None:
    def put(history: History) -> None:
        outer = history.folders.create("Clients")
        history.folders.set_words(outer.id, ["Falcon"])
        history.folders.put([away_id], history.folders.create("Case 7", outer.id).id)

    await desk.ask("Is Falcon late?", away_id)
    await desk.room.history.run(put)
    desk.cloud.enqueue(scripted_answer("[TERM_1] is late."))
    events = await desk.ask("And is Falcon dear?", away_id)
    before, after = ([m.text for m in r.messages] for r in desk.cloud.requests)
    assert before == ["Is Falcon late?"]
    assert (after[0], after[-1]) == ("Is [TERM_1] late?", "And is [TERM_1] dear?")
    assert stored(events).text == "Falcon is late."


async def test_it_is_remembered_for_this_conversation_alone(desk: Desk, away_id: str) -> None:
    await desk.ask("one", away_id)
    await desk.ask("two", away_id)
    assert len(desk.shown) == 1
    again = Desk(desk.room)
    await again.ask("three", away_id)
    assert not again.shown, "a restart forgets nothing"
    other = await desk.room.history.run(lambda h: h.create_conversation())
    await desk.room.history.run(lambda h: h.set_model(other.id, reference("anthropic", "m")))
    await desk.ask("four", other.id)
    assert len(desk.shown) == 2
    await again.session.close()


async def test_another_host_is_asked_for_anew(desk: Desk, away_id: str) -> None:
    await desk.room.history.run(lambda h: h.agree(away_id, "elsewhere.example"))
    await desk.ask("one", away_id)
    assert len(desk.shown) == 1


async def test_who_does_not_agree_sends_nothing(desk: Desk, away_id: str) -> None:
    desk.agrees = False
    events = await desk.ask("one", away_id)
    assert not desk.cloud.requests
    assert "Nothing was sent to anthropic" in stored(events).error
    desk.agrees = True
    await desk.ask("two", away_id)
    assert len(desk.shown) == 2


async def test_without_anybody_to_ask_nothing_is_sent(desk: Desk, away_id: str) -> None:
    desk.away.approve = None
    await desk.ask("one", away_id)
    assert not desk.cloud.requests


async def test_what_is_confidential_is_not_even_asked_for(desk: Desk, away_id: str) -> None:
    await desk.room.history.run(lambda h: h.labels.mark(away_id, Mark.CONFIDENTIAL))
    events = await desk.ask("one", away_id)
    assert not desk.shown
    assert not desk.cloud.requests
    assert "confidential" in stored(events).error


async def test_a_refusal_of_the_router_comes_before_the_question(desk: Desk, away_id: str) -> None:
    desk.cloud.refusal = AppError("The cloud is switched off.", "", code=ErrorCode.CLOUD_OFF)
    events = await desk.ask("one", away_id)
    assert not desk.shown
    assert stored(events).error == "The cloud is switched off."


async def test_a_failure_here_may_be_answered_elsewhere(desk: Desk) -> None:
    desk.falls_back_to = "anthropic"
    desk.room.provider.enqueue([Failed(BROKEN)])
    events = await desk.ask("What is it?")
    (preview,) = desk.shown
    assert preview.failure == BROKEN.what
    answer = stored(events)
    assert answer.text == "What is it?"
    assert (answer.provider, answer.provenance.is_local) == ("anthropic", False)
    told = f"{BROKEN.what} anthropic answers instead."
    assert Notice(sentence=told) in answer_events(events)
    assert desk.cloud.requests[0].model == ""


async def test_the_fall_back_is_asked_for_each_time(desk: Desk) -> None:
    desk.falls_back_to = "anthropic"
    desk.room.provider.enqueue([Failed(BROKEN)])
    conversation = stored(await desk.ask("one")).conversation_id
    desk.room.provider.enqueue([Failed(BROKEN)])
    await desk.ask("two", conversation)
    assert len(desk.shown) == 2


@pytest.mark.parametrize("case", ["off", "declined", "refused", "confidential"])
async def test_the_failure_stays_where_nobody_may_answer(desk: Desk, case: str) -> None:
    desk.falls_back_to = "" if case == "off" else "anthropic"
    desk.agrees = case != "declined"
    if case == "refused":
        desk.cloud.refusal = AppError("No.", "")
    made = await desk.room.history.run(lambda h: h.create_conversation())
    if case == "confidential":
        await desk.room.history.run(lambda h: h.labels.mark(made.id, Mark.CONFIDENTIAL))
    desk.room.provider.enqueue([Failed(BROKEN)])
    answer = stored(await desk.ask("one", made.id))
    assert answer.error == BROKEN.sentence
    assert not desk.cloud.requests


async def test_after_the_first_word_nobody_else_answers(desk: Desk) -> None:
    desk.falls_back_to = "anthropic"
    begun = scripted_answer("So it is.")[:3]
    assert any(isinstance(event, TextDelta) for event in begun)
    desk.room.provider.enqueue([*begun, Failed(BROKEN)])
    answer = stored(await desk.ask("one"))
    assert answer.error == BROKEN.sentence
    assert answer.text
    assert not desk.shown


async def test_a_service_that_fails_is_not_replaced(desk: Desk, away_id: str) -> None:
    desk.falls_back_to = "anthropic"
    desk.cloud.enqueue([Failed(BROKEN)])
    answer = stored(await desk.ask("one", away_id))
    assert answer.error == BROKEN.sentence
    assert len(desk.cloud.requests) == 1


async def test_erased_conversations_leave_no_agreement(desk: Desk, away_id: str) -> None:
    history = desk.room.history
    await history.run(lambda h: h.agree(away_id, HOST))
    await history.run(lambda h: h.delete_conversation(away_id))
    await history.run(lambda h: h.purge_deleted())
    other = await history.run(lambda h: h.create_conversation())
    await history.run(lambda h: h.agree(other.id, HOST))
    assert not await history.run(lambda h: h.agreed_hosts(away_id))
    assert await history.run(lambda h: h.agreed_hosts(other.id)) == {HOST}


async def test_a_new_chat_keeps_the_model_it_begins_with(desk: Desk) -> None:
    model = reference("anthropic", "m")
    stream = desk.session.send(None, "one", CancelToken(), model=model)
    answer = stored([event async for event in stream])
    made = await desk.room.history.run(lambda h: h.conversation(answer.conversation_id))
    assert made.model == model
    assert answer.provider == "anthropic"
