"""A library, a stand-in hub, and the real gateway and transfers in this process between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.core.cancel import CancelToken
from app.models import hub_verbs, machine
from app.models.asking import Hub
from app.models.catalogue import Catalogue
from app.models.downloads.ledger import Ledger
from app.models.downloads.planning import Planner
from app.models.downloads.queue import DownloadQueue
from app.models.downloads.values import Plan, Progress
from app.models.downloads.work import Downloader
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy
from app.network.transfer.values import TransferLimits
from app.network.verbs import download
from tests.fakes.hub import FakeHub, Repository, in_folder, small_model
from tests.fakes.shelves import Home

NAME = "org/Tiny-onnx"
CPU = "cpu/cpu-int4"
ID = "tiny-onnx-cpu-int4"
QUICK = TransferLimits(silence_s=0.5, pause_s=0.01, longest_pause_s=0.05, tries=4)


@dataclass
class Desk:
    """What a person who downloads has before them."""

    home: Home
    hub: FakeHub
    courier: FakeCourier
    token: str = ""
    policy: Policy = field(default_factory=Policy)
    told: list[Progress] = field(default_factory=list)

    @property
    def library(self) -> Path:
        return self.home.main

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.home.root / "downloads.json")

    @property
    def asking(self) -> Hub:
        return Hub(self.courier, lambda: self.token)

    @property
    def planner(self) -> Planner:
        return Planner(self.home.manager.shelf, lambda: Catalogue(format=1, models=()))

    def downloader(self, **changes: Any) -> Downloader:
        usual: dict[str, Any] = {
            "shelf": self.home.manager.shelf,
            "courier": self.courier,
            "hub": lambda: self.hub.address,
            "token": lambda: self.token,
            "limits": QUICK,
        }
        return Downloader(**{**usual, **changes})

    def add(self, folder: str = CPU, name: str = NAME, seed: int = 1, **more: Any) -> Repository:
        return self.hub.add(name, in_folder(folder, small_model(seed)), **more)

    def plan(self, name: str = NAME, number: int = 0) -> Plan:
        listing = self.asking.variants(name, CancelToken())
        return self.planner.install(listing, listing.variants[number], with_token=bool(self.token))

    def run(self, plan: Plan, cancel: CancelToken | None = None) -> str:
        return self.downloader().run(plan, self.told.append, cancel or CancelToken())

    def ids(self) -> list[str]:
        return [model.id for model in self.home.manager.library.scan()]

    def journal(self) -> Journal:
        return Journal(self.home.root / "journal")

    def assert_verified(self, model_id: str, files: dict[str, bytes]) -> None:
        model = self.home.manager.library.get(model_id)
        assert self.home.manager.library.scan()[0].verified == "yes"
        assert self.home.manager.verify(model_id).is_whole
        names = {file.name for file in model.folder.iterdir()}
        assert names == {*files, "manifest.json"}
        for name, data in files.items():
            assert (model.folder / name).read_bytes() == data


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, hub: FakeHub) -> Iterator[Desk]:
    home = Home(tmp_path / "root")
    policy = Policy(
        journal=str(home.root / "journal"),
        writable=(str(home.main),),
        hub=hub.address,
        endpoints=hub.endpoints,
    )
    courier = FakeCourier([*hub_verbs.handlers(), download.handler()], policy)
    yield Desk(home, hub, courier, policy=policy)
    courier.end()


@pytest.fixture
def queue(desk: Desk) -> Iterator[DownloadQueue]:
    made = DownloadQueue(desk.downloader(), desk.ledger)
    yield made
    made.close()


@dataclass
class Disk:
    """What the system says is free, and of how much."""

    free: int = 10**12
    total: int = 10**12


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk whose space a test sets."""
    made = Disk()

    def usage(_path: object) -> Any:
        return type("Usage", (), {"free": made.free, "total": made.total})

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert machine.disk(Path("/")) == (made.free, made.total)
    return made
