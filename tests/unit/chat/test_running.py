"""One turn in a conversation at a time, and an end to all of them."""

from __future__ import annotations

import asyncio

import pytest

from app.chat.running import Running
from app.core.errors import AppError
from app.core.handoff import CancelToken


async def test_a_conversation_is_held_once_and_freed_whatever_happens() -> None:
    running = Running()

    def fail() -> None:
        with running.hold("a", CancelToken()):
            with running.hold("b", CancelToken()):
                assert "b" in running
            with pytest.raises(AppError), running.hold("a", CancelToken()):
                pass
            assert "a" in running
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert "a" not in running
    assert "b" not in running


async def test_a_conversation_that_is_new_is_held_from_when_it_has_a_name() -> None:
    running = Running()
    with running.hold(None, CancelToken()) as take, running.hold(None, CancelToken()):
        take("new")
        assert "new" in running
        with pytest.raises(AppError), running.hold("new", CancelToken()):
            pass
    assert "new" not in running


async def test_stopping_cancels_waits_and_lets_nothing_begin() -> None:
    running = Running()
    token = CancelToken()
    ended: list[bool] = []

    async def turn() -> None:
        with running.hold(None, token):
            while not token.is_cancelled:  # noqa: ASYNC110  (as a provider would)
                await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            ended.append(True)

    task = asyncio.gather(turn())
    await asyncio.sleep(0)
    await running.stop(20)
    assert ended == [True]
    with pytest.raises(AppError, match="closing"), running.hold("a", CancelToken()):
        pass
    await task


async def test_stopping_does_not_wait_for_ever() -> None:
    running = Running()
    with running.hold("a", CancelToken()):
        await running.stop(0.01)
