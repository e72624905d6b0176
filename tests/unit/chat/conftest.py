"""A room of its own for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.chat_room import Room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(tmp_path / "history.db")
    await room.history.run(lambda history: history.open())
    yield room
    await room.session.close()
    await room.history.close()
