"""The search index: what it knows of texts and titles, and how it learns what is new.

A message stands in it under its `seq`, the title of a conversation under minus its own.
The words of scripts without spaces are taken apart into their characters before they are
indexed, and searched for as phrases of them: one tokenizer then serves every language, a
name of two characters is found, and the index stays half as large as the texts. (Trigrams
would be three times as large and find nothing that is shorter than three characters.)
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable

from app.store import errors
from app.store.sqlite import sqlite3

# Thai, Lao, Tibetan, Myanmar, Khmer, kana, ideographs, and Korean, which has spaces, but
# hangs its endings on the words.
_SPACELESS = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    "\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
SPACELESS = re.compile(f"[{_SPACELESS}]")
_AT_ONCE = 64

# Messages that are still being written wait until they have ended.
_WAITING = """
SELECT u.seq, u.old, m.text FROM unindexed AS u LEFT JOIN message AS m ON m.seq = u.seq
WHERE u.seq > 0 AND m.state IS NOT 'streaming'
UNION ALL
SELECT u.seq, u.old, c.title FROM unindexed AS u LEFT JOIN conversation AS c ON c.seq = -u.seq
WHERE u.seq < 0
LIMIT ?
"""

# What waits and is no longer there.
_GONE = """
SELECT u.seq, u.old FROM unindexed AS u LEFT JOIN message AS m ON m.seq = u.seq
LEFT JOIN conversation AS c ON c.seq = -u.seq WHERE m.seq IS NULL AND c.seq IS NULL
"""


class _Folding(dict[int, str]):
    """Character to the one that it is taken for: small, and without its accents."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        parts = unicodedata.normalize("NFD", character)
        base, marks = parts[:1], parts[1:]
        if not all(unicodedata.category(mark) == "Mn" for mark in marks):
            base = character
        small = base.lower()
        self[code] = small if len(small) == 1 else character
        return self[code]


_FOLDING = _Folding({0x3C2: "\u03c3"})  # the sigma at the end of a word


def folded(text: str) -> str:
    """`text` in small letters without accents, character by character: places stay the same."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def apart(text: str) -> str:
    """`text` with spaces around each character of a script without spaces."""
    return text if text.isascii() else SPACELESS.sub(r" \g<0> ", text)


def prepared(text: str) -> str:
    """`text` as the index takes it."""
    return text if text.isascii() else apart(folded(unicodedata.normalize("NFC", text)))


def keep_up(db: sqlite3.Connection) -> None:
    """Learn a little of what is new; begins anew where the index turns out to be damaged.

    It can always be built again, so its damage may keep no message from being saved.
    """
    if _succeeds(db, catch_up):
        return
    _succeeds(db, forget)


def catch_up(db: sqlite3.Connection, limit: int = _AT_ONCE) -> int:
    """Learn at most `limit` texts that are new or changed; returns how many these were.

    To be called inside a transaction.
    """
    try:
        rows = db.execute(_WAITING, (limit,)).fetchall()
    except sqlite3.DatabaseError:
        return _skip_unreadable(db, limit)
    known = [(seq, prepared(old)) for seq, old, _ in rows if isinstance(old, str)]
    db.executemany("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)", known)
    learnt = [(seq, prepared(text)) for seq, _, text in rows if isinstance(text, str)]
    db.executemany("INSERT INTO search (rowid, text) VALUES (?, ?)", learnt)
    db.executemany("DELETE FROM unindexed WHERE seq = ?", [(row[0],) for row in rows])
    return len(rows)


def forget(db: sqlite3.Connection) -> None:
    """Empty the index; everything waits to be learnt again."""
    db.execute("INSERT INTO search (search) VALUES ('delete-all')")
    db.execute("DELETE FROM unindexed")
    db.execute("INSERT INTO unindexed (seq) SELECT seq FROM message")
    db.execute("INSERT INTO unindexed (seq) SELECT -seq FROM conversation")


def erase_traces(db: sqlite3.Connection) -> None:
    """Leave no word in the index of what has been deleted; the rest that waits may wait on."""
    rows = db.execute(_GONE).fetchall()
    known = [(seq, prepared(old)) for seq, old in rows if isinstance(old, str)]
    db.executemany("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)", known)
    db.executemany("DELETE FROM unindexed WHERE seq = ?", [(row[0],) for row in rows])
    # A deleted word stays in its old place until the parts of the index are merged.
    db.execute("INSERT INTO search (search) VALUES ('optimize')")


def is_behind(db: sqlite3.Connection) -> bool:
    """Whether more waits than what is about to be learnt anyway."""
    (waiting,) = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM unindexed LIMIT ?)", (_AT_ONCE + 1,)
    ).fetchone()
    return bool(waiting > _AT_ONCE)


def exists(db: sqlite3.Connection) -> bool:
    """Whether the file has an index; copies from before it was invented have none."""
    found = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'unindexed'").fetchone()
    return found is not None


def _succeeds(db: sqlite3.Connection, step: Callable[[sqlite3.Connection], object]) -> bool:
    """Do `step`, or where something is wrong with the index nothing of it."""
    db.execute("SAVEPOINT learning")
    try:
        step(db)
        # Makes the index write now what it would otherwise write with the commit, too late.
        db.execute("SAVEPOINT learnt")
        db.execute("RELEASE learning")
    except sqlite3.DatabaseError as error:
        if errors.is_about_the_disk(error):
            raise
        db.execute("ROLLBACK TO learning")
        db.execute("RELEASE learning")
        return False
    return True


def _skip_unreadable(db: sqlite3.Connection, limit: int) -> int:
    """One broken text may not keep all others from being found: it is left out."""
    seqs = [row[0] for row in db.execute("SELECT seq FROM unindexed LIMIT ?", (limit,))]
    for seq in seqs:
        with contextlib.suppress(sqlite3.DatabaseError):
            db.execute("SELECT text FROM message WHERE seq = ?", (seq,)).fetchone()
            continue
        db.execute("DELETE FROM unindexed WHERE seq = ?", (seq,))
    return 0
