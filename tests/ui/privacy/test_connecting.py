"""What the window knows of privacy comes from the services, and the proof goes through Qt too."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from app.bootstrap import Services
from app.core.proof import Attempt, Proof
from app.process.seal import seal
from app.ui import proof as qt_proof
from app.ui.privacy import connecting
from tests.fakes.privacy import attempt, proof
from tests.ui.conftest import Async


def test_the_sources_are_those_of_the_services(services: Services) -> None:
    sources = connecting.sources_of(services)
    assert sources.seal is services.protection.report
    assert sources.journal is services.journal
    assert sources.courier is services.courier
    assert sources.examine is not None
    assert sources.examine() == seal.at_present(services.protection.report)


def test_the_proof_adds_what_qt_was_refused(
    services: Services, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    told: list[tuple[str, tuple[Attempt, ...]]] = []
    refused = (attempt("TCP", "Qt"),)

    def through_qt() -> tuple[Attempt, ...]:
        threads.append(threading.current_thread().name)
        return refused

    async def prove(role: str, more: Sequence[Attempt] = ()) -> Proof:
        told.append((role, tuple(more)))
        return proof()

    monkeypatch.setattr(qt_proof, "try_through_qt", through_qt)
    monkeypatch.setattr(services, "prove", prove)
    sources = connecting.sources_of(services)
    assert sources.prove is not None

    async def run() -> Proof:
        assert sources.prove is not None
        return await sources.prove()

    assert aio.run(run()) == proof()
    assert told == [("the window", refused)]
    assert threads == ["proof through Qt"]
