"""From the loose nodes of another program's file to a transcript that the store takes."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.core.messages import Role
from app.store.transcripts import Transcript
from app.store.values import Conversation, MessageState, Provenance, StoredMessage

_LONGEST_TITLE = 48
_LONGEST_ID = 200
_MILLISECONDS_FROM = 1e11  # in seconds that would be in the year 5138
_LATEST = 4e9  # the year 2096
_REASONING = re.compile(
    r'\s*<details type="reasoning"[^>]*>\s*(?:<summary>.*?</summary>)?(.*?)</details>\s*|'
    r"\s*<think>(.*?)</think>\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a foreign tree. Without `message` its children hang on its parent."""

    id: str
    parent_id: str | None
    message: StoredMessage | None


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that was read, and how many images and other parts were left out of it."""

    transcript: Transcript
    images: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A conversation that made no sense; `title` where at least that could be read."""

    title: str = ""


@dataclass(slots=True)
class Losses:
    """Counts what of one conversation cannot be taken over."""

    images: int = 0
    left_out: int = 0

    def image(self, name: str = "") -> str:
        """Count an image; returns what stands in its place."""
        self.images += 1
        return f"[Image not imported{f': {name}' if name else ''}]"

    def file(self, name: str = "") -> str:
        """Count a file; returns what stands in its place."""
        self.left_out += 1
        return f"[File not imported{f': {name}' if name else ''}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a foreign file says of a conversation as a whole; times in Unix seconds, 0 unknown."""

    source: str
    source_id: str
    title: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    model: str = ""
    system_prompt: str | None = None
    folder: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    pinned: bool = False
    leaf_id: str | None = None


def said(
    node_id: str,
    role: Role,
    text: str,
    *,
    at: float = 0.0,
    model: str = "",
    reasoning: str = "",
    is_local: bool | None = None,
    state: MessageState = MessageState.COMPLETE,
) -> StoredMessage:
    """A message that another program kept."""
    is_answer = role is Role.ASSISTANT
    return StoredMessage(
        id=node_id,
        conversation_id="",
        parent_id=None,
        role=role,
        text=text,
        reasoning=reasoning,
        state=state,
        model=model if is_answer else "",
        created_at=at,
        provenance=Provenance(is_local=is_local if is_answer else None),
    )


def build(outline: Outline, nodes: Sequence[Node], losses: Losses) -> Found | None:
    """The transcript of all nodes with a message; None where there is none.

    Parents that are missing or lead in a circle are put up with: their children begin anew.
    """
    now = time.time()
    messages = _in_order(nodes)
    if not messages:
        return None
    times = [message.created_at for message in messages if message.created_at]
    created = outline.created_at or min(times, default=0.0) or now
    updated = outline.updated_at or max(times, default=0.0) or created
    messages = [m if m.created_at else replace(m, created_at=created) for m in messages]
    known = {node.id: node for node in nodes}
    conversation = Conversation(
        id="",
        title=outline.title.strip() or _title_of(messages),
        title_by_user=bool(outline.title.strip()),
        created_at=created,
        updated_at=updated,
        model=outline.model,
        draft="",
        system_prompt=outline.system_prompt or None,
        leaf_id=_kept(known, outline.leaf_id),
        pinned=outline.pinned,
        tags=outline.tags,
    )
    transcript = Transcript(
        conversation=conversation,
        messages=tuple(messages),
        folder=outline.folder,
        source=outline.source,
        source_id=outline.source_id[:_LONGEST_ID] or _fingerprint(messages),
    )
    return Found(transcript, losses.images, losses.left_out)


def seconds(value: object) -> float:
    """A time in whatever form as Unix seconds; 0 where it makes no sense."""
    found = 0.0
    if isinstance(value, int | float) and not isinstance(value, bool):
        small = value if abs(value) < _LATEST * 1000 else 0
        found = small / 1000 if small > _MILLISECONDS_FROM else float(small)
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return 0.0
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        found = moment.timestamp()
    return found if math.isfinite(found) and 0 < found < _LATEST else 0.0


def text(value: object) -> str:
    """`value` where it is text, otherwise nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, object]:
    """`value` where it is an object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """`value` where it is an array, otherwise an empty one."""
    return value if isinstance(value, list) else []


def joined(parts: Iterable[str]) -> str:
    """Parts of one message with an empty line between them."""
    return "\n\n".join(part for part in parts if part.strip())


def without_reasoning(content: str) -> tuple[str, str]:
    """The answer and what the model thought before it, where that was kept inside the text."""
    match = _REASONING.match(content)
    if match is None:
        return content, ""
    thought = (match[1] or match[2] or "").strip()
    lines = [line.removeprefix(">").removeprefix(" ") for line in thought.splitlines()]
    return content[match.end() :], "\n".join(lines).strip()


def _in_order(nodes: Sequence[Node]) -> list[StoredMessage]:
    """The messages, parents before children, with their nearest parent that has a message."""
    known = {node.id: node for node in nodes}
    ordered: list[StoredMessage] = []
    done: set[str] = set()
    for node in nodes:
        chain: list[Node] = []
        current: Node | None = node
        while current is not None and current.id not in done:
            done.add(current.id)
            chain.append(current)
            current = known.get(current.parent_id or "")
        for one in reversed(chain):
            if one.message is not None:
                parent = _kept(known, one.parent_id)
                ordered.append(replace(one.message, parent_id=parent))
    places = {message.id: place for place, message in enumerate(ordered)}
    return [
        message
        if places.get(message.parent_id or "", place) < place
        else replace(message, parent_id=None)
        for place, message in enumerate(ordered)
    ]


def _kept(known: dict[str, Node], node_id: str | None) -> str | None:
    """The node itself or the nearest one above it that has a message."""
    seen: set[str] = set()
    while node_id is not None and node_id in known and node_id not in seen:
        seen.add(node_id)
        if known[node_id].message is not None:
            return node_id
        node_id = known[node_id].parent_id
    return None


def _fingerprint(messages: Sequence[StoredMessage]) -> str:
    """What a conversation without an id is known by when it is imported again."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.role}\0{message.text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _title_of(messages: Sequence[StoredMessage]) -> str:
    first = next((m.text for m in messages if m.role is Role.USER), messages[0].text)
    line = " ".join(first[:500].split())
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1].rstrip()}…"
