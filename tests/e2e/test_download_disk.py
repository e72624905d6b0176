"""A small disk: what does not fit is refused with numbers, a disk that fills up pauses it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.downloads.ledger import Ledger
from app.models.downloads.values import State
from app.store.history import History
from tests.e2e.downloading import CPU, NAME, WEIGHTS, Person, offer
from tests.fakes.hub import FakeHub
from tests.fakes.web import Fault

SIZE = 200_000_000
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system of its own")


@pytest.fixture
def small_disk(private_home: Path) -> Iterator[Path]:
    """A file system of 200 MB at the data root."""
    private_home.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(private_home)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a file system here")
    yield private_home
    subprocess.run(["umount", "--lazy", str(private_home)], check=True)


@pytest.fixture
def hub(starter_model: Path) -> Iterator[FakeHub]:
    with FakeHub() as made:
        offer(made, starter_model)
        yield made


@pytest.fixture
def person(small_disk: Path, hub: FakeHub) -> Person:
    made = Person(small_disk, hub, hub.hub.repositories[NAME])
    made.prepare()
    return made


def fill(place: Path, size: int) -> Path:
    """What another program puts onto the disk."""
    file = place / "something else"
    with file.open("wb") as opened:
        os.posix_fallocate(opened.fileno(), 0, size)
    return file


@linux_only
def test_what_does_not_fit_is_refused_with_numbers_before_the_first_byte(person: Person) -> None:
    filler = fill(person.home, 120_000_000)
    done = person.download()
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.splitlines()[-1]
    assert "It needs 98 MB on the disk, and only 80 MB are free (10 MB stay in reserve" in said
    assert person.hub.requests_for(person.repository, WEIGHTS) == []
    assert person.models() == []
    filler.unlink()
    assert person.download().returncode == 0
    person.assert_installed()


@linux_only
def test_a_disk_that_fills_up_meanwhile_pauses_it_and_the_history_still_writes(
    person: Person,
) -> None:
    person.hub.file(person.repository, WEIGHTS).always = Fault(bytes_per_s=15_000_000)
    with person.start("models", "download", NAME, "--variant", CPU) as running:
        deadline = time.monotonic() + 20
        while person.parts().get("model.onnx.data", 0) < 10_000_000:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        filler = fill(person.home, 100_000_000)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "stay in reserve for the history" in err.splitlines()[-1]
    [entry] = Ledger(person.home / "downloads.json").entries()
    assert entry.state is State.PAUSED
    assert person.models() == []
    history = History(person.home / "history.db")
    history.open()
    conversation = history.create_conversation("written while the disk was nearly full")
    history.close()
    assert conversation
    filler.unlink()
    person.hub.file(person.repository, WEIGHTS).always = Fault()
    there = person.parts()["model.onnx.data"]
    assert there > 10_000_000
    assert person.download().returncode == 0
    last = person.hub.requests_for(person.repository, WEIGHTS)[-1]
    assert last.headers["range"] == f"bytes={there}-"
    person.assert_installed()


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit of POSIX")
def test_a_file_system_that_takes_no_large_file_is_said(private_home: Path, hub: FakeHub) -> None:
    person = Person(private_home, hub, hub.hub.repositories[NAME])
    person.prepare()
    limit = 50_000_000
    done = subprocess.run(
        person.command("models", "download", NAME, "--variant", CPU),
        env=person.environment, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "model.onnx.data could not be written: file too large" in done.stderr.splitlines()[-1]
    assert person.models() == []
    assert person.download().returncode == 0
    person.assert_installed()
