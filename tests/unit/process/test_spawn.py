"""A child is this program again, with an environment that holds no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.process import spawn
from app.process.environment import QUIET
from app.process.lifetime import PARENT_VARIABLE

ROOT = Path(spawn.__file__).parents[2]


def test_from_a_checkout_the_module_is_run_without_the_current_folder() -> None:
    assert spawn.own_command("--engine-host") == [
        sys.executable,
        "-P",
        "-m",
        "app",
        "--engine-host",
    ]


def test_the_frozen_program_is_run_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert spawn.own_command("--engine-host") == [sys.executable, "--engine-host"]
    assert "PYTHONPATH" not in spawn.child_environment()


def test_on_windows_each_process_has_a_file_of_its_own() -> None:
    window = r"C:\Tacit\tacit-window.exe"
    for argument, name in (
        ("--engine-host", "tacit-engine.exe"),
        ("--courier", "tacit-courier.exe"),
        ("ask", "tacit.exe"),
    ):
        found = spawn.program_for([argument], window, "win32")
        assert found == rf"C:\Tacit\{name}"
        assert spawn.program_for([argument], "/usr/bin/tacit", "linux") == "/usr/bin/tacit"
    assert spawn.program_for([], window, "win32") == r"C:\Tacit\tacit.exe"
    for program, name in (("hub_client", "tacit-courier.exe"), ("hub_server", "tacit.exe")):
        found = spawn.program_for(["--bench-program", program, "x"], window, "win32")
        assert found == rf"C:\Tacit\{name}"


def test_secrets_stay_here() -> None:
    source = {
        "PATH": "/bin",
        "ANTHROPIC_API_KEY": "secret",
        "HF_TOKEN": "secret",
        "ORT_SECRET_TOKEN": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "PYTHONSTARTUP": "/tmp/evil.py",
        "LD_PRELOAD": "/tmp/evil.so",
        "HTTPS_PROXY": "http://user:secret@proxy",
        "OMP_NUM_THREADS": "2",
        "ORT_LOG": "1",
        "LC_ALL": "C",
    }
    environment = spawn.child_environment(source)
    assert "secret" not in repr(environment)
    assert "evil" not in repr(environment)
    for name in ("PATH", "OMP_NUM_THREADS", "ORT_LOG", "LC_ALL"):
        assert environment[name] == source[name]


def test_a_child_is_quiet_and_knows_its_parent() -> None:
    environment = spawn.child_environment({"ORT_DISABLE_TELEMETRY": "0"})
    assert environment.items() >= QUIET.items()
    assert environment[PARENT_VARIABLE] == str(os.getpid())


def test_an_installed_program_needs_no_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site.getsitepackages", lambda: [str(ROOT)])
    assert "PYTHONPATH" not in spawn.child_environment()


def test_a_child_finds_the_program_and_nothing_in_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("print('injected')")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("print('injected')")
    code = "import app, json; print(app.__file__)"
    command = [*spawn.own_command()[:2], "-c", code]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=spawn.child_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert Path(done.stdout.strip()) == ROOT / "app" / "__init__.py"


def test_one_child_may_get_more_by_name() -> None:
    source = {"HTTPS_PROXY": "a", "https_proxy": "b", "DISPLAY": ":1"}
    environment = spawn.child_environment(source, also=lambda name: name == "HTTPS_PROXY")
    assert (environment["HTTPS_PROXY"], environment["https_proxy"]) == ("a", "b")
    assert "DISPLAY" not in environment
