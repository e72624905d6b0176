"""Makers who announce, and a courier that can fetch what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.updates import fetching
from tests.fakes.announcing import Makers
from tests.fakes.web import StandIn


@pytest.fixture
def makers() -> Iterator[Makers]:
    with StandIn() as web:
        yield Makers(web)


@pytest.fixture
def courier(makers: Makers, tmp_path: Path) -> Iterator[FakeCourier]:
    policy = Policy(journal=str(tmp_path / "journal"))
    made = FakeCourier([fetching.handler(makers.source)], policy)
    yield made
    made.end()
