"""`tacit history`: the conversations on this computer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli import (
    history_care,
    history_encryption,
    history_files,
    history_folders,
    history_marks,
)
from app.cli.command import Commands, Context
from app.cli.history_store import add_filters, chosen, filters, moment, reading
from app.cli.output import EXIT_DONE

if TYPE_CHECKING:
    from app.store.search import SearchHit
    from app.store.values import Conversation, StoredMessage

_SHORT_ID = 8


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("history", None, "The conversations on this computer")
    inner = Commands(group, required=True)
    _add_list(inner)
    show = inner.add("show", _show, "One conversation")
    show.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    search = inner.add(
        "search",
        _search,
        "Find words in titles and messages",
        more='All words have to occur; "several words" in quotes stand together, begin* finds '
        "what begins so, and -word leaves out what has it. Put single quotes around the whole, "
        "so that the shell leaves it alone",
    )
    search.add_argument("words", metavar="WORDS", nargs="+")
    search.add_argument("--limit", type=int, default=20, metavar="N", help="at most N hits")
    search.add_argument("--offset", type=int, default=0, metavar="N", help="leave out the first N")
    add_filters(search)
    history_files.register(inner)
    history_folders.register(inner)
    history_marks.register(inner)
    history_care.register(inner)
    history_encryption.register(inner)


def _add_list(inner: Commands) -> None:
    listing = inner.add("list", _list, "All conversations, those used last first")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most N of them")
    listing.add_argument("--offset", type=int, default=0, metavar="N", help="leave out the first N")
    listing.add_argument(
        "--sort",
        choices=("activity", "created", "title"),
        default="activity",
        help="last used first, newest first, or by title",
    )
    listing.add_argument("--trash", action="store_true", help="those that were deleted")
    add_filters(listing)


def _list(options: argparse.Namespace, context: Context) -> int:
    from app.store.filters import Sort

    with reading(context) as history:
        if options.trash:
            found = history.trash.conversations()[options.offset :][: options.limit]
        else:
            found = history.conversations(
                max(0, options.limit),
                max(0, options.offset),
                filters=filters(options, history),
                sort=Sort(options.sort),
            )
        folders = {folder.id: folder.name for folder in history.folders.all()}
    if context.as_json:
        documents = [_conversation_document(one, folders) for one in found]
        context.console.json({"conversations": documents})
        return EXIT_DONE
    if not found:
        context.console.note("There are none.")
        return EXIT_DONE
    rows = [("id", "last used", "title", "folder", "tags", "mark")]
    for one in found:
        pin = "* " if one.pinned else ""
        folder = folders.get(one.folder_id or "", "")
        title = f"{pin}{one.title}"
        rows.append(
            (
                one.id[:_SHORT_ID],
                moment(one.updated_at),
                title,
                folder,
                ", ".join(one.tags),
                str(one.mark),
            )
        )
    context.console.table(rows)
    return EXIT_DONE


def _show(options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        one = chosen(history, options.id)
        messages = history.path(one.id)
        folders = {folder.id: folder.name for folder in history.folders.all()}
    if context.as_json:
        document = _conversation_document(one, folders)
        context.console.json(
            {**document, "messages": [_message_document(message) for message in messages]}
        )
        return EXIT_DONE
    context.console.line(one.title or "Conversation")
    marked = f", {one.mark}" if one.mark else ""
    context.console.line(f"{moment(one.created_at)}, {len(messages)} messages{marked}")
    for message in messages:
        context.console.line()
        context.console.line(f"{_speaker(message)}{_which(message)}:")
        context.console.line(message.text.strip())
        if message.error:
            context.console.line(f"({message.error})")
    return EXIT_DONE


def _search(options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        page = history.search(
            " ".join(options.words),
            filters(options, history),
            limit=max(0, options.limit),
            offset=max(0, options.offset),
        )
    if context.as_json:
        hits = [_hit_document(hit) for hit in page.hits]
        context.console.json(
            {"hits": hits, "has_more": page.has_more, "is_complete": page.is_complete}
        )
        return EXIT_DONE
    for hit in page.hits:
        place = "title" if hit.message_id is None else str(hit.role or "")
        context.console.line(
            f"{hit.conversation_id[:_SHORT_ID]}  {moment(hit.at)}  {hit.title} ({place})"
        )
        if hit.message_id is not None:
            context.console.line(f"          {_emphasised(hit, context.console.out_is_terminal)}")
    if not page.is_complete:
        context.console.note("Not everything can be found yet: open Tacit for a while.")
    if not page.hits:
        context.console.note("Nothing was found.")
    elif page.has_more:
        context.console.note(f"There are more: --offset {options.offset + len(page.hits)}")
    return EXIT_DONE


def _emphasised(hit: SearchHit, on_terminal: bool) -> str:
    """The snippet; away from a terminal the found words stand between marks."""
    begin, end = ("[", "]") if on_terminal else ("", "")
    text, at = "", 0
    for start, stop in hit.marks:
        text += f"{hit.snippet[at:start]}{begin}{hit.snippet[start:stop]}{end}"
        at = stop
    return text + hit.snippet[at:]


def _speaker(message: StoredMessage) -> str:
    if message.role == "user":
        return "You"
    return message.model or str(message.role).capitalize()


def _which(message: StoredMessage) -> str:
    count = len(message.siblings)
    return f" <{message.siblings.index(message.id) + 1}/{count}>" if count > 1 else ""


def _conversation_document(one: Conversation, folders: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "model": one.model,
        "folder": folders.get(one.folder_id or "", ""),
        "tags": list(one.tags),
        "pinned": one.pinned,
        "mark": one.mark,
        "deleted_at": one.deleted_at,
    }


def _message_document(message: StoredMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "siblings": list(message.siblings),
        "role": message.role,
        "text": message.text,
        "state": message.state,
        "model": message.model,
        "is_local": message.provenance.is_local,
        "reason": message.provenance.reason,
        "created_at": message.created_at,
    }


def _hit_document(hit: SearchHit) -> dict[str, Any]:
    return {
        "conversation_id": hit.conversation_id,
        "title": hit.title,
        "message_id": hit.message_id,
        "role": hit.role,
        "at": hit.at,
        "snippet": hit.snippet,
        "marks": [list(mark) for mark in hit.marks],
    }
