"""The history's one thread: jobs in order, a job outlives its caller, a closed one says so."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.store import worker as worker_module
from app.store.errors import GoneError
from app.store.history import History
from app.store.worker import HistoryWorker
from tests.fakes import old_history


async def test_jobs_run_in_order_on_one_thread_beside_the_loop(file: Path) -> None:
    worker = HistoryWorker(History(file))
    await worker.run(lambda history: history.open())
    names = await asyncio.gather(
        *(
            worker.run(
                lambda history, n=number: (  # type: ignore[misc]
                    threading.current_thread().name,
                    history.create_conversation(str(n)).title,
                )
            )
            for number in range(5)
        )
    )
    assert names == [("history", str(number)) for number in range(5)]
    listed = await worker.run(lambda history: history.conversations())
    assert [c.title for c in listed] == ["4", "3", "2", "1", "0"]
    await worker.close()


async def test_what_a_job_raises_is_raised(file: Path) -> None:
    worker = HistoryWorker(History(file))
    with pytest.raises(AppError, match="not open"):
        await worker.run(lambda history: history.conversations())
    await worker.close()


async def test_a_job_is_done_though_its_caller_was_cancelled(file: Path) -> None:
    worker = HistoryWorker(History(file))
    gate = threading.Event()

    def slow(history: History) -> None:
        gate.wait(10)
        history.open()
        history.create_conversation("done")

    caller = asyncio.gather(worker.run(slow))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gate.set()
    assert len(await worker.run(lambda history: history.conversations())) == 1
    await worker.close()


async def test_closing_closes_the_file_and_refuses_what_comes_later(file: Path) -> None:
    history = History(file)
    worker = HistoryWorker(history)
    await worker.run(lambda history: history.open())
    await worker.close()
    await worker.close()
    assert not history.is_open
    with pytest.raises(AppError) as caught:
        await worker.run(lambda history: history.conversations())
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE


async def test_an_opened_history_is_looked_after(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_history.make(file, messages=1000)
    monkeypatch.setattr(worker_module, "_COPY_AFTER_S", 0.0)
    worker = HistoryWorker(History(file))
    await worker.open()
    for _ in range(2000):
        found = await worker.run(lambda history: len(history.search("message 999").hits))
        if found and await worker.run(lambda history: len(history.copies.all())):
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("it was not looked after")
    await worker.close()


async def test_closing_waits_for_no_copy(file: Path) -> None:
    worker = HistoryWorker(History(file))
    await worker.open()
    async with asyncio.timeout(5):
        await worker.close()
    assert History(file).copies.all() == []


async def test_another_thread_may_wait_for_a_job(file: Path) -> None:
    worker = HistoryWorker(History(file))
    await worker.open()
    made = await asyncio.to_thread(
        worker.run_blocking, lambda history: history.create_conversation("from a thread")
    )
    assert await worker.run(lambda history: history.conversations()) == [made]
    with pytest.raises(GoneError):
        await asyncio.to_thread(worker.run_blocking, lambda history: history.message("nothing"))
    await worker.close()
    with pytest.raises(AppError, match="not open"):
        await asyncio.to_thread(worker.run_blocking, lambda history: history.conversations())
