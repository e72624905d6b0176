"""Events add up to the message that is kept."""

from __future__ import annotations

import pytest

from app.chat.answer import Answer
from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    TextDelta,
)
from app.core.messages import GenerationParameters, Role
from app.engine.fake import scripted_answer
from app.store.values import MessageState, Provenance, StoredMessage

ROW = StoredMessage(
    id="a",
    conversation_id="c",
    parent_id="q",
    role=Role.ASSISTANT,
    text="",
    state=MessageState.STREAMING,
)


def test_texts_figures_and_device_are_kept() -> None:
    answer = Answer(ROW)
    for event in scripted_answer("one two", reasoning="hm hm", model="m", device="cuda"):
        answer.take(event)
    message = answer.snapshot()
    assert (message.text, message.reasoning, message.state) == (
        "one two",
        "hm hm",
        MessageState.COMPLETE,
    )
    assert (message.provider, message.model, message.device) == ("onnx", "m", "cuda")
    assert message.usage is not None
    assert message.context is not None


def test_a_snapshot_is_what_there_is_so_far() -> None:
    answer = Answer(ROW)
    for event in (Loading(model="m", device="cpu"), Progress(read=1, total=2)):
        answer.take(event)
    assert answer.snapshot() == ROW
    answer.take(TextDelta("one "))
    first = answer.snapshot()
    answer.take(TextDelta("two"))
    answer.take(ReasoningDelta("hm"))
    answer.take(Notice(sentence="Slow."))
    assert (first.text, answer.snapshot().text) == ("one ", "one two")
    assert answer.snapshot().state is MessageState.STREAMING
    assert not answer.has_ended


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Done(FinishReason.STOP), MessageState.COMPLETE),
        (Done(FinishReason.LENGTH), MessageState.CUT),
        (Cancelled(), MessageState.STOPPED),
        (Failed(AppError("It broke.", "Mend it.")), MessageState.FAILED),
    ],
)
def test_the_first_end_counts(event: Event, state: MessageState) -> None:
    answer = Answer(ROW)
    answer.take(event)
    answer.take(Failed(AppError("Too late.")))
    answer.take(TextDelta("too late"))
    message = answer.snapshot()
    assert answer.has_ended
    assert (message.state, message.text) == (state, "")
    assert message.error == ("It broke. Mend it." if state is MessageState.FAILED else "")


def test_how_it_came_about_is_kept() -> None:
    now = iter([10.0, 12.5])
    answer = Answer(ROW, clock=lambda: 1_700_000_000.0, stopwatch=lambda: next(now))
    parameters = GenerationParameters(temperature=0.5, seed=7, stop=("x",))
    answer.comes_from(parameters, is_local=True)
    for event in scripted_answer("one two", reasoning="hm hm"):
        answer.take(event)
    provenance = answer.snapshot().provenance
    assert provenance == Provenance(
        is_local=True,
        parameters={
            "temperature": 0.5,
            "top_p": 0.95,
            "top_k": 50,
            "repetition_penalty": 1.0,
            "seed": 7,
            "max_tokens": None,
            "stop": ("x",),
        },
        cost_usd=0.0,
        ended_at=1_700_000_000.0,
        reasoning_s=2.5,
    )


def test_thinking_that_is_stopped_has_its_time_and_none_has_none() -> None:
    now = iter([1.0, 4.0])
    answer = Answer(ROW, stopwatch=lambda: next(now))
    answer.take(ReasoningDelta("hm"))
    answer.take(Cancelled())
    assert answer.snapshot().provenance.reasoning_s == 3.0
    answer = Answer(ROW, clock=lambda: 5.0)
    answer.take(TextDelta("one"))
    answer.take(Done(FinishReason.STOP))
    assert answer.snapshot().provenance == Provenance(ended_at=5.0)
