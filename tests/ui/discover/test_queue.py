"""The queue in the window: paused, gone on with, given up, over a restart, on a full disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.models.downloads.values import State
from app.ui.downloads.queue_view import CancelQuestion
from tests.fakes.hub import FakeHub, Repository, small_model
from tests.fakes.web import Fault
from tests.ui.discover.conftest import Meet, Person, press

NAME = "org/Tiny-onnx"
WEIGHTS = "model.onnx.data"
SLOW = Fault(bytes_per_s=100_000)


@pytest.fixture
def repository(hub: FakeHub) -> Repository:
    """A small model whose weights need three seconds."""
    made = hub.add(NAME, small_model())
    hub.file(made, WEIGHTS).always = SLOW
    return made


def hurry(hub: FakeHub, repository: Repository) -> None:
    hub.file(repository, WEIGHTS).always = Fault()


def ask_to_cancel(person: Person) -> CancelQuestion:
    press(person.card.cancel)
    (question,) = person.page.queue.findChildren(CancelQuestion)
    assert isinstance(question, CancelQuestion)
    return question


def collected(library: Path) -> list[Path]:
    return [path for path in library.iterdir() if path.name.endswith(".download")]


def test_paused_and_resumed_without_fetching_anything_twice(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(30_000)
    assert " % - " in person.card.line.text()
    press(person.card.pause)
    person.wait_for(State.PAUSED)
    assert person.card.line.text().startswith("Paused at ")
    assert person.card.resume.isVisible()
    assert not person.card.pause.isVisible()
    assert person.desk.window.status.downloads.text() == "Download paused"
    person.assert_nothing_is_listed()
    hurry(hub, repository)
    press(person.card.resume)
    person.wait_for(State.DONE)
    ranges = [seen.headers.get("range") for seen in hub.requests_for(repository, WEIGHTS)]
    assert len(ranges) == 2
    assert int(str(ranges[1]).removeprefix("bytes=").removesuffix("-")) > 30_000 - 10_000
    person.assert_installed(repository, "")


def test_every_file_is_shown_with_its_bytes(person: Person, repository: Repository) -> None:
    person.download(NAME)
    person.wait_for_bytes(10_000)
    assert person.card.details.text() == "4 files"
    press(person.card.details)
    assert person.card.files.isVisible()
    person.until(lambda: any(" kB of 300 kB" in words for words in file_words(person)))
    person.until(lambda: "2 kB of 2 kB" in file_words(person))
    person.wait_for(State.DONE)
    assert not person.card.files.isVisible()


def file_words(person: Person) -> list[str]:
    return [words.text() for _bar, words in person.card.files._rows]


@pytest.mark.parametrize("keep", [True, False], ids=["kept", "deleted"])
def test_given_up_and_what_has_arrived_kept_or_deleted(
    person: Person, hub: FakeHub, repository: Repository, library: Path, keep: bool
) -> None:
    person.download(NAME)
    person.wait_for_bytes(30_000)
    question = ask_to_cancel(person)
    assert QApplication.focusWidget() is question.back, "the answer that does no harm"
    press(question.keep if keep else question.delete)
    person.until(lambda: not person.page.queue.isVisible())
    assert person.desk.parts.downloads.statuses == ()
    person.until(lambda: bool(collected(library)) is keep)
    listed = json.loads((person.desk.services.paths.root / "downloads.json").read_text())
    assert listed["downloads"] == []
    hurry(hub, repository)
    person.download(NAME)
    person.wait_for(State.DONE)
    last = hub.requests_for(repository, WEIGHTS)[-1].headers.get("range")
    assert (last is not None) is keep
    person.assert_installed(repository, "")


def test_the_question_can_be_left_and_nothing_happens(
    person: Person, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(10_000)
    question = ask_to_cancel(person)
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert person.card.status.state is State.RUNNING


def test_a_restarted_program_goes_on_by_itself(
    person: Person, meet: Meet, hub: FakeHub, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(60_000)
    again = meet()
    again.wait_for(State.RUNNING)
    assert again.status.progress.done >= 50_000, "what had arrived is counted"
    hurry(hub, repository)
    again.wait_for(State.DONE)
    ranges = [seen.headers.get("range") for seen in hub.requests_for(repository, WEIGHTS)]
    assert int(str(ranges[-1]).removeprefix("bytes=").removesuffix("-")) >= 50_000
    again.assert_installed(repository, "")


def test_a_paused_one_stays_paused_over_a_restart(
    person: Person, meet: Meet, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(60_000)
    press(person.card.pause)
    person.wait_for(State.PAUSED)
    again = meet()
    again.wait_for(State.PAUSED)
    assert again.card.line.text().startswith("Paused at ")
    assert not again.card.line.text().startswith("Paused at 0")


def test_a_disk_that_fills_up_pauses_it_with_a_sentence(
    person: Person, hub: FakeHub, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.downloads.fetching._LOOK_AT_DISK_S", 0.0)
    person.download(NAME)
    person.wait_for_bytes(30_000)
    usage = shutil.disk_usage

    def full(_path: object) -> Any:
        return type("Usage", (), {"free": 1_000, "total": 100_000_000})

    monkeypatch.setattr(shutil, "disk_usage", full)
    person.wait_for(State.PAUSED)
    said = person.card.problem.text()
    assert "on the disk, and only 0 MB are free (5 MB stay in reserve for the history)" in said
    assert "Free some space, or choose another folder." in said
    monkeypatch.setattr(shutil, "disk_usage", usage)
    hurry(hub, repository)
    press(person.card.resume)
    person.wait_for(State.DONE)
    person.assert_installed(repository, "")


def test_one_runs_and_the_next_waits_its_turn(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    second = hub.add("org/second", small_model(5))
    person.download(NAME)
    person.wait_for_bytes(10_000)
    person.download(second.name)
    cards = list(person.page.queue.cards.values())
    assert cards[1].line.text().startswith("Waits for its turn, ")
    hurry(hub, repository)
    person.until(lambda: all(card.status.state is State.DONE for card in cards))
    assert len(person.desk.services.library.scan()) == 2


def test_a_finished_one_leads_to_a_chat_with_it(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    hurry(hub, repository)
    row = person.download(NAME)
    person.wait_for(State.DONE)
    person.until(row.chat.isVisible)
    assert "On this computer: Tiny onnx" in row.said.text()
    press(person.card.chat)
    assert person.desk.window.page == "chat"
    person.until(lambda: person.desk.chat.header.picker.whole_text == "Tiny onnx")
    person.until(lambda: person.desk.services.settings.get("model.default") == "tiny-onnx")
    person.until(lambda: person.desk.parts.downloads.statuses == ())
    assert person.desk.window.status.downloads.text() == ""
    person.assert_installed(repository, "")


def test_a_finished_one_stays_listed_until_it_is_taken_away(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    hurry(hub, repository)
    person.download(NAME)
    person.wait_for(State.DONE)
    assert person.desk.window.status.downloads.text() == "Download finished"
    press(person.card.dismiss)
    person.until(lambda: not person.page.queue.isVisible())
    person.assert_installed(repository, "")


def test_it_is_seen_from_everywhere_and_its_end_is_told(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    person.download(NAME)
    window = person.desk.window
    window.show_chat()
    person.wait_for_bytes(30_000)
    assert "%" in window.status.downloads.text()
    assert window.status.chip.text().startswith("Downloading from 127.0.0.1")
    press(window.status.downloads)
    assert window.page == "discover"
    assert person.desk.side.navigation["models"].isChecked()
    window.show_chat()
    hurry(hub, repository)
    person.wait_for(State.DONE)
    person.until(lambda: window.strip.sentence)
    assert window.strip.sentence == "Tiny onnx is installed and verified."
    press(window.strip.button)
    person.until(lambda: person.desk.chat.header.picker.whole_text == "Tiny onnx")


def test_its_failure_is_told_elsewhere_too(
    person: Person, hub: FakeHub, repository: Repository
) -> None:
    hub.file(repository, WEIGHTS).always = Fault(bytes_per_s=100_000, flip_at=5)
    person.download(NAME)
    person.desk.window.show_chat()
    person.wait_for(State.FAILED)
    strip = person.desk.window.strip
    assert "Tiny onnx: model.onnx.data arrived with wrong bytes" in strip.sentence
    press(strip.button)
    assert person.desk.window.page == "discover"


def test_the_keyboard_stays_with_a_download_whose_buttons_change(
    person: Person, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(10_000)
    person.card.pause.setFocus()
    QTest.keyClick(person.card.pause, Qt.Key.Key_Space)
    person.wait_for(State.PAUSED)
    assert QApplication.focusWidget() is person.card.resume


def test_who_is_sealed_off_sees_it_wait_and_is_not_told_at_every_start(
    person: Person, meet: Meet, hub: FakeHub, repository: Repository
) -> None:
    person.download(NAME)
    person.wait_for_bytes(60_000)
    sealed = meet(sealed=True)
    sealed.wait_for(State.PAUSED)
    assert "no part of Tacit can reach the network" in sealed.card.problem.text()
    assert sealed.desk.window.strip.sentence == ""
    hurry(hub, repository)
    again = meet()
    again.wait_for(State.DONE)
    again.assert_installed(repository, "")
