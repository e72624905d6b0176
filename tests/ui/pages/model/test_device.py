"""Choosing a device for a model: tried first, kept where it works, explained where it does not."""

from __future__ import annotations

import threading

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.events import Failed
from app.engine.fake import FakeEngine, scripted_answer
from app.models.placement import Placement
from app.ui.pages.model import facts
from app.ui.pages.model.facts import Facts
from app.ui.pages.model.page import OneModelPage
from tests.ui.conftest import Async, Desk
from tests.ui.pages.model.conftest import finish
from tests.unit.providers.test_device_trial import answered


def choose(page: OneModelPage, device: str, threads: str = "0", context: str = "0") -> None:
    card = page.device
    card.device.setCurrentIndex(card.device.findData(device))
    card.threads.setText(threads)
    card.context.setText(context)
    card.use.click()


def kept(desk: Desk) -> Placement:
    return desk.services.models.shelf.records.placement("small")


def test_every_device_is_offered_with_its_reason(page: OneModelPage) -> None:
    card = page.device
    offered = [card.device.itemData(n) for n in range(card.device.count())]
    assert offered[:6] == ["", "auto", "cpu", "cuda", "dml", "webgpu"]
    card.device.setCurrentIndex(card.device.findData("cuda"))
    assert "no code for it" in card.reason.text()


def test_one_that_works_is_kept(
    page: OneModelPage, small: Desk, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue(scripted_answer("A", device="cuda"))
    choose(page, "cuda", "3", "1,024")
    finish(small, aio)
    assert kept(small) == Placement(device="cuda", threads=3, context_limit=1024)
    assert "answered on CUDA" in page.bar.strip.sentence
    aio.until(lambda: not page.device.usual.isHidden())
    page.device.usual.click()
    finish(small, aio)
    assert kept(small).is_usual
    aio.until(lambda: page.device.device.currentData() == "")
    assert page.device.threads.text() == "0"


def test_one_that_does_not_says_why_and_the_processor_is_offered(
    page: OneModelPage, small: Desk, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue(answered("cpu", "The driver lacks it."))
    choose(page, "cuda")
    finish(small, aio)
    aio.until(lambda: not page.device.processor.isHidden())
    assert "The driver lacks it." in page.device.problem.text()
    assert "nothing was changed" in page.device.problem.text()
    assert kept(small).is_usual
    page.device.processor.click()
    finish(small, aio)
    assert kept(small) == Placement(device="cpu")
    aio.until(page.device.problem.isHidden)
    aio.until(lambda: page.device.device.currentData() == "cpu")


def test_what_changes_while_the_facts_are_read_is_shown_too(
    page: OneModelPage, small: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, begun, go_on = small.assembly.tools, threading.Event(), threading.Event()
    aio.until(lambda: tools.model._reading is None)
    read = facts.read

    def slow(services: Services, model_id: str) -> Facts:
        found = read(services, model_id)
        begun.set()
        assert go_on.wait(20)
        return found

    monkeypatch.setattr(facts, "read", slow)
    tools.model.refresh()
    aio.until(begun.is_set)
    small.services.models.place("small", Placement(device="cpu"))
    tools.model.refresh()
    go_on.set()
    aio.until(lambda: page.device.device.currentData() == "cpu")


def test_a_model_that_falls_over_there_is_explained(
    page: OneModelPage, small: Desk, aio: Async, engine: FakeEngine
) -> None:
    engine.enqueue([Failed(AppError("The model process ended unexpectedly."))])
    choose(page, "dml")
    finish(small, aio)
    aio.until(lambda: "ended unexpectedly" in page.device.problem.text())


def test_what_is_no_number_is_not_tried(
    page: OneModelPage, small: Desk, aio: Async, engine: FakeEngine
) -> None:
    choose(page, "cpu", "many")
    assert "whole numbers" in page.device.problem.text()
    assert page.device.threads.property("refused") == "true"
    choose(page, "cpu", "999")
    finish(small, aio)
    assert "not between 0 and 256" in page.bar.strip.sentence
    assert engine.jobs == []
    assert kept(small).is_usual
