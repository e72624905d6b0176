"""The router in front of providers: permits, redaction, fall-back, and what is said of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import Done, Event, Failed, FinishReason, Notice, TextDelta
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest, Message, Role
from app.providers.fake import FakeProvider
from app.redaction.lexicon import NameLists
from app.redaction.redactor import Redactor
from app.router.router import Approve, Departure, Route, Router
from app.router.rules import Condition, ProviderRules, Rule, Rules
from app.router.situation import MarkedBy, Need, Situation, Switches, measured

REQUEST = ChatRequest(messages=(Message(Role.USER, "Write to max@example.org, please."),))
NO_NAMES = NameLists()
OPEN = Switches(cloud=True, providers=frozenset({"anthropic", "openrouter"}))
FALLING = replace(OPEN, fallback=True, fallback_for=frozenset({"out-of-memory"}))
CHAIN = Rules(fallback_chain=("onnx", "anthropic", "openrouter"))
NO_MEMORY = AppError(
    "There is too little memory.", "Close something.", code=ErrorCode.OUT_OF_MEMORY
)


class CloudProvider(FakeProvider):
    """Takes nothing without a permit that covers exactly what it is given."""

    def __init__(self, name: str) -> None:
        super().__init__(name, is_local=False)

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        assert request.permit is not None
        assert request.permit.covers(self.name, request)
        async for event in super().stream(request, cancel):
            yield event


@dataclass
class Desk:
    """A router with one local and two cloud providers, and what it told."""

    rules: Rules = field(default_factory=Rules)
    switches: Switches = OPEN
    redact: Redactor | None = None

    def __post_init__(self) -> None:
        self.local = FakeProvider("onnx")
        self.clouds = {name: CloudProvider(name) for name in ("anthropic", "openrouter")}
        self.told: list[Route] = []
        self.situation = Situation()
        self.router = Router(
            {"onnx": self.local},
            rules=lambda: self.rules,
            switches=lambda: self.switches,
            more=lambda: dict(self.clouds),
            redact=self.redact,
        )

    async def look(self) -> Situation:
        return self.situation

    async def ask(self, situation: Situation, approve: Approve | None = None) -> list[Event]:
        self.situation = situation
        answer = self.router.answer(
            REQUEST, self.look, CancelToken(), told=self.told.append, approve=approve
        )
        return [event async for event in answer]

    @property
    def has_left(self) -> bool:
        return any(cloud.requests for cloud in self.clouds.values())


async def agree(_departure: Departure, _cancel: CancelToken) -> bool:
    return True


async def refuse(_departure: Departure, _cancel: CancelToken) -> bool:
    return False


def failing(*before: Event) -> list[Event]:
    return [*before, Failed(NO_MEMORY)]


@pytest.mark.parametrize("wanted", ["auto", "onnx"])
async def test_the_local_provider_answers(wanted: str) -> None:
    desk = Desk()
    await desk.ask(Situation(provider=wanted))
    assert desk.local.requests
    assert not desk.has_left
    assert desk.told[0].decision.reason.endswith(".")


@pytest.mark.parametrize("wanted", ["anthropic", "openrouter", "huggingface", "nonsense", ""])
async def test_with_the_cloud_off_nothing_else_does(wanted: str) -> None:
    desk = Desk(switches=Switches())
    with pytest.raises(AppError):
        await desk.ask(Situation(provider=wanted))
    assert not desk.has_left
    assert not desk.local.requests


@pytest.mark.parametrize("wanted", ["auto", "onnx"])
async def test_a_missing_engine_is_no_reason_to_go_elsewhere(wanted: str) -> None:
    cloud = CloudProvider("anthropic")
    router = Router({"anthropic": cloud}, switches=lambda: OPEN)
    with pytest.raises(AppError, match="engine") as caught:
        router.route(REQUEST, Situation(provider=wanted))
    assert caught.value.code is ErrorCode.PROVIDER_UNAVAILABLE


def test_what_calls_itself_local_by_name_only_is_not_chosen() -> None:
    router = Router({"onnx": FakeProvider("onnx", is_local=False)}, switches=lambda: OPEN)
    with pytest.raises(AppError):
        router.route(REQUEST, Situation())


def test_supposing_that_the_cloud_is_on_or_off_explains_and_switches_nothing() -> None:
    desk = Desk(rules=Rules(default_provider="anthropic"), switches=Switches())
    assert desk.router.decide(REQUEST, Situation()).provider == "onnx"
    assert desk.router.decide(REQUEST, Situation(), cloud=True).provider == "anthropic"
    marked = Situation(marked=MarkedBy.CHAT)
    assert desk.router.decide(REQUEST, marked, cloud=True).provider == "onnx"
    desk.switches = OPEN
    assert desk.router.decide(REQUEST, Situation()).provider == "anthropic"
    assert desk.router.decide(REQUEST, Situation(), cloud=False).provider == "onnx"


def test_a_question_is_never_shorter_than_it_is_said_to_be() -> None:
    assert measured(Situation(prompt_tokens=900), REQUEST, Switches()).prompt_tokens == 900
    assert 0 < measured(Situation(), REQUEST, Switches()).prompt_tokens < 900


async def test_a_cloud_provider_gets_a_permit_for_exactly_what_it_is_sent() -> None:
    desk = Desk()
    await desk.ask(Situation(provider="anthropic", conversation="c1"))
    (sent,) = desk.clouds["anthropic"].requests
    permit = sent.permit
    assert permit is not None
    assert (permit.conversation, permit.allowed_by) == ("c1", "You asked for anthropic.")
    other = replace(sent, messages=(Message(Role.USER, "something else"),))
    assert not permit.covers("anthropic", other)
    assert not permit.covers("openrouter", sent)


async def test_what_leaves_is_redacted_and_the_answer_is_filled_again() -> None:
    desk = Desk(redact=Redactor(lists=lambda: NO_NAMES))
    desk.clouds["anthropic"].enqueue(
        [TextDelta("Dear [EMA"), TextDelta("IL_1], hello"), Done(FinishReason.STOP)]
    )
    events = await desk.ask(Situation(provider="anthropic"))
    (sent,) = desk.clouds["anthropic"].requests
    assert sent.messages[0].text == "Write to [EMAIL_1], please."
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert text == "Dear max@example.org, hello"


async def test_the_words_of_the_situation_are_taken_out_as_well() -> None:
    desk = Desk(redact=Redactor(lists=lambda: NO_NAMES))
    await desk.ask(Situation(provider="anthropic", words=("Write",)))
    (sent,) = desk.clouds["anthropic"].requests
    assert sent.messages[0].text == "[TERM_1] to [EMAIL_1], please."


async def test_nothing_is_redacted_for_the_model_on_this_computer() -> None:
    desk = Desk(redact=Redactor(lists=lambda: NO_NAMES))
    await desk.ask(Situation())
    assert desk.local.requests[0].messages == REQUEST.messages


async def test_what_the_person_does_not_approve_does_not_leave() -> None:
    desk = Desk()
    with pytest.raises(AppError, match="did not agree"):
        await desk.ask(Situation(provider="anthropic"), refuse)
    assert not desk.has_left


async def test_a_mark_that_is_set_while_the_person_reads_the_preview_counts() -> None:
    desk = Desk()

    async def mark_and_agree(_: Departure, _cancel: CancelToken) -> bool:
        desk.situation = replace(desk.situation, marked=MarkedBy.CHAT)
        return True

    with pytest.raises(AppError, match="confidential"):
        await desk.ask(Situation(provider="anthropic"), mark_and_agree)
    assert not desk.has_left


async def test_rules_give_the_model_and_the_parameters() -> None:
    desk = Desk(
        rules=Rules(
            providers={
                "onnx": ProviderRules(max_tokens=9, temperature=0.0, gpu_acceleration=False)
            },
            rules=(Rule(condition=Condition(), provider="onnx", model="m", reason="Because."),),
        )
    )
    await desk.ask(Situation())
    (asked,) = desk.local.requests
    assert (asked.model, asked.device) == ("m", "cpu")
    assert (asked.parameters.max_tokens, asked.parameters.temperature) == (9, 0.0)
    assert desk.told[0].decision.reason == "Because."
    await desk.ask(Situation(fixed=frozenset({"max_tokens"})))
    assert desk.local.requests[1].parameters.max_tokens is None


async def test_a_notice_is_given_once() -> None:
    desk = Desk(rules=Rules(default_provider="anthropic", source="r.json"), switches=Switches())
    first, again = await desk.ask(Situation()), await desk.ask(Situation())
    assert ["switched off" in e.sentence for e in first if isinstance(e, Notice)] == [True]
    assert not [event for event in again if isinstance(event, Notice)]


class TestFallBack:
    async def test_is_off_unless_it_is_switched_on(self) -> None:
        desk = Desk(rules=CHAIN)
        desk.local.enqueue(failing())
        events = await desk.ask(Situation(), agree)
        assert events == [Failed(NO_MEMORY)]
        assert not desk.has_left

    async def test_asks_the_next_of_the_chain_after_it_was_approved(self) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        desk.local.enqueue(failing())
        seen: list[Departure] = []

        async def look_at(departure: Departure, _cancel: CancelToken) -> bool:
            seen.append(departure)
            return True

        events = await desk.ask(Situation(), look_at)
        assert isinstance(events[-1], Done)
        assert [route.decision.provider for route in desk.told] == ["onnx", "anthropic"]
        assert "anthropic answers instead" in desk.told[-1].decision.reason
        assert Notice(sentence=f"{NO_MEMORY.what} anthropic answers instead.") in events
        assert seen[0].failure == NO_MEMORY
        assert seen[0].route.request == desk.clouds["anthropic"].requests[0]

    async def test_comes_after_a_stream_that_takes_leaving_early_for_stopping(self) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        worker = Worker("engine")

        class Blocking(FakeProvider):
            async def stream(
                self, request: ChatRequest, cancel: CancelToken
            ) -> AsyncIterator[Event]:
                async with aclosing(worker.iterate(lambda _: iter(failing()), cancel)) as events:
                    async for event in events:
                        yield event

        desk.router = replace(desk.router, providers={"onnx": Blocking("onnx")})
        events = await desk.ask(Situation(), agree)
        worker.close()
        assert isinstance(events[-1], Done)
        assert desk.has_left

    async def test_nothing_leaves_by_it_unseen_or_unapproved(self) -> None:
        for approve in (None, refuse):
            desk = Desk(rules=CHAIN, switches=FALLING)
            desk.local.enqueue(failing())
            assert await desk.ask(Situation(), approve) == [Failed(NO_MEMORY)]
            assert not desk.has_left

    async def test_does_not_come_after_the_first_word(self) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        desk.local.enqueue(failing(TextDelta("The")))
        events = await desk.ask(Situation(), agree)
        assert events == [TextDelta("The"), Failed(NO_MEMORY)]
        assert not desk.has_left

    async def test_is_for_the_chosen_failures_only(self) -> None:
        switches = replace(FALLING, fallback_for=frozenset({"host-crashed"}))
        desk = Desk(rules=CHAIN, switches=switches)
        desk.local.enqueue(failing())
        await desk.ask(Situation(), agree)
        assert not desk.has_left

    @pytest.mark.parametrize(
        "situation",
        [
            Situation(marked=MarkedBy.FOLDER),
            Situation(local_only=True),
            Situation(privacy=Need.HIGH),
            Situation(provider="onnx"),
        ],
    )
    async def test_never_takes_out_what_has_to_stay(self, situation: Situation) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        desk.local.enqueue(failing())
        assert await desk.ask(situation, agree) == [Failed(NO_MEMORY)]
        assert not desk.has_left

    async def test_a_mark_set_while_the_preview_is_open_ends_it(self) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        desk.local.enqueue(failing())

        async def mark_and_agree(_: Departure, _cancel: CancelToken) -> bool:
            desk.situation = Situation(marked=MarkedBy.CHAT)
            return True

        assert await desk.ask(Situation(), mark_and_agree) == [Failed(NO_MEMORY)]
        assert not desk.has_left

    async def test_from_the_cloud_home_needs_no_approval(self) -> None:
        rules = Rules(default_provider="anthropic", fallback_chain=("anthropic", "onnx"))
        desk = Desk(rules=rules, switches=FALLING)
        desk.clouds["anthropic"].enqueue(failing())
        await desk.ask(Situation())
        assert desk.local.requests[0].permit is None

    async def test_goes_on_along_the_chain_and_asks_nobody_twice(self) -> None:
        desk = Desk(rules=CHAIN, switches=FALLING)
        for provider in (desk.local, *desk.clouds.values()):
            provider.enqueue(failing())
        events = await desk.ask(Situation(), agree)
        assert events[-1] == Failed(NO_MEMORY)
        assert [route.decision.provider for route in desk.told] == [
            "onnx",
            "anthropic",
            "openrouter",
        ]
