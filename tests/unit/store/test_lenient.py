"""One broken row shows as one broken message, and everything else opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.messages import Role
from app.store.history import History
from app.store.values import MessageState

PAGE = 4096


def test_a_text_on_a_broken_page_is_one_broken_message(history: History, file: Path) -> None:
    conversation = history.create_conversation("talk")
    parent: str | None = None
    texts = ["short", "y" * 500_000, "after it"]
    for text in texts:
        parent = history.add_message(conversation.id, parent, Role.USER, text).id
    history.close()
    content = bytearray(file.read_bytes())
    # Most of the file is the chain of pages that the long text lies on; it points into nothing.
    middle = len(content) // PAGE * 2 // 3 * PAGE
    content[middle : middle + 4] = (2**31 - 1).to_bytes(4)
    file.write_bytes(content)

    again = History(file)
    again.open()
    first, broken, last = again.path(conversation.id)
    assert (first.text, last.text) == ("short", "after it")
    assert (broken.text, broken.role, broken.state) == ("", Role.USER, MessageState.FAILED)
    assert "could not be read" in broken.error
    assert [m.id for m in again.page(conversation.id, limit=2)] == [broken.id, last.id]
    added = again.add_message(conversation.id, last.id, Role.USER, "and on it goes")
    assert again.search("goes").hits[0].message_id == added.id
    again.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("parameters", "'{'"),
        ("parameters", "'[1]'"),
        ("is_local", "'maybe'"),
        ("cost_usd", "x'00ff'"),
        ("ended_at", "9e999"),
        ("model_hash", "x'ff'"),
        ("reasoning_s", "'long'"),
    ],
)
def test_a_field_that_makes_no_sense_hides_nothing(
    history: History, column: str, value: str
) -> None:
    conversation = history.create_conversation("talk")
    message = history.add_message(conversation.id, None, Role.USER, "words")
    with history._db.write() as db:
        db.execute(f"UPDATE message SET {column} = {value}")
    (read,) = history.path(conversation.id)
    assert (read.id, read.text, read.state) == (message.id, "words", MessageState.FAILED)
