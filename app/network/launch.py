"""Starting the courier's process. Light, because the window waits for it at its start."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.process.spawn import child_environment, own_command, with_pipes

ARGUMENT = "--courier"
"""What the program is started with to be a courier."""

_LEAVE_S = 5.0

# What a courier needs besides what every child gets: the way through a proxy, the system's
# certificates, pip's settings, and what a browser has to know of the person's session.
_NAMES = frozenset(
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE "
    "DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY BROWSER "
    "DESKTOP_SESSION KDE_FULL_SESSION KDE_SESSION_VERSION GNOME_DESKTOP_SESSION_ID "
    "TACIT_UMASK TACIT_UPDATES".split()
)
_PREFIXES = ("XDG_", "PIP_")

Launched = subprocess.Popen[bytes]


def launch(folder: Path, command: Sequence[str] | None = None) -> Launched:
    """Start a courier, whose working folder is `folder`; raises `AppError`.

    Call it on a thread that lives as long as the courier should, before this process seals
    itself. `command` starts the courier (None: this program itself). It does nothing until
    `client.attach` gives it somebody to obey.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return with_pipes(
            list(command or own_command(ARGUMENT)), child_environment(also=_is_needed), folder
        )
    except OSError:
        raise AppError(
            "The part of Tacit that may use the network could not be started.",
            "Chats with models on this computer work without it. To download something, close "
            "other programs and start Tacit again.",
            code=ErrorCode.SEALED,
        ) from None


def end(process: Launched) -> None:
    """End a courier that nobody has attached to; one that has ended already is left alone."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(_LEAVE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_needed(name: str) -> bool:
    return name in _NAMES or name.startswith(_PREFIXES)
