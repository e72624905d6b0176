"""The part of a transcript that is shown: one way through its tree."""

from __future__ import annotations

import time

from app.core.messages import Role
from app.store.transcripts import Transcript
from app.store.values import StoredMessage


def shown(transcript: Transcript) -> list[StoredMessage]:
    """The messages of the shown path, oldest first."""
    known = {message.id: message for message in transcript.messages}
    leaf = transcript.conversation.leaf_id
    current = known.get(leaf or "") or next(reversed(transcript.messages), None)
    path: list[StoredMessage] = []
    while current is not None and len(path) <= len(known):
        path.append(current)
        current = known.get(current.parent_id or "")
    path.reverse()
    return path


def speaker(message: StoredMessage) -> str:
    """Who says this."""
    if message.role is Role.USER:
        return "You"
    return message.model or ("Instructions" if message.role is Role.SYSTEM else "Assistant")


def moment(at: float) -> str:
    """A time as people read it, in the time zone of this computer."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return ""
