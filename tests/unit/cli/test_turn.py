"""One question on the command line, answered by a scripted provider."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from app.bootstrap import Services
from app.cli.output import Console, OutputClosedError
from app.cli.turn import Answer, answer
from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    ContextUse,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest, Message, Role
from app.providers.fake import FakeProvider
from app.router.router import Router
from app.router.situation import Situation

REQUEST = ChatRequest(messages=(Message(Role.USER, "Hello?"),))
STARTED = Started(
    provider="onnx", model="m", device="cpu", context=ContextUse(limit=100, prompt_tokens=7)
)
USAGE = Usage(
    prompt_tokens=7, cached_tokens=2, completion_tokens=3, load_s=0.5, first_token_s=0.1,
    decode_tokens_per_s=40.0,
)  # fmt: skip
FULL = (
    Loading(model="m", device="cpu"),
    STARTED,
    Progress(read=3, total=7),
    Notice(sentence="Two messages did not fit."),
    ReasoningDelta("Let me think."),
    TextDelta("Hello "),
    TextDelta("there"),
    USAGE,
    Done(FinishReason.STOP),
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass
class Routed:
    """The one service that a question needs."""

    router: Router


def services(provider: object) -> Services:
    return cast("Services", Routed(Router({"onnx": cast("Any", provider)})))


def scripted(events: Iterable[Event]) -> FakeProvider:
    provider = FakeProvider()
    provider.enqueue(events)
    return provider


async def ask(
    events: Iterable[Event], err: io.StringIO | None = None, *, silent: bool = False
) -> tuple[Answer, str, str]:
    out, err = io.StringIO(), err or io.StringIO()
    result = await answer(
        services(scripted(events)), REQUEST, Situation(), Console(out, err), silent=silent
    )
    return result, out.getvalue(), err.getvalue()


async def test_text_goes_to_standard_output_and_nothing_else() -> None:
    result, out, err = await ask(FULL)
    assert out == "Hello there\n"
    assert err == "Two messages did not fit.\n"
    assert result.document() == {
        "text": "Hello there",
        "provider": "onnx",
        "model": "m",
        "device": "cpu",
        "reason": "The model on this computer answers.",
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 7, "cached_tokens": 2, "completion_tokens": 3},
        "timing": {"load_s": 0.5, "first_token_s": 0.1, "decode_tokens_per_s": 40.0},
        "cost_usd": 0.0,
    }


async def test_a_terminal_also_shows_what_goes_on() -> None:
    _, out, err = await ask(FULL, Terminal())
    assert out == "Hello there\n"
    for shown in ("Loading m", "3 of 7", "Let me think.", "Two messages"):
        assert shown in err


async def test_a_silent_answer_writes_nothing() -> None:
    result, out, _ = await ask(FULL, silent=True)
    assert out == ""
    assert result.text == "Hello there"


async def test_a_failure_keeps_the_partial_text() -> None:
    error = AppError("It ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)
    result, out, _ = await ask([STARTED, TextDelta("Half"), Failed(error)])
    assert out == "Half\n"
    assert result.error == error
    assert result.finish_reason == "failed"


async def test_a_stopped_answer_is_neither_done_nor_failed() -> None:
    result, out, _ = await ask([STARTED, TextDelta("Half\n"), Cancelled()])
    assert out == "Half\n"
    assert result.is_cancelled
    assert result.error is None
    assert result.document()["usage"]["prompt_tokens"] is None


async def test_an_unknown_provider_is_a_failure_in_words() -> None:
    console = Console(io.StringIO(), io.StringIO())
    result = await answer(
        services(FakeProvider()), REQUEST, Situation(provider="anthropic"), console, silent=False
    )
    assert result.error is not None
    assert result.error.code is ErrorCode.CLOUD_OFF


class Endless:
    """A provider that goes on until it is stopped, and presses Ctrl-C after three words."""

    name = "onnx"
    is_local = True

    def __init__(self, interrupts: int = 1) -> None:
        self.interrupts = interrupts
        self.is_over = False
        self.heard: CancelToken | None = None

    async def stream(self, _request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        self.heard = cancel
        try:
            yield STARTED
            for number in range(100_000):
                if cancel.is_cancelled:
                    yield Cancelled()
                    return
                if number == 3:
                    for _ in range(self.interrupts):
                        os.kill(os.getpid(), signal.SIGINT)
                yield TextDelta("word ")
                await asyncio.sleep(0)
        finally:
            self.is_over = True


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal here")
async def test_ctrl_c_stops_the_answer_and_is_handed_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    out = io.StringIO()
    provider = Endless()
    result = await answer(
        services(provider), REQUEST, Situation(), Console(out, io.StringIO()), silent=False
    )
    assert result.is_cancelled
    assert out.getvalue().startswith("word word word ")
    assert provider.is_over
    assert signal.getsignal(signal.SIGINT) is before


class Leaving(io.StringIO):
    """A reader that closes its end after the first words."""

    def write(self, text: str) -> int:
        if len(self.getvalue()) > 10:
            raise BrokenPipeError
        return super().write(text)


async def test_a_reader_that_leaves_stops_the_answer() -> None:
    provider = Endless(interrupts=0)
    with pytest.raises(OutputClosedError):
        await answer(
            services(provider),
            REQUEST,
            Situation(),
            Console(Leaving(), io.StringIO()),
            silent=False,
        )
    assert provider.is_over
    assert provider.heard is not None
    assert provider.heard.is_cancelled
