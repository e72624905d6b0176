"""Two models beside each other: their words and figures, one that fails, stopping both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest

from app import comparing
from app.core.errors import AppError
from app.core.events import Failed
from app.engine.fake import FakeEngine, scripted_answer
from app.models.library import Library
from app.models.records import Records
from app.paths import Paths
from app.ui.pages.compare.page import ComparePage
from tests.fakes.model_folders import make
from tests.ui.conftest import Async, Desk
from tests.ui.window.test_accessibility import nameless


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """The engine beside the usual one."""
    made = FakeEngine()
    monkeypatch.setattr(comparing, "EngineClient", lambda **_: made)
    return made


@pytest.fixture
def page(
    paths: Paths, make_desk: Callable[..., Desk], aio: Async, second: FakeEngine
) -> ComparePage:
    for name in ("one", "two"):
        make(paths.models / name, weights=name.encode() * 100)
    desk = make_desk()
    aio.until(lambda: len(desk.parts.models.found) == 2 and desk.chat.is_bound)
    desk.assembly.tools.show_compare("two")
    page = desk.window.stack.currentWidget()
    assert isinstance(page, ComparePage)
    return page


def ask(page: ComparePage, question: str = "Why?") -> None:
    QTest.keyClicks(page.question, question)
    page.ask.click()


def texts(page: ComparePage) -> list[str]:
    return [side.text.text for side in page.sides]


def test_the_model_that_was_shown_comes_first(page: ComparePage) -> None:
    assert [choice.currentData() for choice in page.choices] == ["two", "one"]
    assert nameless(page) == []
    page.choices[1].setCurrentIndex(page.choices[1].findData("two"))
    assert not page.ask.isEnabled()
    assert "two different" in page.sentence.text()


def test_both_answer_with_their_figures(
    page: ComparePage, aio: Async, engine: FakeEngine, second: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("Because **so**."))
    second.enqueue(scripted_answer("Why not?", device="cuda"))
    ask(page)
    assert page.ask.isHidden()
    aio.until(page.stop.isHidden)
    assert texts(page) == ["Because **so**.", "Why not?"]
    left, right = page.sides
    assert (left.name.text(), right.name.text()) == ("two", "one")
    for part in ("tokens", "100.0 a second", "first after 0.01 s"):
        assert part in left.figures.text()
    assert right.figures.text().endswith("CUDA")
    assert "at the same time" in page.sentence.text()
    aio.until(lambda: left.text.height() > 0)


def test_they_answer_one_after_the_other_when_asked_to(
    page: ComparePage, aio: Async, engine: FakeEngine, second: FakeEngine
) -> None:
    page.one_by_one.setChecked(True)
    ask(page, "Hello")
    aio.until(page.stop.isHidden)
    assert [job.model_id for job in engine.jobs] == ["two", "one"]
    assert second.jobs == []
    assert texts(page) == ["Hello", "Hello"]
    assert "neither slows the other down" in page.sentence.text()


def test_one_that_fails_says_why_beside_the_other(
    page: ComparePage, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue([Failed(AppError("It fell over.", "Choose another model."))])
    ask(page)
    aio.until(page.stop.isHidden)
    assert page.sides[0].problem.text() == "It fell over. Choose another model."
    assert page.sides[1].problem.isHidden()
    assert texts(page)[1] == "Why?"


def test_both_can_be_stopped(page: ComparePage, aio: Async, engine: FakeEngine) -> None:
    engine._pace_s = 0.05
    engine.enqueue(scripted_answer("word " * 500))
    ask(page)
    aio.until(lambda: bool(page.sides[0].text.text))
    page.stop.click()
    aio.until(page.stop.isHidden)
    assert page.sides[0].doing.text() == "Stopped"
    assert not page.ask.isHidden()


def test_another_question_clears_what_was_there(page: ComparePage, aio: Async) -> None:
    for question in ("first", "second"):
        page.question.clear()
        ask(page, question)
        aio.until(page.stop.isHidden)
    assert texts(page) == ["second", "second"]


def test_no_question_is_not_asked(page: ComparePage, engine: FakeEngine) -> None:
    page.ask.click()
    assert not page.ask.isHidden()
    assert engine.jobs == []


def test_a_model_that_cannot_answer_now_is_said(
    page: ComparePage, aio: Async, paths: Paths
) -> None:
    (paths.models / "one" / "model.onnx").unlink()
    ask(page)
    aio.until(lambda: page.stop.isHidden() and bool(page.strip.sentence))
    assert "model.onnx is missing" in page.strip.sentence


def test_models_of_one_name_are_told_apart(page: ComparePage, paths: Paths) -> None:
    records = Records(paths.root / "models.json", paths.cache / "model-use.json")
    for name in ("one", "two"):
        records.rename(name, "Same")
    library = Library(lambda: (paths.models,), records=records)
    page.show_models(library.scan())
    shown = [page.choices[0].itemText(n) for n in range(2)]
    assert shown == ["Same (one)", "Same (two)"]


def test_it_takes_two_models(page: ComparePage) -> None:
    page.show_models([])
    assert "It takes two models" in page.sentence.text()
    assert not page.ask.isEnabled()


def test_closing_the_window_ends_both(
    page: ComparePage, aio: Async, engine: FakeEngine, second: FakeEngine
) -> None:
    for one in (engine, second):
        one._pace_s = 0.05
        one.enqueue(scripted_answer("word " * 500))
    ask(page)
    aio.until(lambda: all(texts(page)))
    # The fixture closes the window now, and fails where a task or a thread is left.
