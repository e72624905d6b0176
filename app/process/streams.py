"""The standard streams of a child that speaks in frames."""

from __future__ import annotations

import os
from typing import BinaryIO


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
    return os.fdopen(commands, "rb"), os.fdopen(reports, "wb")
