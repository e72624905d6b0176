"""A seccomp filter for every thread of this process: which sockets may exist, what may run.

Once set, the kernel refuses for the life of the process and of all its children. The filter
names what is forbidden; all else is allowed, so that Qt and the runtime work unchanged.
Numbers and structures are those of the kernel's `seccomp(2)` and `include/uapi/linux`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
# Up to Linux 5.15 a filter would otherwise switch off some of the processor's speculation,
# which only protects programs that run foreign scripts.
SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4
X32_SYSCALL_BIT = 0x4000_0000

# Classic BPF: load a 32-bit word of struct seccomp_data; jump; return.
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
OFFSET_NUMBER, OFFSET_ARCHITECTURE, OFFSET_FIRST_ARGUMENT = 0, 4, 16
ALLOW = 0x7FFF_0000
REFUSE = 0x0005_0000

Instruction = tuple[int, int, int, int]


# Name -> its number on x86_64 and on aarch64. New calls have had one number since Linux 5.1.
NUMBERS: dict[str, tuple[int, int]] = {
    "seccomp": (317, 277),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "execve": (59, 221),
    "execveat": (322, 281),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
}
SOCKETS = ("socket", "socketpair")
# It opens and uses sockets past a filter that only knows socket().
RING = ("io_uring_setup", "io_uring_enter", "io_uring_register")
# Reading other processes or taking their descriptors, and changing the kernel (as root).
SNOOPING = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "perf_event_open",
    "bpf", "userfaultfd", "kexec_load", "kexec_file_load", "init_module", "finit_module",
    "delete_module",
)  # fmt: skip
# What a process that starts no program has no use for either. The window keeps these: a file
# manager that it opens is its child and may need them.
STARTING = (
    "execve", "execveat", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns",
    "open_by_handle_at", "add_key", "request_key", "keyctl", "open_tree", "move_mount", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Architecture:
    """A processor architecture: its audit number and its column in `NUMBERS`."""

    audit: int
    column: int
    has_x32: bool

    def number(self, name: str) -> int:
        """The number of the system call `name`."""
        return NUMBERS[name][self.column]

    def numbers(self, names: Sequence[str]) -> tuple[int, ...]:
        """The numbers of several system calls."""
        return tuple(self.number(name) for name in names)


ARCHITECTURES = {
    "x86_64": Architecture(audit=0xC000_003E, column=0, has_x32=True),
    "aarch64": Architecture(audit=0xC000_00B7, column=1, has_x32=False),
}


class SealError(OSError):
    """The kernel did not take the filter; the message says why in a few words."""


def apply(families: Sequence[int], *, may_execute: bool) -> None:
    """Refuse sockets of all but `families` in every thread, now and for ever.

    Also refused: system calls of a foreign architecture, `RING`, `SNOOPING` and, unless
    `may_execute`, `STARTING`. Raises `SealError` where the system cannot do it.
    """
    machine = os.uname().machine if sys.platform == "linux" else "this system"
    architecture = ARCHITECTURES.get(machine)
    if architecture is None:
        raise SealError(errno.ENOSYS, f"there is no seal for {sys.platform} on {machine}")
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
    yield from _refuse_calls(architecture.numbers(RING), errno.ENOSYS)
    yield from _refuse_calls(architecture.numbers(SNOOPING), errno.EPERM)
    if not may_execute:
        yield from _refuse_calls(architecture.numbers(STARTING), errno.EPERM)
    checks = len(families) * 2 + 2
    for number in architecture.numbers(SOCKETS):
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
        ctypes.c_long(architecture.number("seccomp")),
        ctypes.c_ulong(SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW),
        ctypes.byref(described),
    )
    if refused > 0:
        raise SealError(errno.EBUSY, f"thread {refused} could not be sealed")
    if refused != 0:
        raise SealError(ctypes.get_errno(), "the kernel refused the filter")


AF_UNIX = 1
UNIX_ONLY: tuple[int, ...] = (AF_UNIX,)
NO_SOCKETS: tuple[int, ...] = ()
