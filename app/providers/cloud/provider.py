"""A service as a provider: the courier's blocking side made async."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing

from app.core.cloud import Demand, Preview, Price, Service, split_reference
from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    ContextUse,
    Done,
    Event,
    Failed,
    Notice,
    ReasoningDelta,
    Started,
    Terminal,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest
from app.network.base import Courier
from app.providers.cloud.calls import CloudEnd, Piece, PieceKind
from app.providers.cloud.costs import most_of
from app.providers.cloud.permit import Permit, Permits
from app.providers.cloud.sending import reachable, send

_log = logging.getLogger(__name__)
_CHARACTERS_PER_TOKEN = 4
# Ollama on this machine passes questions for such models on to its own cloud.
_PASSED_ON = ("-cloud", ":cloud")


class CloudProvider:
    """Answers requests by asking a service, each on a thread of its own.

    `service` says how the person has set it up at this moment, `permits` whether a demand may
    be sent, `key` reads the key from the keyring ("" for none). All three raise `AppError`,
    and may block: they are called on the answer's thread, in this order, before the courier is
    asked for anything. `silence_s` is how long the service may say nothing, `price` what the
    model costs where that is known.
    """

    def __init__(
        self,
        name: str,
        *,
        service: Callable[[], Service],
        permits: Permits,
        key: Callable[[Service, CancelToken], str],
        courier: Courier | None,
        silence_s: Callable[[], float],
        price: Callable[[Demand], Price | None] = lambda _demand: None,
    ) -> None:
        self.name = name
        self._service = service
        self._permits = permits
        self._key = key
        self._courier = courier
        self._silence_s = silence_s
        self._price = price
        self._active: set[CancelToken] = set()

    @property
    def is_local(self) -> bool:
        """Whether the service lies on this machine, which its address alone decides."""
        try:
            return self._service().is_local
        except AppError:
            return False

    def preview(self, request: ChatRequest) -> Preview:
        """What would be sent, for the person to see; raises `AppError` where nothing may be."""
        self._permits.require(self._service())
        demand = self._permits.review(self.demand(request))
        price = self._price(demand)
        return Preview(demand=demand, most_usd=None if price is None else most_of(demand, price))

    def demand(self, request: ChatRequest) -> Demand:
        """What `request` asks of the service; raises `AppError` where no model is chosen."""
        service = self._service()
        named, model = split_reference(request.model)
        if named and named != self.name:
            raise _wrong_model(service)
        model = model or service.model
        if not model:
            raise AppError(
                f"No model of {service.label} is chosen.",
                "Choose one in the settings under Cloud, or with --model.",
                code=ErrorCode.MODEL_MISSING,
            )
        if service.is_local and model.endswith(_PASSED_ON):
            raise _not_here(service, model)
        return Demand(
            service=service,
            model=model,
            messages=request.messages,
            parameters=request.parameters,
            conversation=request.conversation,
        )

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """See `app.providers.base.Provider`."""
        worker = Worker("cloud answer")
        self._active.add(cancel)
        try:
            async with aclosing(self._run(worker, request, cancel)) as events:
                async for event in events:
                    yield event
        finally:
            self._active.discard(cancel)
            worker.close(0)

    async def close(self) -> None:
        """See `app.providers.base.Provider`."""
        for cancel in list(self._active):
            cancel.cancel()

    async def _run(
        self, worker: Worker, request: ChatRequest, cancel: CancelToken
    ) -> AsyncGenerator[Event, None]:
        """The events; whatever is raised below becomes the terminal one."""
        over = False
        try:
            answer = worker.iterate(lambda token: self._answer(request, token), cancel)
            async with aclosing(answer) as events:
                async for event in events:
                    over = isinstance(event, Terminal)
                    yield event
        except AppError as error:
            if not over:
                yield Cancelled() if cancel.is_cancelled else Failed(error)
        except Exception as error:  # noqa: BLE001  (a fault must not end the program)
            # The kind only: the text of an exception may hold words of the conversation.
            _log.error("a cloud provider met a fault: %s", type(error).__name__)
            if not over:
                yield Cancelled() if cancel.is_cancelled else Failed(_FAULT)

    def _answer(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Event]:
        """Runs on the answer's thread."""
        if cancel.is_cancelled:
            yield Cancelled()
            return
        service = self._service()
        self._permits.require(service)
        reachable(self._courier, service)
        permit = self._permits.permit(self.demand(request), request.permit)
        demand = permit.demand
        answer = _Answer(permit)
        try:
            key = self._key(demand.service, cancel)
            pieces = send(
                self._courier, permit, key=key, silence_s=self._silence_s(), cancel=cancel
            )
            for piece in pieces:
                yield from answer.take(piece)
        except AppError:
            # Stopped or broken off: what was written costs all the same.
            yield from answer.usage()
            raise
        finally:
            answer.settle()


class _Answer:
    """What the pieces of one answer add up to, and what it cost."""

    def __init__(self, permit: Permit) -> None:
        self._permit = permit
        self._demand = permit.demand
        self._asked = time.monotonic()
        self._first: float | None = None
        self._characters = 0
        self._is_accepted = self._is_settled = False

    def take(self, piece: Piece | CloudEnd) -> Iterator[Event]:
        if isinstance(piece, CloudEnd):
            yield from self.usage(piece)
            yield Done(piece.finish_reason)
            return
        match piece.kind:
            case PieceKind.ACCEPTED:
                self._is_accepted = True
                yield self._started()
            case PieceKind.TEXT:
                yield TextDelta(self._counted(piece.text))
            case PieceKind.REASONING:
                yield ReasoningDelta(self._counted(piece.text))
            case PieceKind.NOTICE:
                yield Notice(sentence=piece.text)

    def usage(self, end: CloudEnd | None = None) -> Iterator[Event]:
        """The figures; of an answer without a proper end they are estimated."""
        cost = self.settle(end)
        if not self._is_accepted:
            return
        read = end.prompt_tokens if end else None
        written = end.completion_tokens if end else None
        if written is None:
            written = _estimated(self._characters)
        now = time.monotonic()
        first = self._first or now
        decoding = now - first
        yield Usage(
            prompt_tokens=_estimated(self._demand.characters) if read is None else read,
            cached_tokens=(end.cached_tokens or 0) if end else 0,
            completion_tokens=written,
            load_s=0.0,
            first_token_s=first - self._asked,
            decode_tokens_per_s=written / decoding if decoding > 0 else 0.0,
            cost_usd=cost,
        )

    def settle(self, end: CloudEnd | None = None) -> float | None:
        """Write down what it cost, once; returns it where it is known."""
        if self._is_settled:
            return None
        self._is_settled = True
        read = end.prompt_tokens if end else None
        written = end.completion_tokens if end else None
        return self._permit.account.settle(
            prompt_tokens=read,
            completion_tokens=written,
            written_characters=self._characters,
            cost_usd=end.cost_usd if end else None,
            was_answered=self._is_accepted,
        )

    def _started(self) -> Started:
        service = self._demand.service
        # The length that the model reads is the provider's own matter: 0 says so.
        context = ContextUse(limit=0, prompt_tokens=_estimated(self._demand.characters))
        return Started(
            provider=service.name, model=self._demand.model, device=service.host, context=context
        )

    def _counted(self, text: str) -> str:
        self._first = self._first or time.monotonic()
        self._characters += len(text)
        return text


def _estimated(characters: int) -> int:
    return -(-characters // _CHARACTERS_PER_TOKEN)


_FAULT = AppError(
    "The answer could not be given because of a fault in Tacit.", "Send the message again."
)


def _wrong_model(service: Service) -> AppError:
    return AppError(
        f"The chosen model is not one of {service.label}.",
        "Choose another model, or the provider that it belongs to.",
        code=ErrorCode.USAGE,
    )


def _not_here(service: Service, model: str) -> AppError:
    return AppError(
        f'The model "{model[:100]}" does not run on this computer: {service.label} would pass '
        "the question on.",
        "Choose one whose name does not end in cloud.",
        code=ErrorCode.NOT_ALLOWED,
    )
