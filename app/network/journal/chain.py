"""The lines of the journal and how they hang together.

The journal is a file of JSON lines. A connection is two of them: `Begin`, on the disk before
anything is sent, and `End`, with the byte counts. Every line carries its own number and the
SHA-256 of the line before it (`before`; zeros in the first), so that no line can be changed,
removed, moved or put in between without breaking the chain. The end of the chain has no
successor to vouch for it: its number and digest lie in a second file, the head (`files`).

The limit, said plainly: whoever can write the folder can write a whole new journal with a new
head. Only a head digest that was noted elsewhere shows that (`tacit privacy journal --head`):
it has to be found again, as `before` of a later line or as the digest of the present head.

No line holds a word of a conversation, a path or a query of an address, or a key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.egress import Purpose
from app.process.plain import ProtocolError, from_plain, to_plain

NOTHING_BEFORE = "0" * 64
MAX_LINE = 16_384
"""Bytes of the longest line; what is longer is no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Record `record` begins: a connection is about to be made."""

    line: int
    before: str
    at: str
    record: int
    purpose: Purpose
    host: str
    port: int
    conversation: str
    allowed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Record `record` has ended; see `app.core.egress.JournalRecord` for the fields."""

    line: int
    before: str
    at: str
    record: int
    seconds: float
    address: str
    peer: str
    sent_bytes: int
    received_bytes: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The writer found something odd. `is_fault` says that the chain was not whole there."""

    line: int
    before: str
    at: str
    words: str
    is_fault: bool


Entry = Begin | End | Note

_KINDS: dict[str, type[Any]] = {"begin": Begin, "end": End, "note": Note}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(entry: Entry) -> bytes:
    """The entry as a line, its line break included."""
    plain = {"is": _NAMES[type(entry)], **to_plain(entry)}
    return json.dumps(plain, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode(line: bytes) -> Entry | None:
    """The entry of a line; None for what is none."""
    try:
        plain = json.loads(line)
        kind = _KINDS[plain.pop("is")]
        entry: Entry = from_plain(kind, plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ProtocolError):
        return None
    return entry


def digest(line: bytes) -> str:
    """What the next line carries as `before`."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def now() -> str:
    """This moment in UTC, to the millisecond."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")
