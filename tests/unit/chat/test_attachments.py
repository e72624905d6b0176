"""Text files are read for what they are; what is none is refused in a sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app.chat.attachments import LARGEST_BYTES, LARGEST_TOGETHER, read_file, room_for
from app.core.draft import Draft, TextFile
from app.core.errors import AppError, ErrorCode

TEXT = "Größe: 3 ½\n日本\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_every_usual_encoding_and_end_of_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    assert read_file(file) == TextFile("notes.txt", TEXT)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "is no text file"),
        (b"a\0b", "is no text file"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x01\x02", "is no text file"),
        ("Text".encode("utf-32"), "is no text file"),
        (b"\xff\xfea\0b", "is no text file"),
        (b"caf\xe9", "is not in UTF-8 or UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(content)
    with pytest.raises(AppError) as caught:
        read_file(file)
    assert caught.value.what == f"file.bin {what}."
    assert caught.value.todo
    assert caught.value.code is ErrorCode.USAGE


def test_a_log_with_colours_is_a_text(tmp_path: Path) -> None:
    file = tmp_path / "build.log"
    file.write_bytes(b"\x1b[31mfailed\x1b[0m\a\f\n")
    assert read_file(file).text == "\x1b[31mfailed\x1b[0m\a\f\n"


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_bytes(b"a" * LARGEST_BYTES)
    assert len(read_file(file).text) == LARGEST_BYTES
    file.write_bytes(b"a" * (LARGEST_BYTES + 1))
    with pytest.raises(AppError, match=r"large\.txt is larger than 1 MB"):
        read_file(file)


def test_a_folder_and_a_missing_file_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(AppError, match=f"{tmp_path.name} is no text file"):
        read_file(tmp_path)
    with pytest.raises(AppError, match=r"missing\.txt cannot be read: no such file"):
        read_file(tmp_path / "missing.txt")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_what_waits_for_a_writer_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with pytest.raises(AppError, match=r"pipe\.txt is no text file"):
        read_file(pipe)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_says_no_more_than_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a\u202etxt.exe\n\nFile b.txt:\u200d"
    file.write_text("x", encoding="utf-8")
    assert read_file(file).name == "a\ufffdtxt.exe\ufffd\ufffdFile b.txt:\u200d"
    undecodable = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(undecodable).write_text("x", encoding="utf-8")
    assert read_file(Path(undecodable)).name == "caf\ufffd.txt"


def test_files_together_have_a_largest_size() -> None:
    half = TextFile("half.txt", "a" * (LARGEST_TOGETHER // 2))
    room_for((half,), half)
    with pytest.raises(AppError, match=r"With one\.txt the files together are larger than 2 MB"):
        room_for((half, half), TextFile("one.txt", "a"))


def test_drafts_are_joined_in_their_order() -> None:
    one, two = TextFile("one", "1"), TextFile("two", "2")
    assert Draft("a", (one,)).before(Draft("b", (two,))) == Draft("a\n\nb", (one, two))
    assert Draft("a").before(Draft(" ", (two,))) == Draft("a", (two,))
    assert Draft("", (one,)).before(Draft("b")) == Draft("b", (one,))
    assert Draft("a", (one, two)).whole == "File one:\n\n1\n\nFile two:\n\n2\n\na"
    assert not Draft()
    assert Draft(files=(one,))
