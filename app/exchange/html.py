"""Transcripts as one web page that loads nothing: no script, no font, no picture."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.exchange.paths import moment, shown, speaker
from app.store.transcripts import Transcript
from app.store.values import StoredMessage

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# The policy holds even if a text should find a way to smuggle in an element.
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>Conversations</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid; margin-top: 3rem; }
section { margin: 1.5rem 0; }
section.user { border-inline-start: 3px solid; padding-inline-start: 1rem; }
h2 { font-size: 0.85rem; margin: 0; }
time, .note { font-size: 0.85rem; opacity: 0.7; }
pre { overflow-x: auto; border: 1px solid; padding: 0.75rem; }
table { border-collapse: collapse; }
td, th { border: 1px solid; padding: 0.25rem 0.5rem; }
</style>
</head>
<body>
"""


class HtmlWriter:
    """The shown path of each conversation; texts are drawn as markdown, and all HTML in them
    is shown as text.
    """

    def __init__(self) -> None:
        self._markdown = _markdown()

    def begin(self) -> str:
        """The head of the page."""
        return _HEAD

    def one(self, transcript: Transcript) -> str:
        """An article for each conversation, a section for each message."""
        given = transcript.conversation
        title = html.escape(given.title.strip() or "Conversation")
        sections = "".join(self._section(message) for message in shown(transcript))
        return (
            f'<article>\n<h1 dir="auto">{title}</h1>\n<time>{moment(given.created_at)}</time>\n'
            f"{sections}</article>\n"
        )

    def end(self) -> str:
        """The end of the page."""
        return "</body>\n</html>\n"

    def _section(self, message: StoredMessage) -> str:
        thought = ""
        if message.reasoning.strip():
            text = self._markdown.render(message.reasoning)
            thought = f'<details><summary>Reasoning</summary><div dir="auto">{text}</div></details>'
        error = f'<p class="note">{html.escape(message.error)}</p>' if message.error else ""
        return (
            f'<section class="{message.role}">\n<h2>{html.escape(speaker(message))}</h2>\n'
            f"<time>{moment(message.created_at)}</time>\n{thought}"
            f'<div dir="auto">\n{self._markdown.render(message.text)}</div>\n{error}</section>\n'
        )


def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    return parser


def _image(_renderer: object, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    """The description and the address of a picture, which is not loaded."""
    token = tokens[place]
    words = html.escape(token.content)
    return f"[{words}: {html.escape(str(token.attrs.get('src', '')))}]"
