"""A history as the first version wrote it, made by that version's own statements."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.store import schema
from app.store.migrations import APPLICATION_ID

USAGE = (
    '{"prompt_tokens": 7, "cached_tokens": 3, "completion_tokens": 2, "load_s": 0.5, '
    '"first_token_s": 0.1, "decode_tokens_per_s": 42.5, "cost_usd": 0.0}'
)


def make(file: Path, *, messages: int = 0) -> None:
    """Two conversations, one of them deleted: branches, a deleted message, drafts.

    `messages` are hung one after the other behind the last one.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("BEGIN")
        db.execute("CREATE TABLE migration (name TEXT PRIMARY KEY)")
        db.execute("INSERT INTO migration (name) VALUES ('m001_initial')")
        for statement in schema.INITIAL:
            db.execute(statement)
        _fill(db, messages)
        db.execute("COMMIT")


def _fill(db: sqlite3.Connection, messages: int) -> None:
    db.execute("INSERT INTO state (key, value) VALUES ('draft.new', 'not yet sent')")
    db.executemany(
        "INSERT INTO conversation (id, activity, choices, deleted_at, leaf_id, created_at, "
        "updated_at, title_by_user, title, model, system_prompt, draft) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            ("c1", 2, 5, None, "a2", 100.0, 200.0, 1, "Lease of 東京", "m1", "Be brief.", "and"),
            ("c2", 1, 1, 150.0, "x", 90.0, 95.0, 0, "thrown away", "", None, ""),
        ],
    )
    rows = [
        ("q1", "c1", None, 1, None, "user", "complete", 101.0, "", "", "", None, "Why? 契約"),
        ("a1", "c1", "q1", 2, None, "assistant", "complete", 102.0, "onnx", "m1", "cpu", USAGE,
         "Because."),
        ("a2", "c1", "q1", 5, None, "assistant", "cut", 103.0, "onnx", "m2", "cpu", None,
         "Therefore"),
        ("d1", "c1", "a1", 3, 140.0, "user", "complete", 104.0, "", "", "", None, "forgotten"),
        ("x", "c2", None, 1, None, "user", "complete", 91.0, "", "", "", None, "secret"),
    ]  # fmt: skip
    parent = "a2"
    for number in range(messages):
        name = f"n{number}"
        rows.append((name, "c1", parent, 6, None, "user", "complete", 105.0, "", "", "", None,
                     f"message {number} " * 20))  # fmt: skip
        parent = name
    db.executemany(
        "INSERT INTO message (id, conversation_id, parent_id, chosen, deleted_at, role, state, "
        "created_at, provider, model, device, usage, text) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    db.execute("UPDATE conversation SET leaf_id = ? WHERE id = 'c1'", (parent,))
    db.execute("INSERT INTO deletion VALUES ('d1', 'd1', 'a1')")
