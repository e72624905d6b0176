"""A stand-in provider, a courier that may reach it, and the provider that asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.cloud import Price, Service, Speech
from app.core.egress import JournalRecord
from app.core.errors import AppError
from app.core.events import Event, Failed
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.permit import Permit, issue
from app.network.base import Courier
from app.network.journal.reader import Journal
from app.providers.cloud.costs import Costs
from app.providers.cloud.provider import CloudProvider
from app.router.cloud_permits import CloudPermits
from tests.fakes.clouds import TESTING_KEY, StandInCloud

PHRASE = "the patient of room twelve, CANARY"


@dataclass
class CloudRoom:
    """The provider `provider(...)` asks the stand-in `cloud` through `courier`."""

    folder: Path
    cloud: StandInCloud
    courier: Courier
    key: str = TESTING_KEY
    silence_s: float = 5.0
    limit_usd: float = 0.0
    is_on: bool = True
    is_private: bool = False
    is_sealed: bool = False
    price: Price | None = None
    costs: Costs = field(init=False)

    def __post_init__(self) -> None:
        self.costs = Costs(self.folder / "costs.json")

    def records(self) -> list[JournalRecord]:
        """The connections in the journal, in order."""
        return list(Journal(self.folder / "journal").records())

    def service(self, speech: Speech, name: str = "", **more: object) -> Service:
        path = "" if speech is Speech.ANTHROPIC else "/v1"
        made = Service(
            name=name or str(speech),
            label="The Stand-In",
            speech=speech,
            address=f"{self.cloud.address}{path}",
            host=self.cloud.host,
            is_local=False,
            is_on=True,
            model="small",
            secret=str(speech),
        )
        return replace(made, **more)  # type: ignore[arg-type]

    def provider(
        self, service: Service | Callable[[], Service], courier: Courier | None = None
    ) -> CloudProvider:
        found = service if callable(service) else lambda: service
        return CloudProvider(
            found().name,
            service=found,
            permits=self.permits(),
            key=lambda _service, _cancel: self.key,
            courier=courier or self.courier,
            silence_s=lambda: self.silence_s,
        )

    def permits(self) -> CloudPermits:
        return CloudPermits(
            is_private=self.is_private,
            is_sealed=lambda: self.is_sealed,
            is_on=lambda: self.is_on,
            limit_usd=lambda: self.limit_usd,
            price=lambda _service, _model: self.price,
            costs=self.costs,
        )

    async def ask(
        self, service: Service, text: str = PHRASE, cancel: CancelToken | None = None
    ) -> list[Event]:
        asked = allowed(service, request(text))
        stream = self.provider(service).stream(asked, cancel or CancelToken())
        return [event async for event in stream]

    async def failure(self, service: Service) -> AppError:
        last = (await self.ask(service))[-1]
        assert isinstance(last, Failed), last
        return last.error


def allowed(service: Service, asked: ChatRequest) -> ChatRequest:
    """The request as the router hands it over."""
    return replace(asked, permit=leave(service, asked))


def leave(service: Service, asked: ChatRequest) -> Permit:
    """What the router gives for a request that may leave."""
    return issue(
        provider=service.name, request=asked, conversation=asked.conversation, allowed_by="a test"
    )


def request(text: str = PHRASE, model: str = "") -> ChatRequest:
    return ChatRequest(
        messages=(Message(Role.SYSTEM, "Be short."), Message(Role.USER, text)),
        model=model,
        parameters=GenerationParameters(temperature=0.3, max_tokens=100, stop=("END",)),
        conversation="0123456789abcdef",
    )
