"""The words of a message without their dress: plain text that reads on its own; no Qt in here."""

from __future__ import annotations

from collections.abc import Iterator

from app.ui.markdown.plain import PlainStream
from app.ui.markdown.stream import MarkdownStream
from app.ui.markdown.values import LINE_BREAK, PLAIN_ABOVE, Kind, Line


def read(source: str, *, as_written: bool = False) -> Iterator[list[Line]]:
    """The lines of a whole text, a bounded number in each step; as it would be drawn.

    `as_written` shows everything but fenced code as it was written, as fits a question.
    """
    stream: PlainStream | MarkdownStream
    if as_written or len(source) > PLAIN_ABOVE:
        stream = PlainStream(fences=len(source) <= PLAIN_ABOVE)
    else:
        stream = MarkdownStream()
    stream.feed(source)
    stream.close()
    if "]:" in source:
        # A link may be defined behind the words that it turns into one.
        while stream.step() is not None:
            yield []
        stream.rewind()
    while (lines := stream.step()) is not None:
        yield lines


def plain_text(source: str, *, as_written: bool = False) -> str:
    """What a person reads in `source`: list markers and tables as text, without other signs."""
    parts: list[str] = []
    before: Line | None = None
    for lines in read(source, as_written=as_written):
        for line in lines:
            if before is not None:
                parts.append(between(before, line))
            if line.markers:
                parts.append(marker_text(line))
            parts.append(_words(line))
            before = line
    return "".join(parts).replace(LINE_BREAK, "\n")


def between(before: Line, line: Line) -> str:
    """What separates two neighbours in plain text."""
    if line.joint is not None and line.kind is not Kind.TABLE:
        return line.joint
    same_code = line.kind is Kind.CODE and before.kind is Kind.CODE and not line.opens
    same_list = bool(line.markers) and before.is_in_list
    both_plain = line.kind is before.kind and line.kind in (Kind.PLAIN, Kind.FOOTNOTE)
    continued = line.joint is not None
    return "\n" if same_code or same_list or both_plain or continued else "\n\n"


def marker_text(line: Line) -> str:
    """The markers before a list item, moved in as deep as it stands."""
    outer = line.path[: line.markers[0].depth]
    depth = len(outer) - outer.count("q")
    words = [f"- {m.text}" if m.text.startswith("[") else m.text for m in line.markers]
    return "  " * depth + " ".join(words) + " "


def _words(line: Line) -> str:
    if line.kind is Kind.RULE:
        return "---"
    if line.kind is Kind.TABLE and line.table is not None:
        return "\n".join("\t".join(row) for row in line.table.texts)
    return "".join(run.words for run in line.runs)
