"""The commands by which anybody checks the same from outside, with the numbers filled in."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.core.proof import OutsideCheck


def checks(pids: Sequence[int]) -> tuple[OutsideCheck, ...]:
    """What to type in a terminal while these processes run."""
    if sys.platform != "linux":
        return ()
    one = "\\|".join(f"pid={pid}," for pid in pids)
    every = " ".join(f"/proc/{pid}/task/*/status" for pid in pids)
    opened = " ".join(f"/proc/{pid}/fd" for pid in pids)
    return (
        OutsideCheck(
            command=f"grep Seccomp: {every}",
            shows="Every line ends in 2: the kernel filters what each thread may ask for.",
        ),
        OutsideCheck(
            command=f"sudo ss -tuanp | grep '{one}'",
            shows="Nothing: the processes have no internet socket.",
        ),
        OutsideCheck(
            command=f"sudo ls -l {opened}",
            shows="Every open file, pipe and socket; ss -xp shows that the sockets are local.",
        ),
        OutsideCheck(
            command="strace -f -e trace=network,io_uring_setup tacit",
            shows="From the start on, no socket but AF_UNIX is opened (other than by a proof, "
            "where every attempt ends in EACCES).",
        ),
        OutsideCheck(
            command="unshare -rn tacit",
            shows="Without any network, everything goes on as before.",
        ),
    )
