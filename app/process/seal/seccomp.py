"""A seccomp filter for every thread of this process: which sockets may exist, what may run.

Once set, the kernel refuses for the life of the process and of all its children. The filter
names what is forbidden; all else is allowed, so that Qt and the runtime work unchanged.
Numbers and structures are those of the kernel's `seccomp(2)` and `include/uapi/linux`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
X32_SYSCALL_BIT = 0x4000_0000

# Classic BPF: load a 32-bit word of struct seccomp_data; jump; return.
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
OFFSET_NUMBER, OFFSET_ARCHITECTURE, OFFSET_FIRST_ARGUMENT = 0, 4, 16
ALLOW = 0x7FFF_0000
REFUSE = 0x0005_0000

Instruction = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Architecture:
    """System call numbers of one processor architecture and its audit number."""

    audit: int
    seccomp: int
    sockets: tuple[int, ...]
    snooping: tuple[int, ...]
    executing: tuple[int, ...]
    has_x32: bool
    # The same on every architecture since the kernel unified new numbers.
    ring: tuple[int, ...] = (425, 426, 427)
    take_descriptor: int = 438


ARCHITECTURES = {
    "x86_64": Architecture(
        audit=0xC000_003E,
        seccomp=317,
        sockets=(41, 53),
        snooping=(101, 310, 311),
        executing=(59, 322),
        has_x32=True,
    ),
    "aarch64": Architecture(
        audit=0xC000_00B7,
        seccomp=277,
        sockets=(198, 199),
        snooping=(117, 270, 271),
        executing=(221, 281),
        has_x32=False,
    ),
}


class SealError(OSError):
    """The kernel did not take the filter; the message says why in a few words."""


def apply(families: Sequence[int], *, may_execute: bool) -> None:
    """Refuse sockets of all but `families` in every thread, now and for ever.

    Also refused: system calls of a foreign architecture, io_uring (it opens sockets past the
    filter), ptrace and its relatives, taking descriptors from other processes, and, unless
    `may_execute`, starting programs. Raises `SealError` where the system cannot do it.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if os.name != "posix" or platform.system() != "Linux" or architecture is None:
        raise SealError(errno.ENOSYS, f"no seal for {platform.system()} {platform.machine()}")
    program = list(_program(architecture, families, may_execute=may_execute))
    _install(architecture, program)


def _program(
    architecture: Architecture, families: Sequence[int], *, may_execute: bool
) -> Iterator[Instruction]:
    yield (LOAD, 0, 0, OFFSET_ARCHITECTURE)
    yield (JUMP_EQUAL, 1, 0, architecture.audit)
    yield _refuse(errno.ENOSYS)
    yield (LOAD, 0, 0, OFFSET_NUMBER)
    if architecture.has_x32:
        yield (JUMP_AT_LEAST, 0, 1, X32_SYSCALL_BIT)
        yield _refuse(errno.ENOSYS)
    yield from _refuse_calls(architecture.ring, errno.ENOSYS)
    yield from _refuse_calls((*architecture.snooping, architecture.take_descriptor), errno.EPERM)
    if not may_execute:
        yield from _refuse_calls(architecture.executing, errno.EPERM)
    checks = len(families) * 2 + 2
    for number in architecture.sockets:
        yield (JUMP_EQUAL, 0, checks, number)
        yield (LOAD, 0, 0, OFFSET_FIRST_ARGUMENT)
        for family in families:
            yield (JUMP_EQUAL, 0, 1, family)
            yield (RETURN, 0, 0, ALLOW)
        yield _refuse(errno.EACCES)
    yield (RETURN, 0, 0, ALLOW)


def _refuse_calls(numbers: Sequence[int], error: int) -> Iterator[Instruction]:
    for number in numbers:
        yield (JUMP_EQUAL, 0, 1, number)
        yield _refuse(error)


def _refuse(error: int) -> Instruction:
    return (RETURN, 0, 0, REFUSE | error)


class _Filter(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jt", ctypes.c_ubyte),
        ("jf", ctypes.c_ubyte),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Filter)))


def _install(architecture: Architecture, program: Sequence[Instruction]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = (_Filter * len(program))(*(_Filter(*line) for line in program))
    described = _Program(len(program), instructions)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise SealError(ctypes.get_errno(), "the kernel refused no_new_privs")
    refused = libc.syscall(
        ctypes.c_long(architecture.seccomp),
        ctypes.c_ulong(SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(described),
    )
    if refused > 0:
        raise SealError(errno.EBUSY, f"thread {refused} could not be sealed")
    if refused != 0:
        raise SealError(ctypes.get_errno(), "the kernel refused the filter")


UNIX_ONLY: tuple[int, ...] = (int(socket.AF_UNIX),)
NO_SOCKETS: tuple[int, ...] = ()
