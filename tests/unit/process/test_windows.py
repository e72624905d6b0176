"""What Windows is asked for, with a library of our own in place of its kernel32."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from app.core.privacy import SealReport
from app.process.seal import windows


class Kernel:
    """Answers every call with success but those in `refuses`, and keeps what it was given."""

    def __init__(self, *refuses: str) -> None:
        self.refuses = refuses
        self.calls: dict[str, tuple[Any, ...]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.calls[name] = arguments
            return 0 if name in self.refuses else 7

        return call


def test_a_host_may_start_no_process_and_load_no_remote_code() -> None:
    kernel = Kernel()
    parts = {part.name: part for part in windows.host_parts(kernel)}
    assert parts["no programs"].holds
    assert parts["no code from network shares"].holds
    job, kind, limits, size = kernel.calls["SetInformationJobObject"]
    assert (job, kind, size) == (7, 9, ctypes.sizeof(windows.ExtendedLimits))
    assert limits._obj.Basic.ActiveProcessLimit == 1
    assert limits._obj.Basic.LimitFlags == 0x408
    assert kernel.calls["AssignProcessToJobObject"] == (7, 7)
    policy, flags, size = kernel.calls["SetProcessMitigationPolicy"]
    assert (policy, flags._obj.value, size) == (10, 1, 4)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout of 64-bit Windows")
def test_the_structure_has_the_size_that_windows_knows() -> None:
    assert ctypes.sizeof(windows.ExtendedLimits) == 144


def test_what_is_not_enforced_is_said() -> None:
    for parts in (windows.window_parts(), windows.host_parts(Kernel())):
        report = SealReport(parts)
        assert not report.enforced
        assert "Windows has no lock on the network" in report.reason


@pytest.mark.parametrize(
    ("refused", "name"),
    [
        ("CreateJobObjectW", "no programs"),
        ("SetInformationJobObject", "no programs"),
        ("AssignProcessToJobObject", "no programs"),
        ("SetProcessMitigationPolicy", "no code from network shares"),
    ],
)
def test_what_windows_refuses_does_not_hold(refused: str, name: str) -> None:
    parts = {part.name: part for part in windows.host_parts(Kernel(refused))}
    assert not parts[name].holds
    assert name in parts[name].detail
