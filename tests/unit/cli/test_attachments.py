"""What is asked: prompt, standard input and files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.chat.attachments import LARGEST_BYTES
from app.cli.attachments import question
from app.core.errors import AppError, ErrorCode


class Stdin(io.TextIOWrapper):
    """Standard input with these bytes piped in."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="ascii")


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Stdin("Was ist größer?\r\nA oder B?".encode()))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = Stdin(b"not read")
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)


@pytest.mark.parametrize("prompt", ["-", None])
def test_standard_input_is_read_as_utf_8_whatever_the_locale(
    piped: None, prompt: str | None
) -> None:
    assert question(prompt, []) == "Was ist größer?\nA oder B?"


def test_a_prompt_leaves_standard_input_alone(piped: None) -> None:
    assert question("Why?", []) == "Why?"


@pytest.mark.parametrize("prompt", [None, "", "  \n"])
def test_without_a_question_it_is_wrong_usage(terminal: None, prompt: str | None) -> None:
    with pytest.raises(AppError) as caught:
        question(prompt, [])
    assert caught.value.code is ErrorCode.USAGE


def test_files_stand_in_front_of_the_question_in_their_order(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.md"
    first.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    second.write_text("three", encoding="utf-8")
    asked = question("Summarise.", [str(first), str(second)])
    assert asked == "File first.txt:\n\none\ntwo\n\nFile second.md:\n\nthree\n\nSummarise."
    assert str(tmp_path) not in asked


def test_standard_input_can_be_a_file(piped: None) -> None:
    asked = question("Translate.", ["-"])
    assert asked == "Standard input:\n\nWas ist größer?\nA oder B?\n\nTranslate."


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"a\0b"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(content)
    with pytest.raises(AppError) as caught:
        question("Read it.", [str(file)])
    assert "file.bin is no text file" in caught.value.what
    assert caught.value.todo


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes("Größe\r\n".encode("utf-16"))
    assert question("x", [str(file)]) == "File notes.txt:\n\nGröße\n\nx"


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_bytes(b"a" * LARGEST_BYTES)
    assert len(question("x", [str(file)])) > LARGEST_BYTES
    file.write_bytes(b"a" * (LARGEST_BYTES + 1))
    with pytest.raises(AppError, match="larger than 1 MB"):
        question("x", [str(file)])


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AppError, match="cannot be read") as caught:
        question("x", [name])
    assert caught.value.code is ErrorCode.USAGE


def test_bytes_that_are_no_text_in_the_prompt_are_refused() -> None:
    with pytest.raises(AppError, match="no text"):
        question("caf\udce9", [])
