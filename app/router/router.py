"""Which provider answers, and why; whoever answers, nothing leaves here without a permit."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Protocol, TypeVar

from app.core.cloud import LOCAL
from app.core.errors import AppError
from app.core.events import Event, Failed, Notice, ReasoningDelta, TextDelta
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest
from app.core.streams import closing
from app.providers.base import Provider
from app.redaction.redactor import Redacted
from app.router.decide import Decision, decide, fall_back, may_fall_back
from app.router.permitting import permit
from app.router.rules import Rules
from app.router.situation import AUTO, Situation, Switches, measured

__all__ = ["AUTO", "LOCAL", "Decision", "Departure", "Route", "Router"]

T = TypeVar("T")
_PLAIN = Situation()


class Redacts(Protocol):
    """Takes out of a request what should not leave; None where redaction is switched off."""

    def __call__(self, request: ChatRequest, words: Sequence[str]) -> Redacted | None:
        """`words` are those that must not leave from this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What became of a decision: the provider, and the request exactly as it gets it."""

    decision: Decision
    provider: Provider
    request: ChatRequest
    redacted: Redacted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What is about to leave this machine, for the person to look at first.

    `failure` is why the first choice did not answer; None where this is no fall-back.
    """

    route: Route
    failure: AppError | None = None


Look = Callable[[], Awaitable[Situation]]
Approve = Callable[[Departure, CancelToken], Awaitable[bool]]
"""Shows the person what would leave; False where they do not agree, or stopped the answer."""


@dataclass(kw_only=True)
class _Turn:
    """One question on its way: its request, its situation, and who has been asked in vain."""

    request: ChatRequest
    look: Look
    cancel: CancelToken
    tried: tuple[str, ...] = ()
    has_begun: bool = False
    failure: AppError | None = None

    async def situation(self) -> Situation:
        """As it stands now: a mark that was set meanwhile counts."""
        code = None if self.failure is None else self.failure.code
        return replace(await self.look(), tried=self.tried, has_begun=self.has_begun, failure=code)


@dataclass(frozen=True)
class Router:
    """Chooses among `providers`, by name, as `rules` say and `switches` allow.

    Both are asked anew for each question, on `worker` where there is one, since they may read
    files; so are `more` providers, which the person may set up or take away meanwhile.
    `redact` prepares what leaves.
    """

    providers: Mapping[str, Provider]
    _: KW_ONLY
    rules: Callable[[], Rules] = Rules
    switches: Callable[[], Switches] = Switches
    more: Callable[[], Mapping[str, Provider]] = dict
    redact: Redacts | None = None
    worker: Worker | None = None
    _told: set[str] = field(default_factory=set, init=False)

    def decide(
        self, request: ChatRequest, situation: Situation, *, cloud: bool | None = None
    ) -> Decision:
        """Who would answer `request` in `situation`, and why. May read files.

        `cloud` supposes that everything elsewhere is switched on, or off.
        """
        switches = self._switches()
        if cloud is not None:
            switches = switches.supposing(cloud=cloud)
        return self._decided(measured(situation, request, switches), switches)

    def route(self, request: ChatRequest, situation: Situation = _PLAIN) -> Route:
        """The same, with the provider and what it is given; raises `AppError`. May read files."""
        switches = self._switches()
        situation = measured(situation, request, switches)
        return self._routed(self._decided(situation, switches), request, situation, switches)

    async def answer(
        self,
        request: ChatRequest,
        look: Look,
        cancel: CancelToken,
        *,
        told: Callable[[Route], object] = lambda _: None,
        approve: Approve | None = None,
    ) -> AsyncGenerator[Event, None]:
        """The events of the answer; raises `AppError` where nobody may give one.

        `look` gives the situation as it stands; it is asked again before anything leaves.
        `told` hears of every provider before it is asked. `approve` has to agree to what
        leaves; without it, nothing leaves by fall-back.
        """
        turn = _Turn(request=request, look=look, cancel=cancel)
        route: Route | None = await self._first(turn, approve)
        while route is not None:
            told(route)
            for sentence in self._news(route.decision):
                yield Notice(sentence=sentence)
            failed: Failed | None = None
            async with aclosing(_restored(route, cancel)) as events:
                # To its end: leaving a stream early counts as stopping the answer.
                async for event in events:
                    if isinstance(event, Failed):
                        failed = event
                        continue
                    turn.has_begun |= isinstance(event, TextDelta | ReasoningDelta)
                    yield event
            if failed is None:
                return
            turn.tried = (*turn.tried, route.decision.provider)
            turn.failure = failed.error
            route = None if cancel.is_cancelled else await self._instead(turn, approve)
            if route is None:
                yield failed
            else:
                instead = f"{route.decision.provider} answers instead."
                yield Notice(sentence=f"{failed.error.what} {instead}")

    async def _first(self, turn: _Turn, approve: Approve | None) -> Route:
        situation = await turn.situation()
        route = await self._run(lambda: self.route(turn.request, situation))
        if route.decision.is_local or approve is None:
            return route
        if not await approve(Departure(route=route), turn.cancel):
            raise _not_approved(route.decision.provider)
        # What was approved may have been marked, or switched off, while the person read.
        situation = await turn.situation()
        again = await self._run(lambda: self.route(turn.request, situation))
        if again.request != route.request and not again.decision.is_local:
            raise _not_approved(route.decision.provider)
        return again

    async def _instead(self, turn: _Turn, approve: Approve | None) -> Route | None:
        """The next one to ask; None where the failure stands."""
        route = await self._next(turn)
        if route is None or route.decision.is_local:
            return route
        if approve is None or turn.failure is None:
            return None
        try:
            is_approved = await approve(Departure(route=route, failure=turn.failure), turn.cancel)
        except AppError:  # the first failure says more
            is_approved = False
        if not is_approved:
            return None
        again = await self._next(turn)
        return again if again is not None and again.request == route.request else None

    async def _next(self, turn: _Turn) -> Route | None:
        situation = await turn.situation()

        def plan() -> Route | None:
            switches = self._switches()
            there = measured(situation, turn.request, switches)
            if not may_fall_back(there, switches):
                return None
            with contextlib.suppress(AppError):  # the first failure says more
                decision = fall_back(there, self.rules(), switches)
                if decision is not None:
                    return self._routed(decision, turn.request, there, switches)
            return None

        return await self._run(plan)

    def _routed(
        self, decision: Decision, request: ChatRequest, situation: Situation, switches: Switches
    ) -> Route:
        """Raises `AppError` where the decision is a refusal, or what leaves gets no permit."""
        if decision.problem is not None:
            raise decision.problem
        provider = self._all()[decision.provider]
        request = _as_decided(request, decision)
        if provider.is_local:
            return Route(decision=decision, provider=provider, request=request)
        redacted = self.redact(request, situation.words) if self.redact is not None else None
        if redacted is not None:
            request = replace(request, messages=redacted.messages)
        leave = permit(situation, switches, decision.provider, request, decision.reason)
        if isinstance(leave, AppError):
            raise leave
        request = replace(request, permit=leave)
        return Route(decision=decision, provider=provider, request=request, redacted=redacted)

    def _decided(self, situation: Situation, switches: Switches) -> Decision:
        """A rules file with mistakes counts as none, so that everything stays here."""
        try:
            return decide(situation, self.rules(), switches)
        except AppError as error:
            decision = decide(situation, Rules(), switches)
            return replace(decision, notices=(error.sentence, *decision.notices))

    def _switches(self) -> Switches:
        """What the person switched on, with what this router has."""
        providers = self._all()
        return replace(
            self.switches(),
            known=frozenset(providers),
            locals=frozenset(name for name, one in providers.items() if one.is_local),
        )

    def _all(self) -> dict[str, Provider]:
        return {**self.more(), **self.providers}

    def _news(self, decision: Decision) -> list[str]:
        """The notices that this session has not given yet."""
        fresh = [sentence for sentence in decision.notices if sentence not in self._told]
        self._told.update(fresh)
        return fresh

    async def _run(self, function: Callable[[], T]) -> T:
        return function() if self.worker is None else await self.worker.call(function)


def _as_decided(request: ChatRequest, decision: Decision) -> ChatRequest:
    """`request` with the model and the parameters of the decision."""
    parameters = request.parameters
    if decision.max_tokens is not None:
        parameters = replace(parameters, max_tokens=decision.max_tokens)
    if decision.temperature is not None:
        parameters = replace(parameters, temperature=decision.temperature)
    return replace(request, model=decision.model, device=decision.device, parameters=parameters)


async def _restored(route: Route, cancel: CancelToken) -> AsyncGenerator[Event, None]:
    """The provider's events, with the words that were taken out put back."""
    stream = route.provider.stream(route.request, cancel)
    async with closing(stream) as events:
        if route.redacted is None:
            async for event in events:
                yield event
            return
        restorer = route.redacted.restorer()
        async for event in events:
            for restored in restorer.take(event):
                yield restored


def _not_approved(provider: str) -> AppError:
    return AppError(
        f"Nothing was sent to {provider}, because you did not agree to it.",
        "Ask again, or let the model on this computer answer.",
    )
