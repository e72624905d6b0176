"""A key that a person enters is in the keyring and nowhere else: the real program, a real keyring.

The key is typed into the command and into the window; then every byte that Tacit wrote, and the
command line and environment of each of its processes, are searched, also while the keyring is
frozen and the key is on its way.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.settings.secrets import Secrets
from tests.e2e.desktop import wait_until
from tests.e2e.traces import Place, Running, driving, exposed, running
from tests.fakes.secret_service import SecretServiceSession
from tests.fakes.web_proxy import StandInProxy

KEY = "sk-ant-0815-entered-CANARY"
PASSWORD = "entered-proxy-CANARY-0815"
COMMAND = "import sys, app.__main__ as program; sys.exit(program.main())"

# Drives the window from inside: enters the password in its field on the settings page, and says
# "sending", "kept" and, once the courier was told, "told".
DRIVER = driving("""
async def drive(assembly):
    window = assembly._window
    await until(lambda: assembly.is_history_open and window.isVisible())
    window.show_page("general")
    row = window.stack.currentWidget().part.secrets["proxy"]
    await until(lambda: assembly.parts.secrets.view("proxy").kept is not None)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    row.change.click()
    QTest.keyClicks(row.field, GIVEN)
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    await until(lambda: assembly.parts.secrets.view("proxy").is_waiting)
    print("sending", flush=True)
    await until(lambda: not row.is_entering)
    print("kept", row.state.text(), flush=True)
    keeper = assembly._services.courier_policy
    await until(lambda: keeper._is_read and keeper._password is not None)
    print("told", flush=True)
""")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "place"
    root.mkdir()
    return Place(root)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretServiceSession]:
    """The keyring of a person who is logged in; this process reads it, too."""
    with SecretServiceSession(tmp_path) as session:
        for name, value in session.environment.items():
            monkeypatch.setenv(name, value)
        yield session


def address(keyring: SecretServiceSession) -> dict[str, str]:
    name = "DBUS_SESSION_BUS_ADDRESS"
    return {name: keyring.environment[name]}


def kept(name: str) -> str:
    secret = Secrets().get(name)
    return "" if secret is None else secret.text


def search(place: Place, secret: str, program: Running | None = None) -> None:
    """The secret is in no file of Tacit's, and no process shows it."""
    assert place.found(secret) == []
    for process in program.processes() if program is not None else ():
        assert exposed(process, secret) == []


def asks_the_keyring(process: psutil.Process) -> bool:
    """Whether the command, once it runs, has a connection to the session bus."""
    return "set" in process.cmdline() and bool(process.net_connections("unix"))


def test_a_key_given_to_the_command_is_in_the_keyring_alone(
    place: Place, keyring: SecretServiceSession
) -> None:
    more = address(keyring)
    keyring.freeze()
    try:
        with running(place, "keys", "set", "anthropic", code=COMMAND, more=more) as program:
            program.say(KEY)
            assert program.process.stdin is not None
            program.process.stdin.close()
            program.process.stdin = None
            shown = psutil.Process(program.process.pid)
            wait_until(lambda: asks_the_keyring(shown), 30, "it did not ask the keyring")
            search(place, KEY, program)
            keyring.thaw()
            out, errors = program.process.communicate(timeout=60)
    finally:
        keyring.thaw()
    assert program.process.returncode == 0, errors
    assert KEY not in out + errors
    assert kept("anthropic") == KEY
    for arguments in (("list",), ("list", "--json"), ("delete", "anthropic")):
        with running(place, "keys", *arguments, "--verbose", code=COMMAND, more=more) as program:
            out, errors = program.process.communicate(timeout=60)
        assert program.process.returncode == 0, errors
        assert "anthropic" in out
        assert KEY not in out + errors
    assert kept("anthropic") == ""
    search(place, KEY)


def test_a_key_typed_into_a_terminal_is_not_shown(
    place: Place, keyring: SecretServiceSession
) -> None:
    import pty  # there is none on Windows

    ours, its = pty.openpty()
    command = [sys.executable, "-P", "-c", COMMAND, "keys", "set", "anthropic"]
    environment = place.environment(address(keyring))
    with subprocess.Popen(
        command,
        env=environment,
        cwd=place.root / "cwd",
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    ) as process:
        os.close(its)
        shown = b""
        while b"not shown" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{KEY}\n".encode())
        assert process.wait(60) == 0
        shown += os.read(ours, 65_536)
    os.close(ours)
    assert b"kept in your keyring" in shown
    assert KEY.encode() not in shown
    assert kept("anthropic") == KEY
    search(place, KEY)


def test_a_password_entered_in_the_window_is_in_the_keyring_alone(
    place: Place, keyring: SecretServiceSession, model_template: Path
) -> None:
    shutil.copytree(model_template, place.home / "models" / "starter", copy_function=os.link)
    use_proxy(place, 3128)
    with running(place, code=DRIVER, more=address(keyring)) as program:
        program.say(PASSWORD)
        program.wait_for("ready")
        keyring.freeze()
        program.say("go on")
        program.wait_for("sending")
        search(place, PASSWORD, program)
        keyring.thaw()
        assert program.wait_for("kept") == "Kept in your keyring"
        program.wait_for("told")
        assert len(program.processes()) > 1, "the courier is one of them"
        search(place, PASSWORD, program)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
        assert PASSWORD not in program.errors()
    assert kept("proxy") == PASSWORD
    search(place, PASSWORD)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_command_goes_through_the_proxy_with_the_password_of_the_keyring(
    place: Place, keyring: SecretServiceSession, is_known: bool
) -> None:
    """Real processes, sealed: the command reads the keyring, its courier meets the proxy."""
    if is_known:
        Secrets().set("proxy", PASSWORD)
    with StandInProxy("anna", PASSWORD) as proxy:
        use_proxy(place, proxy.port)
        more = {**address(keyring), "PIP_RETRIES": "0"}
        with running(place, "models", "starter", code=COMMAND, more=more) as program:
            _, errors = program.process.communicate(timeout=200)
        assert program.process.returncode == 1
        assert proxy.tunnels, errors
        assert (proxy.refused == 0) is is_known
    assert PASSWORD not in errors
    search(place, PASSWORD)


def use_proxy(place: Place, port: int) -> None:
    place.home.mkdir(mode=0o700, exist_ok=True)
    (place.home / "settings.json").write_text(
        json.dumps(
            {
                "network.proxy": "manual",
                "network.proxy_host": "127.0.0.1",
                "network.proxy_port": port,
                "network.proxy_user": "anna",
            }
        )
    )
