"""One at a time, in order, and nobody waits against their will."""

from __future__ import annotations

import asyncio
import threading

from app.core.handoff import CancelToken
from app.providers.turns import Turns


async def test_the_first_enters_at_once_and_the_others_in_their_order() -> None:
    turns, order = Turns(), []

    async def visit(name: str) -> None:
        assert await turns.enter(CancelToken())
        order.append(name)
        await asyncio.sleep(0)
        order.append(name)
        turns.leave()

    async with asyncio.timeout(5):
        await asyncio.gather(*[visit(name) for name in "abcd"])
    assert "".join(order) == "aabbccdd"


async def test_who_is_cancelled_while_waiting_goes_and_does_not_hold_up_the_rest() -> None:
    turns, impatient = Turns(), CancelToken()
    await turns.enter(CancelToken())
    first = asyncio.gather(turns.enter(impatient))
    second = asyncio.gather(turns.enter(CancelToken()))
    await asyncio.sleep(0)
    threading.Timer(0.02, impatient.cancel).start()
    async with asyncio.timeout(5):
        assert (await first)[0] is False
        assert not second.done()
        turns.leave()
        assert (await second)[0] is True


async def test_who_comes_cancelled_does_not_enter() -> None:
    turns, cancel = Turns(), CancelToken()
    cancel.cancel()
    assert not await turns.enter(cancel)
    assert await turns.enter(CancelToken())


async def test_a_waiting_task_that_is_cancelled_leaves_the_queue() -> None:
    turns = Turns()
    await turns.enter(CancelToken())
    gone = asyncio.gather(turns.enter(CancelToken()))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    turns.leave()
    async with asyncio.timeout(5):
        assert await turns.enter(CancelToken())
