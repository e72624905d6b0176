"""The cloud in the window: offered only when it is on, shown before it leaves, marked then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import AppError, ErrorCode
from app.core.events import Failed
from app.engine.fake import FakeEngine
from app.network.fake import FakeCourier
from app.paths import Paths
from app.providers.cloud import verbs
from app.store.values import Mark, StoredMessage
from app.ui.chat.preview import SendingQuestion
from app.ui.pages.cloud.cloud_page import CloudPage
from tests.fakes.clouds import TESTING_KEY, Script, StandInCloud
from tests.fakes.keyring import FakeKeyring
from tests.ui.conftest import Async, Desk, install_model

CRASHED = AppError("The model's process has ended.", "Ask again.", code=ErrorCode.HOST_CRASHED)


@pytest.fixture
def cloud() -> Iterator[StandInCloud]:
    with StandInCloud() as server:
        yield server


@pytest.fixture
def courier() -> Iterator[FakeCourier]:
    made = FakeCourier(verbs.handlers())
    yield made
    made.end()


@pytest.fixture
def open_desk(
    make_desk: Callable[..., Desk],
    paths: Paths,
    aio: Async,
    keyring: FakeKeyring,
    cloud: StandInCloud,
    courier: FakeCourier,
) -> Callable[..., Desk]:
    """A window where Anthropic is switched on; settings may say otherwise."""

    def make(**more: Any) -> Desk:
        keyring.kept["anthropic"] = TESTING_KEY
        settings = {
            "cloud.on": True,
            "cloud.anthropic": True,
            "cloud.anthropic_model": "claude-sonnet-5-5",
            "cloud.anthropic_address": cloud.address,
            **{f"cloud.{key}": value for key, value in more.items()},
        }
        paths.settings_file.write_text(json.dumps(settings))
        install_model(paths)
        desk = make_desk(courier=courier)
        aio.until(lambda: bool(desk.parts.models.usable) and desk.chat.is_bound)
        return desk

    return make


def offered(desk: Desk) -> list[str]:
    picker = desk.chat.header.picker
    picker._fill()
    return [action.text() for action in picker.menu_shown.actions() if action.text()]


def choose(desk: Desk, words: str) -> None:
    picker = desk.chat.header.picker
    picker._fill()
    next(action for action in picker.menu_shown.actions() if words in action.text()).trigger()


def say(desk: Desk, text: str) -> None:
    desk.composer.setPlainText(text)
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)


def question(desk: Desk, aio: Async) -> SendingQuestion:
    aio.until(lambda: bool(desk.window.findChildren(SendingQuestion)))
    (found,) = desk.window.findChildren(SendingQuestion)
    assert isinstance(found, SendingQuestion)
    return found


def last(desk: Desk, aio: Async) -> StoredMessage:
    """The answer, once it has ended."""
    aio.until(lambda: not desk.parts.chat.is_busy)
    history = desk.services.history
    found = aio.run(history.run(lambda h: h.path(h.conversations()[0].id)))
    return found[-1]


def test_nothing_of_the_cloud_is_offered_while_it_is_off(
    open_desk: Callable[..., Desk], aio: Async
) -> None:
    desk = open_desk(on=False)
    assert not any("claude" in words for words in offered(desk))
    assert "In the cloud" not in offered(desk)
    aio.run(desk.parts.settings.set("cloud.on", value=True))
    aio.until(lambda: "In the cloud" in offered(desk))
    assert "claude-sonnet-5-5  (Anthropic)" in offered(desk)


def test_what_would_leave_is_shown_first_and_sent_once_agreed(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud
) -> None:
    desk = open_desk()
    assert not desk.chat.away.sentence
    choose(desk, "claude")
    assert "goes to Anthropic" in desk.chat.away.sentence
    assert desk.chat.header.picker.property("away") == "true"
    say(desk, "What is usual?")
    asked = question(desk, aio)
    assert cloud.requests == []
    assert asked.text.toPlainText() == "You:\nWhat is usual?"
    assert asked.keep.hasFocus(), "Enter sends nothing by mistake"
    asked.send.click()
    answer = last(desk, aio)
    assert (answer.text, answer.provider) == ("Hello there.", "anthropic")
    assert answer.provenance.is_local is False
    (sent,) = cloud.requests
    assert sent.body["messages"] == [{"role": "user", "content": "What is usual?"}]
    say(desk, "And then?")
    aio.until(lambda: len(cloud.requests) == 2)
    assert last(desk, aio).text == "Hello there."
    desk.parts.chat.new_chat()
    assert not desk.chat.away.sentence, "the next chat is answered here again"
    assert desk.parts.settings.text("model.default") == ""


@pytest.mark.parametrize("way", ["button", "escape", "stop"])
def test_who_does_not_agree_sends_nothing(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud, way: str
) -> None:
    desk = open_desk()
    choose(desk, "claude")
    say(desk, "What is usual?")
    asked = question(desk, aio)
    if way == "button":
        asked.keep.click()
    elif way == "escape":
        QTest.keyClick(asked, Qt.Key.Key_Escape)
    else:
        desk.parts.chat.stop()
    answer = last(desk, aio)
    assert not answer.text
    assert cloud.requests == []
    aio.until(lambda: not desk.window.findChildren(SendingQuestion))


def test_a_failure_of_the_service_stands_in_the_chat(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud
) -> None:
    desk = open_desk()
    cloud.enqueue(Script(status=429, error={"type": "rate_limit_error"}))
    choose(desk, "claude")
    say(desk, "What is usual?")
    question(desk, aio).send.click()
    assert "Anthropic wants fewer questions at a time." in last(desk, aio).error


def test_a_failure_here_offers_the_cloud_where_that_was_chosen(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud, engine: FakeEngine
) -> None:
    desk = open_desk(fall_back=True, fall_back_on="host-crashed")
    engine.enqueue([Failed(CRASHED)])
    say(desk, "What is usual?")
    asked = question(desk, aio)
    assert cloud.requests == []
    asked.send.click()
    answer = last(desk, aio)
    assert (answer.provider, answer.text) == ("anthropic", "Hello there.")


@pytest.mark.parametrize(
    "more", [{"fall_back": False}, {"fall_back_on": "out-of-memory"}, {"on": False}]
)
def test_the_failure_stays_a_failure_otherwise(
    open_desk: Callable[..., Desk],
    aio: Async,
    cloud: StandInCloud,
    engine: FakeEngine,
    more: dict[str, object],
) -> None:
    desk = open_desk(**{"fall_back": True, "fall_back_on": "host-crashed", **more})
    engine.enqueue([Failed(CRASHED)])
    say(desk, "What is usual?")
    assert last(desk, aio).error == CRASHED.sentence
    assert not desk.window.findChildren(SendingQuestion)
    assert cloud.requests == []


def test_a_confidential_chat_is_not_even_asked_for(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud
) -> None:
    desk = open_desk()
    choose(desk, "claude")
    say(desk, "one")
    question(desk, aio).keep.click()
    made = last(desk, aio).conversation_id
    history = desk.services.history
    aio.run(history.run(lambda h: h.labels.mark(made, Mark.CONFIDENTIAL)))
    say(desk, "two")
    assert "confidential" in last(desk, aio).error
    assert cloud.requests == []


def test_the_page_shows_costs_and_lets_a_model_be_chosen(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud
) -> None:
    born = {"created_at": "2026-09-01T00:00:00Z", "type": "model", "lifecycle": "active"}
    cloud.models = [{"id": "claude-opus-5-5", "display_name": "Claude Opus 5.5", **born}]
    desk = open_desk()
    choose(desk, "claude")
    say(desk, "What is usual?")
    question(desk, aio).send.click()
    assert last(desk, aio).text
    page = desk.page("cloud")
    assert isinstance(page, CloudPage)
    aio.until(lambda: "$0.0001 of at most $10.00" in page.costs.month.text())
    aio.until(lambda: "keyring" in page.secrets["anthropic"].state.text())
    assert len(cloud.requests) == 1, "the page asks nobody by itself"
    row = page.models["anthropic"]
    row.fetch.click()
    aio.until(lambda: row.list.count() == 2)
    row.list.setCurrentIndex(1)
    row.list.activated.emit(1)
    key = "cloud.anthropic_model"
    aio.until(lambda: desk.parts.settings.text(key) == "claude-opus-5-5")
    box = page.failures.boxes["model-missing"]
    box.click()
    aio.until(lambda: "model-missing" in desk.parts.settings.text("cloud.fall_back_on"))


def test_a_provider_that_is_off_is_not_asked_for_its_list(
    open_desk: Callable[..., Desk], aio: Async, cloud: StandInCloud
) -> None:
    desk = open_desk(anthropic=False)
    page = desk.page("cloud")
    page.models["anthropic"].fetch.click()
    aio.until(lambda: "switched off" in page.models["anthropic"].trouble.text())
    assert cloud.requests == []


def test_the_page_fits_at_640_by_480_and_twice_the_text(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    page = desk.page("cloud")
    desk.window.look.use("dark", 200)
    desk.window.resize(640, 480)
    QApplication.processEvents()
    body = page.area.widget()
    assert body.width() <= page.area.viewport().width()
