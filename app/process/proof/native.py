"""Attempts past Python: through the C library and by bare system calls.

Every call is made such that it does no harm where it is let through: the processes and the
descriptors that it names do not exist.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import platform
import socket
import sys
from collections.abc import Sequence

from app.process.proof.trying import Try
from app.process.seal.seccomp import ARCHITECTURES

_NOBODY = 0x7FFF_FFFF
_PTRACE_SEIZE = 0x4206
_RING_PARAMETERS_BYTES = 120
# push rbx; mov eax, 359 (socket); mov ebx, 2 (AF_INET); mov ecx, 1; xor edx, edx;
# int 0x80 (the gate of 32-bit programs); pop rbx; ret
_FOREIGN_CALL = bytes.fromhex("53 b867010000 bb02000000 b901000000 31d2 cd80 5b c3")


def network() -> Sequence[Try]:
    """Sockets by the C library and by the system call itself, and what gets around both."""
    if not _is_known():
        return ()
    inet, stream = int(socket.AF_INET), int(socket.SOCK_STREAM)
    return [
        Try(name="TCP through the C library", expected=errno.EACCES, act=_c_library),
        Try(
            name="TCP by a bare system call",
            expected=errno.EACCES,
            act=lambda: _opened(_call("socket", inet, stream, 0)),
        ),
        Try(name="io_uring", expected=errno.ENOSYS, act=_ring),
    ]


def other_processes() -> Sequence[Try]:
    """Looking into other programs and taking what they have opened."""
    if not _is_known():
        return ()
    names = {
        "ptrace of another program": ("ptrace", _PTRACE_SEIZE, _NOBODY, 0, 0),
        "reading another program's memory": ("process_vm_readv", _NOBODY, 0, 0, 0, 0, 0),
        "writing another program's memory": ("process_vm_writev", _NOBODY, 0, 0, 0, 0, 0),
        "taking another program's sockets": ("pidfd_getfd", -1, 0, 0),
    }
    return [
        Try(name=name, expected=errno.EPERM, act=lambda call=call: _let_through(*call))  # type: ignore[misc]
        for name, call in names.items()
    ]


def foreign_call() -> str:
    """Open a socket through the gate of 32-bit programs; "" where this machine has none.

    Call it in a process that may be lost: where the kernel lacks the gate, a signal ends it.
    """
    if platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return ""
    with mmap.mmap(
        -1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    ) as page:
        page.write(_FOREIGN_CALL)
        address = ctypes.addressof(start := ctypes.c_char.from_buffer(page))
        outcome = int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
        del start  # the page cannot be given back while something points into it
    if outcome >= 0:
        os.close(outcome)
        return "the socket was opened"
    return errno.errorcode.get(-outcome, str(-outcome))


def _is_known() -> bool:
    return sys.platform == "linux" and platform.machine() in ARCHITECTURES


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int | ctypes.Array[ctypes.c_char]) -> int:
    number = ARCHITECTURES[platform.machine()].number(name)
    wrapped = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    found = int(_libc().syscall(ctypes.c_long(number), *wrapped))
    if found < 0:
        raise OSError(ctypes.get_errno(), name)
    return found


def _c_library() -> str:
    found = int(_libc().socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0))
    if found < 0:
        raise OSError(ctypes.get_errno(), "socket")
    return _opened(found)


def _ring() -> str:
    _opened(_call("io_uring_setup", 1, ctypes.create_string_buffer(_RING_PARAMETERS_BYTES)))
    return "the ring was opened"


def _let_through(name: str, *arguments: int) -> str:
    _call(name, *arguments)
    return "the call was let through"


def _opened(descriptor: int) -> str:
    with contextlib.suppress(OSError):
        os.close(descriptor)
    return "the socket was opened"
