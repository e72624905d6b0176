"""How looking is put together: which file names the source, and who may name another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.network.launch import _is_needed
from app.paths import Paths
from app.settings.settings import Settings
from app.updates import looking
from app.updating import VARIABLE, courier_source, put_together, source
from tests.fakes.announcing import Makers
from tests.fakes.web import StandIn


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of a developer, named by the environment."""
    with StandIn() as web:
        file = Makers(web).source_file(tmp_path)
    monkeypatch.setenv(VARIABLE, str(file))
    return file


def test_a_checkout_heeds_the_variable(named: Path) -> None:
    found = source()
    assert found is not None
    assert found.url.host == "127.0.0.1"
    assert _is_needed(VARIABLE)  # the courier reads the source for itself
    named.write_text("{}")
    assert courier_source() is None


@pytest.mark.usefixtures("named")
def test_an_installed_program_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert source() is None


def test_the_setting_that_seals_counts_at_once(tmp_path: Path) -> None:
    paths = Paths.at(tmp_path)
    settings = Settings(paths.settings_file)
    updates = put_together(paths, settings, None)
    assert updates.obstacle() == looking.ENDED
    settings.set("privacy.level", "sealed")
    assert updates.obstacle() == looking.SEALED


def test_a_private_session_is_told_apart(tmp_path: Path) -> None:
    paths = Paths.at(tmp_path).for_private_session()
    updates = put_together(paths, Settings(paths.settings_file, keep=False), None)
    assert updates.obstacle() == looking.PRIVATE
