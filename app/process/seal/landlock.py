"""Landlock: which files this process may still read, and that it may write none.

Numbers and structures are those of the kernel's `landlock(7)`. The rules bind the calling
thread and what it starts afterwards, so they are set before any other thread exists.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
# Access rights on files that each version of the interface knows, as a mask.
KNOWN_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
READ = READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
# Second layers, where the kernel has them: TCP (bind, connect), and reaching out of the domain
# by an abstract local socket or a signal.
NET_VERSION, NET = 4, 3
SCOPE_VERSION, SCOPE = 6, 3


class LandlockError(OSError):
    """The kernel has no Landlock, or did not take a rule; the message says which."""


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """The version of the kernel's interface; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found = _call(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    return max(found, 0)


def read_only(
    folders: Iterable[Path], writable: Iterable[Path] = (), *, may_connect: bool = False
) -> None:
    """From now on only files beneath `folders` can be read, and only beneath `writable` written.

    Nothing outside can be connected to or sent a signal either, unless it `may_connect`. Paths
    that do not exist are passed over. Raises `LandlockError`.
    """
    supported = version()
    if supported == 0:
        raise LandlockError(errno.ENOSYS, "the kernel has no Landlock")
    handled = KNOWN_BY_VERSION[max(v for v in KNOWN_BY_VERSION if v <= supported)]
    attributes = _Ruleset(
        handled,
        NET if supported >= NET_VERSION and not may_connect else 0,
        SCOPE if supported >= SCOPE_VERSION and not may_connect else 0,
    )
    # An older kernel takes the larger structure where what it does not know is zero.
    ruleset = _call(CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    if ruleset < 0:
        raise LandlockError(ctypes.get_errno(), "the kernel refused the rule set")
    try:
        for path in folders:
            _allow(ruleset, path, READ & handled)
        for path in writable:
            _allow(ruleset, path, handled & ~EXECUTE)
        if _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise LandlockError(ctypes.get_errno(), "the kernel refused no_new_privs")
        if _call(RESTRICT_SELF, ruleset, 0) != 0:
            raise LandlockError(ctypes.get_errno(), "the kernel refused the restriction")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there, or not for this user
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= ON_FILES
        rule = _PathBeneath(access, descriptor)
        if _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0) != 0:
            raise LandlockError(ctypes.get_errno(), f"the kernel refused the rule for {path.name}")
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    wrapped = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *wrapped))
