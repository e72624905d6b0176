"""What the tests of cloud answers share: a stand-in provider, and a courier that knows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.providers.cloud import verbs
from tests.fakes.cloud_room import CloudRoom
from tests.fakes.clouds import StandInCloud


@pytest.fixture
def cloud() -> Iterator[StandInCloud]:
    with StandInCloud() as server:
        yield server


@pytest.fixture
def courier(tmp_path: Path, cloud: StandInCloud) -> Iterator[FakeCourier]:
    policy = Policy(journal=str(tmp_path / "journal"), cloud=(cloud.host,))
    made = FakeCourier(verbs.handlers(), policy)
    yield made
    made.end()


@pytest.fixture
def room(tmp_path: Path, cloud: StandInCloud, courier: FakeCourier) -> CloudRoom:
    return CloudRoom(tmp_path, cloud, courier)
