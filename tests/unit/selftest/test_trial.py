"""The self-test tells what is broken, and one broken part does not hide another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.selftest import ground as place
from app.selftest import parts, trial
from app.selftest.ground import Ground, failed

CANARY = "canary-of-a-conversation"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the given code run in the place of the program."""

    def replace(code: str) -> None:
        monkeypatch.setattr(place, "own_command", lambda *rest: [sys.executable, "-c", code, *rest])

    return replace


def test_every_part_is_tried_and_what_failed_is_said_in_its_words() -> None:
    def fine(_ground: Ground) -> str:
        return "It works."

    def broken(_ground: Ground) -> str:
        raise failed("It does not work.")

    def damaged(_ground: Ground) -> str:
        raise RuntimeError(CANARY)

    told: list[str] = []
    outcomes = list(trial.run(told.append, {"a": fine, "b": broken, "c": damaged, "d": fine}))
    assert told == ["a", "b", "c", "d"]
    assert [outcome.passed for outcome in outcomes] == [True, False, False, True]
    assert outcomes[1].sentence == "It does not work. Install Tacit again."
    assert CANARY not in outcomes[2].sentence
    assert "RuntimeError" in outcomes[2].sentence


def test_the_folder_of_the_trial_is_gone_afterwards() -> None:
    seen: list[Path] = []

    def look(ground: Ground) -> str:
        assert ground.home.is_dir()
        assert ground.paths.models.is_dir()
        seen.append(ground.root)
        return ""

    list(trial.run(tried={"look": look}))
    assert not seen[0].exists()


def test_without_a_place_for_it_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with pytest.raises(AppError, match="no space left on device"):
        next(trial.run())


def test_what_a_command_prints_is_its_document(
    ground: Ground, program: Callable[[str], None]
) -> None:
    program("import json, sys; print(json.dumps({'asked': sys.argv[1:]}))")
    assert ground.command("ask", "it") == {
        "asked": ["ask", "it", "--json", "--data-dir", str(ground.paths.root)]
    }


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ('print(\'{"error": {"what": "It broke.", "todo": ""}}\'); exit(1)', "It broke."),
        ("import sys; sys.exit('the linker found no library')", "It ended with 1: the linker"),
        ("print('no document')", "It ended with 0."),
        ("import os; os.abort()", "It ended with -6."),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of signals")
def test_a_command_that_fails_is_an_error_with_its_words(
    ground: Ground, program: Callable[[str], None], code: str, sentence: str
) -> None:
    program(code)
    with pytest.raises(AppError) as caught:
        ground.command("ask")
    assert caught.value.what.startswith(sentence)
    assert caught.value.code is ErrorCode.INSTALL_FAILED


def test_a_command_that_hangs_is_given_up(
    ground: Ground, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("import time; time.sleep(60)")
    monkeypatch.setattr(place, "_WAIT_S", 0.2)
    with pytest.raises(AppError, match="did not end within"):
        ground.start("ask")


def test_what_is_started_takes_the_trial_for_its_home_and_gets_no_screen(
    ground: Ground, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("CI", "true")
    program(
        "import json, os; print(json.dumps({n: os.environ.get(n) for n in"
        " ('HOME', 'XDG_CACHE_HOME', 'DISPLAY', 'CI', 'QT_QPA_PLATFORM')}))"
    )
    home = str(ground.home)
    # Where CI is set the runtime collects nothing anyway, and the trial would prove nothing.
    assert ground.command() == {
        "HOME": home, "XDG_CACHE_HOME": home, "DISPLAY": None, "CI": None,
        "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Microsoft/DeveloperTools/.onnxruntime/deviceid", "usage.db", "a/upload.ses"]
)
def test_usage_data_is_found(ground: Ground, name: str) -> None:
    assert parts.silence(ground) == "No library collected usage data."
    file = ground.home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("me", encoding="utf-8")
    with pytest.raises(AppError, match="collected usage data"):
        parts.silence(ground)


def test_a_missing_resource_is_named(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parts.resources(ground)
    monkeypatch.setattr(parts, "resources_dir", lambda: tmp_path)
    with pytest.raises(AppError, match=r"missing: theme.json, style.qss"):
        parts.resources(ground)


def test_an_answer_without_a_token_is_a_failure(
    ground: Ground, program: Callable[[str], None]
) -> None:
    said = "{'usage': {'completion_tokens': %d}, 'text': %r, 'device': 'cpu', 'timing': "
    said += "{'decode_tokens_per_s': 9.6}}"
    program(f"import json; print(json.dumps({said % (3, 'Paris.')}))")
    assert parts.answer(ground) == "The model wrote 3 tokens on cpu (10 a second)."
    program(f"import json; print(json.dumps({said % (0, '')}))")
    with pytest.raises(AppError, match="no answer"):
        parts.answer(ground)


@pytest.mark.parametrize(
    ("holds", "enforced", "processes", "passes"),
    [
        (True, True, 2, True),
        (False, False, 2, True),
        (False, True, 2, False),
        (True, True, 1, False),
    ],
)
def test_a_system_without_seals_is_no_fault_and_a_hole_is_one(
    ground: Ground,
    program: Callable[[str], None],
    holds: bool,
    enforced: bool,
    processes: int,
    passes: bool,
) -> None:
    process = {"seal": {"parts": [{"holds": enforced}]}}
    document = {"holds": holds, "sentence": "Said.", "processes": [process] * processes}
    program(f"import json; print(json.dumps({document})); exit({int(not holds)})")
    if passes:
        assert parts.seal(ground) == "Said."
    else:
        with pytest.raises(AppError):
            parts.seal(ground)


def test_the_history_is_written_and_read(ground: Ground) -> None:
    assert parts.history(ground) == "A conversation was written, encrypted, and read again."
    assert ground.paths.history_file.is_file()


def test_a_window_that_never_said_it_closes_did_not_open(
    ground: Ground, program: Callable[[str], None]
) -> None:
    program("print('closing')")
    assert parts.window(ground) == "The window opens and closes."
    program("pass")
    with pytest.raises(AppError, match="did not open"):
        parts.window(ground)
    program("import sys; print('closing'); sys.exit('libEGL.so.1: no such file')")
    with pytest.raises(AppError, match=r"libEGL.so.1"):
        parts.window(ground)


def test_a_signature_is_checked_with_what_is_installed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parts.updates(ground).startswith("Signatures are checked; this build names no place")
    monkeypatch.setattr("app.updates.signature.check", lambda *_: None)
    with pytest.raises(AppError, match="A wrong signature was believed"):
        parts.updates(ground)
