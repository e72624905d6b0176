"""Settings to a file and back: no secret in it, taken as a whole, nothing let out unasked."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.settings import transfer
from app.settings.settings import Settings
from app.settings.table import SETTINGS
from app.settings.transfer import RefusedImportError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "settings.json")
    made.load()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exported.json"


def write(file: Path, values: object, **more: object) -> None:
    document = {"format": "tacit-settings", "version": 1, "settings": values, **more}
    file.write_text(json.dumps(document), encoding="utf-8")


def exported(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8"))["settings"]
    assert isinstance(found, dict)
    return found


def keys(changes: tuple[transfer.Change, ...]) -> list[str]:
    return [change.setting.key for change in changes]


def test_every_row_that_is_shown_is_exported_and_no_other(settings: Settings, file: Path) -> None:
    settings.set("window.last_conversation", "abc")
    settings.set("generation.top_k", 7)
    assert transfer.export(settings, file) == ()
    assert set(exported(file)) == {s.key for s in SETTINGS.values() if not s.hidden}
    assert exported(file)["generation.top_k"] == 7


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_the_export_is_for_its_owner_only(settings: Settings, file: Path) -> None:
    transfer.export(settings, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cloud.own_address", "https://me:hunter2hunter2@llm.example.org/v1"),
        ("cloud.own_address", "https://llm.example.org/v1?api_key=hunter2hunter2"),
        ("cloud.anthropic_model", "sk-ant-hunter2hunter2hunter2"),
        ("network.hub", "https://mirror.example.org/?x=1&token=hunter2hunter2"),
    ],
)
def test_a_text_with_a_secret_in_it_is_left_out(
    settings: Settings, file: Path, key: str, value: str
) -> None:
    settings.set(key, value)
    assert [setting.key for setting in transfer.export(settings, file)] == [key]
    assert "hunter2" not in file.read_text()


def test_an_address_without_one_is_kept(settings: Settings, file: Path) -> None:
    address = "https://llm.example.org/v1?region=eu"
    settings.set("cloud.own_address", address)
    assert transfer.export(settings, file) == ()
    assert exported(file)["cloud.own_address"] == address


def test_where_it_cannot_be_written_a_sentence_says_so(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="no folder"):
        transfer.export(settings, tmp_path / "missing" / "x.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(AppError, match=r"could not be written to folder\."):
        transfer.export(settings, tmp_path / "folder")


def test_what_was_exported_holds_elsewhere(settings: Settings, file: Path, tmp_path: Path) -> None:
    settings.set("generation.temperature", 0.7)
    settings.set("appearance.theme", "dark")
    transfer.export(settings, file)
    other = Settings(tmp_path / "other.json")
    other.load()
    other.set("generation.seed", 5)
    plan = transfer.read(other, file)
    assert keys(plan.changes) == ["appearance.theme", "generation.seed", "generation.temperature"]
    assert plan.openings == ()
    assert transfer.take(other, plan, agreed=False) == plan.changes
    again = Settings(other.file)
    again.load()
    assert (again.get("generation.temperature"), again.get("appearance.theme")) == (0.7, "dark")
    assert not again.is_set("generation.seed"), "a default is not written down"


def test_one_wrong_value_keeps_all_others_out_and_each_is_named(
    settings: Settings, file: Path
) -> None:
    write(
        file,
        {
            "appearance.theme": "dark",
            "generation.temperature": 9,
            "generation.top_k": "many",
            "network.ca_file": "/nowhere/company.pem",
            "cloud.fall_back_on": "",
            "no.such.row": 1,
            "window.geometry": "x",
        },
    )
    with pytest.raises(RefusedImportError) as raised:
        transfer.read(settings, file)
    problems = raised.value.problems
    assert len(problems) == 4
    for key, problem in zip(
        ("generation.temperature", "generation.top_k", "no.such.row", "window.geometry"),
        problems,
        strict=True,
    ):
        assert key in problem
        assert problem in raised.value.sentence
    assert raised.value.code is ErrorCode.SETTING_INVALID
    assert settings.get("appearance.theme") == "system"
    assert not settings.file.exists()


def test_a_file_of_nothing_but_nonsense_is_told_briefly(settings: Settings, file: Path) -> None:
    write(file, {f"{'x' * 1000}{number}": 1 for number in range(500)})
    with pytest.raises(RefusedImportError) as raised:
        transfer.read(settings, file)
    assert len(raised.value.problems) == 500
    assert len(raised.value.sentence) < 4000
    assert "480 more" in raised.value.sentence


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"settings": {}}',
        b'{"format": "tacit-settings", "version": 2, "settings": {}}',
        b'{"format": "tacit-settings", "version": 1, "settings": []}',
        b" " * 1_000_001,
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused(settings: Settings, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(AppError, match=r"exported\.json .*Take a file that was made by Export"):
        transfer.read(settings, file)


def test_what_is_no_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json", tmp_path / ("x" * 300)):
        with pytest.raises(AppError, match=r"There is no file|could not be read"):
            transfer.read(settings, path)


OPENINGS: list[tuple[str, object, object]] = [
    ("cloud.on", False, True),
    ("cloud.anthropic", False, True),
    ("cloud.own", False, True),
    ("cloud.fall_back", False, True),
    ("cloud.fall_back_to", "anthropic", "openrouter"),
    ("cloud.fall_back_on", "host-hung", "host-hung model-missing"),
    ("cloud.monthly_limit_usd", 10.0, 0.0),
    ("cloud.monthly_limit_usd", 10.0, 11.0),
    ("cloud.anthropic_address", "https://api.anthropic.com", "https://other.example.org"),
    ("cloud.own_more", "", "a=https://other.example.org"),
    ("privacy.level", "sealed", "local_only"),
    ("routing.redact", True, False),
    ("network.proxy", "none", "manual"),
    ("network.proxy_host", "", "proxy.example.org"),
    ("network.hub", "https://huggingface.co", "https://mirror.example.org"),
    ("model.folder", "", "/elsewhere"),
]


@pytest.mark.parametrize(("key", "before", "after"), OPENINGS)
def test_what_lets_more_out_needs_a_yes_and_the_way_back_does_not(
    settings: Settings, file: Path, key: str, before: object, after: object
) -> None:
    settings.set(key, before)
    write(file, {key: after, "appearance.theme": "dark"})
    plan = transfer.read(settings, file)
    assert keys(plan.openings) == [key]
    assert keys(transfer.take(settings, plan, agreed=False)) == ["appearance.theme"]
    assert (settings.get(key), settings.get("appearance.theme")) == (before, "dark")
    assert keys(transfer.take(settings, plan, agreed=True)) == [key, "appearance.theme"]
    assert settings.get(key) == after


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("cloud.on", True, False),
        ("cloud.fall_back_on", "host-hung model-missing", "host-hung"),
        ("cloud.monthly_limit_usd", 0.0, 5.0),
        ("privacy.level", "local_only", "sealed"),
        ("routing.redact", False, True),
        ("network.proxy_host", "proxy.example.org", ""),
    ],
)
def test_what_lets_less_out_needs_none(
    settings: Settings, file: Path, key: str, before: object, after: object
) -> None:
    settings.set(key, before)
    write(file, {key: after})
    assert transfer.read(settings, file).openings == ()


def test_every_switch_of_the_cloud_is_an_opening() -> None:
    switches = [s for s in SETTINGS.values() if s.group == "Cloud" and s.type is bool]
    assert len(switches) >= 6
    for setting in switches:
        if setting.key != "cloud.sampling":
            assert setting.lets_out is not None, setting.key
            assert setting.lets_out(False, True), setting.key
    addresses = [s for s in SETTINGS.values() if s.key.endswith("_address")]
    assert all(s.lets_out is not None and s.lets_out("", "x") for s in addresses)


def test_what_a_value_points_at_is_looked_at_only_after_the_yes(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    """On Windows a path can name another computer, and looking at it goes there."""
    write(file, {"network.ca_file": str(tmp_path / "missing.pem"), "appearance.theme": "dark"})
    plan = transfer.read(settings, file)
    assert keys(plan.openings) == ["network.ca_file"]
    with pytest.raises(RefusedImportError, match=r"network\.ca_file: There is no such file"):
        transfer.take(settings, plan, agreed=True)
    assert settings.get("appearance.theme") == "system"


def test_all_values_hold_before_the_first_is_announced(settings: Settings, file: Path) -> None:
    seen: list[tuple[object, object]] = []
    settings.subscribe(
        lambda _key, _value: seen.append(
            (settings.get("generation.top_k"), settings.get("generation.top_p"))
        )
    )
    write(file, {"generation.top_k": 3, "generation.top_p": 0.5})
    transfer.take(settings, transfer.read(settings, file), agreed=False)
    assert seen == [(3, 0.5), (3, 0.5)]
