"""The examinations: each stands on its own, and none names a person."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from app.cli import doctor, examinations
from app.cli.command import Context
from app.cli.examinations import Result
from app.cli.output import Console
from app.core.errors import AppError
from app.core.privacy import SealPart, SealReport
from app.logs import Logging
from app.paths import Paths
from app.process.start import Protection
from app.settings import secrets
from app.settings.secrets import KeyringAnswer, KeyringState
from app.store.history import History

CANARY = "canary-of-a-conversation"


@pytest.fixture
def context(private_home: Path) -> Iterator[Context]:
    paths = Paths.at(private_home)
    paths.create()
    logging = Logging(paths.logs)
    console = Console(io.StringIO(), io.StringIO())
    yield Context(console=console, paths=paths, as_json=True, logging=logging)
    logging.close()


def examine(context: Context) -> dict[str, Any]:
    out = io.StringIO()
    fresh = Context(
        console=Console(out, io.StringIO()),
        paths=context.paths,
        as_json=context.as_json,
        logging=context.logging,
    )
    assert doctor._run(Namespace(), fresh) == 0
    found = json.loads(out.getvalue())
    assert isinstance(found, dict)
    return found


def test_an_examination_that_breaks_hides_neither_the_others_nor_its_kind(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_context: Context) -> Result:
        raise ValueError(CANARY)

    def fails(_context: Context) -> Result:
        raise AppError("It is gone.", "Look for it.")

    def works(_context: Context) -> Result:
        return Result(lines=("Fine.",), details={"figure": 1})

    monkeypatch.setattr(examinations, "ALL", {"a": breaks, "b": fails, "c": works})
    found = examine(context)
    assert found["a"]["verdict"] == "problem"
    assert "ValueError" in found["a"]["lines"][0]
    assert CANARY not in json.dumps(found)
    assert found["b"] == {"verdict": "problem", "lines": ["It is gone. Look for it."]}
    assert found["c"] == {"verdict": "fine", "lines": ["Fine."], "figure": 1}


def test_the_text_marks_problems(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = Result(lines=("one", "two")), Result(lines=("three",), is_fine=False)
    monkeypatch.setattr(examinations, "ALL", {"good": lambda _: good, "bad": lambda _: bad})
    out = io.StringIO()
    text = Context(
        console=Console(out, io.StringIO()),
        paths=context.paths,
        as_json=False,
        logging=context.logging,
    )
    assert doctor._run(Namespace(), text) == 0
    assert out.getvalue() == "  good  one\n        two\n! bad   three\n"


def test_two_variants_of_a_runtime_are_a_problem(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        return "1.0"

    monkeypatch.setattr(metadata, "version", version)
    result = examinations.libraries(context)
    assert not result.is_fine
    assert any("overwrite each other" in line for line in result.lines)


def test_missing_libraries_are_named(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    result = examinations.libraries(context)
    assert not result.is_fine
    assert "qasync" in result.lines[1]


def test_a_library_that_is_not_silenced_is_a_problem(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.process.seal.seal.at_present", lambda report: report)
    holds = SealReport((SealPart("no network sockets", holds=True),))
    sealed = replace(context, protection=Protection(report=holds))
    assert examinations.seal(sealed).is_fine
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    assert not examinations.seal(sealed).is_fine


def test_a_seal_that_does_not_hold_is_a_problem_with_its_reason(context: Context) -> None:
    result = examinations.seal(context)
    assert not result.is_fine
    assert result.lines[0] == "Local only, not enforced: no seal for this system."


def test_a_history_is_examined_without_its_words(context: Context) -> None:
    assert examinations.history(context).details == {"exists": False}
    history = History(context.paths.history_file)
    history.open()
    history.create_conversation(CANARY)
    # The window may be open: reading beside it must work.
    result = examinations.history(context)
    history.close()
    assert result.is_fine
    assert result.details["bytes"] > 0
    assert CANARY not in json.dumps([result.lines, result.details])


def test_a_broken_history_is_a_problem_in_words(context: Context) -> None:
    context.paths.history_file.write_bytes(b"no database" * 100)
    found = examine(context)["history"]
    assert found["verdict"] == "problem"
    assert context.paths.history_file.read_bytes() == b"no database" * 100


def test_wrong_settings_are_a_problem(context: Context) -> None:
    assert examinations.settings(context).is_fine
    context.paths.settings_file.write_text('{"model.device": "abacus"}')
    result = examinations.settings(context)
    assert not result.is_fine
    assert "model.device" in result.lines[0]


def test_little_space_is_a_problem(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    result = examinations.folders(context)
    assert not result.is_fine
    assert "1.0 MB free" in result.lines[0]


def test_the_home_folder_is_not_named(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: context.paths.root.parent)
    result = examinations.folders(context)
    assert str(context.paths.root.parent) not in json.dumps([result.lines, result.details])
    assert result.details["paths"]["root"].startswith("~")


def test_a_broken_model_is_a_problem(context: Context) -> None:
    assert not examinations.models(context).is_fine
    folder = context.paths.models / "half"
    folder.mkdir()
    (folder / "genai_config.json").write_text("{")
    result = examinations.models(context)
    assert not result.is_fine
    assert result.lines[0].startswith("half: ")
    assert result.details["models"][0]["problem"]


def test_a_keyring_that_is_silent_does_not_stop_the_rest(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = KeyringState(answer=KeyringAnswer.SILENT, backend="", sentence="No answer in time.")
    monkeypatch.setattr(secrets, "probe", lambda: silent)
    result = examinations.keyring(context)
    assert result.lines == ("No answer in time.",)
    assert result.details["answer"] == "silent"
