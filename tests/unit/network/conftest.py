"""What the tests of the network share: servers on 127.0.0.1 and ways to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import certificates
from tests.fakes.certificates import Certificates
from tests.fakes.desk import Desk
from tests.fakes.ways_out import WayOut
from tests.fakes.web import StandIn


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def web() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture
def secure(certified: Certificates) -> Iterator[StandIn]:
    with StandIn(certified.server_context()) as server:
        yield server


@pytest.fixture
def way(tmp_path: Path, web: StandIn) -> WayOut:
    return WayOut(tmp_path / "journal", web.endpoint)


@pytest.fixture
def secure_way(tmp_path: Path, secure: StandIn, certified: Certificates) -> WayOut:
    return WayOut(tmp_path / "journal", secure.endpoint, ca_file=certified.authority)


@pytest.fixture
def desk(tmp_path: Path, way: WayOut, web: StandIn) -> Desk:
    folder = tmp_path / "models"
    folder.mkdir()
    return Desk(folder, way, web)
