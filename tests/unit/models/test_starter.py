"""The starter model appears whole or not at all, from a bundle and from a builder."""

from __future__ import annotations

import errno
import os
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models.starter import MANIFEST, MODEL_ID, StarterModel, is_whole
from app.models.starter_build import directly
from tests.fakes.model_folders import make_bundle


def make_builder(file: Path, body: str) -> Path:
    head = """
        import argparse, json, os, shutil, subprocess, sys, time
        from pathlib import Path
        parser = argparse.ArgumentParser()
        for name in ("--out", "--cache", "--progress"):
            parser.add_argument(name)
        options = parser.parse_args()
    """
    file.write_text(textwrap.dedent(head) + textwrap.dedent(body))
    return file


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    return tmp_path / "nowhere"


@pytest.fixture
def told() -> list[tuple[str, float | None]]:
    return []


def installed(tmp_path: Path) -> Path:
    return tmp_path / "models" / MODEL_ID


def model(tmp_path: Path, *, bundle: Path, builder: Path) -> StarterModel:
    build = directly(builder) if builder.is_file() else None
    return StarterModel(tmp_path / "models", tmp_path / "cache", bundle=bundle, build=build)


def install(one: StarterModel, told: list[tuple[str, float | None]]) -> None:
    one.install(lambda label, share: told.append((label, share)), CancelToken())


def test_a_bundle_is_copied_and_progress_reaches_the_end(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    one = model(tmp_path, bundle=make_bundle(tmp_path / "bundle"), builder=nowhere)
    assert one.advice() is None
    install(one, told)
    assert is_whole(installed(tmp_path))
    assert told[-1][1] == 1.0
    told.clear()
    install(one, told)
    assert told == [], "what is there is not copied again"


def test_a_damaged_bundle_is_refused_and_leaves_nothing(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    bundle = make_bundle(tmp_path / "bundle")
    (bundle / "model.onnx").write_bytes(b"grapH")
    with pytest.raises(AppError, match="damaged"):
        install(model(tmp_path, bundle=bundle, builder=nowhere), told)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_damaged_installation_is_replaced(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    one = model(tmp_path, bundle=make_bundle(tmp_path / "bundle"), builder=nowhere)
    install(one, told)
    (installed(tmp_path) / "model.onnx.data").write_bytes(b"short")
    install(one, told)
    assert is_whole(installed(tmp_path))


def test_stopping_a_copy_leaves_nothing(tmp_path: Path, nowhere: Path) -> None:
    one = model(tmp_path, bundle=make_bundle(tmp_path / "bundle"), builder=nowhere)
    cancel = CancelToken()
    with pytest.raises(AppError) as raised:
        one.install(lambda _label, _share: cancel.cancel(), cancel)
    assert raised.value.code == ErrorCode.CANCELLED
    assert list((tmp_path / "models").iterdir()) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    tmp_path: Path,
    nowhere: Path,
    told: list[tuple[str, float | None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    one = model(tmp_path, bundle=make_bundle(tmp_path / "bundle"), builder=nowhere)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AppError, match="No space left") as raised:
        install(one, told)
    assert raised.value.code == ErrorCode.DISK_FULL
    assert list((tmp_path / "models").iterdir()) == []


def test_without_bundle_and_builder_it_says_what_to_do(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    one = model(tmp_path, bundle=nowhere, builder=nowhere)
    advice = one.advice()
    assert advice is not None
    assert advice.todo
    with pytest.raises(AppError, match="did not come"):
        install(one, told)


def test_a_builder_is_run_and_its_progress_told(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    bundle = make_bundle(tmp_path / "made")
    body = f"""
        print(json.dumps({{"step": 2, "steps": 4, "label": "Converting", "fraction": 0.5}}))
        print("not a line of progress")
        shutil.copytree({str(bundle)!r}, options.out)
    """
    builder = make_builder(tmp_path / "build.py", body)
    install(model(tmp_path, bundle=nowhere, builder=builder), told)
    assert is_whole(installed(tmp_path))
    assert told == [("Converting (step 2 of 4)", 0.375)]


def test_a_builder_that_fails_gives_its_last_sentence(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    body = 'print("noise\\nThe disk is full. Free some.", file=sys.stderr); sys.exit(1)'
    builder = make_builder(tmp_path / "build.py", body)
    with pytest.raises(AppError) as raised:
        install(model(tmp_path, bundle=nowhere, builder=builder), told)
    assert raised.value.sentence == "The disk is full. Free some."


def test_stopping_a_builder_ends_it_and_its_children(tmp_path: Path, nowhere: Path) -> None:
    pids = tmp_path / "pids"
    body = f"""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path({str(pids)!r}).write_text(f"{{os.getpid()}} {{child.pid}}")
        time.sleep(60)
    """
    one = model(tmp_path, bundle=nowhere, builder=make_builder(tmp_path / "build.py", body))
    cancel = CancelToken()

    def stop_when_running() -> None:
        while not (pids.exists() and len(pids.read_text().split()) == 2):
            time.sleep(0.01)
        cancel.cancel()

    stopper = threading.Thread(target=stop_when_running)
    stopper.start()
    with pytest.raises(AppError) as raised:
        one.install(lambda _label, _share: None, cancel)
    stopper.join()
    assert raised.value.code == ErrorCode.CANCELLED
    running = [int(pid) for pid in pids.read_text().split()]
    psutil.wait_procs([psutil.Process(p) for p in running if psutil.pid_exists(p)], timeout=5)
    left = [p for p in running if psutil.pid_exists(p)]
    assert all(psutil.Process(p).status() == psutil.STATUS_ZOMBIE for p in left)


@pytest.mark.parametrize("text", ["", "{}", '{"files": []}', '{"files": [{"name": "gone"}]}', "["])
def test_a_manifest_that_says_nothing_proves_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    assert not is_whole(tmp_path)


def test_nothing_is_installed_where_it_is_refused(
    tmp_path: Path, nowhere: Path, told: list[tuple[str, float | None]]
) -> None:
    one = StarterModel(
        tmp_path / "models",
        tmp_path / "cache",
        bundle=make_bundle(tmp_path / "bundle"),
        build=directly(nowhere),
        refusal=AppError("Not now.", "Later."),
    )
    assert one.advice() is not None
    with pytest.raises(AppError, match="Not now"):
        install(one, told)
    assert not installed(tmp_path).exists()


@pytest.mark.parametrize(("is_there", "refusal"), [(True, None), (False, None), (True, "Not now.")])
def test_it_comes_along_where_an_installer_brought_it_and_may_be_installed(
    tmp_path: Path, nowhere: Path, is_there: bool, refusal: str | None
) -> None:
    bundle = make_bundle(tmp_path / "bundle") if is_there else nowhere
    one = StarterModel(
        tmp_path / "models",
        tmp_path / "cache",
        bundle=bundle,
        build=directly(nowhere),
        refusal=AppError(refusal) if refusal else None,
    )
    assert one.comes_along() is (is_there and refusal is None)
