"""Repairing and updating a model through the window, from a stand-in hub on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.engine.fake import FakeEngine
from app.models import hub_verbs
from app.network.fake import FakeCourier
from app.network.verbs import download
from app.paths import Paths
from app.settings.settings import Settings
from app.ui.pages.model.page import OneModelPage
from tests.fakes.hub import FakeHub, in_folder, small_model
from tests.fakes.model_folders import flip
from tests.ui.conftest import Async, Desk
from tests.ui.pages.model.conftest import finish, open_page
from tests.ui.pages.model.test_page import words

NAME, CPU, ID = "org/Tiny-onnx", "cpu/cpu-int4", "tiny-onnx-cpu-int4"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as made:
        monkeypatch.setenv("HF_ENDPOINT", made.address)
        made.add(NAME, in_folder(CPU, small_model(1)))
        yield made


@pytest.fixture
def courier() -> Iterator[FakeCourier]:
    made = FakeCourier([*hub_verbs.handlers(), download.handler()])
    yield made
    made.end()


@pytest.fixture
def tiny(
    hub: FakeHub,
    courier: FakeCourier,
    paths: Paths,
    engine: FakeEngine,
    make_desk: Callable[..., Desk],
    aio: Async,
) -> Desk:
    """A window with a courier; a model of the hub is installed."""
    settings = Settings(paths.settings_file)
    settings.set("network.hub_files", hub.cdn.endpoint)

    desk = make_desk(courier=courier)
    install(desk, aio)
    return desk


def install(desk: Desk, aio: Async) -> None:
    """Fetch the model through the services, as the page that downloads does."""
    services = desk.services
    listing = services.hub.variants(NAME, CancelToken())
    services.downloads.start()
    services.downloads.add(services.planner.install(listing, listing.variants[0], with_token=False))
    aio.until(lambda: [m.id for m in services.library.scan()] == [ID])
    desk.parts.models.refresh()
    aio.until(lambda: bool(desk.parts.models.found))


@pytest.fixture
def page(tiny: Desk, aio: Async) -> OneModelPage:
    return open_page(tiny, aio, ID)


def folder(desk: Desk) -> Path:
    return desk.services.paths.models / ID


def test_only_what_is_damaged_is_fetched_again(
    tiny: Desk, page: OneModelPage, aio: Async, hub: FakeHub
) -> None:
    data = (folder(tiny) / "model.onnx.data").read_bytes()
    flip(folder(tiny) / "model.onnx.data")
    hub.hub.requests.clear()
    hub.cdn.requests.clear()
    page.files.repair.click()
    finish(tiny, aio)
    assert "are fetched again" in page.bar.strip.sentence
    aio.until((folder(tiny) / "model.onnx.data").is_file)
    aio.until(lambda: tiny.assembly.tools.renewal.download(ID) is None)
    assert (folder(tiny) / "model.onnx.data").read_bytes() == data
    assert tiny.services.models.verify(ID).is_whole
    fetched = {seen.path.rpartition("/")[2] for seen in (*hub.hub.requests, *hub.cdn.requests)}
    assert "model.onnx.data" in fetched
    assert not fetched & {"tokenizer.json", "genai_config.json", "model.onnx"}
    page.files.repair.click()
    finish(tiny, aio)
    assert "is whole; nothing has to be fetched" in page.bar.strip.sentence


def test_a_newer_version_takes_the_place_of_the_old_one(
    tiny: Desk, page: OneModelPage, aio: Async, hub: FakeHub
) -> None:
    page.files.look_newer.click()
    finish(tiny, aio)
    assert "is the newest version" in page.bar.strip.sentence
    assert page.files.update_now.isHidden()
    newer = hub.add(NAME, in_folder(CPU, small_model(2)))
    page.files.look_newer.click()
    finish(tiny, aio)
    assert "There is a newer version" in page.bar.strip.sentence
    assert f"commit {newer.commit[:12]}" in page.files.newer.text()
    page.files.update_now.click()
    finish(tiny, aio)
    aio.until(lambda: tiny.services.library.find(ID).commit == newer.commit)
    aio.until(lambda: page.files.newer.isHidden() and page.files.download.isHidden())
    assert tiny.services.models.verify(ID).is_whole
    assert [m.id for m in tiny.services.library.scan()] == [ID]
    aio.until(lambda: newer.commit in words(page.summary))


def test_a_hub_that_is_not_there_is_said(
    tiny: Desk, page: OneModelPage, aio: Async, courier: FakeCourier
) -> None:
    courier.end()
    page.files.look_newer.click()
    finish(tiny, aio)
    assert "no part of Tacit can reach" in page.bar.strip.sentence or (
        "sealed" in page.bar.strip.sentence
    )
    assert page.files.update_now.isHidden()
