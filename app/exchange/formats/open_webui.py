"""Open WebUI's export of chats: an array whose elements hold a tree under `chat.history`.

After its documentation ("Chat history: import and export") and the shape of its `chat`
table: `messages` by id with `parentId` and `childrenIds`, and `currentId`.
"""

from __future__ import annotations

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

SOURCE = "open-webui"

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def recognises(element: dict[str, object]) -> bool:
    """Whether this is one chat of such an export."""
    chat = mapping(element.get("chat"))
    return isinstance(chat.get("history"), dict) or isinstance(chat.get("messages"), list)


def parse(element: dict[str, object]) -> Found | None:
    """The chat with all its branches; None where nothing in it is left to show."""
    chat = mapping(element.get("chat"))
    history = mapping(chat.get("history"))
    raws = mapping(history.get("messages"))
    losses = Losses()
    nodes: list[Node] = []
    if raws:
        for node_id, raw in raws.items():
            one = mapping(raw)
            parent = text(one.get("parentId")) or None
            nodes.append(Node(node_id, parent, _message(node_id, one, losses)))
    else:  # older ones are a plain list
        for place, raw in enumerate(items(chat.get("messages"))):
            before = nodes[-1].id if nodes else None
            nodes.append(Node(str(place), before, _message(str(place), mapping(raw), losses)))
    tags = items(mapping(element.get("meta")).get("tags")) or items(chat.get("tags"))
    outline = Outline(
        source=SOURCE,
        source_id=text(element.get("id")) or text(chat.get("id")),
        title=text(element.get("title")) or text(chat.get("title")),
        created_at=seconds(element.get("created_at")) or seconds(chat.get("timestamp")),
        updated_at=seconds(element.get("updated_at")),
        system_prompt=text(chat.get("system")) or text(mapping(chat.get("params")).get("system")),
        tags=tuple(text(tag) or text(mapping(tag).get("name")) for tag in tags),
        pinned=bool(element.get("pinned")),
        leaf_id=text(history.get("currentId")) or None,
    )
    return build(outline, nodes, losses)


def _message(node_id: str, raw: dict[str, object], losses: Losses) -> StoredMessage | None:
    role = _ROLES.get(text(raw.get("role")))
    if role is None:
        return None
    content = raw.get("content")
    words = [text(content)]
    words += [
        losses.image() if part.get("type") == "image_url" else text(part.get("text"))
        for part in map(mapping, items(content))
    ]
    for file in (mapping(one) for one in items(raw.get("files"))):
        name = text(file.get("name"))
        words.append(losses.image(name) if file.get("type") == "image" else losses.file(name))
    answer, reasoning = without_reasoning(joined(words))
    if not answer.strip() and not reasoning:
        return None
    # It serves models of the same machine and of others alike, and does not say which.
    return said(
        node_id,
        role,
        answer,
        at=seconds(raw.get("timestamp")),
        model=text(raw.get("model")),
        reasoning=reasoning,
    )
