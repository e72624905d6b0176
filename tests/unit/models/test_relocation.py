"""The library moves as a whole: killed at any moment, every model is usable from one place."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import copying, disk, relocation
from app.models.verification import Verified
from tests.fakes.model_folders import make, make_verified
from tests.fakes.shelves import Home

IDS = ["a", "org/b", "org/own"]
ROOT = Path(__file__).parents[3]
MOVE = """
import sys, time
from pathlib import Path
from app.models import relocation
from tests.fakes.shelves import Home
relocation._link = lambda source, target: False
copy_file, discard = relocation.copying.copy_file, relocation.disk.discard
def slow(action):
    def call(*arguments):
        time.sleep(0.004)
        return action(*arguments)
    return call
relocation.copying.copy_file = slow(copy_file)
relocation.disk.discard = slow(discard)
home = Home(Path(sys.argv[1]))
home.manager.recover()
print("moving", flush=True)
home.manager.move(Path(sys.argv[2]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    make_verified(home.main / "a", b"a" * 3000)
    make_verified(home.main / "org" / "b", b"b" * 3000)
    (make(home.main / "org" / "own") / "notes.txt").write_text("mine")
    for name in ("a", "org/b"):
        home.manager.verify(name)
    return home


@pytest.fixture(params=["copy", "link"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Copying as between two disks, or a second name for the same bytes."""
    if request.param == "copy":
        monkeypatch.setattr(relocation, "_link", lambda _source, _target: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_all_models_move_and_stay_verified(home: Home, tmp_path: Path) -> None:
    old, new = home.main, tmp_path / "disk" / "models"
    (old / "README.txt").write_text("not ours")
    (old / ".org-c.download").mkdir()
    (old / ".org-c.download" / "model.onnx.part").write_bytes(b"half")
    before = {model.id: model for model in home.manager.library.scan()}
    told: list[tuple[str, float | None]] = []
    moved = home.manager.move(new, lambda *words: told.append(words))
    after = {model.id: model for model in home.manager.library.scan()}
    assert home.main == new
    assert list(after) == IDS
    assert [after[key].verified for key in IDS] == [
        Verified.YES, Verified.YES, Verified.NO_MANIFEST,
    ]  # fmt: skip
    assert moved == sum(model.size_bytes for model in before.values()) + 4
    assert told[-1][1] == 1.0
    assert (new / "org" / "own" / "notes.txt").read_text() == "mine"
    assert (new / ".org-c.download" / "model.onnx.part").read_bytes() == b"half"
    assert home.left(old) == ["README.txt"]
    assert not (home.root / "library-move.json").exists()
    assert home.manager.move(new) == 0
    home.manager.move(old)
    assert home.ids == IDS


def test_stopping_leaves_the_library_where_it_was(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocation, "_link", lambda _source, _target: False)
    old, new, cancel = home.main, tmp_path / "new", CancelToken()

    def stop(label: str, _share: float | None) -> None:
        if "org/b" in label:
            cancel.cancel()

    with pytest.raises(AppError) as stopped:
        home.manager.move(new, stop, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert (home.main, home.ids) == (old, IDS)
    other = tmp_path / "other"
    home.manager.move(other)  # somewhere else: what was copied before goes
    assert home.left(new) == []
    assert (home.main, home.ids) == (other, IDS)


class Ended(BaseException):
    """The process ends here, as far as the disk can tell."""


def end() -> None:
    raise Ended


@pytest.mark.usefixtures("way")
def test_ended_before_the_switch_the_old_place_holds_all(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = home.main, tmp_path / "new"
    with monkeypatch.context() as patched:
        patched.setattr(home.manager._mover, "_switch", lambda _folder: end())
        with pytest.raises(Ended):
            home.manager.move(new)
    assert (home.main, home.ids) == (old, IDS)
    home.manager.recover()
    assert (home.main, home.ids) == (old, IDS)
    home.manager.move(new)
    assert (home.main, home.ids, home.left(old)) == (new, IDS, [])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("deleted", [0, 1, 2])
def test_ended_behind_the_switch_the_new_place_holds_all(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deleted: int
) -> None:
    old, new, discard, gone = home.main, tmp_path / "new", disk.discard, list[Path]()

    def delete_some(folder: Path) -> None:
        if len(gone) == deleted:
            end()
        gone.append(folder)
        discard(folder)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "discard", delete_some)
        with pytest.raises(Ended):
            home.manager.move(new)
    assert (home.main, home.ids) == (new, IDS)
    assert [model.id for model in home.manager.scan()] == IDS
    assert home.left(old) == []


def test_a_disk_that_does_not_keep_what_it_gets_is_found(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = home.main
    monkeypatch.setattr(relocation, "_link", lambda _source, _target: False)
    monkeypatch.setattr(copying, "hash_file", lambda _file, _progress: "0" * 64)
    with pytest.raises(AppError, match="did not keep genai_config"):
        home.manager.move(tmp_path / "new")
    assert (home.main, home.ids) == (old, IDS)
    assert home.left(tmp_path / "new") == []


def test_places_that_make_no_sense_are_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    make(tmp_path / "full" / "a")
    for place in (home.main / "in", home.main.parent, tmp_path / "file", tmp_path / "full"):
        with pytest.raises(AppError) as refused:
            home.manager.move(place)
        assert refused.value.code is ErrorCode.USAGE, place
    assert home.ids == IDS
    assert (tmp_path / "full" / "a" / "model.onnx").is_file()


def test_too_little_room_is_said_before_the_first_byte(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocation, "_is_one_disk", lambda _source, _target: False)
    monkeypatch.setattr(disk, "disk", lambda _folder: (10, 200_000_000))
    with pytest.raises(AppError) as full:
        home.manager.move(tmp_path / "new")
    assert full.value.code is ErrorCode.DISK_FULL
    assert home.left(tmp_path / "new") == []


def test_what_cannot_be_deleted_now_is_deleted_later(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = home.main

    def refuse(_folder: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(disk, "discard", refuse)
        home.manager.move(tmp_path / "new")
    assert (home.main, home.ids) == (tmp_path / "new", IDS)
    assert "a" in home.left(old)
    home.manager.recover()
    assert home.left(old) == []


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"source": 1, "target": "/x"}',
                '{"source": "/nowhere", "target": "MAIN", "folders": ["../x", "/y", 3]}'],
)  # fmt: skip
def test_a_journal_of_another_kind_moves_and_deletes_nothing(home: Home, content: str) -> None:
    (home.root / "library-move.json").write_text(content.replace("MAIN", str(home.main)))
    home.manager.recover()
    assert home.ids == IDS


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal here")
def test_killed_at_any_moment_nothing_is_lost_and_it_goes_on(home: Home, tmp_path: Path) -> None:
    chance = random.Random(7)
    places = [tmp_path / "disk", tmp_path / "back"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed_before = killed_behind = 0
    for number in range(14):
        before, target = home.main, places[number % 2]
        command = [sys.executable, "-c", MOVE, str(home.root), str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"moving\n"
            time.sleep(chance.uniform(0.0, 0.35))
            process.kill()
        killed_before += home.main == before
        killed_behind += home.main == target
        assert home.ids == IDS
        for model_id in ("a", "org/b"):
            assert home.manager.verify(model_id).is_whole
        home.manager.recover()
        assert home.ids == IDS
    assert killed_before
    assert killed_behind
    home.manager.move(tmp_path / "end")
    assert (home.main, home.ids) == (tmp_path / "end", IDS)
    for place in (*places, home.root / "models"):
        assert home.left(place) == []
