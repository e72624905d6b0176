"""The person's own words: kept privately, by folder, and never silently lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.redaction.words import OwnWords


def test_lists_by_folder(tmp_path: Path) -> None:
    words = OwnWords(tmp_path / "words.json")
    assert words.of("Clients") == ()
    words.set("", ["Falcon", " Falcon ", "", "two  words"])
    words.set("Clients", ["Acme"])
    again = OwnWords(tmp_path / "words.json")
    assert again.of("Clients") == ("Falcon", "two words", "Acme")
    assert again.of("") == again.of("Other") == ("Falcon", "two words")
    assert again.folders() == ("Clients",)
    again.set("Clients", [])
    assert words.folders() == ()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    OwnWords(tmp_path / "words.json").set("", ["secret"])
    assert (tmp_path / "words.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["[]", "{", '{"": "word"}', '{"": [1]}', "\udcff"])
def test_a_broken_file_is_told_and_nothing_leaves_meanwhile(tmp_path: Path, text: str) -> None:
    file = tmp_path / "words.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(AppError, match="cannot be read"):
        OwnWords(file).of("")
    with pytest.raises(AppError):
        OwnWords(file).set("", ["new"])
    assert file.read_bytes() == text.encode("utf-8", "surrogateescape")


def test_a_private_session_keeps_none(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="private session"):
        OwnWords(tmp_path / "words.json", keep=False).set("", ["x"])
    assert list(tmp_path.iterdir()) == []


def test_there_is_a_limit(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="at most"):
        OwnWords(tmp_path / "words.json").set("", ["x" * 201])
