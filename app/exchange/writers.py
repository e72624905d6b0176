"""Transcripts as text in the formats that can be exported."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from typing import Protocol

from app import __version__
from app.exchange.formats import tacit_json
from app.exchange.paths import moment, shown, speaker
from app.store.transcripts import Transcript
from app.store.values import StoredMessage


class ExportFormat(StrEnum):
    """How conversations can be written. Only JSON holds all branches and can be imported."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    TEXT = "text"

    @property
    def suffix(self) -> str:
        """What names of such files end with."""
        return {"markdown": ".md", "html": ".html", "json": ".json", "text": ".txt"}[self]

    @classmethod
    def of(cls, suffix: str) -> ExportFormat | None:
        """What is meant by the ending of a file's name, in any case; None for an unknown one."""
        return _BY_SUFFIX.get(suffix.lower())


TACIT_SUFFIX = ".tacit"
"""The same JSON under a name of its own, which desktops open with Tacit."""

_BY_SUFFIX = {
    **{kind.suffix: kind for kind in ExportFormat},
    ".htm": ExportFormat.HTML,
    TACIT_SUFFIX: ExportFormat.JSON,
}


class Writer(Protocol):
    """Writes transcripts behind one another into one text."""

    def begin(self) -> str:
        """What stands before the first one."""

    def one(self, transcript: Transcript) -> str:
        """One transcript."""

    def end(self) -> str:
        """What stands after the last one."""


def writer(kind: ExportFormat) -> Writer:
    """A new writer for one file."""
    match kind:
        case ExportFormat.MARKDOWN:
            return MarkdownWriter()
        case ExportFormat.TEXT:
            return TextWriter()
        case ExportFormat.JSON:
            return JsonWriter()
        case ExportFormat.HTML:
            from app.exchange.html import HtmlWriter

            return HtmlWriter()


class MarkdownWriter:
    """The shown path of each conversation, what was thought folded away."""

    def __init__(self) -> None:
        self._is_first = True

    def begin(self) -> str:
        """Nothing."""
        return ""

    def one(self, transcript: Transcript) -> str:
        """A heading, and one below it for every message."""
        rule, self._is_first = "" if self._is_first else "\n---\n\n", False
        title = " ".join(transcript.conversation.title.split()) or "Conversation"
        parts = [f"{rule}# {title}\n", f"*{moment(transcript.conversation.created_at)}*\n"]
        parts += (self._message(message) for message in shown(transcript))
        return "\n".join(parts)

    def end(self) -> str:
        """Nothing."""
        return ""

    def _message(self, message: StoredMessage) -> str:
        thought = ""
        if message.reasoning.strip():
            thought = (
                "<details>\n<summary>Reasoning</summary>\n\n"
                f"{message.reasoning.strip()}\n\n</details>\n\n"
            )
        error = f"\n\n> {message.error}" if message.error else ""
        return f"## {speaker(message)}\n\n{thought}{message.text.strip()}{error}\n"


class TextWriter:
    """The shown path of each conversation as plain text, as it was written."""

    def __init__(self) -> None:
        self._is_first = True

    def begin(self) -> str:
        """Nothing."""
        return ""

    def one(self, transcript: Transcript) -> str:
        """The title underlined, and every message behind the name of who says it."""
        gap, self._is_first = "" if self._is_first else "\n\n", False
        title = " ".join(transcript.conversation.title.split()) or "Conversation"
        parts = [f"{gap}{title}\n{'=' * min(len(title), 72)}\n"]
        parts += (
            f"{speaker(message)}, {moment(message.created_at)}:\n{message.text.strip()}\n"
            for message in shown(transcript)
        )
        return "\n".join(parts)

    def end(self) -> str:
        """Nothing."""
        return ""


class JsonWriter:
    """Everything, by the schema in `resources/history.schema.json`."""

    def __init__(self) -> None:
        self._is_first = True

    def begin(self) -> str:
        """What says how to read the rest."""
        head = {
            "format": tacit_json.FORMAT,
            "version": tacit_json.VERSION,
            "program": f"tacit {__version__}",
            "exported_at": time.time(),
        }
        return json.dumps(head, ensure_ascii=False)[:-1] + ', "conversations": ['

    def one(self, transcript: Transcript) -> str:
        """One line for each conversation."""
        comma, self._is_first = "" if self._is_first else ",", False
        text = json.dumps(tacit_json.document(transcript), ensure_ascii=False)
        return f"{comma}\n{text}"

    def end(self) -> str:
        """The end of the document."""
        return "\n]}\n"
