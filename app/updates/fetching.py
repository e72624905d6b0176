"""The verb that fetches the release file and its signature, and the courier's side of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network import hosts
from app.network.gateway import Passage
from app.network.verb import Handler, Nothing, Verb, VerbContext, codec
from app.updates import release, signature
from app.updates.source import Source

SUFFIX = ".sig"
"""What the address of the signature has more than that of the file."""

NO_SOURCE = AppError(
    "This build of Tacit names no place where new versions are announced, so it cannot look for "
    "any.",
    "Look where you got Tacit.",
    code=ErrorCode.NO_UPDATE_SOURCE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRelease:
    """Fetch it from the one address that this build knows."""

    allowed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBytes:
    """What came, neither believed nor read; both in base64, as they travel."""

    document: str
    signature: str

    @property
    def data(self) -> bytes:
        """The bytes of the release file."""
        return base64.b64decode(self.document)

    @property
    def signed(self) -> bytes:
        """The bytes of the file with its signature."""
        return base64.b64decode(self.signature)


FETCH_RELEASE: Verb[FetchRelease, Nothing, SignedBytes] = Verb(
    name="fetch-release",
    arguments=codec(FetchRelease),
    item=codec(Nothing),
    result=codec(SignedBytes),
)


def handler(source: Source | None) -> Handler[FetchRelease, Nothing, SignedBytes]:
    """The courier's side of `FETCH_RELEASE`: whoever asks cannot name another server."""
    rules = () if source is None else (source.url.rule,)

    def run(arguments: FetchRelease, context: VerbContext[Nothing]) -> SignedBytes:
        if source is None:
            raise NO_SOURCE
        # A server on this machine is a developer's own; no other name may lead to one.
        is_here = hosts.is_loopback_name(source.url.host)
        with context.open(
            Purpose.UPDATE_CHECK,
            *rules,
            named=rules if is_here else (),
            allowed_by=arguments.allowed_by,
        ) as passage:
            return SignedBytes(
                document=_fetched(passage, source.address, release.LARGEST),
                signature=_fetched(passage, source.address + SUFFIX, signature.LARGEST),
            )

    return Handler(verb=FETCH_RELEASE, reach={Purpose.UPDATE_CHECK: rules}, run=run)


def _fetched(passage: Passage, address: str, most: int) -> str:
    from app.network import http

    with http.request(passage, address) as response:
        http.check(response)
        return base64.b64encode(response.read(most)).decode("ascii")
