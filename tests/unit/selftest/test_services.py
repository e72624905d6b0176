"""The part of the self-test that asks through the courier, whole and with a library missing."""

from __future__ import annotations

import sys

import pytest

from app.core.errors import AppError
from app.network import launch
from app.selftest import services
from app.selftest.ground import Ground


def test_each_library_asks_and_understands(ground: Ground) -> None:
    assert services.services(ground).startswith("The courier asks and understands")


@pytest.mark.parametrize("library", ["huggingface_hub", "anthropic", "openai", "httpx2"])
def test_a_library_that_is_missing_is_noticed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    code = f"import sys; sys.modules[{library!r}] = None\nfrom app.__main__ import main\nmain()"
    monkeypatch.setattr(launch, "own_command", lambda *rest: [sys.executable, "-c", code, *rest])
    with pytest.raises(AppError, match="could not ask this computer"):
        services.services(ground)


@pytest.mark.parametrize(("list_of", "who"), [("_HUB", "the hub"), ("_CLOUD", "anthropic")])
def test_an_answer_that_is_not_understood_is_noticed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, list_of: str, who: str
) -> None:
    empty: object = [] if list_of == "_HUB" else {"data": [], "has_more": False}
    monkeypatch.setattr(services, list_of, empty)
    with pytest.raises(AppError, match=f"does not understand what {who} says"):
        services.services(ground)
