"""When the window has a courier: unless the person wants none, or nothing may be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import courier
from app.core.errors import AppError
from app.network import launch
from app.paths import Paths
from app.settings.settings import Settings


@pytest.fixture
def paths(private_home: Path) -> Paths:
    paths = Paths.at(private_home)
    paths.create()
    return paths


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The working folders of couriers that were launched, without any process."""
    folders: list[Path] = []

    def record(folder: Path) -> str:
        folders.append(folder)
        return "a process"

    monkeypatch.setattr(launch, "launch", record)
    return folders


def test_the_usual_window_has_one(paths: Paths, launched: list[Path]) -> None:
    assert courier.launch_where_wanted(paths) is not None
    assert launched == [paths.run]


def test_a_person_who_wants_to_be_sealed_has_none(paths: Paths, launched: list[Path]) -> None:
    settings = Settings(paths.settings_file)
    settings.load()
    settings.set("privacy.level", courier.SEALED)
    assert courier.launch_where_wanted(paths) is None
    assert launched == []


def test_a_private_session_has_none(paths: Paths, launched: list[Path]) -> None:
    assert courier.launch_where_wanted(paths.for_private_session()) is None
    assert launched == []


def test_a_broken_settings_file_is_left_to_the_window(paths: Paths, launched: list[Path]) -> None:
    paths.settings_file.write_text("{")
    assert courier.launch_where_wanted(paths) is not None
    assert launched == [paths.run]
    assert paths.settings_file.read_text() == "{"


def test_the_window_opens_although_the_courier_cannot_be_started(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_folder: Path) -> None:
        raise AppError("It could not be started.", "Try again.")

    monkeypatch.setattr(launch, "launch", fails)
    assert courier.launch_where_wanted(paths) is None


def test_a_launched_process_becomes_a_courier_that_knows_its_journal(paths: Paths) -> None:
    process = launch.launch(paths.run)
    one = courier.attach(process, paths, Settings(paths.settings_file))
    with pytest.raises(AppError, match="https"):  # it answers
        one.open_link("http://example.org/", allowed_by="a test")
    assert one.status().pid == process.pid
    one.end()
    launch.end(process)
    assert one.status().pid is None
    assert courier.policy(paths, Settings(paths.settings_file)).journal == str(paths.journal)


def test_a_launched_process_that_nobody_attaches_to_is_ended(paths: Paths) -> None:
    process = launch.launch(paths.run)
    launch.end(process)
    assert process.returncode is not None
