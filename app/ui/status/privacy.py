"""What the privacy chip says: one small value, drawn from facts and never from a setting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication


class Privacy(StrEnum):
    """The states, each with a word, a shape and a colour of its own."""

    SEALED = "sealed"
    LOCAL_ONLY = "local_only"
    NOT_ENFORCED = "not_enforced"
    DOWNLOADING = "downloading"
    CLOUD = "cloud"


ICONS = {
    Privacy.SEALED: "lock-keyhole",
    Privacy.LOCAL_ONLY: "lock",
    Privacy.NOT_ENFORCED: "lock-open",
    Privacy.DOWNLOADING: "arrow-down",
    Privacy.CLOUD: "cloud",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyState:
    """What holds now. `word` stands in the chip, `short` in the window's title; `facts` are
    whole sentences for a person who asks, `check` how they can see for themselves."""

    state: Privacy
    word: str
    short: str
    facts: tuple[str, ...]
    check: tuple[str, ...]


def local_not_enforced() -> PrivacyState:
    """The state of this version: nothing opens a connection, and nothing enforces it."""
    return PrivacyState(
        state=Privacy.NOT_ENFORCED,
        word=_tr("Local only, not enforced"),
        short=_tr("local only, not enforced"),
        facts=(
            _tr(
                "Your chats are answered by a model on this computer. No part of Tacit opens "
                "an internet connection; only setting up the starter model may start pip, "
                "which fetches it, when you ask for that."
            ),
            _tr(
                "Not enforced means: the lock by which the operating system itself would "
                "refuse every connection, the kernel seal, is not part of this version. "
                "That nothing leaves rests on how Tacit is built, not yet on the system."
            ),
        ),
        check=(
            _tr("Switch the network off. Everything goes on as before."),
            _tr(
                "List the connections of the processes on the Privacy page, on Linux with "
                "ss -tup, on Windows in the Resource Monitor. There is none."
            ),
        ),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Privacy", text)
