"""The log file: places and classes, never a word of a conversation."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import stat
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.logs import Logging, describe

CANARY = "canary-of-a-conversation"


class Told(list[str]):
    """The sentences that the person was told."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def logging_on(tmp_path: Path, told: Told) -> Iterator[Logging]:
    made = Logging(tmp_path, tell=told.append)
    yield made
    made.close()


def written(logging_on: Logging) -> str:
    if not logging_on.file.exists():
        return ""
    return logging_on.file.read_text(encoding="utf-8")


def fail_with_canary(text: str) -> None:
    secret_local = text * 2
    raise ValueError(f"cannot handle {secret_local}")


def caught() -> ValueError:
    try:
        fail_with_canary(CANARY)
    except ValueError as error:
        return error
    raise AssertionError("unreachable")


def test_own_messages_are_written_with_level_and_place(logging_on: Logging) -> None:
    logging.getLogger("app.engine.client").info("the engine started in %.2f s", 0.15)
    assert "INFO app.engine.client the engine started in 0.15 s\n" in written(logging_on)


def test_debug_messages_are_not_written(logging_on: Logging) -> None:
    logging.getLogger("app.engine").debug("details")
    assert written(logging_on) == ""


def test_a_traceback_keeps_class_and_place_but_no_message(logging_on: Logging) -> None:
    try:
        fail_with_canary(CANARY)
    except ValueError:
        logging.getLogger("app.chat").exception("the turn failed")
    text = written(logging_on)
    assert "ValueError" in text
    assert "unit/test_logs.py:" in text
    assert "fail_with_canary" in text
    assert CANARY not in text


def test_an_exception_as_an_argument_or_message_is_described_not_quoted(
    logging_on: Logging,
) -> None:
    log = logging.getLogger("app.chat")
    log.error("failed: %s", caught())
    log.error(caught())
    assert written(logging_on).count("ValueError") == 2
    assert CANARY not in written(logging_on)


def test_the_text_of_libraries_is_left_out(logging_on: Logging) -> None:
    logging.getLogger("asyncio").error("Exception in callback print('%s')", CANARY)
    logging.getLogger("httpx").warning(f"sent {CANARY}")
    text = written(logging_on)
    assert "asyncio" in text
    assert "httpx" in text
    assert CANARY not in text


def test_a_message_that_does_not_fit_its_arguments_prints_nothing(
    logging_on: Logging, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("app.chat").info("%d", CANARY)
    assert "does not fit" in written(logging_on)
    assert CANARY not in written(logging_on) + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("secret", "line"),
    [
        ("hf_abcdefghijkl", "token hf_abcdefghijkl used"),
        ("sk-or-v1-0123456789abcdef", "key sk-or-v1-0123456789abcdef"),
        ("eyJhbGciOi", "Authorization: Bearer eyJhbGciOi"),
        ("0a1b2c3d", "https://host/file?X-Amz-Signature=0a1b2c3d&x=1"),
    ],
)
def test_secrets_are_removed(logging_on: Logging, secret: str, line: str) -> None:
    logging.getLogger("app.network").info("%s", line)
    assert "[removed]" in written(logging_on)
    assert secret not in written(logging_on)


def test_a_line_break_cannot_forge_a_line(logging_on: Logging) -> None:
    logging.getLogger("app.models").info("model %s", "a\n2026-01-01 INFO app.main forged")
    assert len(written(logging_on).splitlines()) == 1


def test_an_app_error_keeps_its_sentence() -> None:
    error = AppError("The model is gone.", "Install it.", code=ErrorCode.MODEL_MISSING)
    assert "model-missing: The model is gone. Install it." in describe(error)


def test_causes_and_groups_are_described_without_their_messages() -> None:
    try:
        try:
            fail_with_canary(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError as error:
        group = ExceptionGroup(CANARY, [error, OSError(28, CANARY)])
    text = describe(group)
    assert "RuntimeError" in text
    assert "errno 28" in text
    assert "ValueError" in describe(group.exceptions[0])
    assert CANARY not in text + describe(group.exceptions[0])


def test_what_nobody_caught_is_logged_and_told_once(
    logging_on: Logging, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    error = caught()
    for _ in range(3):
        sys.excepthook(type(error), error, error.__traceback__)
    assert len(told) == 1
    assert "ValueError" in told[0]
    assert written(logging_on).count("uncaught in the main thread") == 3
    assert CANARY not in written(logging_on) + told[0] + "".join(capsys.readouterr())


def test_a_thread_that_fails_is_logged_and_told(
    logging_on: Logging, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = threading.Thread(target=fail_with_canary, args=(CANARY,), name="worker-7")
    thread.start()
    thread.join()
    assert "worker-7: ValueError" in written(logging_on)
    assert len(told) == 1
    assert CANARY not in written(logging_on) + told[0] + "".join(capsys.readouterr())


def test_a_finaliser_that_fails_is_logged_and_told(
    logging_on: Logging, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    class Holder:
        def __del__(self) -> None:
            fail_with_canary(CANARY)

    Holder()
    gc.collect()
    assert "a finaliser: ValueError" in written(logging_on)
    assert len(told) == 1
    assert CANARY not in written(logging_on) + told[0] + "".join(capsys.readouterr())


def test_a_task_that_fails_is_logged_and_told(logging_on: Logging, told: Told) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logging_on.on_loop_error)
        loop.call_soon(fail_with_canary, CANARY)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        loop.call_exception_handler({"message": CANARY})

    asyncio.run(scenario())
    assert "a task: ValueError" in written(logging_on)
    assert "complained without an exception" in written(logging_on)
    assert len(told) == 1
    assert CANARY not in written(logging_on) + told[0]


def test_an_app_error_that_nobody_caught_is_told_as_it_is(logging_on: Logging, told: Told) -> None:
    logging_on.report(AppError("The disk is full.", "Free some space."), "a test")
    assert told == ["The disk is full. Free some space."]


def test_interrupting_is_no_failure(logging_on: Logging, told: Told) -> None:
    logging_on.report(KeyboardInterrupt(), "a test")
    assert told == []
    assert written(logging_on) == ""


def test_warnings_stay_off_the_screen(
    logging_on: Logging, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # catch_warnings puts the library's own display back, so the hook is set anew.
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(CANARY, RuntimeWarning, stacklevel=1)
    logging.captureWarnings(False)
    assert "py.warnings" in written(logging_on)
    assert CANARY not in written(logging_on) + "".join(capsys.readouterr())


def test_nothing_reaches_the_console_unless_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for verbose in (False, True):
        made = Logging(tmp_path, verbose=verbose)
        logging.getLogger("app.test").warning("a remark")
        made.close()
        streams = capsys.readouterr()
        assert streams.out == ""
        assert ("a remark" in streams.err) is verbose


def test_closing_puts_everything_back(tmp_path: Path) -> None:
    def state() -> tuple[object, ...]:
        return (
            sys.excepthook,
            threading.excepthook,
            sys.unraisablehook,
            logging.raiseExceptions,
            logging.getLogger().level,
            tuple(logging.getLogger().handlers),
        )

    before = state()
    Logging(tmp_path).close()
    assert state() == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_the_file_is_for_its_owner_only_and_rotates(logging_on: Logging) -> None:
    log = logging.getLogger("app.test")
    for _ in range(25):
        log.info("%s", "x" * 100_000)
    files = sorted(logging_on.file.parent.iterdir())
    assert [file.name for file in files] == ["tacit.log", "tacit.log.1", "tacit.log.2"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert all(file.stat().st_size < 1_200_000 for file in files)


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    made = Logging(tmp_path / "file")
    logging.getLogger("app.test").error("lost")
    made.close()
    assert "".join(capsys.readouterr()) == ""
