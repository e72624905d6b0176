"""Transfers: what is on the disk meanwhile, when they are stopped, and when it is full."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.network.transfer import transfer as module
from app.network.transfer.part import Part
from app.network.transfer.values import TransferLimits, TransferProgress
from tests.fakes.desk import DATA, Desk
from tests.fakes.web import Fault


def test_stopping_keeps_the_part(desk: Desk) -> None:
    desk.web.put("/file", DATA).always = Fault(bytes_per_s=2_000_000)
    cancel = CancelToken()

    def stop(progress: TransferProgress) -> None:
        if progress.done > 500_000:
            cancel.cancel()

    with pytest.raises(AppError) as raised:
        desk.fetch(cancel, tell=stop)
    assert raised.value.code is ErrorCode.CANCELLED
    kept = desk.part.stat().st_size
    assert kept > 500_000
    desk.web.files["/file"].always = Fault()
    assert desk.fetch().resumed_from == kept
    desk.assert_whole()


def test_stopping_ends_a_stall_and_a_pause_at_once(desk: Desk) -> None:
    for fault in (Fault(stall_after=100), Fault(status=503, headers=("Retry-After: 60",))):
        desk.web.put("/file", DATA).always = fault
        cancel = CancelToken()
        stopper = threading.Timer(0.2, cancel.cancel)
        stopper.start()
        began = time.monotonic()
        with pytest.raises(AppError) as raised:
            desk.fetch(cancel, TransferLimits(silence_s=20, reserve=0))
        assert raised.value.code is ErrorCode.CANCELLED
        assert time.monotonic() - began < 5
        stopper.join()


def test_a_disk_that_is_too_small_is_seen_before_the_first_byte(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.web.put("/file", DATA)
    usage = shutil.disk_usage(desk.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2_000_000))
    with pytest.raises(AppError, match="3 MB are needed") as raised:
        desk.fetch()
    assert raised.value.code is ErrorCode.DISK_FULL
    assert desk.web.requests == []


def test_a_disk_that_fills_up_keeps_the_part(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.web.put("/file", DATA)
    real, written = module._write, [0]

    def write(file: Any, data: memoryview) -> None:
        written[0] += len(data)
        if written[0] > 2_000_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_write", write)
        with pytest.raises(AppError, match="disk is full") as raised:
            desk.fetch()
    assert raised.value.code is ErrorCode.DISK_FULL
    assert 0 < desk.part.stat().st_size <= 2_000_000
    kept = desk.part.stat().st_size
    assert desk.fetch().resumed_from == kept
    desk.assert_whole()


def test_what_stood_there_stays_until_the_new_file_is_whole(desk: Desk) -> None:
    desk.target.write_bytes(b"old")
    desk.web.put("/file", DATA).always = Fault(flip_at=5)
    with pytest.raises(AppError):
        desk.fetch()
    assert desk.target.read_bytes() == b"old"
    desk.web.put("/file", DATA)
    desk.fetch()
    desk.assert_whole()


def test_a_whole_part_needs_no_network(desk: Desk) -> None:
    desk.web.put("/file", DATA)
    desk.part.write_bytes(DATA)
    (desk.folder / "model.onnx.data.part.json").write_text(
        json.dumps({"etag": '"any"', "size": len(DATA)})
    )
    result = desk.fetch()
    assert (result.received_bytes, desk.web.requests) == (0, [])
    desk.assert_whole()


@pytest.mark.parametrize("note", [None, "", "[]", '{"etag": 1, "size": 2}'])
def test_a_part_without_a_note_counts_for_nothing(desk: Desk, note: str | None) -> None:
    desk.web.put("/file", DATA)
    desk.part.write_bytes(b"x" * 1_000)
    if note is not None:
        (desk.folder / "model.onnx.data.part.json").write_text(note)
    assert desk.fetch().resumed_from == 0
    desk.assert_whole()


def test_two_transfers_of_one_file_do_not_meet(desk: Desk) -> None:
    desk.web.put("/file", DATA)
    with Part(desk.target).held(), pytest.raises(AppError, match="being fetched already"):
        desk.fetch()
    desk.fetch()
    desk.assert_whole()


def test_a_link_in_the_part_s_place_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    stored = desk.web.put("/file", DATA)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    desk.part.symlink_to(victim)
    note = json.dumps({"etag": stored.etag, "size": len(DATA)})
    (desk.folder / "model.onnx.data.part.json").write_text(note)
    assert desk.fetch().resumed_from == 0
    desk.assert_whole()
    assert victim.read_text() == "precious"
