"""ChatGPT's `conversations.json`: an array of conversations, each a tree called "mapping".

After the export's description in OpenAI's help centre ("How do I export my ChatGPT history
and data?") and its published schemas: nodes with `parent`, `children` and `message`, whose
`content` has a `content_type` and `parts`.
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
from app.store.values import MessageState, StoredMessage

SOURCE = "chatgpt"

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
# What the service tells the model or itself, and the person never sees.
_INNER = {"user_editable_context", "model_editable_context", "reasoning_recap"}


def recognises(element: dict[str, object]) -> bool:
    """Whether this is one conversation of such an export."""
    return isinstance(element.get("mapping"), dict)


def parse(element: dict[str, object]) -> Found | None:
    """The conversation with all its branches; None where nothing in it is left to show."""
    tree = mapping(element.get("mapping"))
    losses = Losses()
    thoughts = {node_id: _thoughts(mapping(raw)) for node_id, raw in tree.items()}
    nodes = []
    for node_id, raw in tree.items():
        node = mapping(raw)
        parent = text(node.get("parent")) or None
        message = _message(node_id, node, losses, _thoughts_before(tree, thoughts, parent))
        nodes.append(Node(node_id, parent, message))
    outline = Outline(
        source=SOURCE,
        source_id=text(element.get("conversation_id")) or text(element.get("id")),
        title=text(element.get("title")),
        created_at=seconds(element.get("create_time")),
        updated_at=seconds(element.get("update_time")),
        leaf_id=text(element.get("current_node")) or None,
    )
    return build(outline, nodes, losses)


def _message(
    node_id: str, node: dict[str, object], losses: Losses, reasoning: str
) -> StoredMessage | None:
    message = mapping(node.get("message"))
    metadata, content = mapping(message.get("metadata")), mapping(message.get("content"))
    role = _ROLES.get(text(mapping(message.get("author")).get("role")))
    is_hidden = bool(metadata.get("is_visually_hidden_from_conversation"))
    if not message or role is None or is_hidden or content.get("content_type") in _INNER:
        return None
    if text(message.get("recipient")) not in {"", "all"}:
        losses.left_out += 1  # a call of a tool
        return None
    words = _words(content, losses)
    if not words.strip():
        return None
    return said(
        node_id,
        role,
        words,
        at=seconds(message.get("create_time")),
        model=text(metadata.get("model_slug")),
        reasoning=reasoning if role is Role.ASSISTANT else "",
        is_local=False,
        state=MessageState.STOPPED
        if message.get("status") == "in_progress"
        else MessageState.COMPLETE,
    )


def _words(content: dict[str, object], losses: Losses) -> str:
    if content.get("content_type") == "code":
        return f"```{text(content.get('language'))}\n{text(content.get('text'))}\n```"
    parts = []
    for part in items(content.get("parts")):
        if isinstance(part, str):
            parts.append(part)
            continue
        kind = text(mapping(part).get("content_type"))
        if "image" in kind:
            parts.append(losses.image())
        elif kind.startswith("audio_transcription"):
            parts.append(text(mapping(part).get("text")))
        elif part:
            parts.append(losses.file())
    return joined(parts) or text(content.get("text"))


def _thoughts(node: dict[str, object]) -> str:
    content = mapping(mapping(node.get("message")).get("content"))
    if content.get("content_type") != "thoughts":
        return ""
    thoughts = [mapping(one) for one in items(content.get("thoughts"))]
    return joined(text(one.get("content")) or text(one.get("summary")) for one in thoughts)


def _thoughts_before(tree: dict[str, object], thoughts: dict[str, str], node_id: str | None) -> str:
    """What was thought in the nodes right above, up to the next one with words of its own."""
    found: list[str] = []
    seen: set[str] = set()
    while node_id is not None and node_id in tree and node_id not in seen:
        seen.add(node_id)
        node = mapping(tree[node_id])
        content = mapping(mapping(node.get("message")).get("content"))
        if not thoughts[node_id] and content.get("content_type") != "reasoning_recap":
            break
        found.insert(0, thoughts[node_id])
        node_id = text(node.get("parent")) or None
    return joined(found)
