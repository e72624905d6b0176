"""Settings as a whole: reading leniently, saving atomically, telling who listens."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.settings import file as settings_file
from app.settings.setting import Setting, Value
from app.settings.settings import Settings, find, generation_parameters
from app.settings.table import SETTINGS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def loaded(file: Path) -> Settings:
    settings = Settings(file)
    settings.load()
    return settings


def content(file: Path) -> dict[str, object]:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def test_without_a_file_the_defaults_hold_and_none_is_written(file: Path) -> None:
    settings = loaded(file)
    assert settings.get("model.device") == "auto"
    assert not settings.is_set("model.device")
    assert settings.notices == ()
    assert not file.exists()


def test_a_value_is_saved_and_read_again(file: Path) -> None:
    loaded(file).set("generation.temperature", 0.25)
    again = loaded(file)
    assert again.get("generation.temperature") == 0.25
    assert again.is_set("generation.temperature")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_the_file_is_for_its_owner_only(file: Path) -> None:
    loaded(file).set("appearance.theme", "dark")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_unknown_keys_are_kept(file: Path) -> None:
    file.write_text(json.dumps({"from.the.future": [1, 2], "appearance.theme": "light"}))
    loaded(file).set("appearance.theme", "dark")
    assert content(file) == {"from.the.future": [1, 2], "appearance.theme": "dark"}


@pytest.mark.parametrize("value", [9, -1, "5", True, None, [], float("nan")])
def test_a_wrong_value_in_the_file_becomes_the_default_with_a_notice(
    file: Path, value: object
) -> None:
    file.write_text(json.dumps({"generation.top_p": value, "appearance.theme": "dark"}))
    settings = loaded(file)
    assert settings.get("generation.top_p") == SETTINGS["generation.top_p"].default
    assert settings.get("appearance.theme") == "dark"
    assert len(settings.notices) == 1
    assert "generation.top_p" in settings.notices[0]
    settings.reset("generation.top_p")
    assert not loaded(file).notices


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b"1" * 6_000,
        b'{"a":' + b"9" * 9_000,
    ],
)
def test_a_broken_file_is_kept_aside(file: Path, broken: bytes) -> None:
    file.write_bytes(broken)
    settings = loaded(file)
    assert settings.get("appearance.theme") == "system"
    assert "settings.broken-1.json" in settings.notices[0]
    assert file.with_name("settings.broken-1.json").read_bytes() == broken
    settings.set("appearance.theme", "dark")
    file.write_bytes(broken)
    assert "settings.broken-2.json" in loaded(file).notices[0]


def test_a_file_of_absurd_size_is_not_read(file: Path) -> None:
    file.write_text(json.dumps({"appearance.theme": "dark", "x": "y" * 1_100_000}))
    assert loaded(file).get("appearance.theme") == "system"


def test_a_refused_value_changes_nothing(file: Path) -> None:
    settings = loaded(file)
    settings.set("appearance.text_size", 120)
    before = file.read_bytes()
    with pytest.raises(AppError):
        settings.set("appearance.text_size", 500)
    assert settings.get("appearance.text_size") == 120
    assert file.read_bytes() == before


def test_an_unknown_key_is_refused(file: Path) -> None:
    with pytest.raises(AppError) as caught:
        loaded(file).set("no.such", 1)
    assert caught.value.code is ErrorCode.SETTING_INVALID


def test_reset_goes_back_to_the_default(file: Path) -> None:
    settings = loaded(file)
    settings.set("model.device", "cpu")
    settings.reset("model.device")
    assert settings.get("model.device") == "auto"
    assert content(file) == {}


def test_listeners_hear_changes_until_they_stop_listening(file: Path) -> None:
    settings = loaded(file)
    heard: list[tuple[str, Value]] = []
    stop = settings.subscribe(lambda key, value: heard.append((key, value)))
    settings.set("appearance.theme", "dark")
    settings.set("appearance.theme", "dark")
    settings.reset("appearance.theme")
    stop()
    stop()
    settings.set("appearance.theme", "light")
    assert heard == [("appearance.theme", "dark"), ("appearance.theme", "system")]


def test_two_processes_do_not_undo_each_other(file: Path) -> None:
    window, command = loaded(file), loaded(file)
    heard: list[str] = []
    window.subscribe(lambda key, _value: heard.append(key))
    command.set("model.device", "cpu")
    window.set("appearance.theme", "dark")
    assert content(file) == {"model.device": "cpu", "appearance.theme": "dark"}
    assert window.get("model.device") == "cpu"
    assert heard == ["model.device", "appearance.theme"]


def test_what_somebody_else_wrote_is_announced_when_it_is_read_again(file: Path) -> None:
    window, command = loaded(file), loaded(file)
    heard: list[tuple[str, Value]] = []
    window.subscribe(lambda key, value: heard.append((key, value)))
    command.set("model.device", "cpu")
    window.refresh()
    window.refresh()
    assert heard == [("model.device", "cpu")]


def test_a_write_that_fails_leaves_the_old_file_and_value(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = loaded(file)
    settings.set("appearance.theme", "light")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AppError) as caught:
        settings.set("appearance.theme", "dark")
    assert caught.value.code is ErrorCode.DISK_FULL
    assert settings.get("appearance.theme") == "light"
    assert content(file) == {"appearance.theme": "light"}
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


def test_a_file_that_can_neither_be_read_nor_moved_is_not_overwritten(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("{")
    monkeypatch.setattr(settings_file, "set_aside", lambda _file: None)
    settings = loaded(file)
    with pytest.raises(AppError) as caught:
        settings.set("appearance.theme", "dark")
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
    assert file.read_text() == "{"


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_linked_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "mine.json"
    real.parent.mkdir()
    real.write_text("{}")
    file.symlink_to(real)
    loaded(file).set("appearance.theme", "dark")
    assert file.is_symlink()
    assert content(real) == {"appearance.theme": "dark"}


def test_a_renamed_setting_keeps_its_value(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = Setting(
        key="look.theme", type=str, default="system", label="Theme", help="The theme.",
        group="Look", choices=("system", "dark", "light"), renamed_from=("theme", "skin"),
    )  # fmt: skip
    monkeypatch.setitem(SETTINGS, "look.theme", renamed)
    file.write_text(json.dumps({"skin": "dark"}))
    settings = loaded(file)
    assert settings.get("look.theme") == "dark"
    assert settings.get("skin") == "dark"
    assert find("theme") is renamed
    settings.set("theme", "light")
    assert content(file) == {"look.theme": "light"}


def test_generation_parameters_come_from_the_settings(file: Path) -> None:
    settings = loaded(file)
    assert generation_parameters(settings).seed is None
    assert generation_parameters(settings).max_tokens == 2048
    settings.set("generation.seed", 0)
    settings.set("generation.max_tokens", 7)
    settings.set("generation.temperature", 0)
    parameters = generation_parameters(settings)
    assert (parameters.seed, parameters.max_tokens, parameters.temperature) == (0, 7, 0.0)


def test_without_keeping_the_file_is_read_and_never_written(file: Path) -> None:
    file.write_text(json.dumps({"model.device": "cpu", "later": 1}), encoding="utf-8")
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    settings = Settings(file, keep=False)
    settings.load()
    heard: list[str] = []
    settings.subscribe(lambda key, _value: heard.append(key))
    settings.set("generation.temperature", 0.25)
    settings.reset("model.device")
    assert settings.get("generation.temperature") == 0.25
    assert settings.get("model.device") == "auto"
    assert heard == ["generation.temperature", "model.device"]
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_without_keeping_a_broken_file_stays_where_it_is(file: Path) -> None:
    file.write_bytes(b"{broken")
    settings = Settings(file, keep=False)
    settings.load()
    assert "damaged" in settings.notices[0]
    settings.set("model.device", "cpu")
    assert settings.get("model.device") == "cpu"
    assert [f.name for f in file.parent.glob("settings*")] == [file.name]
    assert file.read_bytes() == b"{broken"
