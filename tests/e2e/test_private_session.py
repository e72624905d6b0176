"""A private session answers like any other and leaves the disk as it was, also when killed."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.traces import Place, Running, running

PHRASE = "zebra-quince-lantern-4712"
QUESTION = f"My secret word is {PHRASE}. Say hello."
_REST_S = 2.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares a whole tree of files")


@pytest.fixture
def place(tmp_path: Path, model_template: Path) -> Place:
    """A data folder that an ordinary window has used, with a model and a setting."""
    root = tmp_path / "place"
    root.mkdir()
    place = Place(root)
    shutil.copytree(model_template, place.home / "models" / "starter", copy_function=os.link)
    with running(place) as program:
        program.say("Hello.")
        program.wait_for("answer")
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
    (place.home / "settings.json").write_text('{"generation.max_tokens": 8}', encoding="utf-8")
    return place


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every file and folder, with its bytes and the times at which it was written."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *folder.rglob("*")]
    }


def tree_at_rest(folder: Path) -> dict[str, tuple[object, ...]]:
    """The same once nothing was written for a while: an answer shown is kept a moment later."""
    deadline, seen = time.monotonic() + 60, tree(folder)
    while time.monotonic() < deadline:
        time.sleep(_REST_S)
        last, seen = seen, tree(folder)
        if seen == last:
            return seen
    raise AssertionError("the ordinary window never came to rest")


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def close(program: Running) -> None:
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(30) == 0
    assert PHRASE not in program.errors()


def kill(program: Running) -> None:
    everything = program.processes()
    program.process.kill()
    psutil.wait_procs(everything, timeout=5)


@pytest.mark.parametrize("end", [close, kill])
def test_it_answers_and_leaves_nothing(place: Place, end: Callable[[Running], None]) -> None:
    before, everything = tree(place.home), names(place.root)
    with running(place, "--private") as program:
        program.say(QUESTION)
        program.wait_for("typed")
        assert tree(place.home) == before
        program.wait_for("part")
        assert tree(place.home) == before
        assert "private session" in program.wait_for("title")
        assert "nothing of it is kept" in program.wait_for("labels")
        assert program.wait_for("answer") in {"complete", "cut"}
        end(program)
    assert tree(place.home) == before
    assert names(place.root) == everything, "in the home or among the temporary files"
    assert place.found(PHRASE) == []


def test_it_runs_beside_an_ordinary_window(place: Place) -> None:
    with running(place) as ordinary:
        ordinary.say("Hello again.")
        ordinary.wait_for("answer")
        before = tree_at_rest(place.home)
        with running(place, "--private") as private:
            private.say(QUESTION)
            assert private.wait_for("answer") in {"complete", "cut"}
            close(private)
        assert tree(place.home) == before
        close(ordinary)
    assert place.found(PHRASE) == []


def test_it_needs_no_data_folder(tmp_path: Path) -> None:
    root = tmp_path / "place"
    root.mkdir()
    place = Place(root)
    with running(place, "--private") as program:
        program.say("x")
        program.wait_for("ready")
        close(program)
    assert not place.home.exists()
