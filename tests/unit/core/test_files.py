"""A file is replaced whole or not at all, and nobody else may read it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from app.core.files import replace_text, replacing


def test_it_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / ("ü" * 100)
    replace_text(file, "old")
    replace_text(file, "new, 東京\n")
    assert file.read_text(encoding="utf-8") == "new, 東京\n"
    assert list(tmp_path.iterdir()) == [file]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_name_without_a_folder_is_in_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    replace_text(Path("here"), "text")
    assert (tmp_path / "here").read_text(encoding="utf-8") == "text"


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_a_fault_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, fault: type[BaseException]
) -> None:
    file = tmp_path / "kept"
    file.write_text("old", encoding="utf-8")

    def write() -> None:
        with replacing(file) as new:
            new.write_text("half", encoding="utf-8")
            raise fault

    with pytest.raises(fault):
        write()
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_where_there_is_no_folder_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_text(tmp_path / "gone" / "file", "text")
