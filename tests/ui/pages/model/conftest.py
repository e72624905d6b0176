"""A window over a few small models, with the page of one of them in front."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.models.page import weight_bytes
from app.models.trials import Trial
from app.paths import Paths
from app.ui.pages.model.page import OneModelPage
from tests.fakes.model_folders import make_verified
from tests.ui.conftest import Async, Desk

TRIAL = Trial(
    at=1_790_000_000.0, device="cpu", load_s=0.5, first_token_s=0.31, tokens_per_s=61.7,
    tokens=64, weight_bytes=3000, memory_bytes=636_000_000,
)  # fmt: skip


@pytest.fixture
def small(paths: Paths, make_desk: Callable[..., Desk], aio: Async) -> Desk:
    """A window; "small" and "other" are whole and have manifests."""
    make_verified(paths.models / "small", name="Small", licence="MIT", repository="org/small",
                  commit="c" * 40, folder="cpu")  # fmt: skip
    make_verified(paths.models / "other", weights=b"o" * 700, name="Other")
    desk = make_desk()
    aio.until(lambda: len(desk.parts.models.found) == 2 and desk.chat.is_bound)
    return desk


@pytest.fixture
def page(small: Desk, aio: Async) -> OneModelPage:
    """The page of "small", with its facts read and one trial behind it."""
    assert weight_bytes(small.services.paths.models / "small") == 3000
    small.services.models.shelf.trials.add("small", TRIAL)
    return open_page(small, aio, "small")


def open_page(desk: Desk, aio: Async, model_id: str) -> OneModelPage:
    tools = desk.assembly.tools
    tools.show(model_id)
    aio.until(lambda: tools.model.facts is not None and tools.model.facts.model.id == model_id)
    page = desk.window.stack.currentWidget()
    assert isinstance(page, OneModelPage)
    return page


def finish(desk: Desk, aio: Async) -> None:
    """Wait for the end of the job that was begun, and of reading the facts behind it."""
    tools = desk.assembly.tools
    aio.until(lambda: not tools.work.is_running)
    aio.until(lambda: tools.model._reading is None)
