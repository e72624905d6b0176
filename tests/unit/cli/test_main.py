"""The command line as a whole: exit codes, documents and sentences."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import config
from app.cli import main as command_line
from app.cli.command import Context
from app.cli.main import OpenWindow, Protect, main
from app.core.errors import AppError
from app.core.opening import Opening
from app.core.privacy import SealPart, SealReport
from app.logs import Logging
from app.paths import Paths
from app.process.seal import facts
from app.process.start import Protection
from tests.fakes.protection import unsealed

CANARY = "canary-of-a-conversation"
Run = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(
        *arguments: str,
        window: OpenWindow = no_window,
        protect: Protect = unsealed,
    ) -> Any:
        code = main(arguments, window, protect)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


def test_the_version_and_the_help_are_answers(run: Run) -> None:
    assert run("--version")[:2] == (0, "tacit 0.1.0\n")
    code, out, _ = run("--help")
    assert code == 0
    for command in (
        "ask", "chat", "models", "history", "config", "keys", "privacy", "doctor", "bench",
    ):  # fmt: skip
        assert f"    {command} " in out
    for later in ("serve",):
        assert later not in out


@pytest.mark.parametrize(
    "group",
    ["ask", "chat", "models", "history", "config", "keys", "privacy", "doctor", "bench"],
)
def test_every_command_has_help_and_the_options_of_every_command(run: Run, group: str) -> None:
    code, out, _ = run(group, "--help")
    assert code == 0
    assert "--data-dir" in out
    assert "--json" in out


def test_without_a_command_the_window_opens_over_the_chosen_folder(
    run: Run, tmp_path: Path
) -> None:
    roots: list[Path] = []

    def window(paths: Paths, logging: Logging) -> int:
        roots.append(paths.root)
        assert logging.file.parent == paths.logs
        return 4

    assert run("--data-dir", str(tmp_path / "mine"), window=window)[0] == 4
    assert roots == [tmp_path / "mine"]


@pytest.mark.parametrize("before", [(), ("--private",), ("--verbose",)])
def test_a_file_is_opened_in_the_window(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: tuple[str, ...]
) -> None:
    (tmp_path / "my chats.tacit").touch()
    monkeypatch.chdir(tmp_path)
    opened: list[Opening] = []

    def window(_paths: Paths, _logging: Logging, *, opening: Opening) -> int:
        opened.append(opening)
        return 0

    assert run(*before, "my chats.tacit", window=window)[0] == 0
    assert run(*before, "--new-chat", window=window)[0] == 0
    assert opened == [Opening(file=tmp_path / "my chats.tacit"), Opening(new_chat=True)]


def test_a_file_that_is_not_there_is_a_sentence(run: Run, private_home: Path) -> None:
    code, _, err = run("gone.tacit")
    assert code == 2
    assert "There is no file gone.tacit." in err
    assert not private_home.exists() or not list(private_home.iterdir())


def test_a_file_named_like_a_command_does_not_take_its_place(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "doctor").touch()
    monkeypatch.chdir(tmp_path)
    assert "Tacit" in run("doctor")[1]


@pytest.mark.parametrize(
    "arguments", [("serve",), ("config",), ("config", "set", "model.device"), ("--jsno",)]
)
def test_wrong_usage_is_2_with_the_usage_on_standard_error(
    run: Run, arguments: tuple[str, ...]
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: tacit")
    code, out, _ = run(*arguments, "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "usage"


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (AppError("It broke.", "Mend it."), 1),
        (ImportError(CANARY, name="psutil"), 1),
        (KeyboardInterrupt(), 130),
        (ValueError(CANARY), 1),
        (BrokenPipeError(CANARY), 1),
        (RecursionError(CANARY), 1),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("as_json", [False, True])
def test_whatever_a_command_raises_becomes_an_exit_code(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    private_home: Path,
    raised: BaseException,
    code: int,
    as_json: bool,
) -> None:
    def fail(_options: object, _context: Context) -> int:
        raise raised

    monkeypatch.setattr(config, "_path", fail)
    got, out, err = run("config", "path", *(["--json"] if as_json else []))
    assert got == code
    assert CANARY not in out + err
    assert "Traceback" not in out + err
    if code == 1:
        assert err.count("tacit: ") == 1
        assert bool(out) is as_json
        if as_json:
            assert set(json.loads(out)["error"]) == {"code", "what", "todo"}
    log = private_home / "logs" / "tacit.log"
    assert not log.exists() or CANARY not in log.read_text(encoding="utf-8")


def test_the_log_notes_where_an_inner_failure_happened(
    run: Run, monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    def fail(_options: object, _context: Context) -> int:
        raise ValueError(CANARY)

    monkeypatch.setattr(config, "_path", fail)
    _, _, err = run("config", "path")
    assert str(private_home / "logs" / "tacit.log") in err
    assert "test_main.py" in (private_home / "logs" / "tacit.log").read_text(encoding="utf-8")


def test_a_missing_package_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_options: object, _context: Context) -> int:
        raise ModuleNotFoundError(CANARY, name="psutil")

    monkeypatch.setattr(config, "_path", fail)
    _, out, _ = run("config", "path", "--json")
    error = json.loads(out)["error"]
    assert error["code"] == "install-failed"
    assert "psutil" in error["what"]


def test_settings_are_listed_changed_and_reset(run: Run, private_home: Path) -> None:
    _, out, _ = run("config", "list")
    assert "generation.temperature = 0.3" in out
    assert "window.geometry" not in out
    assert run("config", "set", "appearance.enter_sends", "off")[:2] == (0, "false\n")
    assert "appearance.enter_sends = false  (changed)" in run("config", "list")[1]
    _, out, _ = run("config", "get", "appearance.enter_sends", "--json")
    shown = json.loads(out)
    assert (shown["value"], shown["default"], shown["type"]) == (False, True, "bool")
    assert run("config", "reset", "appearance.enter_sends")[:2] == (0, "true\n")
    listed = json.loads(run("config", "list", "--json")[1])["settings"]
    assert {"key", "value", "default", "type", "limits", "help"} <= set(listed[0])
    assert run("config", "path")[1].strip() == str(private_home / "settings.json")


def test_a_wrong_settings_file_is_remarked_and_does_no_harm(run: Run, private_home: Path) -> None:
    private_home.mkdir()
    (private_home / "settings.json").write_text('{"model.device": "abacus"}')
    code, out, err = run("config", "get", "model.device")
    assert (code, out) == (0, "auto\n")
    assert "The default is used." in err


def test_privacy_status_says_what_is_not_enforced(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DO_NOT_TRACK")
    code, out, _ = run("privacy", "status")
    assert code == 0
    assert out.startswith("Local only, not enforced: the kernel is old.")
    assert "no network sockets: does not hold (the kernel is old)" in out
    assert "DO_NOT_TRACK: not set" in out
    document = json.loads(run("privacy", "status", "--json")[1])
    assert (document["state"], document["enforced"]) == ("not_enforced", False)
    assert document["reason"] == "the kernel is old"
    assert document["quiet_environment"]["DO_NOT_TRACK"] is False


def test_a_seal_that_is_claimed_and_not_there_is_not_believed(run: Run) -> None:
    """The report of the start says sealed; the kernel says that this process is not."""
    if sys.platform != "linux" or not facts.read().unsealed_threads:
        pytest.skip("the kernel does not tell a sealed process from this one")
    claimed = SealReport((SealPart("no network sockets", holds=True),))
    _, out, _ = run("privacy", "status", protect=lambda *_: Protection(report=claimed))
    assert out.startswith("Local only, not enforced: thread ")


def test_every_command_is_sealed_before_it_runs_and_few_have_a_courier(run: Run) -> None:
    asked: list[tuple[str, bool]] = []

    def protect(reason: str, before: object) -> Protection:
        asked.append((reason, before is not None))
        raise AppError("Enough was seen.")

    for arguments in (("ask", "x"), ("chat",), ("models", "list"), ("doctor",), ("config", "path")):
        assert run(*arguments, protect=protect)[0] == 1
    assert asked == [("", False)] * 5
    assert run("models", "starter", protect=protect)[0] == 1
    assert asked[-1] == ("", True)
    assert run("bench", "engine", protect=protect)[0] == 1
    assert asked[-1] == ("a measurement seals only the processes that it measures", False)


def test_a_benchmark_is_shown_as_a_table_or_as_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import types

    report = {
        "machine": {}, "versions": {},
        "figures": [
            {"name": "start", "value": 0.4, "unit": "s", "goal": 1.0, "sense": "at most",
             "holds": True},
            {"name": "size", "value": 3.0, "unit": "MB", "goal": None, "holds": None},
        ],
    }  # fmt: skip
    measured: list[tuple[str, Paths]] = []

    def run_bench(name: str, paths: Paths) -> dict[str, Any]:
        measured.append((name, paths))
        return report

    module = types.ModuleType("app.bench.command")
    module.run_bench = run_bench  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.bench.command", module)
    code, out, _ = run("bench", "startup")
    assert code == 0
    assert "start   0.4    s     at most 1  yes" in out
    assert json.loads(run("bench", "all", "--json")[1]) == report
    assert [name for name, _ in measured] == ["startup", "all"]
    assert run("bench", "nonsense")[0] == 2


def test_the_parser_knows_every_command_once() -> None:
    assert command_line.parser().prog == "tacit"


def test_a_private_session_makes_nothing_and_logs_nothing(run: Run, tmp_path: Path) -> None:
    def window(paths: Paths, logging: Logging) -> int:
        assert paths.keeps_nothing
        logging.report(ValueError(CANARY), "the window")
        return 0

    root = tmp_path / "mine"
    code, _, err = run("--private", "--data-dir", str(root), window=window)
    assert code == 0
    assert CANARY not in err
    assert "not logged" in err
    assert not root.exists()


def test_a_command_is_no_private_session(run: Run) -> None:
    code, _, err = run("--private", "ask", "x")
    assert code == 2
    assert "keep nothing anyway" in err
