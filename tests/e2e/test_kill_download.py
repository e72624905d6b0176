"""Killed at random moments, a download goes on where it was, and nothing half is ever listed.

TACIT_KILLS says how many downloads are killed (5 by default).
"""

from __future__ import annotations

import os
import random
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


@pytest.fixture(scope="module")
def offered(starter_model: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        repository = offer(hub, starter_model)
        hub.file(repository, WEIGHTS).always = Fault(bytes_per_s=SPEED)
        yield hub


@pytest.fixture
def person(private_home: Path, offered: FakeHub) -> Person:
    for server in (offered.hub, offered.cdn):
        server.requests.clear()
    made = Person(private_home, offered, offered.hub.repositories[NAME])
    made.prepare()
    return made


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_download_ends_verified(person: Person, number: int) -> None:
    there = killed(person, random.Random(number))
    was_finished = is_finished(person)
    usable = [m for m in Library(lambda: (person.home / "models",)).scan() if not m.problem]
    assert len(usable) == was_finished, "nothing half is usable"
    asked_before = len(person.hub.cdn.requests)
    done = person.download()
    if not was_finished:
        assert done.returncode == 0, done.stderr
        assert_nothing_twice(person, there, asked_before)
    person.assert_verified()


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
