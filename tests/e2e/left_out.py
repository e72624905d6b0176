"""The program with one part of its seal left out: `left_out.py PART ARGUMENT...`.

Run with "--engine-host PART" it is the engine host without that part. A part that both
processes have is left out of both.
"""

from __future__ import annotations

from app.process import environment

environment.apply()

import socket  # noqa: E402  (the environment is quiet first)
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from unittest import mock  # noqa: E402

from app import __main__ as entry  # noqa: E402
from app.core.privacy import SealReport  # noqa: E402
from app.engine.protocol import Hello  # noqa: E402
from app.process import start  # noqa: E402
from app.process.seal import seal  # noqa: E402
from app.process.start import Protection  # noqa: E402


def main() -> int:
    if sys.argv[1] == entry.ENGINE_HOST:
        return host(sys.argv[2])
    part = sys.argv[1]
    from app.cli.main import main as command_line

    script = [sys.executable, "-P", __file__, entry.ENGINE_HOST, part]

    def protect(unsealed: str, _before: Callable[[], None] | None = None) -> Protection:
        return start.protect(unsealed, before=inherit(part), left_out=[part])

    with mock.patch("app.engine.client.own_command", return_value=script):
        return command_line(sys.argv[2:], entry.open_window, protect, entry.try_through_qt)


def host(part: str) -> int:
    from app.engine import host as engine_host

    def sealed(hello: Hello) -> SealReport:
        return seal.seal_host(Path(hello.model_folder), graphics=False, left_out=[part])

    return engine_host.main(seal=sealed)


def inherit(part: str) -> Callable[[], None] | None:
    """What that part would find."""
    if part != seal.NOTHING_INHERITED:
        return None
    return lambda: INHERITED.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))


INHERITED: list[socket.socket] = []

if __name__ == "__main__":
    sys.exit(main())
