"""The seam carries results, items, errors and cancelling between a thread and a loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from app.core.handoff import CancelToken, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test-worker")
    yield worker
    assert worker.close(5)


async def test_call_runs_on_the_named_thread(worker: Worker) -> None:
    assert await worker.call(lambda: threading.current_thread().name) == "test-worker"


async def test_call_raises_what_the_function_raised(worker: Worker) -> None:
    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await worker.call(fail)
    assert await worker.call(lambda: 1) == 1


async def test_iterate_keeps_order_and_ends(worker: Worker) -> None:
    def count(cancel: CancelToken) -> Iterator[int]:
        yield from range(10_000)

    assert [n async for n in worker.iterate(count, CancelToken())] == list(range(10_000))


async def test_iterate_hands_items_over_as_they_come(worker: Worker) -> None:
    gate = threading.Event()

    def gated(cancel: CancelToken) -> Iterator[int]:
        yield 1
        assert gate.wait(5)
        yield 2

    items = worker.iterate(gated, CancelToken())
    assert await anext(items) == 1
    gate.set()
    assert [n async for n in items] == [2]


async def test_iterate_raises_after_the_items_before_the_error(worker: Worker) -> None:
    def fail(cancel: CancelToken) -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    token = CancelToken()
    items = worker.iterate(fail, token)
    assert await anext(items) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(items)
    assert not token.is_cancelled


async def test_closing_early_cancels_and_waits_for_the_blocking_side(worker: Worker) -> None:
    ended = threading.Event()

    def endless(cancel: CancelToken) -> Iterator[int]:
        try:
            while not cancel.wait(0.001):
                yield 1
        finally:
            ended.set()

    token = CancelToken()
    items = worker.iterate(endless, token)
    await anext(items)
    await items.aclose()
    assert token.is_cancelled
    assert ended.wait(1)


async def test_the_loop_stays_free_while_the_thread_blocks(worker: Worker) -> None:
    slow = asyncio.gather(worker.call(lambda: time.sleep(0.2)))
    ticks = 0
    while not slow.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert ticks > 5


def test_a_closed_worker_refuses_work() -> None:
    worker = Worker("closed")
    worker.close()
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(worker.call(lambda: None))


def test_a_loop_that_has_ended_loses_nothing_but_its_own_answer() -> None:
    worker = Worker("outlives")
    done = threading.Event()

    def slow() -> None:
        time.sleep(0.05)
        done.set()

    async def leave() -> None:
        waiting = asyncio.gather(worker.call(slow))
        await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(leave())
    assert worker.close(5)
    assert done.is_set()


def test_cancel_callbacks_run_once_and_can_be_removed() -> None:
    token = CancelToken()
    calls: list[str] = []
    token.on_cancel(lambda: calls.append("kept"))
    remove = token.on_cancel(lambda: calls.append("removed"))
    remove()
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: calls.append("late"))
    assert calls == ["kept", "late"]
    assert token.is_cancelled
