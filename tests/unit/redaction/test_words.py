"""The person's own words: kept privately, and never silently lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.redaction.words import OwnWords


def test_a_list_is_kept(tmp_path: Path) -> None:
    words = OwnWords(tmp_path / "words.json")
    assert words.all() == ()
    words.set(["Falcon", " Falcon ", "", "two  words"])
    again = OwnWords(tmp_path / "words.json")
    assert again.all() == ("Falcon", "two words")
    again.set([])
    assert words.all() == ()


def test_lists_of_folders_stay_until_they_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "words.json"
    file.write_text('{"": ["Falcon"], "Clients": ["Acme"]}')
    words = OwnWords(file)
    words.set(["Eagle"])
    assert words.of_folders() == {"Clients": ("Acme",)}
    words.forget_folders()
    assert (words.all(), words.of_folders()) == (("Eagle",), {})
    assert "Acme" not in file.read_text()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    OwnWords(tmp_path / "words.json").set(["secret"])
    assert (tmp_path / "words.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["[]", "{", '{"": "word"}', '{"": [1]}', "\udcff"])
def test_a_broken_file_is_told_and_nothing_leaves_meanwhile(tmp_path: Path, text: str) -> None:
    file = tmp_path / "words.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(AppError, match="cannot be read"):
        OwnWords(file).all()
    with pytest.raises(AppError):
        OwnWords(file).set(["new"])
    assert file.read_bytes() == text.encode("utf-8", "surrogateescape")


def test_a_private_session_keeps_none(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="private session"):
        OwnWords(tmp_path / "words.json", keep=False).set(["x"])
    assert list(tmp_path.iterdir()) == []


def test_there_is_a_limit(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="at most"):
        OwnWords(tmp_path / "words.json").set(["x" * 201])
