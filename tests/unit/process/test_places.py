"""A host reads its libraries and not what lies beside the program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.process.seal import places

ROOT = Path(__file__).parents[3]


def covered(path: Path) -> bool:
    return any(path.resolve().is_relative_to(place.resolve()) for place in places.needed())


def test_code_and_libraries_are_readable() -> None:
    import numpy

    assert covered(ROOT / "app" / "engine" / "runtime.py")
    assert covered(Path(numpy.__file__))
    assert covered(Path(sys.executable))


def test_the_source_tree_around_the_program_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    assert not covered(ROOT / "pyproject.toml")
    assert not covered(ROOT / "tests")
    assert not covered(Path.home() / ".bashrc")


def test_a_folder_of_libraries_that_was_put_on_the_path_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert covered(tmp_path / "library.py")


def test_the_root_of_all_files_is_never_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/")
    assert Path("/") not in places.needed()
