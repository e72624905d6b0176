"""The window's queue: one after the other, stopped and gone on with, over restarts too."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable

import pytest

from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.models.downloads.finishing import collecting, folder_of
from app.models.downloads.queue import DownloadQueue
from app.models.downloads.values import DownloadStatus, State
from app.models.downloads.work import Downloader
from tests.fakes.hub import small_model
from tests.fakes.model_folders import flip
from tests.fakes.web import Fault
from tests.unit.models.downloads.conftest import CPU, ID, Desk
from tests.unit.models.downloads.test_work import repaired

WAIT_S = 20
WEIGHTS = f"{CPU}/model.onnx.data"
SLOW = Fault(bytes_per_s=100_000)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def only(queue: DownloadQueue) -> DownloadStatus:
    (status,) = queue.status()
    return status


def wait_for(queue: DownloadQueue, state: State, number: int = 0) -> DownloadStatus:
    wait_until(lambda: queue.status()[number].state is state)
    return queue.status()[number]


def wait_for_bytes(queue: DownloadQueue) -> None:
    wait_until(lambda: any(f.done > 10_000 for f in only(queue).progress.files))


def slow(desk: Desk, seed: int = 1) -> None:
    repository = desk.add(seed=seed)
    desk.hub.file(repository, WEIGHTS).always = SLOW


def test_what_is_added_is_downloaded(desk: Desk, queue: DownloadQueue) -> None:
    desk.add()
    changes = []
    queue.on_change(lambda: changes.append(threading.current_thread().name))
    queue.start()
    download_id = queue.add(desk.plan())
    status = wait_for(queue, State.DONE)
    assert (status.id, status.problem) == (download_id, None)
    assert status.progress.done == status.progress.total > 0
    desk.assert_verified(ID, small_model())
    assert changes
    wait_until(lambda: desk.ledger.entries() == [])


def test_one_runs_and_the_others_wait(desk: Desk, queue: DownloadQueue) -> None:
    slow(desk)
    desk.add(name="org/second", seed=5)
    queue.start()
    queue.add(desk.plan())
    queue.add(desk.plan("org/second"))
    wait_for(queue, State.RUNNING)
    assert queue.status()[1].state is State.QUEUED
    wait_for(queue, State.DONE, 1)
    assert queue.status()[0].state is State.DONE
    assert len(desk.ids()) == 2


def test_pausing_keeps_what_is_there_and_resuming_goes_on(desk: Desk, queue: DownloadQueue) -> None:
    slow(desk)
    queue.start()
    download_id = queue.add(desk.plan())
    wait_for_bytes(queue)
    assert {(o.purpose, o.label) for o in desk.courier.status().openings} == {
        (Purpose.MODEL_DOWNLOAD, "Tiny onnx")
    }
    queue.pause(download_id)
    status = wait_for(queue, State.PAUSED)
    assert desk.courier.status().openings == ()
    assert status.problem is None
    assert desk.ids() == []
    wait_until(lambda: [e.state for e in desk.ledger.entries()] == [State.PAUSED])
    repository = desk.hub.hub.repositories[status.plan.repository]
    desk.hub.file(repository, WEIGHTS).always = Fault()
    queue.resume(download_id)
    wait_for(queue, State.DONE)
    first = int(desk.hub.requests_for(repository, WEIGHTS)[-1].headers["range"][6:-1])
    assert first > 10_000
    desk.assert_verified(ID, small_model())


def test_one_that_waits_can_be_paused(desk: Desk, queue: DownloadQueue) -> None:
    desk.add()
    download_id = queue.add(desk.plan())  # not started yet
    queue.pause(download_id)
    queue.start()
    time.sleep(0.2)
    assert only(queue).state is State.PAUSED
    assert desk.ids() == []


@pytest.mark.parametrize("keep", [True, False])
def test_cancelling_forgets_it_and_its_bytes_where_wanted(
    desk: Desk, queue: DownloadQueue, keep: bool
) -> None:
    slow(desk)
    queue.start()
    plan = desk.plan()
    queue.add(plan)
    wait_for_bytes(queue)
    queue.cancel(plan.id, keep=keep)
    assert queue.status() == ()
    assert desk.ledger.entries() == []
    assert folder_of(plan, desk.home.manager.shelf).exists() is keep
    assert desk.ids() == []


def test_it_goes_on_after_the_program_ended(desk: Desk) -> None:
    slow(desk)
    first = DownloadQueue(desk.downloader(), desk.ledger)
    first.start()
    plan = desk.plan()
    first.add(plan)
    wait_for_bytes(first)
    first.close()
    assert [e.state for e in desk.ledger.entries()] == [State.QUEUED]
    repository = desk.hub.hub.repositories[plan.repository]
    desk.hub.file(repository, WEIGHTS).always = Fault()
    second = DownloadQueue(desk.downloader(), desk.ledger)
    try:
        second.start()
        wait_for(second, State.DONE)
    finally:
        second.close()
    assert "range" in desk.hub.requests_for(repository, WEIGHTS)[-1].headers
    desk.assert_verified(ID, small_model())


def test_what_the_person_paused_stays_so_over_a_restart(desk: Desk) -> None:
    desk.add()
    first = DownloadQueue(desk.downloader(), desk.ledger)
    download_id = first.add(desk.plan())
    first.pause(download_id)
    first.close()
    second = DownloadQueue(desk.downloader(), desk.ledger)
    try:
        second.start()
        time.sleep(0.2)
        assert only(second).state is State.PAUSED
        second.resume(download_id)
        wait_for(second, State.DONE)
    finally:
        second.close()


def test_a_failure_waits_for_the_person_with_its_sentence(desk: Desk, queue: DownloadQueue) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(flip_at=5)
    queue.start()
    download_id = queue.add(desk.plan())
    status = wait_for(queue, State.FAILED)
    assert status.problem is not None
    assert status.problem.code is ErrorCode.DOWNLOAD_CORRUPT
    wait_until(lambda: desk.ledger.entries()[0].problem == status.problem)
    desk.hub.file(repository, WEIGHTS).always = Fault()
    queue.resume(download_id)
    assert wait_for(queue, State.DONE).problem is None


def test_a_full_disk_pauses(
    desk: Desk, queue: DownloadQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add()

    def full(*_: object) -> None:
        raise AppError("It needs more.", "Free some space.", code=ErrorCode.DISK_FULL)

    monkeypatch.setattr("app.models.disk.require_room", full)
    queue.start()
    queue.add(desk.plan())
    status = wait_for(queue, State.PAUSED)
    assert status.problem is not None
    assert status.problem.code is ErrorCode.DISK_FULL


def test_what_another_window_downloads_waits_without_a_change(
    desk: Desk, queue: DownloadQueue
) -> None:
    desk.add()
    plan = desk.plan()
    desk.ledger.put(plan, State.RUNNING)
    with collecting(plan, desk.home.manager.shelf):
        queue.start()
        status = wait_for(queue, State.PAUSED)
    assert status.problem is not None
    assert status.problem.code is ErrorCode.LIBRARY_BUSY
    assert desk.ledger.entries()[0].state is State.QUEUED
    queue.resume(plan.id)
    wait_for(queue, State.DONE)


def test_the_same_download_is_not_queued_twice(desk: Desk, queue: DownloadQueue) -> None:
    desk.add()
    first, second = desk.plan(), desk.plan()
    assert first.id != second.id
    assert queue.add(first) == first.id
    assert queue.add(second) == first.id
    assert len(queue.status()) == 1


def test_a_courier_that_ended_leaves_it_for_the_next_start(
    desk: Desk, queue: DownloadQueue
) -> None:
    slow(desk)
    queue.start()
    queue.add(desk.plan())
    wait_for_bytes(queue)
    desk.courier.die()
    status = wait_for(queue, State.PAUSED)
    assert status.problem is not None
    assert status.problem.code is ErrorCode.SEALED
    assert desk.ledger.entries()[0].state is State.QUEUED


def test_sealed_nothing_is_queued_or_written(desk: Desk) -> None:
    desk.add()
    sealed = DownloadQueue(desk.downloader(courier=None), desk.ledger)
    with pytest.raises(AppError) as raised:
        sealed.add(desk.plan())
    assert raised.value.code is ErrorCode.SEALED
    assert not (desk.home.root / "downloads.json").exists()


def test_a_fault_of_ours_is_a_sentence_and_ends_nothing_else(
    desk: Desk, queue: DownloadQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add()
    real = Downloader.run

    def breaks(*_: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Downloader, "run", breaks)
    queue.start()
    download_id = queue.add(desk.plan())
    status = wait_for(queue, State.FAILED)
    assert status.problem is not None
    assert "fault in Tacit" in status.problem.what
    monkeypatch.setattr(Downloader, "run", real)
    queue.resume(download_id)
    wait_for(queue, State.DONE)


def test_a_watcher_that_fails_or_left_stops_nothing(desk: Desk, queue: DownloadQueue) -> None:
    desk.add()
    seen: list[int] = []

    def fails() -> None:
        raise RuntimeError("the view is gone")

    queue.on_change(fails)
    forget = queue.on_change(lambda: seen.append(1))
    forget()
    queue.start()
    queue.add(desk.plan())
    wait_for(queue, State.DONE)
    assert seen == []


def test_what_has_arrived_is_known_after_a_restart_before_it_goes_on(desk: Desk) -> None:
    slow(desk)
    before = DownloadQueue(desk.downloader(), desk.ledger)
    before.start()
    download_id = before.add(desk.plan())
    wait_for_bytes(before)
    before.pause(download_id)
    there = wait_for(before, State.PAUSED).progress
    before.close()
    after = DownloadQueue(desk.downloader(), desk.ledger)
    after.start()
    shown = only(after)
    after.close()
    assert shown.state is State.PAUSED
    assert 10_000 < shown.progress.done < shown.progress.total == there.total
    assert [file.name for file in shown.progress.files] == [file.name for file in there.files]


def test_of_a_repair_whose_model_is_gone_nothing_has_arrived(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    flip(desk.library / ID / "model.onnx.data")
    _repair, plan = repaired(desk)
    shutil.rmtree(desk.library / ID)
    arrived = desk.downloader().arrived(plan)
    assert (arrived.done, arrived.total) == (0, plan.size)
