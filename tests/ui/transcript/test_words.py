"""What is said about a message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.events import ContextUse, Event, Loading, Progress, Started
from app.core.messages import Role
from app.store.values import MessageState
from app.ui.transcript import words
from tests.ui.transcript.talk import USAGE, answer, message, question

pytestmark = pytest.mark.usefixtures("qapp")

STARTED = Started(
    provider="onnx",
    model="m",
    device="cpu",
    context=ContextUse(limit=100, prompt_tokens=10),
)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (None, "Waiting for the model..."),
        (Loading(model="m", device="cpu"), "Loading Small..."),
        (STARTED, "Reading your message..."),
        (Progress(read=0, total=0), "Reading your message..."),
        (Progress(read=9, total=20), "Reading your message 45 %"),
        (Progress(read=30, total=20), "Reading your message 100 %"),
    ],
)
def test_what_is_waited_for(event: Event | None, said: str) -> None:
    assert words.waiting_words(event, "Small") == said


def test_who_speaks() -> None:
    assert words.speaker(question("1", "x"), "") == "You"
    assert words.speaker(answer("1", "x"), "Small") == "Answer from Small"
    assert words.speaker(answer("1", "x"), "") == "Answer"
    assert words.speaker(message("1", Role.SYSTEM, "x"), "") == "Instructions"


def test_a_provider_elsewhere_is_named() -> None:
    elsewhere = replace(answer("1", "x"), provider="anthropic", device="api.example")
    assert words.meta_line(elsewhere, "M").endswith(" - cloud: anthropic (api.example)")
    assert words.meta_line(replace(answer("1", "x"), usage=None), "M") == "M - local"
    assert words.meta_line(question("1", "x"), "") == ""


def test_slow_speeds_have_a_decimal() -> None:
    slow = replace(answer("1", "x"), usage=replace(USAGE, decode_tokens_per_s=2.345))
    assert "2.3 tokens/s" in words.meta_line(slow, "M")


@pytest.mark.parametrize(
    ("time", "said"), [(0.42, "0.4 s"), (12.4, "12 s"), (89.0, "89 s"), (130.0, "2 min")]
)
def test_times(time: float, said: str) -> None:
    assert words.seconds(time) == said


def test_thoughts() -> None:
    assert words.reasoning_words(thinking=True, duration_s=3.0) == "Thinking..."
    assert words.reasoning_words(thinking=False, duration_s=3.2) == "Thought for 3 s"
    assert words.reasoning_words(thinking=False, duration_s=None) == "Thoughts before the answer"


def test_a_complete_answer_needs_no_word() -> None:
    assert words.state_word(MessageState.COMPLETE) == ""
    assert words.state_word(MessageState.STOPPED) == "Stopped"


def test_details_of_what_is_not_known_are_none() -> None:
    assert words.meta_details(replace(answer("1", "x"), usage=None, device="")) == ""
