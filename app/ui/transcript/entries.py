"""What can be done with a message, as the lines of its menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtGui import QGuiApplication

from app.core.messages import Role
from app.ui.markdown.tables import as_csv
from app.ui.markdown.wording import plain_text
from app.ui.transcript.menu import DIVIDER, Entry
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.row import Row
from app.ui.transcript.table_buttons import copy_table
from app.ui.transcript.words import CONTINUABLE

if TYPE_CHECKING:
    from app.ui.transcript.area import MessageArea


def entries(area: MessageArea, row: Row, widget: MessageWidget, place: QPoint) -> list[Entry]:
    """The menu of `row` for a click at the global `place`."""
    found = [*_copying(row, widget, place), *_link(area, widget, place), DIVIDER]
    if row.is_question:
        found.append(Entry(_tr("Edit message"), widget.start_editing, area.can_change))
    elif row.message.role is Role.ASSISTANT:
        found += _answering(area, row, widget)
    message_id, can_change = row.message.id, area.can_change
    found += [
        DIVIDER,
        Entry(_tr("Fork from here"), lambda: area.fork_requested.emit(message_id), can_change),
        Entry(_tr("Details..."), widget.show_details),
        DIVIDER,
        Entry(_tr("Delete message"), widget.deleted.emit, can_change),
        Entry(
            _tr("Delete from here on"),
            lambda: area.branch_delete_requested.emit(message_id),
            can_change,
        ),
    ]
    return found


def copy(words: str) -> None:
    """Put `words` on the clipboard."""
    QGuiApplication.clipboard().setText(words)


def _copying(row: Row, widget: MessageWidget, place: QPoint) -> list[Entry]:
    text = widget.body.text
    selection = text.selection()
    found = [
        Entry(_tr("Copy"), lambda: copy(selection), bool(selection)),
        Entry(_tr("Select all"), text.selectAll),
    ]
    if row.is_question:
        found.append(Entry(_tr("Copy message"), lambda: copy(row.text)))
    else:
        found += [
            Entry(_tr("Copy as Markdown"), lambda: copy(row.text)),
            Entry(_tr("Copy as plain text"), lambda: copy(plain_text(row.text))),
        ]
    if code := text.code_at(place):
        found.append(Entry(_tr("Copy code"), lambda: copy(code)))
    if table := text.table_at(place):
        found += [
            Entry(_tr("Copy table"), lambda: copy_table(table)),
            Entry(_tr("Copy table as CSV"), lambda: copy(as_csv(table))),
        ]
    return found


def _link(area: MessageArea, widget: MessageWidget, place: QPoint) -> list[Entry]:
    link = widget.body.text.link_at(place)
    if not link:
        return []
    return [
        DIVIDER,
        Entry(_tr("Open link..."), lambda: area.link_clicked.emit(link)),
        Entry(_tr("Copy link address"), lambda: copy(link)),
    ]


def _answering(area: MessageArea, row: Row, widget: MessageWidget) -> list[Entry]:
    message_id, can_change = row.message.id, area.can_change
    found = [
        Entry(_tr("Edit answer"), widget.start_editing, can_change and row.streaming is None),
        Entry(_tr("Answer again"), widget.regenerated.emit, can_change),
    ]
    others = tuple(
        Entry(name, partial(area.other_model_requested.emit, message_id, model), can_change)
        for model, name in area.models
    )
    if others:
        found.append(Entry(_tr("Answer again with"), within=others, is_possible=can_change))
    if row.message.state in CONTINUABLE and row.text and row.is_last:
        continue_it = widget.continue_wanted.emit
        found.append(Entry(_tr("Continue this answer"), continue_it, can_change))
    return found


def _tr(text: str) -> str:
    return QCoreApplication.translate("Transcript", text)
