"""The two output streams: what goes where, and what happens when nobody reads."""

from __future__ import annotations

import errno
import io
import json
from pathlib import Path

import pytest

from app.cli.output import Console, OutputClosedError, printable, short_path, size
from app.core.errors import AppError, ErrorCode


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Refusing(io.StringIO):
    """A stream that cannot be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def write(self, _text: str) -> int:
        raise self._error


def test_a_pipe_gets_what_was_written_and_a_terminal_no_control_characters() -> None:
    hostile = "a\x1b]52;c;aGk=\x07b\x9bc\r\n\td\x7f"
    pipe, terminal = io.StringIO(), Terminal()
    Console(pipe, io.StringIO()).write(hostile)
    Console(terminal, io.StringIO()).write(hostile)
    assert pipe.getvalue() == hostile
    assert terminal.getvalue() == "a]52;c;aGk=bc\n\td"


def test_printable_keeps_all_writing() -> None:
    text = "Ä ß 你好 👩‍👩‍👧 \u200f שלום\n\ttab"
    assert printable(text) == text


def test_status_and_thoughts_are_shown_on_a_terminal_only() -> None:
    piped, shown = io.StringIO(), Terminal()
    for err in (piped, shown):
        console = Console(io.StringIO(), err)
        console.status("Loading ...")
        console.thought("Let me see.")
        console.status("Reading ...")
        console.write("text")
    assert piped.getvalue() == ""
    assert "Loading ..." in shown.getvalue()
    assert "Let me see." in shown.getvalue()
    assert shown.getvalue().endswith("\r\x1b[K")


def test_a_failure_is_a_sentence_on_standard_error() -> None:
    out, err = io.StringIO(), io.StringIO()
    error = AppError("It broke.", "Mend it.", code=ErrorCode.MODEL_BROKEN)
    assert Console(out, err).fail(error, as_json=False) == 1
    assert out.getvalue() == ""
    assert err.getvalue() == "tacit: It broke. Mend it.\n"


def test_a_failure_as_json_is_one_document() -> None:
    out, err = io.StringIO(), io.StringIO()
    error = AppError("It broke.", "Mend it.", code=ErrorCode.MODEL_BROKEN)
    assert Console(out, err).fail(error, as_json=True, text="half") == 1
    assert json.loads(out.getvalue()) == {
        "error": {"code": "model-broken", "what": "It broke.", "todo": "Mend it."},
        "text": "half",
    }


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [(ErrorCode.USAGE, 2), (ErrorCode.SETTING_INVALID, 2), (ErrorCode.CANCELLED, 130)],
)
def test_mistakes_and_interruptions_have_their_own_exit_codes(
    code: ErrorCode, exit_code: int
) -> None:
    console = Console(io.StringIO(), io.StringIO())
    assert console.fail(AppError("x", code=code), as_json=False) == exit_code


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "x"), OSError(errno.EINVAL, "Windows says this")]
)
def test_a_reader_that_has_gone_is_no_failure(error: OSError) -> None:
    with pytest.raises(OutputClosedError):
        Console(Refusing(error), io.StringIO()).write("text")


def test_a_full_disk_behind_standard_output_is_a_sentence() -> None:
    refusing = Refusing(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(AppError, match="no space left on device"):
        Console(refusing, io.StringIO()).json({})


def test_standard_error_that_is_closed_stops_nothing() -> None:
    out = io.StringIO()
    console = Console(out, Refusing(OSError(errno.EBADF, "closed")))
    console.note("lost")
    console.line("kept")
    assert out.getvalue() == "kept\n"


def test_a_program_without_streams_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    console = Console()
    console.line("into the void")
    console.note("into the void")


def test_columns_are_aligned() -> None:
    out = io.StringIO()
    Console(out, io.StringIO()).table([("id", "size"), ("a-long-id", "1 MB"), ("b", "")])
    assert out.getvalue() == "id         size\na-long-id  1 MB\nb\n"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (86_287_616, "86.3 MB"), (2.7e9, "2.7 GB")],
)
def test_sizes_in_words(count: float, text: str) -> None:
    assert size(count) == text


def test_the_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert short_path(tmp_path / "data" / "tacit") == str(Path("~/data/tacit"))
    assert short_path(Path("/srv/models")) == str(Path("/srv/models"))


def test_a_failure_that_nobody_could_read_is_shown_in_a_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("app.cli.output._show_box", shown.append)
    error = AppError("The disk is full.", "Free some space.")
    Console(io.StringIO(), io.StringIO()).fail(error, as_json=False)
    assert not shown
    monkeypatch.setattr("sys.stderr", None)
    Console().fail(error, as_json=False)
    assert shown == ["The disk is full. Free some space."]
