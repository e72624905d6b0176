"""The database library, imported here alone: SQLCipher, which reads plain files as well.

One library for both kinds of file: two copies of SQLite in one process would undo each
other's locks on the same file. It speaks as Python's own `sqlite3` does, which is what the
type checker takes it for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlcipher3 import dbapi2 as sqlite3

__all__ = ["sqlite3"]
