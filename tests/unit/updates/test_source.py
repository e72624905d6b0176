"""Where a build learns of newer versions: all of it, or honestly nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.paths import resources_dir
from app.updates import source

KEY = base64.b64encode(bytes(32)).decode()
ADDRESS = "https://tacit.example/release.json"


def file(folder: Path, **written: object) -> Path:
    made = folder / "updates.json"
    made.write_text(json.dumps(written))
    return made


def test_an_address_and_a_key_are_a_source(tmp_path: Path) -> None:
    found = source.read(file(tmp_path, address=ADDRESS, public_key=KEY))
    assert found == source.Source(address=ADDRESS, public_key=bytes(32))
    assert found is not None
    assert found.url.host == "tacit.example"


def test_this_source_tree_names_nothing_until_its_makers_do() -> None:
    assert source.read(resources_dir() / "updates.json") is None


def test_without_a_file_there_is_no_source(tmp_path: Path) -> None:
    assert source.read(tmp_path / "updates.json") is None


@pytest.mark.parametrize(
    "written",
    [
        {"address": ADDRESS, "public_key": ""},
        {"address": "", "public_key": KEY},
        {"address": ADDRESS, "public_key": KEY[:-4]},
        {"address": ADDRESS, "public_key": "no base64 at all"},
        {"address": "http://tacit.example/release.json", "public_key": KEY},
        {"address": "file:///etc/passwd", "public_key": KEY},
        {"address": ADDRESS},
        {},
    ],
)
def test_half_a_source_is_a_fault_and_not_nothing(
    tmp_path: Path, written: dict[str, object]
) -> None:
    with pytest.raises(AppError) as raised:
        source.read(file(tmp_path, **written))
    assert raised.value.code is ErrorCode.INSTALL_FAILED
    assert "damaged: updates.json" in raised.value.what


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "[" * 9_000])
def test_what_is_no_such_file_is_a_fault(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "updates.json"
    wrong.write_text(text)
    with pytest.raises(AppError):
        source.read(wrong)
