"""What Windows enforces without administrator rights, and in plain words what it does not.

There is no counterpart of seccomp: only an AppContainer takes the network from a process, and
it has to be given at its start. What a running process can do to itself is here: a job object
that lets it start no other process, an integrity level that lets it write to no file of the
person's (as Chromium does to its own processes, sandbox/win/src/restricted_token_utils.cc), and
no code from network shares or from programs that hook into others. Nothing is taken for true
because a call succeeded: each part is asked for again, or tried.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.privacy import SealPart

JOB_EXTENDED_LIMITS = 9
LIMIT_ACTIVE_PROCESS = 0x8
LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x400
EXTENSION_POINT_POLICY = 6
NO_EXTENSION_POINTS = 0x1
IMAGE_LOAD_POLICY = 10
NO_REMOTE_IMAGES = 0x1
NO_LOW_IMAGES = 0x2
TOKEN_ADJUST_DEFAULT, TOKEN_QUERY = 0x80, 0x8
TOKEN_INTEGRITY_LEVEL = 25
SE_GROUP_INTEGRITY = 0x20
# S-1-16-4096, the low integrity level: revision, one part, authority 16, the part.
LOW_INTEGRITY = bytes((1, 1, 0, 0, 0, 0, 0, 16)) + (4096).to_bytes(4, "little")

_NO_LOCK = "Windows has no lock on the network without administrator rights"
_WRITES = "Windows does not keep the model's process from writing files"
_WHERE_IT_MAY = "apart from AppData\\LocalLow; it may read what the person may read"


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("Basic", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def window_parts() -> tuple[SealPart, ...]:
    """What holds for the process that shows conversations."""
    return (SealPart("no network sockets", holds=False, detail=_NO_LOCK),)


def host_parts(
    kernel: Any = None, security: Any = None, may_write: Callable[[], bool] | None = None
) -> tuple[SealPart, ...]:
    """Restrict this process, which runs a model, and say what holds.

    `kernel` is kernel32, `security` advapi32, `may_write` tries to write a file of the person's;
    a test passes its own.
    """
    library = kernel or _kernel32()
    _lower_integrity(library, security or _advapi32())
    refused = not (may_write or _may_write)()
    return (
        SealPart("no network sockets", holds=False, detail=_NO_LOCK),
        SealPart("files read-only", holds=refused, detail=_WHERE_IT_MAY if refused else _WRITES),
        _part("no programs", _start_nothing(library)),
        _part(
            "no code from network shares",
            _mitigate(library, IMAGE_LOAD_POLICY, NO_REMOTE_IMAGES | NO_LOW_IMAGES),
        ),
        _part(
            "no code hooked in by other programs",
            _mitigate(library, EXTENSION_POINT_POLICY, NO_EXTENSION_POINTS),
        ),
    )


def _part(name: str, holds: bool) -> SealPart:
    return SealPart(name, holds=holds, detail="" if holds else f"{name}: Windows refused it")


def _start_nothing(kernel: Any) -> bool:
    job = kernel.CreateJobObjectW(None, None)
    if not job:
        return False
    limits = ExtendedLimits()
    limits.Basic.LimitFlags = LIMIT_ACTIVE_PROCESS | LIMIT_DIE_ON_UNHANDLED_EXCEPTION
    limits.Basic.ActiveProcessLimit = 1
    size = ctypes.sizeof(limits)
    # The handle stays open: the job is to live as long as this process.
    return bool(
        kernel.SetInformationJobObject(job, JOB_EXTENDED_LIMITS, ctypes.byref(limits), size)
        and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
    )


def _mitigate(kernel: Any, policy: int, flags: int) -> bool:
    """Set the flags of a mitigation policy, and read whether they are set."""
    wanted, found = ctypes.c_uint32(flags), ctypes.c_uint32()
    size = ctypes.sizeof(wanted)
    return bool(
        kernel.SetProcessMitigationPolicy(policy, ctypes.byref(wanted), size)
        and kernel.GetProcessMitigationPolicy(
            kernel.GetCurrentProcess(), policy, ctypes.byref(found), size
        )
        and found.value & flags == flags
    )


class Label(ctypes.Structure):
    """TOKEN_MANDATORY_LABEL."""

    _fields_ = (("Sid", ctypes.c_void_p), ("Attributes", ctypes.c_uint32))


def _lower_integrity(kernel: Any, security: Any) -> None:
    """Give this process the low integrity level; whether that helped, `_may_write` tells."""
    token = ctypes.c_void_p()
    access = TOKEN_ADJUST_DEFAULT | TOKEN_QUERY
    if not security.OpenProcessToken(kernel.GetCurrentProcess(), access, ctypes.byref(token)):
        return
    sid = ctypes.create_string_buffer(LOW_INTEGRITY, len(LOW_INTEGRITY))
    label = Label(ctypes.addressof(sid), SE_GROUP_INTEGRITY)
    security.SetTokenInformation(
        token, TOKEN_INTEGRITY_LEVEL, ctypes.byref(label), ctypes.sizeof(label) + len(LOW_INTEGRITY)
    )
    kernel.CloseHandle(token)


def _may_write() -> bool:
    """Whether a file can be made in the person's home, where the process could before."""
    file = Path.home() / f".tacit-seal-{os.getpid()}"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except PermissionError:
        return False
    except OSError:  # no home, a full disk: nothing is known, so nothing is claimed
        return True
    os.close(descriptor)
    file.unlink(missing_ok=True)
    return True


def _kernel32() -> Any:
    library = ctypes.CDLL("kernel32", use_last_error=True)
    handle = ctypes.c_void_p
    # Handles are pointers; the library would take them for 32-bit numbers.
    library.CreateJobObjectW.restype = handle
    library.CreateJobObjectW.argtypes = [handle, ctypes.c_wchar_p]
    library.SetInformationJobObject.argtypes = [handle, ctypes.c_int, handle, ctypes.c_uint32]
    library.AssignProcessToJobObject.argtypes = [handle, handle]
    library.GetCurrentProcess.restype = handle
    library.SetProcessMitigationPolicy.argtypes = [ctypes.c_int, handle, ctypes.c_size_t]
    library.GetProcessMitigationPolicy.argtypes = [handle, ctypes.c_int, handle, ctypes.c_size_t]
    library.CloseHandle.argtypes = [handle]
    return library


def _advapi32() -> Any:
    library = ctypes.CDLL("advapi32", use_last_error=True)
    handle = ctypes.c_void_p
    library.OpenProcessToken.argtypes = [handle, ctypes.c_uint32, handle]
    library.SetTokenInformation.argtypes = [handle, ctypes.c_int, handle, ctypes.c_uint32]
    return library
