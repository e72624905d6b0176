"""Conversations on disk: SQLite, named migrations, the history."""
