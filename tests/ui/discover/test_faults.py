"""The starter model through the window from a hub with faults, and what a person reads of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.egress import Purpose
from app.models.downloads.values import State
from tests.e2e.downloading import CPU, NAME, WEIGHTS, offer
from tests.fakes.hub import FakeHub
from tests.fakes.web import Fault
from tests.ui.discover.conftest import Person, press

FINE = Fault()


@dataclass(frozen=True)
class Line:
    """A bad line: what goes wrong at first, or always; what is read of it; whether it fails."""

    says: str
    first: tuple[Fault, ...] = ()
    always: Fault = FINE
    fails: bool = False


LINES = {
    "a good line": Line("Installed and verified, 98 MB"),
    "drop": Line(
        "The connection to 127.0.0.1 failed: it was lost. Next try in 1 s.",
        (Fault(drop_after=30_000_000), Fault(drop_after=20_000_000)),
    ),
    "reset": Line("connection reset by peer. Next try in", (Fault(reset_after=30_000_000),)),
    "stall": Line("127.0.0.1 did not answer in time. Next try", (Fault(stall_after=30_000_000),)),
    "slow": Line("MB of 98 MB - ", always=Fault(bytes_per_s=60_000_000)),
    "429": Line(
        "127.0.0.1 is busy (429). Next try in", (Fault(status=429, headers=("Retry-After: 1",)),)
    ),
    "503": Line("127.0.0.1 is busy (503). Next try in", (Fault(status=503),)),
    "503 for ever": Line(
        "127.0.0.1 is busy (503). Try again in a few minutes.",
        always=Fault(status=503, headers=("Retry-After: 99999",)),
        fails=True,
    ),
    "wrong bytes": Line(
        "model.onnx.data arrived with wrong bytes (its SHA-256 is another one), so it was not "
        "kept. Try again; if it stays so, the file at its source is damaged or was changed.",
        always=Fault(flip_at=1_000),
        fails=True,
    ),
    "short file": Line(
        "model.onnx.data has another size than it should, so it was not kept. It may have been "
        "changed at its source. Try again later.",
        always=Fault(short_by=10),
        fails=True,
    ),
    "changed file": Line(
        "Installed and verified, 98 MB",
        (Fault(drop_after=30_000_000), Fault(etag='"another"', drop_after=30_000_000)),
    ),
    "redirect": Line(
        "does not connect to elsewhere.example",
        always=Fault(redirect="https://elsewhere.example/x"),
        fails=True,
    ),
    "hostile etag": Line(
        "Installed and verified, 98 MB", (Fault(etag='"../../../../evil"', drop_after=30_000_000),)
    ),
}


@pytest.fixture(scope="module")
def offered(starter_model: Path) -> Iterator[FakeHub]:
    """One hub for all: the model is read and hashed once."""
    with FakeHub() as made:
        offer(made, starter_model)
        yield made


@pytest.fixture
def hub(offered: FakeHub) -> FakeHub:
    for server in (offered.hub, offered.cdn):
        server.requests.clear()
    stored = offered.file(offered.hub.repositories[NAME], WEIGHTS)
    stored.always = FINE
    stored.faults.clear()
    return offered


@pytest.mark.parametrize("name", LINES)
def test_the_starter_model_comes_whole_over(person: Person, hub: FakeHub, name: str) -> None:
    line, repository = LINES[name], hub.hub.repositories[NAME]
    stored = hub.file(repository, WEIGHTS)
    stored.faults.extend(line.first)
    stored.always = line.always
    person.download(NAME)
    if line.fails:
        person.wait_for(State.FAILED)
        assert line.says in person.card.problem.text()
        assert person.desk.window.status.downloads.text() == "Download failed"
        person.assert_nothing_is_listed()
        stored.always = FINE
        press(person.card.again)
    person.wait_for(State.DONE)
    assert any(line.says in sentence for sentence in person.seen), sorted(person.seen)[-6:]
    assert person.card.line.text() == "Installed and verified, 98 MB"
    person.assert_installed(repository, CPU)
    journal = person.journal()
    assert journal.check().is_whole
    purposes = {record.purpose for record in journal.records()}
    assert purposes == {Purpose.MODEL_LIST, Purpose.MODEL_DOWNLOAD}
    assert not any("cuda" in seen.path for seen in hub.hub.requests)
    assert not list(person.desk.services.paths.root.parent.rglob("evil*"))
