"""Searching titles and messages: ranked among the newest, so that common words are fast, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.core.messages import Role
from app.store import index
from app.store.filters import EVERYTHING, Filters
from app.store.query import Query, Span
from app.store.sqlite import sqlite3

_MOST_TITLES = 200
# Ranking all of 100,000 hits takes 100 ms. So the best of the newest thousand come first,
# then the best of the next thousand.
_BLOCK = 1_000
_BEFORE_HIT, _SNIPPET = 48, 200

_TITLES = """
SELECT -search.rowid AS seq FROM search CROSS JOIN conversation AS c ON c.seq = -search.rowid
WHERE search MATCH :query AND search.rowid < 0 AND c.deleted_at IS NULL {filters}
ORDER BY bm25(search), search.rowid LIMIT :most
"""
# The number of a message is looked up in a list of all that may be found before its row is
# read: with a filter most of them may not.
_MESSAGES = """
SELECT search.rowid AS seq, bm25(search) AS rank FROM search
CROSS JOIN message AS m ON m.seq = search.rowid
CROSS JOIN conversation AS c ON c.id = m.conversation_id
WHERE search MATCH :query AND search.rowid > 0 {among}
AND m.deleted_at IS NULL AND c.deleted_at IS NULL {filters}
ORDER BY search.rowid DESC LIMIT :most OFFSET :skip
"""
_AMONG = """
AND +search.rowid IN (
    SELECT seq FROM message WHERE conversation_id IN (
        SELECT c.id FROM conversation AS c WHERE c.deleted_at IS NULL {filters}
    )
)
"""
_HIT = "SELECT c.id, c.title, c.folder_id, {more} FROM {tables} WHERE {key} = ?"
_TITLE_HIT = _HIT.format(more="c.updated_at AS at", tables="conversation AS c", key="c.seq")
_MESSAGE_HIT = _HIT.format(
    more="m.id AS message_id, m.role, m.created_at AS at, m.text",
    tables="message AS m JOIN conversation AS c ON c.id = m.conversation_id",
    key="m.seq",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One message, or one title (`message_id` and `role` are None), that matches.

    `snippet` is the title, or the text around the first match on one line; `marks` are the
    (start, end) of the matching words in it, in characters. `at` is when the message was
    written or the conversation used last, in Unix seconds.
    """

    conversation_id: str
    title: str
    folder_id: str | None
    message_id: str | None
    role: Role | None
    at: float
    snippet: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some hits, the titles before the messages, and whether more follow.

    `is_complete` is False while an old history, or a large import, is still being made
    findable.
    """

    hits: tuple[SearchHit, ...] = ()
    has_more: bool = False
    is_complete: bool = True


def find(
    db: sqlite3.Connection,
    query: Query,
    filters: Filters = EVERYTHING,
    limit: int = 50,
    offset: int = 0,
) -> SearchPage:
    """The hits from `offset` on, at most `limit`."""
    if not query.terms:
        return SearchPage()
    found = list(islice(_keys(db, query, filters), offset, offset + limit + 1))
    hits = (_hit(db, query, key, is_title) for key, is_title in found[:limit])
    return SearchPage(
        tuple(hit for hit in hits if hit is not None),
        has_more=len(found) > limit,
        is_complete=not index.is_behind(db),
    )


def _keys(db: sqlite3.Connection, query: Query, filters: Filters) -> Iterator[tuple[int, bool]]:
    """The `seq` of every hit in order, and whether it is one of a title."""
    values = {**filters.values(), "query": query.expression(), "most": _MOST_TITLES}
    where = filters.of_conversations() + filters.of_times("c.updated_at")
    for row in db.execute(_TITLES.format(filters=where), values).fetchall():
        yield row["seq"], True
    among = filters.of_conversations()
    statement = _MESSAGES.format(
        among=_AMONG.format(filters=among) if among else "",
        filters=filters.of_times("m.created_at"),
    )
    skip = 0
    while True:
        block = db.execute(statement, {**values, "most": _BLOCK, "skip": skip}).fetchall()
        for row in sorted(block, key=lambda row: row["rank"]):
            yield row["seq"], False
        if len(block) < _BLOCK:
            return
        skip += _BLOCK


def _hit(db: sqlite3.Connection, query: Query, key: int, is_title: bool) -> SearchHit | None:
    row = db.execute(_TITLE_HIT if is_title else _MESSAGE_HIT, (key,)).fetchone()
    if row is None:
        return None
    text = row["title"] if is_title else row["text"]
    snippet, marks = snippet_of(str(text), query)
    is_known = not is_title and row["role"] in set(Role)
    return SearchHit(
        conversation_id=row["id"],
        title=row["title"],
        folder_id=row["folder_id"],
        message_id=None if is_title else row["message_id"],
        role=Role(row["role"]) if is_known else None,
        at=row["at"],
        snippet=snippet,
        marks=marks,
    )


def snippet_of(text: str, query: Query) -> tuple[str, tuple[Span, ...]]:
    """The part of `text` around its first match, on one line, and the matches in it."""
    spans = query.spans(text)
    first = spans[0][0] if spans else 0
    start = _word_start(text, max(0, first - _BEFORE_HIT), first)
    end = min(len(text), start + _SNIPPET)
    cut = "".join(c if c.isprintable() else " " for c in text[start:end])
    before = "…" if start else ""
    shift = len(before) - start
    marks = tuple((a + shift, min(b, end) + shift) for a, b in spans if a >= start and a < end)
    return f"{before}{cut}{'…' if end < len(text) else ''}", marks


def _word_start(text: str, earliest: int, latest: int) -> int:
    """The first place after `earliest` where a word begins, so that none is cut in half."""
    if not earliest:
        return 0
    space = text.find(" ", earliest, latest)
    return earliest if space < 0 else space + 1
