"""The standard streams of a child that speaks in frames."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

_INPUT, _OUTPUT = -10, -11
"""STD_INPUT_HANDLE and STD_OUTPUT_HANDLE of Windows."""


def claim_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipe away from descriptors 0 and 1; returns its two ends.

    Libraries print to descriptor 1 whenever they like: that goes to standard error from now
    on, where it cannot be taken for a frame.
    """
    commands, reports = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        _hand_over_to_windows()
    return os.fdopen(commands, "rb"), os.fdopen(reports, "wb")


if sys.platform == "win32":

    def _hand_over_to_windows() -> None:
        """Tell Windows, too, which streams are the standard ones; the C runtime may not have.

        A library's own C runtime asks for the kind of standard input as it is loaded, and where
        that still is the pipe, it waits until the thread that reads the pipe has something.
        """
        import ctypes
        import msvcrt

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.SetStdHandle.argtypes = [ctypes.c_uint32, ctypes.c_void_p]
        for which, descriptor in ((_INPUT, 0), (_OUTPUT, 1)):
            kernel.SetStdHandle(which & 0xFFFF_FFFF, msvcrt.get_osfhandle(descriptor))
