"""GPT4All's chats as text, the way its button "Copy chat session" puts them on the clipboard.

Its own `.chat` files are an undocumented binary format with a version of its own for nearly
every release; those are refused with a sentence.
"""

from __future__ import annotations

import re
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.core.messages import Role
from app.exchange.building import Found, Losses, Node, Outline, build, said, without_reasoning

SOURCE = "gpt4all"
BINARY_BEGINS = b"\xf5\xd5\x53\xcc"

_SPEAKER = re.compile(r"^(Prompt|Response):[ \t]*", re.MULTILINE)
_ROLES = {"Prompt": Role.USER, "Response": Role.ASSISTANT}
_LARGEST = 64 << 20


def recognises(beginning: str) -> bool:
    """Whether a text begins like such a chat."""
    return _SPEAKER.match(beginning.lstrip("\ufeff\r\n ")) is not None


def parse_text(file: Path) -> Found | None:
    """The chat in `file`; importing the same text again finds it by what it says."""
    content = file.read_bytes()[:_LARGEST].decode("utf-8-sig", "replace")
    marks = list(_SPEAKER.finditer(content))
    nodes: list[Node] = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        words = content[mark.end() : following.start() if following else None].strip()
        answer, reasoning = without_reasoning(words)
        before = nodes[-1].id if nodes else None
        if answer or reasoning:
            message = said(
                str(len(nodes)), _ROLES[mark[1]], answer, reasoning=reasoning, is_local=True
            )
            nodes.append(Node(message.id, before, message))
    outline = Outline(
        source=SOURCE,
        source_id="",
        created_at=file.stat().st_mtime,
        leaf_id=nodes[-1].id if nodes else None,
    )
    return build(outline, nodes, Losses())


def unreadable_binary() -> AppError:
    """A file of GPT4All's own."""
    return AppError(
        "GPT4All does not document its .chat files, so Tacit cannot read them.",
        "In GPT4All, copy the chat session, paste it into a text file and import that.",
        code=ErrorCode.USAGE,
    )
