"""The courier: the only process of Tacit that may open an internet socket.

The window starts it before it seals itself, because what is sealed can start nothing that is
not. It does typed verbs and nothing else, and ends when its input ends.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from app.network import protocol
from app.network.confinement import confine
from app.network.serving import Serving
from app.network.verb import AnyHandler
from app.process import environment, frames, lifetime
from app.process.frames import FrameWriter
from app.process.plain import Plain, ProtocolError
from app.process.streams import claim_standard_streams

_EXIT_PROTOCOL = 3
_CLOSING_S = 3.0


def main(handlers: Sequence[AnyHandler]) -> int:
    """Serve the client at the other end of the standard streams until it hangs up."""
    environment.apply()
    lifetime.begin()
    # Ignored by a function and not by the system: a browser would inherit the latter.
    signal.signal(signal.SIGINT, lambda *_: None)
    commands, reports = claim_standard_streams()
    writer = FrameWriter(reports)

    def write(frame: Plain) -> None:
        try:
            writer.write(frame)
        except OSError:
            os._exit(0)  # nobody listens any more

    serving = Serving(write, handlers, confine)
    code = 0
    try:
        write(protocol.hello())
        while (frame := frames.read(commands)) is not None:
            serving.obey(protocol.command_from(frame))
    except ProtocolError:
        code = _EXIT_PROTOCOL
    serving.close(_CLOSING_S)
    os._exit(code)  # whatever threads still wait for the network
