"""A person at the page for finding models, with the real courier and a stand-in hub behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import courier as couriers
from app.models.downloads.values import DownloadStatus, State
from app.network.base import Courier
from app.network.journal.reader import Journal
from app.paths import Paths
from app.settings.settings import Settings
from app.ui.discover.cards import FoundCard
from app.ui.discover.offer_row import OfferRow
from app.ui.downloads.card import DownloadCard
from app.ui.window.links import LinkQuestion
from tests.fakes.hub import FakeHub, Repository
from tests.ui.conftest import Desk

# Long enough for a hundred megabytes on a machine that does other things as well.
PATIENCE_MS = 60_000
MakeDesk = Callable[..., Desk]
Meet = Callable[..., "Person"]


@dataclass
class Person:
    """What somebody at the page does and sees."""

    desk: Desk
    hub: FakeHub
    qtbot: QtBot
    page: Any
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.desk.parts.downloads.changed.connect(self.remember)

    def remember(self) -> None:
        """Note the sentences of the downloads that are shown now."""
        for card in self.page.queue.cards.values():
            said = (card.line, card.note, card.problem)
            self.seen |= {part.text() for part in said if not part.isHidden()}

    def until(self, holds: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=PATIENCE_MS)

    def search(self, text: str) -> None:
        """Type, and press Enter; returns when the hub has answered."""
        field_of_page = self.page.field
        field_of_page.setFocus()
        field_of_page.clear()
        QTest.keyClicks(field_of_page, text)
        QTest.keyClick(field_of_page, Qt.Key.Key_Return)
        discover = self.desk.parts.discover

        def has_ended() -> bool:
            asked = [discover.search.asked, *(v.asked for v in discover.search.looked.values())]
            return bool(discover.search.query) and not any(one.is_busy for one in asked)

        self.until(has_ended)

    def open_variants(self, repository: str) -> list[OfferRow]:
        """Search by its whole name, and return the rows of its variants."""
        self.search(repository)
        return self.found(repository).offers.rows

    def found(self, repository: str) -> FoundCard:
        card: FoundCard = self.page.results.cards[repository]
        return card

    def download(self, repository: str, number: int = 0) -> OfferRow:
        """Find a repository and press "Download" beside one of its variants."""
        row = self.open_variants(repository)[number]
        press(row.download)
        self.until(lambda: not self.desk.parts.discover.state_of(row.offer).asked.is_busy)
        return row

    @property
    def status(self) -> DownloadStatus:
        (status,) = self.desk.parts.downloads.statuses
        return status

    @property
    def card(self) -> DownloadCard:
        (card,) = self.page.queue.cards.values()
        assert isinstance(card, DownloadCard)
        return card

    def wait_for(self, state: State) -> None:
        def is_shown() -> bool:
            statuses = self.desk.parts.downloads.statuses
            return bool(statuses) and statuses[0].state is state

        self.until(is_shown)
        self.until(lambda: self.card.status.state is state)

    def wait_for_bytes(self, count: int) -> None:
        def has_come() -> bool:
            statuses = self.desk.parts.downloads.statuses
            return bool(statuses) and statuses[0].progress.done > count

        self.until(has_come)

    def assert_installed(self, repository: Repository, folder: str) -> None:
        """The model is there, alone, with the right bytes; nothing else is left over."""
        (model,) = self.desk.services.library.scan()
        assert (model.verified, model.problem, model.variant) == ("yes", None, folder)
        prefix = f"{folder}/" if folder else ""
        for path, data in repository.files.items():
            name = path.removeprefix(prefix)
            if path.startswith(prefix) and "/" not in name and name != "README.md":
                assert (model.folder / name).read_bytes() == data
        assert [p for p in model.folder.parent.iterdir() if p.name.endswith(".download")] == []

    def assert_nothing_is_listed(self) -> None:
        assert self.desk.services.library.scan() == []

    def journal(self) -> Journal:
        return self.desk.services.journal

    def question(self) -> LinkQuestion:
        (question,) = [q for q in self.desk.window.findChildren(LinkQuestion) if q.isVisible()]
        return question


def press(button: QPushButton) -> None:
    """Click a button that a person can see."""
    QApplication.processEvents()  # what was added to a layout a moment ago is shown only then
    assert button.isVisible(), f"{button.text()} is not there"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def words(widget: QWidget) -> str:
    """What is written on a widget, in sight."""
    return " ".join(part.text() for part in widget.findChildren(QLabel) if part.isVisible())


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as made:
        yield made


@pytest.fixture
def courier(paths: Paths, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Courier]:
    """The process that connects, which knows the stand-in hub and is not very patient."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    settings = Settings(paths.settings_file)
    settings.set("network.hub_files", hub.cdn.endpoint)
    settings.set("network.silence_s", 2)
    settings.set("network.tries", 3)
    made = couriers.start(paths, settings)
    yield made
    made.end()


@pytest.fixture
def meet(make_desk: MakeDesk, hub: FakeHub, courier: Courier, qtbot: QtBot) -> Meet:
    """Opens a window, with the page in front; the one before it is closed."""

    def meet(*, sealed: bool = False) -> Person:
        desk = make_desk(courier=None if sealed else courier)
        qtbot.waitUntil(lambda: desk.chat.is_bound and desk.parts.models.is_known, timeout=20_000)
        page = desk.page("discover")

        def has_all_cards() -> bool:
            return len(page.cards) == len(desk.parts.discover.known) > 0

        qtbot.waitUntil(has_all_cards, timeout=20_000)
        return Person(desk, hub, qtbot, page)

    return meet


@pytest.fixture
def person(meet: Meet) -> Person:
    return meet()


@pytest.fixture
def library(paths: Paths) -> Path:
    return paths.models
