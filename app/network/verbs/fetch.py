"""Fetches a small document, such as what a repository holds."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from app.core.egress import Purpose
from app.network.verb import Handler, Nothing, Verb, VerbContext, codec
from app.network.verbs import hub

MAX_BYTES = 8 * 2**20
"""The largest document that can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """The document at `url`, of at most `max_bytes`. `token` goes to its own origin alone."""

    url: str
    purpose: Purpose
    allowed_by: str
    label: str = ""
    max_bytes: int = MAX_BYTES
    accept: str = "*/*"
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A fetched document; `body` is in base64, as it travels. `etag` and `link` are the
    headers of these names, "" where they are missing."""

    body: str
    content_type: str
    etag: str
    link: str

    @property
    def data(self) -> bytes:
        """The bytes of the document."""
        return base64.b64decode(self.body)


FETCH: Verb[Fetch, Nothing, Document] = Verb(
    name="fetch", arguments=codec(Fetch), item=codec(Nothing), result=codec(Document)
)


def handler() -> Handler[Fetch, Nothing, Document]:
    """The courier's side of `FETCH`."""
    return Handler(verb=FETCH, reach=hub.REACH, run=_fetch)


def _fetch(arguments: Fetch, context: VerbContext[Nothing]) -> Document:
    from app.network import http, url

    where = url.parse(arguments.url)
    headers = {"Accept": arguments.accept, **http.bearer(arguments.token)}
    with (
        context.open(
            arguments.purpose,
            *hub.way_to(where, arguments.purpose, context.policy),
            label=arguments.label,
            allowed_by=arguments.allowed_by,
        ) as passage,
        http.request(passage, arguments.url, headers) as response,
    ):
        http.check(response)
        return Document(
            body=base64.b64encode(response.read(min(arguments.max_bytes, MAX_BYTES))).decode(),
            content_type=response.header("Content-Type"),
            etag=response.header("ETag"),
            link=response.header("Link"),
        )
