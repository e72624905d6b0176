"""Claude's export: an array of conversations with `chat_messages`.

After the export's description in Anthropic's help centre ("How can I export my Claude
data?") and its published schemas. Newer exports name the message that each one follows
(`parent_message_uuid`); in older ones they follow each other.
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
)
from app.store.values import StoredMessage

SOURCE = "claude"

_ROLES = {"human": Role.USER, "user": Role.USER, "assistant": Role.ASSISTANT}


def recognises(element: dict[str, object]) -> bool:
    """Whether this is one conversation of such an export."""
    return isinstance(element.get("chat_messages"), list)


def parse(element: dict[str, object]) -> Found | None:
    """The conversation; None where nothing in it is left to show."""
    losses = Losses()
    nodes: list[Node] = []
    raws = [mapping(raw) for raw in items(element.get("chat_messages"))]
    ids = {text(raw.get("uuid")) for raw in raws}
    for place, raw in enumerate(raws):
        node_id = text(raw.get("uuid")) or f"message {place}"
        parent = text(raw.get("parent_message_uuid"))
        if not parent:
            before = nodes[-1].id if nodes else None
        else:
            before = parent if parent in ids else None  # the beginning has an id of its own
        nodes.append(Node(node_id, before, _message(node_id, raw, losses)))
    outline = Outline(
        source=SOURCE,
        source_id=text(element.get("uuid")),
        title=text(element.get("name")),
        created_at=seconds(element.get("created_at")),
        updated_at=seconds(element.get("updated_at")),
        model=text(element.get("model")),
        leaf_id=text(element.get("current_leaf_message_uuid")) or None,
    )
    return build(outline, nodes, losses)


def _message(node_id: str, raw: dict[str, object], losses: Losses) -> StoredMessage | None:
    role = _ROLES.get(text(raw.get("sender")))
    if role is None:
        return None
    words: list[str] = []
    thoughts: list[str] = []
    for part in (mapping(one) for one in items(raw.get("content"))):
        match part.get("type"):
            case "text":
                words.append(text(part.get("text")))
            case "thinking":
                thoughts.append(text(part.get("thinking")))
            case "image":
                words.append(losses.image())
            case _:
                losses.left_out += 1  # a call of a tool, or its result
    if not any(words):
        words = [text(raw.get("text"))]
    for attachment in (mapping(one) for one in items(raw.get("attachments"))):
        content = text(attachment.get("extracted_content"))
        name = text(attachment.get("file_name"))
        words.append(f"{name}:\n\n{content}" if content else losses.file(name))
    for file in (mapping(one) for one in items(raw.get("files"))):
        name = text(file.get("file_name"))
        is_image = text(file.get("file_kind")) == "image" or name.lower().endswith(
            (".png", ".jpg", ".jpeg", ".gif", ".webp")
        )
        words.append(losses.image(name) if is_image else losses.file(name))
    if not joined(words):
        return None
    return said(
        node_id,
        role,
        joined(words),
        at=seconds(raw.get("created_at")),
        reasoning=joined(thoughts),
        is_local=False,
    )
