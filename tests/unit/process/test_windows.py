"""What Windows is asked for, with a library of our own in place of its kernel32."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from app.core.privacy import SealPart, SealReport
from app.process.seal import windows


class Kernel:
    """Answers every call with success but those in `refuses`, and keeps what it was given.

    It remembers the flags of mitigation policies, unless it is `forgetful`.
    """

    def __init__(self, *refuses: str, forgetful: bool = False) -> None:
        self.refuses = refuses
        self.forgetful = forgetful
        self.calls: dict[str, tuple[Any, ...]] = {}
        self.policies: dict[int, int] = {}

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.calls[name] = arguments
            return 0 if name in self.refuses else 7

        return call

    def SetProcessMitigationPolicy(self, policy: int, flags: Any, _size: int) -> int:  # noqa: N802
        self.policies[policy] = flags._obj.value
        return 0 if "SetProcessMitigationPolicy" in self.refuses else 1

    def GetProcessMitigationPolicy(  # noqa: N802
        self, _process: int, policy: int, flags: Any, _size: int
    ) -> int:
        flags._obj.value = 0 if self.forgetful else self.policies.get(policy, 0)
        return 1


def host_parts(kernel: Kernel, *, may_write: bool = False) -> tuple[SealPart, ...]:
    return windows.host_parts(kernel, kernel, lambda: may_write)


def test_a_host_may_start_no_process_and_load_no_remote_code() -> None:
    kernel = Kernel()
    parts = {part.name: part for part in host_parts(kernel)}
    assert parts["no programs"].holds
    assert parts["no code from network shares"].holds
    job, kind, limits, size = kernel.calls["SetInformationJobObject"]
    assert (job, kind, size) == (7, 9, ctypes.sizeof(windows.ExtendedLimits))
    assert limits._obj.Basic.ActiveProcessLimit == 1
    assert limits._obj.Basic.LimitFlags == 0x408
    assert kernel.calls["AssignProcessToJobObject"] == (7, 7)
    assert parts["no code hooked in by other programs"].holds
    assert kernel.policies == {10: 3, 6: 1}


def test_a_host_takes_the_low_integrity_level() -> None:
    kernel = Kernel()
    parts = {part.name: part for part in host_parts(kernel)}
    _token, kind, label, size = kernel.calls["SetTokenInformation"]
    assert (kind, label._obj.Attributes, size) == (25, 0x20, ctypes.sizeof(windows.Label) + 12)
    assert parts["files read-only"].holds
    assert "LocalLow" in parts["files read-only"].detail


def test_what_can_still_be_written_is_found_out_by_writing() -> None:
    parts = {part.name: part for part in host_parts(Kernel(), may_write=True)}
    assert not parts["files read-only"].holds
    assert "writing files" in parts["files read-only"].detail


def test_a_policy_that_is_not_there_afterwards_does_not_hold() -> None:
    parts = {part.name: part for part in host_parts(Kernel(forgetful=True))}
    assert not parts["no code from network shares"].holds
    assert not parts["no code hooked in by other programs"].holds


def test_trying_to_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert windows._may_write()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout of 64-bit Windows")
def test_the_structure_has_the_size_that_windows_knows() -> None:
    assert ctypes.sizeof(windows.ExtendedLimits) == 144


def test_what_is_not_enforced_is_said() -> None:
    for parts in (windows.window_parts(), host_parts(Kernel())):
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
    parts = {part.name: part for part in host_parts(Kernel(refused))}
    assert not parts[name].holds
    assert name in parts[name].detail
