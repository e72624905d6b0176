"""The passphrase of the lock: it fits or not, and is nowhere to be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.settings.passphrase import LockPassphrase


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lock.json"


def test_only_the_passphrase_fits(file: Path) -> None:
    passphrase = LockPassphrase(file)
    assert not passphrase.is_set
    assert passphrase.fits("anything")
    passphrase.set("correct horse ünd")
    again = LockPassphrase(file)
    assert again.is_set
    assert again.fits("correct horse ünd")
    assert not again.fits("correct horse")
    assert not again.fits("")
    assert "correct" not in file.read_text()
    assert os.name != "posix" or file.stat().st_mode & 0o077 == 0
    again.remove()
    assert not passphrase.is_set
    again.remove()


def test_equal_passphrases_are_kept_differently(tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        LockPassphrase(file).set("the same")
    assert files[0].read_text() != files[1].read_text()


@pytest.mark.parametrize("text", ["", "abc", "x" * 201])
def test_what_is_too_short_or_too_long_is_refused(file: Path, text: str) -> None:
    with pytest.raises(AppError) as caught:
        LockPassphrase(file).set(text)
    assert caught.value.code is ErrorCode.KEY_INVALID
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"salt": "xx", "scrypt": ""}',
                                  '{"salt": "00", "scrypt": "00"}'])  # fmt: skip
def test_a_file_that_makes_no_sense_keeps_nobody_out(file: Path, text: str) -> None:
    file.write_text(text)
    assert not LockPassphrase(file).is_set
    assert LockPassphrase(file).fits("anything")


def test_a_private_session_sets_none(file: Path) -> None:
    passphrase = LockPassphrase(file, keep=False)
    with pytest.raises(AppError):
        passphrase.set("correct")
    with pytest.raises(AppError):
        passphrase.remove()
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        LockPassphrase(tmp_path / "no" / "lock.json").set("correct")
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
    assert "correct" not in caught.value.sentence
