"""Sums over the answers of the history, for what they cost and what they would have cost."""

from __future__ import annotations

from dataclasses import dataclass

from app.store.sqlite import sqlite3


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTotals:
    """How many answers there were, and what they read and wrote in tokens."""

    answers: int
    prompt_tokens: int
    completion_tokens: int


def answered_here(db: sqlite3.Connection, begin: float, end: float) -> TokenTotals:
    """The answers given on this machine between two moments (Unix seconds)."""
    row = db.execute(
        "SELECT COUNT(*), SUM(json_extract(usage, '$.prompt_tokens')), "
        "SUM(json_extract(usage, '$.completion_tokens')) FROM message "
        "WHERE is_local = 1 AND created_at >= ? AND created_at < ? AND json_valid(usage)",
        (begin, end),
    ).fetchone()
    return TokenTotals(
        answers=int(row[0]), prompt_tokens=int(row[1] or 0), completion_tokens=int(row[2] or 0)
    )
