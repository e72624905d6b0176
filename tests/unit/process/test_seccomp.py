"""The numbers of the system calls are those of the kernel's own headers, and none is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.process.seal import seccomp

# linux-libc-dev has both, whatever it runs on: aarch64 uses the generic table.
HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("column", HEADERS)
def test_numbers_are_those_of_the_headers(column: int) -> None:
    header = HEADERS[column]
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    text = header.read_text(encoding="utf-8")
    found = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", text)}
    ours = {name: numbers[column] for name, numbers in seccomp.NUMBERS.items()}
    assert ours == {name: found[name] for name in ours}


def test_every_call_has_a_use() -> None:
    lists = (*seccomp.SOCKETS, *seccomp.RING, *seccomp.SNOOPING, *seccomp.STARTING, "seccomp")
    assert sorted(lists) == sorted(seccomp.NUMBERS)


@pytest.mark.parametrize("name", seccomp.ARCHITECTURES)
def test_a_call_of_another_architecture_is_refused_first(name: str) -> None:
    architecture = seccomp.ARCHITECTURES[name]
    program = list(seccomp._program(architecture, seccomp.UNIX_ONLY, may_execute=False))
    assert program[0] == (seccomp.LOAD, 0, 0, seccomp.OFFSET_ARCHITECTURE)
    assert program[1] == (seccomp.JUMP_EQUAL, 1, 0, architecture.audit)
    assert program[2][0] == seccomp.RETURN
    assert program[2][3] != seccomp.ALLOW
    assert program[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    # A jump counts instructions in eight bits.
    assert all(max(line[1], line[2]) < 256 for line in program)
