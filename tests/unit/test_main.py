"""The entry point: silent first, then only what was asked for."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from app import __main__ as entry
from app import courier as couriers
from app.bench import programs
from app.cli import display
from app.core.errors import AppError, ErrorCode
from app.core.opening import Opening
from app.core.privacy import PrivacyFacts, SealPart, SealReport
from app.logs import Logging
from app.paths import Paths
from app.process import environment
from app.process.proof import children
from app.process.spawn import with_pipes
from app.process.start import Protection
from app.selftest import parts
from app.selftest import window as trial_window

ROOT = Path(__file__).parents[2]
PATHS = cast("Paths", object())
LOGGING = cast("Logging", object())
PROTECTION = Protection(report=SealReport((SealPart("nothing", holds=True),)))


@pytest.fixture(autouse=True)
def unsealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one would seal the process of all tests."""
    monkeypatch.setattr(entry, "protect", lambda *_, **__: PROTECTION)


def test_the_environment_is_quiet_before_anything_else_is_imported() -> None:
    tree = ast.parse(Path(entry.__file__).read_text(encoding="utf-8"))
    _docstring, imported, applied = tree.body[:3]
    assert ast.unparse(imported) == "from app.process import environment"
    assert ast.unparse(applied) == "environment.apply()"
    for package in ("app/__init__.py", "app/process/__init__.py"):
        body = ast.parse((ROOT / package).read_text(encoding="utf-8")).body
        assert not [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_the_variables_are_really_set_by_the_first_import() -> None:
    code = (
        "import app.__main__, os; from app.process.environment import QUIET; "
        "print(all(os.environ[name] == value for name, value in QUIET.items()))"
    )
    bare = {name: value for name, value in os.environ.items() if name not in environment.QUIET}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=bare, capture_output=True, text=True, check=True
    )
    assert run.stdout == "True\n"


def test_the_engine_host_is_started_and_nothing_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = types.ModuleType("app.engine.host")
    host.main = lambda: 17  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.engine.host", host)
    monkeypatch.setattr("app.engine.host", host, raising=False)
    monkeypatch.setattr(sys, "argv", ["tacit", "--engine-host"])
    assert entry.main() == 17


def test_the_child_of_a_proof_tries_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "main", lambda: 18)
    monkeypatch.setattr(sys, "argv", ["tacit", children.FLAG])
    assert entry.main() == 18


def test_the_courier_is_started_with_the_verbs_of_every_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[str] = []

    def serve(handlers: Any) -> int:
        given.extend(handler.verb.name for handler in handlers)
        return 18

    monkeypatch.setattr("app.network.courier.main", serve)
    monkeypatch.setattr(sys, "argv", ["tacit", "--courier"])
    assert entry.main() == 18
    own = ["open-link", "open-folder", "fetch", "download", "build-starter"]
    assert given == [
        *own,
        "search-models",
        "list-variants",
        "cloud-chat",
        "cloud-models",
        "fetch-release",
    ]


def test_the_window_of_a_self_test_is_the_programs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def be_tried(*all_of_it: Any) -> int:
        given.append(all_of_it)
        return 19

    monkeypatch.setattr(trial_window, "main", be_tried)
    monkeypatch.setattr(sys, "argv", ["tacit", parts.TRY_WINDOW, "/data"])
    assert entry.main() == 19
    assert given == [(["/data"], entry.open_window, entry.protect)]


@pytest.mark.parametrize(("name", "code"), [("plain_loop", 20), ("figures", 2), ("", 2)])
def test_only_programs_of_a_measurement_are_run_by_their_name(
    monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    monkeypatch.setattr("app.bench.plain_loop.main", lambda: 20)
    monkeypatch.setattr(sys, "argv", ["tacit", programs.FLAG, *filter(None, [name])])
    assert entry.main() == code


def test_ctrl_c_before_anything_is_there_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "_start", interrupted)
    assert entry.main() == 130


def test_without_a_command_the_window_opens(
    monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    opened: list[Path] = []

    def open_window(paths: Paths, _logging: Logging) -> int:
        opened.append(paths.root)
        return 5

    monkeypatch.setattr(entry, "open_window", open_window)
    monkeypatch.setattr(sys, "argv", ["tacit"])
    assert entry.main() == 5
    assert opened == [private_home]
    assert (private_home / "models").is_dir()


def window_module(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., int] | None, error: str = ""
) -> None:
    """Put an `app.ui.application` in place whose import gives `run` or fails."""

    class Module(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            if name == "run":
                raise ImportError(error, name="PySide6")
            raise AttributeError(name)

    module = Module("app.ui.application")
    if run is not None:
        module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.ui.application", module)
    monkeypatch.setattr(display, "problem", lambda: None)


def test_the_window_is_run_with_what_is_known_of_its_privacy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[object] = []

    def run(*arguments: object, facts: object, build: object, opening: object) -> int:
        given.extend([*arguments, facts, opening])
        assert callable(build)
        return 3

    window_module(monkeypatch, run)
    opening = Opening(file=Path("/home/me/chats.tacit"))
    assert entry.open_window(PATHS, LOGGING, opening=opening) == 3
    assert given == [PATHS, LOGGING, PrivacyFacts(window=PROTECTION.report), opening]


def protect_and_launch(order: list[object]) -> Callable[..., Protection]:
    def protect(_unsealed: str, before: Callable[[], None], *, desktop: bool) -> Protection:
        assert desktop
        before()
        order.append("sealed")
        return PROTECTION

    return protect


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> subprocess.Popen[bytes]:
    """A process that stands for the courier's: it ends when its input ends."""
    code = "import sys; sys.stdin.read()"
    process = with_pipes([sys.executable, "-c", code], dict(os.environ), ROOT)
    monkeypatch.setattr(couriers, "launch_where_wanted", lambda _paths: process)
    return process


def test_the_courier_is_launched_before_the_seal_and_ends_with_the_window(
    monkeypatch: pytest.MonkeyPatch, launched: subprocess.Popen[bytes]
) -> None:
    order: list[object] = []

    def run(*_: object, facts: PrivacyFacts, **__: object) -> int:
        order.append(facts.courier.pid)
        return 0 if launched.poll() is None else 1

    monkeypatch.setattr(entry, "protect", protect_and_launch(order))
    window_module(monkeypatch, run)
    assert entry.open_window(PATHS, LOGGING) == 0
    assert order == ["sealed", launched.pid]
    assert launched.returncode == 0


def test_a_courier_does_not_outlive_a_window_that_cannot_open(
    monkeypatch: pytest.MonkeyPatch, launched: subprocess.Popen[bytes]
) -> None:
    monkeypatch.setattr(entry, "protect", protect_and_launch([]))
    window_module(monkeypatch, None, "No module named 'PySide6'")
    with pytest.raises(AppError):
        entry.open_window(PATHS, LOGGING)
    assert launched.returncode == 0


def test_the_process_is_sealed_before_the_window_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window_module(monkeypatch, lambda *_, **__: 0)
    monkeypatch.delitem(sys.modules, "app.ui.application")
    seen: list[bool] = []

    def protect(_unsealed: str, _before: object, *, desktop: bool) -> Protection:
        assert desktop
        seen.append("app.ui.application" in sys.modules)
        raise AppError("Enough was seen.")

    monkeypatch.setattr(entry, "protect", protect)
    with pytest.raises(AppError, match="Enough"):
        entry.open_window(PATHS, LOGGING)
    assert seen == [False]


def test_a_window_on_the_screen_of_another_machine_is_not_sealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reasons: list[str] = []

    def protect(unsealed: str, _before: object, *, desktop: bool) -> Protection:
        assert desktop
        reasons.append(unsealed)
        return Protection()

    window_module(monkeypatch, lambda *_, **__: 0)
    monkeypatch.setattr(entry, "protect", protect)
    monkeypatch.setattr(display, "needs_network", lambda: "the screen is far away")
    entry.open_window(PATHS, LOGGING)
    assert reasons == ["the screen is far away"]


def test_a_missing_library_of_the_system_is_named_with_its_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = "libEGL.so.1: cannot open shared object file: No such file or directory"
    window_module(monkeypatch, None, error)
    with pytest.raises(AppError) as caught:
        entry.open_window(PATHS, LOGGING)
    assert "libEGL.so.1" in caught.value.what
    assert "sudo apt install libegl1." in caught.value.todo


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        ("No module named 'PySide6'", "the package PySide6"),
        ("libQt6Widgets.so.6: cannot open shared object file", "the library libQt6Widgets.so.6"),
    ],
)
def test_what_comes_along_and_is_missing_is_a_damaged_installation(
    monkeypatch: pytest.MonkeyPatch, error: str, missing: str
) -> None:
    window_module(monkeypatch, None, error)
    with pytest.raises(AppError, match=f"{missing} is missing or damaged") as caught:
        entry.open_window(PATHS, LOGGING)
    assert caught.value.code is ErrorCode.INSTALL_FAILED


def test_without_a_screen_qt_is_not_even_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> int:
        raise AssertionError("the window was opened")

    window_module(monkeypatch, never)
    monkeypatch.setattr(display, "problem", lambda: AppError("There is no screen."))
    with pytest.raises(AppError, match="no screen"):
        entry.open_window(PATHS, LOGGING)
