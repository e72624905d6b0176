"""When the window has a courier: unless the person wants none, or nothing may be kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import courier
from app.core.errors import AppError
from app.network import client
from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.paths import Paths
from app.settings.settings import Settings


@pytest.fixture
def paths(private_home: Path) -> Paths:
    paths = Paths.at(private_home)
    paths.create()
    return paths


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Policy]]:
    """The policies that couriers were started with, without any process."""
    policies: list[Policy] = []
    with contextlib.ExitStack() as couriers:

        def start(policy: Policy, _folder: Path) -> FakeCourier:
            policies.append(policy)
            one = FakeCourier()
            couriers.callback(one.end)
            return one

        monkeypatch.setattr(client, "start", start)
        yield policies


def test_the_usual_window_has_one_that_knows_its_journal(
    paths: Paths, started: list[Policy]
) -> None:
    assert courier.start_where_wanted(paths) is not None
    assert [policy.journal for policy in started] == [str(paths.journal)]


def test_a_person_who_wants_to_be_sealed_has_none(paths: Paths, started: list[Policy]) -> None:
    settings = Settings(paths.settings_file)
    settings.load()
    settings.set("privacy.level", courier.SEALED)
    assert courier.start_where_wanted(paths) is None
    assert started == []


def test_a_private_session_has_none(paths: Paths, started: list[Policy]) -> None:
    assert courier.start_where_wanted(paths.for_private_session()) is None
    assert started == []


def test_a_broken_settings_file_is_left_to_the_window(paths: Paths, started: list[Policy]) -> None:
    paths.settings_file.write_text("{")
    assert courier.start_where_wanted(paths) is not None
    assert len(started) == 1
    assert paths.settings_file.read_text() == "{"


def test_the_window_opens_although_the_courier_cannot_be_started(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_policy: Policy, _folder: Path) -> FakeCourier:
        raise AppError("It could not be started.", "Try again.")

    monkeypatch.setattr(client, "start", fails)
    assert courier.start_where_wanted(paths) is None
