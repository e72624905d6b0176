"""A session bus of its own with a real keyring on it: GNOME's, as a desktop runs it."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PASSWORD = "pw"
_NEEDED = {"dbus-daemon": "dbus", "gnome-keyring-daemon": "gnome-keyring"}
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class SecretServiceSession:
    """A context; `environment` is what a program needs to find this bus and no other desktop.

    Without `service` there is a bus and no keyring on it. `display` is a screen for the dialog
    that asks for the keyring's password.
    """

    def __init__(self, folder: Path, *, service: bool = True, display: str = "") -> None:
        missing = sorted(package for name, package in _NEEDED.items() if not shutil.which(name))
        if missing:
            raise RuntimeError(f"install the system packages {missing}: packaging/test does that")
        self._folder = folder
        self._has_service = service
        self._display = display
        self._bus: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        for name in ("home", "runtime", "bus"):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        self.environment = {
            "HOME": str(self._folder / "home"),
            "XDG_DATA_HOME": str(self._folder / "home" / "share"),
            "XDG_RUNTIME_DIR": str(self._folder / "runtime"),
            "DISPLAY": self._display,
            "WAYLAND_DISPLAY": "",
        }
        config = self._folder / "bus.conf"
        services = "<standard_session_servicedirs/>" if self._has_service else ""
        config.write_text(_BUS.format(folder=self._folder / "bus", services=services))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        self._bus = self._start(command)
        assert self._bus.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._bus.stdout.readline().strip()
        if self._has_service:
            self.start_daemon()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (self._daemon, self._bus):
            if process is not None:
                process.kill()
                process.communicate()

    def start_daemon(self) -> None:
        """Start the keyring, unlocked with its password as a log-in does."""
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        self._daemon = self._start(command)
        assert self._daemon.stdin is not None
        # No line break: it would become part of the password.
        self._daemon.stdin.write(PASSWORD)
        self._daemon.stdin.close()
        self._daemon.stdin = None
        deadline = time.monotonic() + 20
        while not self._is_there():
            assert time.monotonic() < deadline, "the keyring did not come"
            time.sleep(0.05)

    def stop_daemon(self) -> None:
        """End the keyring; what it keeps lies in its file."""
        assert self._daemon is not None
        self._daemon.terminate()
        self._daemon.communicate(timeout=20)

    def kill_daemon(self) -> None:
        """Have the keyring crash."""
        assert self._daemon is not None
        self._daemon.kill()

    def lock(self) -> None:
        """Lock it, as a person or a desktop that goes to sleep does."""
        import secretstorage

        with self._connected() as connection:
            collection = secretstorage.get_collection_by_alias(connection, "default")
            collection.lock()
            assert collection.is_locked()

    def freeze(self) -> None:
        """Stop the keyring's process, so that it answers nothing."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        jeepney = importlib.import_module("jeepney.io.blocking")
        from secretstorage.util import add_match_rules

        connection = jeepney.open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        with contextlib.closing(connection):
            add_match_rules(connection)
            yield connection

    def _is_there(self) -> bool:
        import secretstorage

        jeepney = importlib.import_module("jeepney")
        with self._connected() as connection:
            # Before it has its name, a question to it would start another one, which is locked.
            question = jeepney.message_bus.NameHasOwner("org.freedesktop.secrets")
            if not connection.send_and_get_reply(question).body[0]:
                return False
            with contextlib.suppress(secretstorage.exceptions.ItemNotFoundException):
                default = secretstorage.get_collection_by_alias(connection, "default")
                return not default.is_locked()
            return False

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=self._variables(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _variables(self, inherited: Mapping[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in inherited.items() if not k.startswith(("XDG_", "DBUS_"))}
        return {**kept, **self.environment}
