"""LM Studio's `*.conversation.json`: messages in a row, each with versions of itself.

After its documentation ("Manage chats": conversations are JSON files in
`.lmstudio/conversations`) and the files that it writes. What follows a message hangs on the
version that was selected; folders become folders.
"""

from __future__ import annotations

from pathlib import Path

from app.core.messages import Role
from app.exchange.building import (
    Found,
    Losses,
    Node,
    Outline,
    build,
    items,
    joined,
    mapping,
    said,
    seconds,
    text,
    without_reasoning,
)
from app.store.values import StoredMessage

SOURCE = "lm-studio"
SUFFIX = ".conversation.json"

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def recognises(element: dict[str, object]) -> bool:
    """Whether this is a conversation of that program."""
    messages = items(element.get("messages"))
    return "createdAt" in element and all("versions" in mapping(one) for one in messages)


def parse(element: dict[str, object], name: str = "", folder: tuple[str, ...] = ()) -> Found | None:
    """The conversation; `name` is the file's, by which importing it again knows it."""
    losses = Losses()
    nodes: list[Node] = []
    parent: str | None = None
    for place, raw in enumerate(mapping(one) for one in items(element.get("messages"))):
        versions = [mapping(one) for one in items(raw.get("versions"))]
        selected = raw.get("currentlySelected")
        following = parent
        for number, version in enumerate(versions):
            node_id = f"{place}.{number}"
            nodes.append(Node(node_id, parent, _message(node_id, version, losses)))
            if number in {selected, 0}:
                following = node_id
        parent = following
    created = element.get("createdAt")
    outline = Outline(
        source=SOURCE,
        source_id=name or f"{created}",
        title=text(element.get("name")),
        created_at=seconds(created),
        updated_at=max(
            seconds(element.get("userLastMessagedAt")),
            seconds(element.get("assistantLastMessagedAt")),
        ),
        system_prompt=text(element.get("systemPrompt")),
        pinned=bool(element.get("pinned")),
        folder=folder,
        leaf_id=parent,
    )
    return build(outline, nodes, losses)


def place_of(file: Path, root: Path) -> tuple[str, tuple[str, ...]]:
    """The name of a file below the folder of conversations, and the folders that it is in."""
    inside = file.relative_to(root)
    return inside.as_posix().removesuffix(SUFFIX), inside.parts[:-1]


def _message(node_id: str, version: dict[str, object], losses: Losses) -> StoredMessage | None:
    role = _ROLES.get(text(version.get("role")))
    if role is None:
        return None
    words = _texts(version, losses)
    thoughts: list[str] = []
    model = ""
    for step in (mapping(one) for one in items(version.get("steps"))):
        if step.get("type") != "contentBlock":
            continue
        is_thought = mapping(step.get("style")).get("type") == "thinking"
        (thoughts if is_thought else words).extend(_texts(step, losses))
        model = text(mapping(step.get("genInfo")).get("indexedModelIdentifier")) or model
    answer, thought = without_reasoning(joined(words))
    if not answer.strip() and not (thoughts or thought):
        return None
    model = model or text(mapping(version.get("senderInfo")).get("senderName"))
    reasoning = joined([*thoughts, thought])
    return said(node_id, role, answer, model=model, reasoning=reasoning, is_local=True)


def _texts(holder: dict[str, object], losses: Losses) -> list[str]:
    found = []
    for part in (mapping(one) for one in items(holder.get("content"))):
        if part.get("type") == "text":
            found.append(text(part.get("text")))
        elif part.get("type") == "file":
            is_image = part.get("fileType") == "image"
            found.append(losses.image() if is_image else losses.file())
        else:
            losses.left_out += 1
    return found
