"""Killed at random moments, a download goes on where it was, and nothing half is ever listed.

TACIT_KILLS says how many downloads are killed (5 by default).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.models.library import Library
from tests.e2e.downloading import CPU, ID, NAME, WEIGHTS, Person, offer
from tests.fakes.hub import FakeHub
from tests.fakes.web import Fault

KILLS = int(os.environ.get("TACIT_KILLS", "5"))
SPEED = 60_000_000
LONGEST_S = 3.0
BUFFER = 2**20


@pytest.fixture
def person(private_home: Path, starter_model: Path) -> Iterator[Person]:
    with FakeHub() as hub:
        repository = offer(hub, starter_model)
        hub.file(repository, WEIGHTS).always = Fault(bytes_per_s=SPEED)
        made = Person(private_home, hub, repository)
        made.prepare()
        yield made


def test_every_killed_download_ends_verified(person: Person) -> None:
    chance = random.Random(os.environ.get("TACIT_SEED", "11"))
    moments: list[int] = []
    for number in range(KILLS):
        shutil.rmtree(person.home / "models", ignore_errors=True)
        for server in (person.hub.hub, person.hub.cdn):
            server.requests.clear()
        there = killed(person, chance)
        moments.append(there.get("model.onnx.data", 0))
        usable = Library(lambda: (person.home / "models",)).scan()
        assert [m for m in usable if m.problem is None] == [] or is_finished(person), number
        asked_before = len(person.hub.cdn.requests)
        done = person.download()
        if is_finished(person) and done.returncode == 2:
            continue  # it was killed after the last rename
        assert done.returncode == 0, done.stderr
        assert_nothing_twice(person, there, asked_before)
        person.assert_installed()
    middle = [size for size in moments if 0 < size < 96_000_000]
    assert KILLS < 5 or middle, "at least one was killed while it ran"


def killed(person: Person, chance: random.Random) -> dict[str, int]:
    """Start a download and kill a process of it; what lies there when all have ended."""
    with person.start("models", "download", NAME, "--variant", CPU) as running:
        time.sleep(0.3 + chance.random() * LONGEST_S)
        family = [psutil.Process(running.pid)] if running.poll() is None else []
        if family:
            family += family[0].children(recursive=True)
            chance.choice(family).send_signal(signal.SIGKILL)
        running.communicate(timeout=30)
    psutil.wait_procs(family, timeout=10)
    return person.parts()


def is_finished(person: Person) -> bool:
    return (person.home / "models" / ID / "manifest.json").is_file()


def assert_nothing_twice(person: Person, there: dict[str, int], asked_before: int) -> None:
    """What lay on the disk was not asked for again."""
    for path, data in person.repository.files.items():
        name = path.rpartition("/")[2]
        if not path.startswith(f"{CPU}/") or name not in there:
            continue
        later = person.hub.requests_for(person.repository, path)
        if path == WEIGHTS:
            later = [s for s in later if s in person.hub.cdn.requests[asked_before:]]
            if there[name] == len(data):
                assert later == []
            elif there[name] > 0:
                assert [s.headers.get("range") for s in later] == [f"bytes={there[name]}-"]
                sent = sum(s.sent for s in later)
                assert sent <= len(data) - there[name] + BUFFER
