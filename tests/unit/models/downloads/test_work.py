"""One download: whole and verified in the end, gone on with, refused with a sentence."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.models import manifest
from app.models.downloads.finishing import collecting, folder_of
from app.models.downloads.values import Kind, Plan, Progress
from app.models.manager import Repair
from tests.fakes.hub import STRANGER, TOKEN, in_folder, small_model
from tests.fakes.model_folders import flip
from tests.fakes.web import Fault
from tests.unit.models.downloads.conftest import CPU, ID, NAME, Desk, Disk

WEIGHTS = f"{CPU}/model.onnx.data"


def hidden(desk: Desk) -> Path:
    return desk.library / f".{ID}.download"


def failure(desk: Desk, plan: Plan, cancel: CancelToken | None = None) -> AppError:
    with pytest.raises(AppError) as raised:
        desk.run(plan, cancel)
    assert desk.ids() == [], "nothing half is listed"
    return raised.value


def test_a_model_is_installed_whole_with_its_manifest(desk: Desk) -> None:
    repository = desk.add(licence="mit")
    assert desk.run(desk.plan()) == ID
    desk.assert_verified(ID, small_model())
    listed = manifest.read(desk.library / ID)
    assert listed is not None
    assert (listed.repository, listed.commit, listed.folder) == (NAME, repository.commit, CPU)
    assert (listed.name, listed.licence) == ("Tiny onnx", "mit")
    by_name = {file.name: file for file in listed.files}
    assert (
        by_name["model.onnx.data"].sha256
        == hashlib.sha256(small_model()["model.onnx.data"]).hexdigest()
    )
    assert not hidden(desk).exists()
    assert (desk.told[-1].done, desk.told[-1].total) == (listed.size, listed.size)


def test_every_connection_is_in_the_journal_with_its_bytes(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    records = [r for r in desk.journal().records() if r.purpose is Purpose.MODEL_DOWNLOAD]
    seen = [s for s in (*desk.hub.hub.requests, *desk.hub.cdn.requests) if "/api/" not in s.path]
    assert len(records) == len(seen) == 5  # four files, one of them behind a redirect
    assert sum(r.received_bytes for r in records) == sum(s.sent for s in seen)
    assert sum(r.sent_bytes for r in records) == sum(s.received for s in seen)
    assert desk.journal().check().is_whole
    assert desk.courier.status().openings == ()


def test_only_the_files_of_the_chosen_variant_are_fetched(desk: Desk) -> None:
    files = {**in_folder(CPU, small_model()), **in_folder("cuda/x", small_model(7))}
    desk.hub.add(NAME, files)
    desk.run(desk.plan())
    asked = {seen.path for seen in desk.hub.hub.requests}
    assert not any("cuda" in path for path in asked)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop_after=100_000),
        Fault(reset_after=100_000),
        Fault(stall_after=100_000),
        Fault(status=429, headers=("Retry-After: 0",)),
        Fault(status=503),
        Fault(ignores_range=True, drop_after=50_000),
        Fault(etag='"../../../evil"', drop_after=50_000),
    ],
    ids=["drop", "reset", "stall", "429", "503", "ignores ranges", "hostile etag"],
)
def test_a_bad_line_costs_time_only(desk: Desk, fault: Fault, tmp_path: Path) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).faults.append(fault)
    desk.run(desk.plan())
    desk.assert_verified(ID, small_model())
    assert not list(tmp_path.rglob("evil*"))


def test_what_has_arrived_is_not_fetched_again(desk: Desk) -> None:
    repository = desk.add()
    stored = desk.hub.file(repository, WEIGHTS)
    stored.always = Fault(drop_after=200_000)
    stored.faults.append(Fault(drop_after=200_000))
    plan = desk.plan()
    stored.faults.extend([Fault(status=503)] * 4)
    error = failure(desk, plan)
    assert error.code is ErrorCode.CONNECTION_FAILED
    assert (hidden(desk) / "model.onnx.data.part").stat().st_size == 200_000
    stored.faults.clear()
    stored.always = Fault()
    before = len(desk.hub.hub.requests)
    desk.run(plan)
    desk.assert_verified(ID, small_model())
    assert desk.hub.requests_for(repository, WEIGHTS)[-1].headers["range"] == "bytes=200000-"
    assert [s.path.rpartition("/")[2] for s in desk.hub.hub.requests[before:]] == [
        "model.onnx.data"
    ]


def test_wrong_bytes_are_never_installed(desk: Desk) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(flip_at=1000)
    error = failure(desk, desk.plan())
    assert error.code is ErrorCode.DOWNLOAD_CORRUPT
    assert "model.onnx.data" in error.what


def test_wrong_bytes_of_a_small_file_are_never_installed(desk: Desk) -> None:
    repository = desk.add()
    desk.hub.file(repository, f"{CPU}/tokenizer.json").always = Fault(flip_at=3)
    assert failure(desk, desk.plan()).code is ErrorCode.DOWNLOAD_CORRUPT


def test_a_shorter_file_is_never_installed(desk: Desk) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(short_by=5)
    assert failure(desk, desk.plan()).code is ErrorCode.DOWNLOAD_CORRUPT


def test_a_file_that_was_damaged_between_two_tries_is_fetched_again(desk: Desk) -> None:
    repository = desk.add()
    stored = desk.hub.file(repository, f"{CPU}/model.onnx")
    stored.always = Fault(status=404)
    plan = desk.plan()
    failure(desk, plan)
    stored.always = Fault()
    there = hidden(desk) / "tokenizer.json"
    if not there.exists():  # whichever arrived before the failure
        there.write_bytes(small_model()["tokenizer.json"])
    flip(there, 2)
    desk.run(plan)
    desk.assert_verified(ID, small_model())


def test_what_does_not_belong_to_it_does_not_get_into_it(desk: Desk) -> None:
    desk.add()
    plan = desk.plan()
    (hidden(desk) / "evil.so").parent.mkdir()
    (hidden(desk) / "evil.so").write_bytes(b"\x7fELF")
    (hidden(desk) / "below").mkdir()
    desk.run(plan)
    desk.assert_verified(ID, small_model())


@pytest.mark.skipif(os.name != "posix", reason="making links needs rights on Windows")
def test_a_link_in_its_folder_is_not_written_through(desk: Desk, tmp_path: Path) -> None:
    desk.add()
    plan, outside = desk.plan(), tmp_path / "outside"
    outside.write_bytes(small_model()["tokenizer.json"])
    hidden(desk).mkdir()
    (hidden(desk) / "tokenizer.json").symlink_to(outside)
    desk.run(plan)
    desk.assert_verified(ID, small_model())
    assert not (desk.library / ID / "tokenizer.json").is_symlink()


def test_a_hostile_folder_is_refused_by_the_guard(desk: Desk) -> None:
    files = small_model()
    files["genai_config.json"] = b'{"model": {"decoder": {"filename": "../../x.onnx"}}}'
    desk.hub.add(NAME, in_folder(CPU, files))
    failure(desk, desk.plan())


def test_it_does_not_fit_and_says_so_with_numbers_before_the_first_byte(
    desk: Desk, disk: Disk
) -> None:
    repository = desk.add()
    plan = desk.plan()
    disk.free, disk.total = 5_200_000, 100_000_000
    error = failure(desk, plan)
    assert error.code is ErrorCode.DISK_FULL
    assert "It needs 0 MB on the disk, and only 5 MB are free (5 MB stay" in error.what
    assert desk.hub.requests_for(repository, WEIGHTS) == []


def test_a_disk_that_fills_up_meanwhile_pauses_it(
    desk: Desk, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.downloads.fetching._LOOK_AT_DISK_S", 0.0)
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(bytes_per_s=100_000)
    plan = desk.plan()

    def fill(progress: Progress) -> None:
        if progress.done > 50_000:
            disk.free = 1_000

    with pytest.raises(AppError) as raised:
        desk.downloader().run(plan, fill, CancelToken())
    assert raised.value.code is ErrorCode.DISK_FULL
    assert desk.ids() == []
    assert (hidden(desk) / "model.onnx.data.part").stat().st_size > 50_000
    disk.free = 10**12
    desk.hub.file(repository, WEIGHTS).always = Fault()
    desk.run(plan)
    desk.assert_verified(ID, small_model())


def test_it_can_be_stopped_and_gone_on_with(desk: Desk) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(bytes_per_s=200_000)
    cancel = CancelToken()
    plan = desk.plan()

    def stop(progress: Progress) -> None:
        if progress.done > 50_000:
            cancel.cancel()

    with pytest.raises(AppError) as raised:
        desk.downloader().run(plan, stop, cancel)
    assert raised.value.code is ErrorCode.CANCELLED
    desk.hub.file(repository, WEIGHTS).always = Fault()
    desk.run(plan)
    assert desk.hub.requests_for(repository, WEIGHTS)[-1].headers["range"].startswith("bytes=")
    desk.assert_verified(ID, small_model())


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "wants its licence to be accepted first"),
        (STRANGER, "may not download"),
        ("hf_wrong", "may not download"),
    ],
)
def test_a_shut_gate_is_explained(desk: Desk, token: str, words: str) -> None:
    desk.add(gated="manual")
    plan = desk.plan()
    assert plan.needs_token
    desk.token = token
    error = failure(desk, plan)
    assert error.code is ErrorCode.ACCESS_REFUSED
    assert words in error.what
    assert f"https://huggingface.co/{NAME}" in error.todo
    assert "hf_" not in repr(error)


def test_a_granted_token_opens_the_gate_and_is_not_sent_elsewhere(desk: Desk) -> None:
    desk.add(gated="manual")
    plan = desk.plan()
    desk.token = TOKEN
    desk.run(plan)
    desk.assert_verified(ID, small_model())
    assert all("authorization" not in seen.headers for seen in desk.hub.cdn.requests)
    assert not [
        f for f in desk.home.root.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()
    ]


def test_a_second_writer_is_kept_out(desk: Desk) -> None:
    desk.add()
    plan = desk.plan()
    with collecting(plan, desk.home.manager.shelf):
        error = failure(desk, plan)
    assert error.code is ErrorCode.LIBRARY_BUSY
    desk.run(plan)
    desk.assert_verified(ID, small_model())


def test_what_another_window_has_installed_meanwhile_is_not_fetched_again(desk: Desk) -> None:
    desk.add()
    plan = desk.plan()
    desk.run(plan)
    before = len(desk.hub.hub.requests)
    assert desk.run(plan) == ID
    assert len(desk.hub.hub.requests) == before
    assert desk.ids() == [ID]


def test_a_name_that_was_taken_meanwhile_is_left_to_its_model(desk: Desk) -> None:
    desk.add()
    plan = desk.plan()
    (desk.library / ID).mkdir()
    assert desk.run(plan) == f"{ID}-2"


def test_a_newer_commit_takes_the_place_of_the_old_one(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    newer = desk.add(seed=9)
    model = desk.home.manager.library.get(ID)
    listing = desk.asking.variants(NAME, CancelToken())
    plan = desk.planner.update(model, listing, with_token=False)
    assert plan is not None
    assert plan.kind is Kind.UPDATE
    assert desk.run(plan) == ID
    desk.assert_verified(ID, small_model(9))
    model = desk.home.manager.library.get(ID)
    assert model.commit == newer.commit
    assert desk.planner.update(model, listing, with_token=False) is None
    assert [p.name for p in desk.library.iterdir() if p.name not in {".tacit", ID}] == []


def test_an_update_that_fails_leaves_the_old_one(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    newer = desk.add(seed=9)
    desk.hub.file(newer, WEIGHTS).always = Fault(flip_at=5)
    model = desk.home.manager.library.get(ID)
    plan = desk.planner.update(model, desk.asking.variants(NAME, CancelToken()), with_token=False)
    assert plan is not None
    with pytest.raises(AppError):
        desk.run(plan)
    desk.assert_verified(ID, small_model())


def repaired(desk: Desk) -> tuple[Repair, Plan]:
    repair = desk.home.manager.repair(ID)
    assert repair is not None
    model = desk.home.manager.library.find(ID)
    listing = desk.asking.variants(NAME, CancelToken(), revision=repair.manifest.commit)
    return repair, desk.planner.repair(model, repair, listing, with_token=False)


def test_only_what_is_damaged_is_fetched_again(desk: Desk) -> None:
    repository = desk.add()
    desk.run(desk.plan())
    flip(desk.library / ID / "model.onnx.data")
    (desk.library / ID / "tokenizer.json").unlink()
    repair, plan = repaired(desk)
    assert {file.name for file in repair.missing} == {"model.onnx.data", "tokenizer.json"}
    assert desk.home.manager.library.find(ID).problem is not None, "not usable meanwhile"
    before = len(desk.hub.requests_for(repository, f"{CPU}/model.onnx"))
    desk.run(plan)
    desk.assert_verified(ID, small_model())
    assert len(desk.hub.requests_for(repository, f"{CPU}/model.onnx")) == before
    assert not list((desk.library / ".tacit").rglob("*.damaged-*"))


def test_what_is_gone_at_its_source_cannot_be_repaired(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    flip(desk.library / ID / "model.onnx.data")
    repair = desk.home.manager.repair(ID)
    assert repair is not None
    desk.add(seed=9)
    listing = desk.asking.variants(NAME, CancelToken())
    with pytest.raises(AppError, match="not at its source any more"):
        desk.planner.repair(desk.home.manager.library.find(ID), repair, listing, with_token=False)


def test_what_is_installed_is_not_planned_again(desk: Desk) -> None:
    desk.add()
    desk.run(desk.plan())
    with pytest.raises(AppError, match=f'already, as "{ID}"'):
        desk.plan()


def test_without_a_courier_nothing_is_downloaded(desk: Desk) -> None:
    desk.add()
    plan = desk.plan()
    with pytest.raises(AppError) as raised:
        desk.downloader(courier=None).run(plan, desk.told.append, CancelToken())
    assert raised.value.code is ErrorCode.SEALED


def test_what_has_arrived_can_be_deleted(desk: Desk) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(status=404)
    plan = desk.plan()
    failure(desk, plan)
    folder = folder_of(plan, desk.home.manager.shelf)
    assert folder.exists()
    desk.downloader().discard(plan)
    assert not folder.exists()


def test_the_library_is_not_moved_under_a_download_and_moves_with_one_that_pauses(
    desk: Desk, tmp_path: Path
) -> None:
    repository = desk.add()
    desk.hub.file(repository, WEIGHTS).always = Fault(status=404)
    plan, other = desk.plan(), tmp_path / "other"
    failure(desk, plan)
    with collecting(plan, desk.home.manager.shelf), pytest.raises(AppError) as raised:
        desk.home.manager.move(other)
    assert raised.value.code is ErrorCode.LIBRARY_BUSY
    desk.home.manager.move(other)
    desk.courier.configure(replace(desk.policy, writable=(str(other),)))
    desk.hub.file(repository, WEIGHTS).always = Fault()
    assert desk.run(plan) == ID
    assert (other / ID / "manifest.json").is_file()
    assert not hidden(desk).exists()
