"""The card about new versions: what it offers, what it shows, and when it says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.core.egress import Purpose
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy
from app.paths import Paths
from app.settings.settings import Settings
from app.settings.update_table import CHECK
from app.ui.pages.update_card import UpdateCard
from app.ui.update_controller import UpdateController
from app.ui.window.links import LinkQuestion
from app.updates import fetching
from app.updates.known import FILE, KnownFile
from app.updates.looking import BY_SETTING
from app.updating import VARIABLE
from tests.fakes.announcing import DIGEST, PAGE, PATH, Makers
from tests.fakes.web import Fault, StandIn
from tests.ui.conftest import Async, Desk, install_model
from tests.ui.window.test_accessibility import nameless

Open = Callable[..., tuple[Desk, UpdateCard]]


@pytest.fixture
def makers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Makers]:
    with StandIn() as web:
        made = Makers(web)
        monkeypatch.setenv(VARIABLE, str(made.source_file(tmp_path)))
        yield made


@pytest.fixture
def courier(makers: Makers, paths: Paths) -> Iterator[FakeCourier]:
    made = FakeCourier([fetching.handler(makers.source)], Policy(journal=str(paths.journal)))
    yield made
    made.end()


@pytest.fixture
def open_card(make_desk: Callable[..., Desk], paths: Paths, aio: Async) -> Open:
    """A window with the settings in front, and the card once it knows where it could look."""

    def make(**how: Any) -> tuple[Desk, UpdateCard]:
        install_model(paths)
        desk: Desk = make_desk(**how)
        aio.until(lambda: bool(desk.parts.models.usable) and desk.chat.is_bound)
        page = desk.page("about")
        card = page.findChild(UpdateCard)
        assert isinstance(card, UpdateCard)
        aio.until(lambda: desk.parts.updates.host is not None)
        page.area.ensureWidgetVisible(card)
        return desk, card

    return make


def words(card: UpdateCard) -> str:
    return " ".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def journal(paths: Paths) -> list[Any]:
    return list(Journal(paths.journal).records())


def test_it_asks_for_nothing_until_the_button_is_pressed(
    makers: Makers, courier: FakeCourier, open_card: Open
) -> None:
    _, card = open_card(courier=courier)
    assert "New versions" in words(card)
    assert "Tacit can ask 127.0.0.1 what is new." in words(card)
    assert card.ask.isVisible()
    assert card.ask.isEnabled()
    assert not card.stop.isVisible()
    assert not makers.web.accepted


def test_a_newer_version_is_shown_with_its_notes_and_digest(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async, paths: Paths
) -> None:
    makers.announce()
    desk, card = open_card(courier=courier)
    card.ask.setFocus()
    QTest.keyClick(card.ask, Qt.Key.Key_Space)
    aio.until(card.page.isVisible)
    assert card.headline.text().startswith("Version 0.2.0 is there, announced on ")
    assert "Answers come **faster**" in card.notes.text
    assert "Looked last on " in card.state.text()
    (digest,) = card.findChildren(QLineEdit)
    assert (digest.text(), digest.accessibleName()) == (DIGEST, "SHA-256 of tacit_0.2.0_amd64.deb")
    assert "tacit_0.2.0_amd64.deb, 200 MB" in words(card)
    assert "setup.exe" not in words(card)
    assert card.ask.hasFocus()
    assert {record.purpose for record in journal(paths)} == {Purpose.UPDATE_CHECK}
    assert nameless(desk.window) == []


def test_the_page_opens_by_the_question_about_links(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce()
    desk, card = open_card(courier=courier)
    card.ask.click()
    aio.until(card.page.isVisible)
    card.page.click()
    question = desk.window.findChild(LinkQuestion)
    assert isinstance(question, LinkQuestion)
    assert courier.links == []
    question.open_button.click()
    aio.until(lambda: courier.links == [PAGE])


def test_a_link_in_the_notes_asks_as_well(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce()
    desk, card = open_card(courier=courier)
    card.ask.click()
    aio.until(card.page.isVisible)
    card.notes.link_clicked.emit("https://tacit.example/log")
    question = desk.window.findChild(LinkQuestion)
    assert isinstance(question, LinkQuestion)
    question.reject()


def test_the_newest_version_is_told_so_and_offers_no_page(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce("0.1.0")
    _, card = open_card(courier=courier)
    card.ask.click()
    aio.until(card.headline.isVisible)
    assert card.headline.text() == "There is no newer version"
    assert not card.page.isVisible()
    assert not card.notes.isVisible()


def test_what_is_not_believed_is_a_sentence_and_nothing_else(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.publish(b"{}", signed=b"other")
    _, card = open_card(courier=courier)
    card.ask.click()
    aio.until(card.trouble.isVisible)
    assert "not signed by the makers of Tacit" in card.trouble.text()
    assert not card.headline.isVisible()
    assert card.ask.isVisible()


def test_looking_can_be_stopped(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce()
    makers.web.files[PATH].always = Fault(stall_after=5)
    _, card = open_card(courier=courier)
    card.ask.setFocus()
    card.ask.click()
    aio.until(card.stop.isVisible)
    assert "Asking 127.0.0.1 ..." in words(card)
    assert not card.ask.isVisible()
    aio.until(lambda: bool(makers.web.requests))
    card.stop.click()
    aio.until(card.ask.isVisible)
    assert not card.trouble.isVisible()
    assert card.ask.hasFocus()


@pytest.mark.usefixtures("makers")
def test_without_a_courier_it_says_why_and_what_to_do(open_card: Open) -> None:
    _, card = open_card()
    assert not card.ask.isEnabled()
    assert "no part of it is left that could connect. Start Tacit again" in card.barred.text()
    assert not card.trouble.isVisible()


def test_sealed_it_says_which_setting_and_changes_nothing(
    courier: FakeCourier, open_card: Open, aio: Async, paths: Paths, makers: Makers
) -> None:
    desk, card = open_card(courier=courier)
    aio.run(desk.parts.settings.set("privacy.level", "sealed"))
    aio.until(lambda: not card.ask.isEnabled())
    assert 'set "What Tacit may connect to" to "Only what you ask for"' in card.barred.text()
    aio.run(desk.parts.settings.set(CHECK, "daily"))
    desk.parts.updates.look()
    aio.until(lambda: desk.parts.updates.problem is not None)
    assert not card.trouble.isVisible()
    assert not makers.web.accepted
    kept = Settings(paths.settings_file)
    kept.load()
    assert kept.get("privacy.level") == "sealed"


def test_ending_the_courier_is_seen_at_once(
    courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    desk, card = open_card(courier=courier)
    assert not card.barred.isVisible()
    desk.parts.privacy.end_courier()
    aio.until(lambda: not card.ask.isEnabled())
    assert card.barred.isVisible()


def test_a_build_without_a_source_offers_nothing(
    courier: FakeCourier, open_card: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    _, card = open_card(courier=courier)
    assert "This build names no place where new versions are announced" in words(card)
    assert not card.ask.isVisible()
    assert not card.row.isVisible()
    assert not card.barred.isVisible()


def test_a_damaged_source_is_told(
    courier: FakeCourier,
    open_card: Open,
    aio: Async,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "broken.json").write_text("{}")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "broken.json"))
    _, card = open_card(courier=courier)
    aio.until(card.trouble.isVisible)
    assert "is damaged: broken.json" in card.trouble.text()
    assert not card.ask.isVisible()


def test_switched_on_it_looks_by_itself_once_a_day(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async, paths: Paths
) -> None:
    makers.announce()
    desk, card = open_card(courier=courier)
    card.row.field.committed.emit("daily")
    aio.until(lambda: bool(desk.window.strip.sentence))
    assert desk.window.strip.sentence == "Version 0.2.0 of Tacit is there."
    assert {record.allowed_by for record in journal(paths)} == {BY_SETTING}
    asked = makers.web.accepted
    desk.window.show_chat()
    desk.window.strip.button.click()
    aio.until(card.isVisible)
    aio.run(desk.parts.settings.set(CHECK, "off"))
    aio.run(desk.parts.settings.set(CHECK, "daily"))
    aio.run(_settled(desk.parts.updates))
    assert makers.web.accepted == asked


async def _settled(updates: UpdateController) -> None:
    """Whatever the worker was given has been done."""
    await updates._look_where_due()


@pytest.mark.parametrize(("hours", "looks"), [(1, False), (23, False), (25, True), (-30, True)])
def test_it_heeds_when_the_last_program_looked(
    makers: Makers,
    courier: FakeCourier,
    open_card: Open,
    aio: Async,
    paths: Paths,
    hours: float,
    looks: bool,
) -> None:
    makers.announce()
    now = datetime.now(UTC)
    known = KnownFile(paths.root / FILE)
    known.write("0.1.0", now - timedelta(days=3), now - timedelta(hours=hours))
    Settings(paths.settings_file).set(CHECK, "daily")
    desk, _ = open_card(courier=courier)
    assert not makers.web.accepted
    desk.parts.updates._on_tick()
    aio.run(_settled(desk.parts.updates))
    aio.until(lambda: not desk.parts.updates.is_looking)
    assert bool(makers.web.accepted) is looks


def test_after_a_failure_it_does_not_ask_again_at_once(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async, paths: Paths
) -> None:
    Settings(paths.settings_file).set(CHECK, "daily")
    desk, card = open_card(courier=courier)
    aio.run(_settled(desk.parts.updates))
    assert "does not have this (404)" in card.trouble.text()
    assert not desk.window.strip.sentence
    asked = makers.web.accepted
    aio.run(_settled(desk.parts.updates))
    assert makers.web.accepted == asked == 1


def test_the_window_closes_while_the_server_is_silent(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce()
    makers.web.files[PATH].always = Fault(stall_after=5)
    desk, card = open_card(courier=courier)
    card.ask.click()
    desk.parts.updates.look()
    aio.until(lambda: bool(makers.web.requests))
    aio.run(desk.parts.updates.close())
    assert not desk.parts.updates.is_looking
    assert makers.web.accepted == 1


def test_tab_goes_from_the_digests_to_the_buttons(
    makers: Makers, courier: FakeCourier, open_card: Open, aio: Async
) -> None:
    makers.announce()
    _, card = open_card(courier=courier)
    card.ask.click()
    aio.until(card.page.isVisible)
    (digest,) = card.findChildren(QLineEdit)
    digest.setFocus()
    seen: list[QWidget | None] = []
    for _ in range(3):
        QTest.keyClick(card.window(), Qt.Key.Key_Tab)
        seen.append(card.window().focusWidget())
    assert seen == [card.page, card.ask, card.row.field.control]
