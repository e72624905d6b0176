"""Chip, title, popover and page say the same, live; links and buttons reach the courier."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from app.core.egress import CourierStatus
from app.core.errors import AppError
from app.core.privacy import Privacy, PrivacyFacts
from app.core.status import EngineState, EngineStatus
from app.paths import Paths
from app.settings.settings import Settings
from app.ui.privacy.sources import PrivacySources
from app.ui.status.privacy import describe
from app.ui.window.links import LinkQuestion
from tests.fakes.privacy import (
    CLOUD,
    DOWNLOAD,
    FAILED,
    HOLDS,
    FakeCourier,
    FakeJournal,
    FakeProof,
    proof,
    record,
)
from tests.ui.conftest import Async, Desk, install_model
from tests.ui.window.test_accessibility import nameless

MakeDesk = Callable[..., Desk]
STATES = [
    CourierStatus(),
    CourierStatus(pid=4242),
    CourierStatus(pid=4242, openings=(DOWNLOAD,)),
    CourierStatus(pid=4242, openings=(CLOUD, DOWNLOAD)),
]


@pytest.fixture
def courier() -> FakeCourier:
    return FakeCourier()


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal([record(1), record(2)])


@pytest.fixture
def desk(
    make_desk: MakeDesk, paths: Paths, aio: Async, courier: FakeCourier, journal: FakeJournal
) -> Desk:
    install_model(paths)
    sources = PrivacySources(seal=HOLDS, courier=courier, journal=journal, prove=FakeProof(proof()))
    made: Desk = make_desk(privacy=sources)
    aio.until(lambda: bool(made.parts.models.usable) and made.chat.is_bound)
    return made


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def popover(desk: Desk) -> Any:
    desk.window.status.chip.click()
    return QApplication.activePopupWidget()


def test_nothing_opens_a_window_of_its_own_on_the_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[QWidget] = []
    watched = QWidget.setVisible

    def note(widget: QWidget, visible: bool) -> None:
        if visible and widget.parentWidget() is None:
            shown.append(widget)
        watched(widget, visible)

    monkeypatch.setattr(QWidget, "setVisible", note)
    desk.page("privacy")
    popover(desk).close()
    assert shown == []
    assert desk.window.isActiveWindow()


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(STATES, 2)))
def test_all_places_say_the_same_at_once(
    desk: Desk, aio: Async, courier: FakeCourier, before: CourierStatus, after: CourierStatus
) -> None:
    courier.become(before)
    page = desk.page("privacy")
    panel = popover(desk)
    courier.become(after)
    expected = describe(PrivacyFacts(window=HOLDS, courier=after))
    status = desk.window.status
    assert status.chip.accessibleName() == f"Privacy: {expected.word}"
    assert status.chip.property("state") == expected.state.value
    assert desk.window.windowTitle() == f"Tacit ({expected.short})"
    assert panel.accessibleName() == expected.word
    assert page.state.accessibleName() == expected.word
    aio.until(lambda: all(sentence in words(panel) for sentence in expected.facts))
    aio.until(lambda: all(sentence in words(page) for sentence in expected.facts))
    assert page.state.seal.isVisible() == (after.pid is not None)
    panel.close()


def test_the_chip_stands_on_every_page(desk: Desk) -> None:
    for name in ("chat", "models", "settings", "privacy", "shortcuts"):
        desk.page(name)
        for size, percent in (((1100, 700), 100), ((640, 480), 200)):
            desk.window.look.use("light", percent)
            desk.window.resize(*size)
            chip = desk.window.status.chip
            assert chip.isVisible()
            assert desk.window.rect().contains(chip.mapTo(desk.window, chip.rect().bottomRight()))
            assert chip.text() == "Local only"


def test_a_host_without_its_seal_is_told_when_it_loads(
    desk: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = EngineStatus(state=EngineState.READY, pid=99, seal=FAILED)
    monkeypatch.setattr(desk.parts.privacy, "_engine", lambda: status)
    desk.parts.chat.send("question")
    aio.until(lambda: desk.window.status.chip.text() == "Not enforced")
    aio.until(lambda: not desk.parts.chat.is_busy)


def test_the_popover_leads_to_the_proof(desk: Desk, aio: Async) -> None:
    panel = popover(desk)
    assert nameless(panel) == []
    assert panel.prove.hasFocus() or panel.prove.isVisible()
    panel.prove.click()
    assert desk.window.page == "privacy"
    page = desk.page("privacy")
    aio.until(lambda: "Proved: all 5" in words(page))
    assert nameless(desk.window) == []


def test_a_proof_brings_the_facts_of_the_processes_up_to_date(
    desk: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.page("privacy")
    status = EngineStatus(state=EngineState.IDLE, pid=99, seal=FAILED)
    monkeypatch.setattr(desk.parts.privacy, "_engine", lambda: status)
    page.proof.prove.click()
    aio.until(lambda: desk.window.status.chip.text() == "Not enforced")
    aio.until(lambda: "no network sockets: does not hold" in words(page))


def test_without_a_proof_none_is_offered(make_desk: MakeDesk, aio: Async) -> None:
    desk = make_desk(privacy=PrivacySources(seal=HOLDS))
    panel = popover(desk)
    assert not panel.prove.isVisible()
    assert panel.more.isVisible()
    panel.close()
    page = desk.page("privacy")
    assert page.proof.isHidden()
    assert page.journal.isHidden()


def test_the_popover_fits_and_scrolls_by_keys(desk: Desk) -> None:
    desk.window.look.use("light", 200)
    desk.window.resize(640, 480)
    panel = popover(desk)
    assert panel.height() < desk.window.height()
    bar = panel._area.verticalScrollBar()
    assert bar.maximum() > 0
    QTest.keyClick(panel, Qt.Key.Key_Down)
    assert bar.value() > 0
    panel.close()


def seal_now(page: Any, answer: str) -> None:
    page.state.seal.click()
    question = QApplication.activeModalWidget()
    assert question is not None
    assert nameless(question) == []
    assert "nothing can leave this computer" in words(question)
    next(b for b in question.findChildren(QPushButton) if b.text() == answer).click()


def test_sealing_now_asks_once_and_says_when_it_is_done(
    desk: Desk, aio: Async, courier: FakeCourier
) -> None:
    page = desk.page("privacy")
    seal_now(page, "Cancel")
    assert courier.status().pid is not None
    courier.may_end.clear()
    seal_now(page, "Seal now")
    aio.until(lambda: page.state.strip.sentence == "Ending the courier...")
    assert not page.state.seal.isEnabled()
    assert desk.window.status.chip.text() == "Local only"
    courier.may_end.set()
    aio.until(lambda: desk.window.status.chip.property("state") == Privacy.SEALED)
    aio.until(lambda: page.state.strip.sentence.startswith("Done."))
    assert not page.state.seal.isVisible()


def test_a_courier_that_does_not_end_says_so(desk: Desk, aio: Async, courier: FakeCourier) -> None:
    courier.problem = AppError("It hangs.", "Close Tacit.")
    page = desk.page("privacy")
    seal_now(page, "Seal now")
    aio.until(lambda: page.state.strip.sentence == "It hangs. Close Tacit.")
    assert page.state.seal.isEnabled()
    assert desk.window.status.chip.text() == "Local only"


def test_the_level_is_a_setting_that_holds_after_the_next_start(desk: Desk, aio: Async) -> None:
    page = desk.page("privacy")
    control = page.level.field.control
    assert "next start" in words(page.level)
    place = control.findData("sealed")
    control.setCurrentIndex(place)
    control.activated.emit(place)

    def saved() -> object:
        settings = Settings(desk.services.paths.settings_file)
        settings.load()
        return settings.get("privacy.level")

    aio.until(lambda: saved() == "sealed")
    assert desk.window.status.chip.text() == "Local only"
    rows = desk.page("protection").rows
    assert rows["privacy.level"].field.control.currentData() == "sealed"


def test_the_journal_is_there_when_the_page_is(desk: Desk, aio: Async) -> None:
    page = desk.page("privacy")
    aio.until(lambda: page.journal.model.rowCount() == 2)
    assert "Nov 2026: 186 MB received, 7 kB sent, 2 connections" in page.journal.caption.text()


def question_about(desk: Desk, address: str) -> LinkQuestion:
    desk.chat.transcript.link_clicked.emit(address)
    found = QApplication.activeModalWidget()
    assert isinstance(found, LinkQuestion)
    return found


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


def test_a_link_is_opened_by_the_courier(
    desk: Desk, aio: Async, courier: FakeCourier, desktop: list[str]
) -> None:
    question = question_about(desk, "https://example.org/a")
    assert courier.opened == []
    question.open_button.click()
    aio.until(lambda: courier.opened == ["https://example.org/a"])
    assert desktop == []


def test_a_link_that_cannot_be_opened_says_why_and_can_be_copied(
    desk: Desk, aio: Async, courier: FakeCourier
) -> None:
    courier.problem = AppError("No browser was found.", "Install one.")
    question_about(desk, "https://example.org/a").open_button.click()
    aio.until(lambda: desk.chat.strip.sentence == "No browser was found. Install one.")
    desk.chat.strip.button.click()
    assert QGuiApplication.clipboard().text() == "https://example.org/a"


def test_once_the_courier_has_ended_links_are_only_copied(
    desk: Desk, courier: FakeCourier, desktop: list[str]
) -> None:
    courier.become(CourierStatus())
    question = question_about(desk, "https://example.org/a")
    assert not question.can_open
    assert not question.open_button.isVisible()
    question.copy_button.click()
    assert QGuiApplication.clipboard().text() == "https://example.org/a"
    assert (courier.opened, desktop) == ([], [])


def test_a_courier_that_ends_while_the_question_stands_is_not_used(
    desk: Desk, aio: Async, courier: FakeCourier
) -> None:
    question = question_about(desk, "https://example.org/a")
    courier.become(CourierStatus())
    question.open_button.click()
    aio.until(lambda: "nothing can leave" in desk.chat.strip.sentence)
    assert courier.opened == []


@pytest.mark.parametrize(
    "address",
    [
        "mailto:a@b.example", "file:///etc/passwd", "javascript:alert(1)", "smb://host/share",
        "https://bank.example@evil.example/", "//host/share", "custom-scheme:x", "data:text/html,x",
    ],
)  # fmt: skip
def test_other_links_open_nothing_and_can_be_copied(
    desk: Desk, courier: FakeCourier, desktop: list[str], address: str
) -> None:
    desk.chat.transcript.link_clicked.emit(address)
    assert QApplication.activeModalWidget() is None
    assert "This link is not opened" in desk.chat.strip.sentence
    desk.chat.strip.button.click()
    assert QGuiApplication.clipboard().text() == address
    assert (courier.opened, desktop) == ([], [])


def test_the_page_shows_every_part_at_640_by_480_and_twice_the_text(desk: Desk, aio: Async) -> None:
    page = desk.page("privacy")
    page.proof.prove.click()
    aio.until(lambda: "Proved: all 5" in words(page))
    page.journal.verify.click()
    aio.until(page.journal.fingerprint.isVisible)
    desk.window.look.use("dark", 200)
    desk.window.resize(640, 480)
    QApplication.processEvents()
    body = page.area.widget()
    assert body.width() <= page.area.viewport().width()
    for widget in body.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QLabel | QPushButton):
            right = widget.mapTo(body, widget.rect().topRight()).x()
            assert right <= body.width(), f"{widget.text()} leaves the page"
            if isinstance(widget, QPushButton):
                assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
            elif widget.wordWrap():
                assert widget.height() >= widget.heightForWidth(widget.width()), widget.text()


def test_tab_goes_down_the_page_as_the_eye_does(desk: Desk, aio: Async) -> None:
    page = desk.page("privacy")
    page.proof.prove.click()
    aio.until(lambda: "Proved: all 5" in words(page))
    aio.until(page.journal.list.isVisible)
    body = page.area.widget()
    page.state.seal.setFocus()

    seen: list[QWidget] = []
    while (widget := QApplication.focusWidget()) is not None and body.isAncestorOf(widget):
        assert widget not in seen
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    tops = [widget.mapTo(body, widget.rect().center()).y() // 40 for widget in seen]
    assert tops == sorted(tops), [widget.accessibleName() for widget in seen]
    for control in (page.proof.copy, page.journal.verify, page.journal.list):
        assert control in seen
    assert sum(widget.accessibleName() == "Command" for widget in seen) == len(proof().checks)
