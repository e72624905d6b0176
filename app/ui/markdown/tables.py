"""Tables for the clipboard: for a spreadsheet, for a text program, and as CSV; no Qt in here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from html import escape
from io import StringIO

from app.ui.markdown.values import LINE_BREAK

Rows = Sequence[Sequence[str]]


def as_tabs(rows: Rows) -> str:
    """Rows on lines of their own, cells with tabs between them: what spreadsheets take."""
    return "\n".join("\t".join(_on_one_line(cell) for cell in row) for row in rows)


def as_csv(rows: Rows) -> str:
    """Comma-separated values by RFC 4180; a cell may hold line breaks."""
    written = StringIO()
    made = csv.writer(written)
    made.writerows([cell.replace(LINE_BREAK, "\n") for cell in row] for row in rows)
    return written.getvalue()


def as_html(rows: Rows) -> str:
    """A table of HTML, which text programs paste as one of their own."""
    parts = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        cells = (escape(cell).replace(LINE_BREAK, "<br>") for cell in row)
        parts.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
    return "<table>" + "".join(parts) + "</table>"


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split())
