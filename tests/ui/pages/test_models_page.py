"""The models page: what each model is, which one is used, and what is wrong with a broken one."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from app.models.starter import MODEL_ID as STARTER_ID
from app.ui.pages.models_page import ModelCard
from tests.ui.conftest import Async, Desk, install_model


@pytest.fixture
def page(desk: Desk, aio: Async) -> Any:
    broken = install_model(desk.services.paths, "broken-one")
    (broken / "model.onnx").unlink()
    install_model(desk.services.paths, "z-int4")
    made = desk.page("models")
    aio.until(lambda: len(cards(made)) == 3)
    return made


def cards(page: Any) -> list[ModelCard]:
    return [page.cards.itemAt(n).widget() for n in range(page.cards.count())]


def card(page: Any, model_id: str) -> ModelCard:
    return next(c for c in cards(page) if c.model.id == model_id)


def words(shown: ModelCard) -> str:
    return " ".join(label.text() for label in shown.findChildren(QLabel))


def button(shown: ModelCard, text: str) -> QPushButton | None:
    return next((b for b in shown.findChildren(QPushButton) if b.text() == text), None)


def test_a_card_says_what_the_model_is(page: Any) -> None:
    text = words(card(page, "z-int4"))
    for part in ("z int4", "kB", "context 4,096 tokens", "int4", "licence unknown"):
        assert part in text


def test_a_broken_model_says_why_and_cannot_be_chosen(desk: Desk, page: Any) -> None:
    shown = card(page, "broken-one")
    assert "model.onnx is missing" in words(shown)
    assert button(shown, "Use for new chats") is None
    desk.chat.header.picker._fill()
    offered = [action.text() for action in desk.chat.header.picker.menu_shown.actions()]
    assert "small model" in offered
    assert "broken one" not in offered


def test_another_model_for_new_chats(desk: Desk, page: Any, aio: Async) -> None:
    assert "used for new chats" in card(page, "small-model").badges.text()
    use = button(card(page, "z-int4"), "Use for new chats")
    assert use is not None
    use.click()
    aio.until(lambda: "used for new chats" in card(page, "z-int4").badges.text())
    assert desk.services.settings.get("model.default") == "z-int4"


def test_the_path_can_be_copied(desk: Desk, page: Any) -> None:
    copy = button(card(page, "z-int4"), "Copy the folder's path")
    assert copy is not None
    copy.click()
    assert QGuiApplication.clipboard().text() == str(desk.services.paths.models / "z-int4")


def test_a_loaded_model_can_be_unloaded(desk: Desk, page: Any, aio: Async) -> None:
    desk.window.show_chat()
    desk.parts.chat.send("question")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)
    desk.window.show_page("models")
    aio.until(lambda: "in memory" in card(page, "small-model").badges.text())
    unload = button(card(page, "small-model"), "Unload now")
    assert unload is not None
    unload.click()
    aio.until(lambda: "in memory" not in card(page, "small-model").badges.text())
    assert desk.parts.models.loaded_id == ""


def test_new_models_are_found_when_asked_for(desk: Desk, page: Any, aio: Async) -> None:
    install_model(desk.services.paths, "newcomer")
    page.refresh_wanted.emit()
    aio.until(lambda: len(cards(page)) == 4)


def test_the_starter_is_offered_until_it_is_there(desk: Desk, page: Any, aio: Async) -> None:
    assert desk.parts.models.advice is None, "a checkout can build it"
    assert page.starter.isVisible()
    install_model(desk.services.paths, STARTER_ID)
    page.refresh_wanted.emit()
    aio.until(lambda: not page.starter.isVisible())


def test_the_picker_changes_the_open_conversation_or_new_ones(
    desk: Desk, page: Any, aio: Async
) -> None:
    picker = desk.chat.header.picker
    picker.chosen.emit("z-int4")
    aio.until(lambda: picker.whole_text == "z int4")
    assert desk.parts.models.default_id == "z-int4"
    desk.parts.chat.send("question")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)
    picker.chosen.emit("small-model")
    aio.until(lambda: picker.whole_text == "small model")
    assert desk.parts.models.default_id == "z-int4"
    desk.parts.chat.new_chat()
    assert picker.whole_text == "z int4"
