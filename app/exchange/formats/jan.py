"""Jan's folder of threads: `thread.json` and `messages.jsonl` in a folder for each.

After its documentation ("Threads" and "Messages" of its specifications), which follows the
objects of OpenAI's Threads API.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.core.messages import Role
from app.exchange.building import (
    Found,
    Losses,
    Node,
    Outline,
    Unreadable,
    build,
    items,
    joined,
    mapping,
    said,
    seconds,
    text,
    without_reasoning,
)
from app.store.values import MessageState, StoredMessage

SOURCE = "jan"
THREAD, MESSAGES = "thread.json", "messages.jsonl"

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def parse_folder(folder: Path) -> Found | Unreadable | None:
    """The thread in `folder`; lines of it that make no sense are counted and left out."""
    try:
        thread = mapping(json.loads((folder / THREAD).read_text("utf-8", "replace")))
    except (OSError, ValueError, RecursionError):
        return Unreadable(folder.name)
    losses = Losses()
    nodes: list[Node] = []
    assistant = mapping((items(thread.get("assistants")) or [None])[0])
    model = text(mapping(assistant.get("model")).get("id"))
    for place, raw in enumerate(_lines(folder, losses)):
        before = nodes[-1].id if nodes else None
        nodes.append(Node(str(place), before, _message(str(place), raw, model, losses)))
    outline = Outline(
        source=SOURCE,
        source_id=text(thread.get("id")) or folder.name,
        title=text(thread.get("title")) or text(thread.get("summary")),
        created_at=seconds(thread.get("created")),
        updated_at=seconds(thread.get("updated")),
        system_prompt=text(assistant.get("instructions")),
        leaf_id=nodes[-1].id if nodes else None,
    )
    return build(outline, nodes, losses)


def _lines(folder: Path, losses: Losses) -> list[dict[str, object]]:
    found = []
    try:
        with (folder / MESSAGES).open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    one = json.loads(line)
                except (ValueError, RecursionError):
                    one = None
                if isinstance(one, dict):
                    found.append(one)
                elif line.strip():
                    losses.left_out += 1
    except OSError:
        losses.left_out += 1
    return found


def _message(
    node_id: str, raw: dict[str, object], model: str, losses: Losses
) -> StoredMessage | None:
    role = _ROLES.get(text(raw.get("role")))
    if role is None:
        return None
    content = raw.get("content")
    words = [text(content)]
    for part in (mapping(one) for one in items(content)):
        if part.get("type") == "text":
            words.append(text(mapping(part.get("text")).get("value")))
        elif "image" in text(part.get("type")):
            words.append(losses.image())
        elif part:
            losses.left_out += 1
    answer, reasoning = without_reasoning(joined(words))
    if not answer.strip() and not reasoning:
        return None
    stopped = text(raw.get("status")) in {"stopped", "error"}
    return said(
        node_id,
        role,
        answer,
        at=seconds(raw.get("created_at")),
        model=text(mapping(raw.get("metadata")).get("modelId")) or model,
        reasoning=reasoning,
        state=MessageState.STOPPED if stopped else MessageState.COMPLETE,
    )
