"""What the rows of the side list say."""

from __future__ import annotations

import unicodedata
from datetime import date

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.ui.side.grouping import ALL, FOLDERS, LAST_WEEK, PINNED, TODAY, YESTERDAY, Row


def row_text(row: Row) -> str:
    """The title, the name, or the heading."""
    if row.conversation is not None:
        return row.conversation.title or _tr("New chat")
    return row.folder.name if row.folder is not None else heading(row.heading)


def heading(key: str) -> str:
    """What stands above a group of rows."""
    usual = {
        PINNED: _tr("Pinned"),
        FOLDERS: _tr("Folders"),
        ALL: _tr("All chats"),
        TODAY: _tr("Today"),
        YESTERDAY: _tr("Yesterday"),
        LAST_WEEK: _tr("Last week"),
    }
    if key in usual:
        return usual[key]
    year, month = key.split("-")
    return QLocale().toString(QDate(int(year), int(month), 1), "MMMM yyyy")


def tags(row: Row) -> str:
    """The tags of a conversation on one line, "" without any."""
    names = row.conversation.tags if row.conversation is not None else ()
    return "  ".join(f"#{name}" for name in names)


def is_confidential(row: Row) -> bool:
    """Whether the conversation or the folder is marked so."""
    bearer = row.conversation or row.folder
    return bearer is not None and bool(bearer.mark)


def tooltip(row: Row) -> str:
    """The whole title. (A tooltip would take what looks like HTML for HTML.)"""
    lines = [row_text(row), tags(row)]
    if is_confidential(row):
        lines.append(_tr("Confidential: nothing of it leaves this computer."))
    from html import escape  # not before the window is painted

    return "<qt>" + "<br>".join(escape(line) for line in lines if line) + "</qt>"


def spoken(row: Row, *, is_streaming: bool) -> str:
    """What is read aloud of a row."""
    text = row_text(row)
    if row.folder is not None:
        state = _tr("unfolded") if row.is_unfolded else _tr("folded up")
        if is_confidential(row):
            text = _tr("{0}, confidential").format(text)
        return _tr("Folder {0}, {1} chats, {2}").format(text, row.count, state)
    if is_confidential(row):
        text = _tr("{0}, confidential").format(text)
    if is_streaming:
        text = _tr("{0}, an answer is being written").format(text)
    marks = ", ".join(row.conversation.tags) if row.conversation is not None else ""
    return _tr("{0}, tags {1}").format(text, marks) if marks else text


def day(at: float) -> str:
    """A day as people write it here, "" for a time that is none."""
    try:
        found = date.fromtimestamp(at)  # noqa: DTZ012  (the day as it is called here)
    except (OverflowError, ValueError, OSError):
        return ""
    shown = QDate(found.year, found.month, found.day)
    return QLocale().toString(shown, QLocale.FormatType.ShortFormat)


def short_day(at: float) -> str:
    """A day in as little room as it needs: the year only where it is another one."""
    try:
        found = date.fromtimestamp(at)  # noqa: DTZ012  (the day as it is called here)
    except (OverflowError, ValueError, OSError):
        return ""
    shown = QDate(found.year, found.month, found.day)
    is_this_year = found.year == QDate.currentDate().year()
    return QLocale().toString(shown, "d MMM" if is_this_year else "MMM yyyy")


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of `text` belongs to a script that is read from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"R", "AL", "L"}:
            return direction != "L"
    return False


def _tr(text: str) -> str:
    return QCoreApplication.translate("SideList", text)
