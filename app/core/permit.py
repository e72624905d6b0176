"""The one thing without which no request leaves this machine: a permit for exactly that request.

The class lives here because what asks for a permit (the cloud's providers) may not import what
gives one (the router). `issue` belongs to `app.router.permitting` alone; a test holds that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from typing import NoReturn, Protocol

from app.core.errors import AppError, ErrorCode
from app.core.messages import Message

_TOKEN = object()


class Leaving(Protocol):
    """What may leave: the words, and the model that is to answer them."""

    @property
    def model(self) -> str:
        """As its provider calls it."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that would be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """That the words of one request may go to one provider.

    `provider` and `model` ("": whichever the person chose for the provider) are the only ones it
    holds for, `conversation` is a random id ("" for
    a question outside of any), `allowed_by` a sentence for the journal. It cannot be made, copied
    with changes or restored from bytes by anybody but the router.
    """

    provider: str
    model: str
    conversation: str
    allowed_by: str
    digest: str
    token: InitVar[object]

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("only the router can permit a request to leave this machine")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a permit cannot be kept or handed to another process")

    def covers(self, provider: str, request: Leaving) -> bool:
        """Whether it was given for these words, this model and this provider."""
        return (
            provider == self.provider
            and self.model in {"", request.model}
            and digest_of(request.messages) == self.digest
        )


def require(permit: Permit | None, provider: str, request: Leaving) -> Permit:
    """`permit`, where it covers `request`; the last look before something leaves.

    Raises `AppError` NOT_ALLOWED.
    """
    if permit is None or not permit.covers(provider, request):
        raise AppError(
            f"Nothing was sent to {provider}: it was not permitted for exactly this.",
            "Ask again; if that does not help, let the model on this computer answer.",
            code=ErrorCode.NOT_ALLOWED,
        )
    return permit


def digest_of(messages: Iterable[Message]) -> str:
    """What these words are known by, without holding any of them."""
    digest = hashlib.sha256()
    for message in messages:
        for part in (message.role.value, message.text):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def issue(*, provider: str, request: Leaving, conversation: str, allowed_by: str) -> Permit:
    """A permit for `request` as it stands; who calls this has looked at everything before."""
    return Permit(
        provider=provider,
        model=request.model,
        conversation=conversation,
        allowed_by=allowed_by,
        digest=digest_of(request.messages),
        token=_TOKEN,
    )
