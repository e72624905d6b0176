"""Folders come in by copy or by reference, whole or not at all, and never a hostile one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import copying, disk, manifest
from app.models.verification import Verified
from tests.fakes.model_folders import CONFIG, flip, make, make_verified
from tests.fakes.shelves import Home

IMPORT = """
import sys, time
from pathlib import Path
from app.models import copying
from tests.fakes.shelves import Home
copy_file = copying.copy_file
def slow(*arguments):
    time.sleep(0.01)
    return copy_file(*arguments)
copying.copy_file = slow
home = Home(Path(sys.argv[1]))
print("importing", flush=True)
home.manager.import_folder(Path(sys.argv[2]), copy=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make(tmp_path / "stick" / "My Model")


def test_a_copy_is_whole_private_and_verified_from_now_on(home: Home, source: Path) -> None:
    (source / "configuration_phi3.py").write_text("print()")
    (source / "sub").mkdir()
    told: list[tuple[str, float | None]] = []
    model = home.manager.import_folder(source, copy=True, tell=lambda *words: told.append(words))
    assert (model.id, model.problem, model.verified) == ("my-model", None, Verified.YES)
    assert model.root == home.main
    assert sorted(file.name for file in model.folder.iterdir()) == [
        "genai_config.json", "manifest.json", "model.onnx", "model.onnx.data", "tokenizer.json",
    ]  # fmt: skip
    listed = manifest.read(model.folder)
    assert listed is not None
    assert listed.source.startswith("copied from a folder on 2")
    assert told[-1] == ("Copying tokenizer.json", 1.0)
    assert copying.left_out(source) == ["configuration_phi3.py"]
    flip(model.folder / "model.onnx")
    assert not home.manager.verify("my-model").is_whole


def test_a_manifest_comes_along_and_has_to_hold(home: Home, tmp_path: Path) -> None:
    good = make_verified(tmp_path / "good", repository="org/good", commit="c" * 40)
    model = home.manager.import_folder(good, copy=True, name="Better name")
    assert (model.id, model.name, model.repository) == ("better-name", "Better name", "org/good")
    bad = make_verified(tmp_path / "bad")
    flip(bad / "model.onnx.data")
    with pytest.raises(AppError, match=r"model\.onnx\.data is not what its manifest says"):
        home.manager.import_folder(bad, copy=True)
    assert home.ids == ["better-name"]
    assert not [name for name in home.left() if name.startswith(".")]


def test_a_name_that_is_taken_gets_a_number(home: Home, source: Path) -> None:
    for wanted in ("my-model", "my-model-2", "my-model-3"):
        assert home.manager.import_folder(source, copy=True).id == wanted


def test_a_reference_stays_where_it_is(home: Home, source: Path) -> None:
    model = home.manager.import_folder(source, copy=False, name="Mine")
    assert (model.folder, model.is_reference, model.name) == (source, True, "Mine")
    assert home.left() == []
    for copy in (True, False):
        with pytest.raises(AppError, match=r"in the library already, as .mine."):
            home.manager.import_folder(source, copy=copy)
    removed = home.manager.remove(model.id)
    assert (removed.was_reference, removed.freed_bytes) == (True, 0)
    assert (source / "model.onnx").is_file()
    assert home.ids == []


@pytest.mark.parametrize("copy", [True, False])
def test_a_hostile_folder_is_refused_before_anything_is_copied(
    home: Home, source: Path, copy: bool
) -> None:
    evil = json.loads(json.dumps(CONFIG))
    evil["model"]["decoder"]["session_options"]["custom_ops_library"] = "evil.so"
    (source / "genai_config.json").write_text(json.dumps(evil))
    with pytest.raises(AppError, match="refused for your safety"):
        home.manager.import_folder(source, copy=copy)
    assert home.left() == []
    assert home.records.references() == {}


@pytest.mark.parametrize("copy", [True, False])
def test_a_folder_without_a_model_is_refused(home: Home, tmp_path: Path, copy: bool) -> None:
    for place in (tmp_path / "nothing", tmp_path):
        with pytest.raises(AppError, match=r"no genai_config\.json"):
            home.manager.import_folder(place, copy=copy)


@pytest.mark.skipif(os.name != "posix", reason="making links needs rights on Windows")
def test_links_of_the_hugging_face_cache_are_followed_and_no_others(
    home: Home, tmp_path: Path
) -> None:
    repository = tmp_path / "hub" / "models--org--name"
    snapshot = make(repository / "snapshots" / "abc")
    (repository / "blobs").mkdir()
    (snapshot / "model.onnx").rename(repository / "blobs" / "1")
    (snapshot / "model.onnx").symlink_to("../../blobs/1")
    with pytest.raises(AppError, match="leads out of its folder"):
        home.manager.import_folder(snapshot, copy=False)
    model = home.manager.import_folder(snapshot, copy=True)
    assert not (model.folder / "model.onnx").is_symlink()
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (snapshot / "LICENSE").symlink_to(secret)
    with pytest.raises(AppError, match="LICENSE is a link that leads out"):
        home.manager.import_folder(snapshot, copy=True)


def test_stopping_leaves_nothing(home: Home, source: Path) -> None:
    cancel = CancelToken()

    def stop(label: str, _share: float | None) -> None:
        if "model.onnx" in label:
            cancel.cancel()

    with pytest.raises(AppError) as stopped:
        home.manager.import_folder(source, copy=True, tell=stop, cancel=cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert home.left() == []


def test_too_little_room_is_said_before_the_first_byte(
    home: Home, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "disk", lambda _folder: (10, 200_000_000))
    with pytest.raises(AppError) as full:
        home.manager.import_folder(source, copy=True)
    assert full.value.code is ErrorCode.DISK_FULL
    assert home.left() == []


def test_one_import_at_a_time(home: Home, source: Path) -> None:
    with disk.writing(home.main), pytest.raises(AppError) as busy:
        home.manager.import_folder(source, copy=True)
    assert busy.value.code is ErrorCode.LIBRARY_BUSY


def test_what_an_ended_import_left_is_never_listed_and_goes(home: Home, source: Path) -> None:
    make(home.main / ".half.incoming")
    assert home.ids == []
    home.manager.import_folder(source, copy=True)
    assert not (home.main / ".half.incoming").exists()


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal here")
def test_killed_at_any_moment_a_model_is_whole_or_not_there(home: Home, source: Path) -> None:
    chance = random.Random(3)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", IMPORT, str(home.root), str(source)]
    halves = 0
    for _ in range(10):
        before = home.ids
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"importing\n"
            time.sleep(chance.uniform(0.0, 0.12))
            process.kill()
        for model in home.manager.library.scan():
            assert model.problem is None
            assert home.manager.verify(model.id).is_whole
        halves += home.ids == before and any(".incoming" in name for name in home.left())
    assert halves  # some were killed in the middle
    model = home.manager.import_folder(source, copy=True)
    assert model.verified is Verified.YES
    assert not any(".incoming" in name for name in home.left())
