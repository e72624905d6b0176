"""What Windows enforces without administrator rights, and in plain words what it does not.

There is no counterpart of seccomp: only an AppContainer takes the network from a process, and
it has to be given at its start. What a running process can do to itself is here: a job object
that lets it start no other process, and no program code from network shares.
"""

from __future__ import annotations

import ctypes
from typing import Any

from app.core.privacy import SealPart

JOB_EXTENDED_LIMITS = 9
LIMIT_ACTIVE_PROCESS = 0x8
LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x400
IMAGE_LOAD_POLICY = 10
NO_REMOTE_IMAGES = 0x1

_NO_LOCK = "Windows has no lock on the network without administrator rights"
_WRITES = "Windows does not keep the model's process from writing files"


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


def host_parts(kernel: Any = None) -> tuple[SealPart, ...]:
    """Restrict this process, which runs a model, and say what holds.

    `kernel` is kernel32; a test passes one of its own.
    """
    library = kernel or _kernel32()
    return (
        SealPart("no network sockets", holds=False, detail=_NO_LOCK),
        SealPart("files read-only", holds=False, detail=_WRITES),
        _part("no programs", _start_nothing(library)),
        _part("no code from network shares", _load_nothing_remote(library)),
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


def _load_nothing_remote(kernel: Any) -> bool:
    flags = ctypes.c_uint32(NO_REMOTE_IMAGES)
    size = ctypes.sizeof(flags)
    return bool(kernel.SetProcessMitigationPolicy(IMAGE_LOAD_POLICY, ctypes.byref(flags), size))


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
    return library
