"""One question and its answer on the command line: asked, shown as it comes, and summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.bootstrap import Services
from app.cli.interrupt import cancelling
from app.cli.output import Console
from app.core import events
from app.core.errors import AppError
from app.core.events import Event
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.router.router import Route
from app.router.situation import Situation


@dataclass(kw_only=True)
class Answer:
    """What came of one question. `finish_reason` is "stop", "length", "cancelled" or "failed";
    `reason` says why this provider answered.
    """

    text: str = ""
    provider: str = ""
    model: str = ""
    device: str = ""
    reason: str = ""
    finish_reason: str = ""
    usage: events.Usage | None = None
    error: AppError | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether the person stopped it."""
        return self.finish_reason == "cancelled"

    def document(self) -> dict[str, Any]:
        """The JSON object of `tacit ask --json`; times in seconds, unknown figures null."""
        use = self.usage
        return {
            "text": self.text,
            "provider": self.provider,
            "model": self.model,
            "device": self.device,
            "reason": self.reason,
            "finish_reason": self.finish_reason,
            "usage": {
                "prompt_tokens": use.prompt_tokens if use else None,
                "cached_tokens": use.cached_tokens if use else None,
                "completion_tokens": use.completion_tokens if use else None,
            },
            "timing": {
                "load_s": use.load_s if use else None,
                "first_token_s": use.first_token_s if use else None,
                "decode_tokens_per_s": use.decode_tokens_per_s if use else None,
            },
            "cost_usd": use.cost_usd if use else 0.0,
        }


class Display:
    """Shows the events of one answer: text on standard output, the rest on standard error."""

    def __init__(self, console: Console, *, silent: bool) -> None:
        self.answer = Answer()
        self._console = console
        self._silent = silent
        self._thinking = False

    def told(self, route: Route) -> None:
        """Keep why this provider answers."""
        self.answer.reason = route.decision.reason

    def take(self, event: Event) -> None:
        """Show one event and keep what the summary needs."""
        match event:
            case events.Loading():
                self._console.status(f"Loading {event.model} ...")
            case events.Started():
                self.answer.provider, self.answer.model = event.provider, event.model
                self.answer.device = event.device
                self._console.status("Reading ...")
            case events.Progress():
                self._console.status(f"Reading {event.read} of {event.total} tokens ...")
            case events.Notice():
                self._console.note(event.sentence)
            case events.ReasoningDelta():
                self._thinking = True
                self._console.thought(event.text)
            case events.TextDelta():
                self._text(event.text)
            case events.Usage():
                self.answer.usage = event
            case _:
                self._end(event)

    def _text(self, text: str) -> None:
        if self._thinking:
            self._console.thought("\n")
            self._thinking = False
        self.answer.text += text
        if not self._silent:
            self._console.write(text)

    def _end(self, event: events.Terminal) -> None:
        self._console.clear_status()
        match event:
            case events.Done():
                self.answer.finish_reason = str(event.finish_reason)
            case events.Cancelled():
                self.answer.finish_reason = "cancelled"
            case events.Failed():
                self.answer.finish_reason = "failed"
                self.answer.error = event.error
        if self.answer.text and not self.answer.text.endswith("\n") and not self._silent:
            self._console.write("\n")


async def answer(
    services: Services,
    request: ChatRequest,
    situation: Situation,
    console: Console,
    *,
    silent: bool,
) -> Answer:
    """Ask, and show the answer while it comes; Ctrl-C stops it.

    With `silent` nothing is written to standard output. A failure is part of the result.
    """
    token = CancelToken()
    display = Display(console, silent=silent)

    async def look() -> Situation:
        return situation

    with cancelling(token):
        stream = services.router.answer(request, look, token, told=display.told)
        try:
            async for event in stream:
                display.take(event)
        except AppError as error:
            display.take(events.Failed(error))
        finally:
            # Where the output failed, the answer must not go on behind our back.
            token.cancel()
            await stream.aclose()
    return display.answer
