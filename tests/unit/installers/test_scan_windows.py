"""The scan finds what would be missing on a bare Windows, where wine may well have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.pe import pe_file
from tests.fakes.scripts import load_script

pe = load_script("packaging/pe.py")
scan = load_script("packaging/scan_windows.py")
scan_native = load_script("packaging/scan_native.py")
stable = load_script("packaging/wine/stable.py")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "tacit"
    (folder / "_internal").mkdir(parents=True)
    (folder / "tacit.exe").write_bytes(pe_file(["KERNEL32.dll"]))
    for name in ("onnxruntime.dll", "DirectML.dll", "python311.dll", "qwindows.dll"):
        (folder / "_internal" / name).write_bytes(pe_file(["KERNEL32.dll"]))
    (folder / "_internal" / "qoffscreen.dll").write_bytes(pe_file(["Python311.dll"]))
    (folder / "_internal" / "notes.txt").write_text("no program", encoding="utf-8")
    return folder


def put(bundle: Path, name: str, data: bytes) -> None:
    (bundle / "_internal" / name).write_bytes(data)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "one.dll"
    file.write_bytes(pe_file(["KERNEL32.dll", "A.dll"], ["Late.dll"], ["first", "second"]))
    assert pe.is_pe(file)
    assert pe.read(file) == pe.Wants(libraries=("kernel32.dll", "a.dll"), delayed=("late.dll",))
    assert pe.exports(file) == ("first", "second")


def test_a_file_that_asks_for_nothing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "one.dll"
    file.write_bytes(pe_file())
    assert pe.read(file) == pe.Wants(libraries=(), delayed=())
    assert pe.exports(file) == ()


@pytest.mark.parametrize("length", [0, 1, 60, 64, 90, 150, 1030])
def test_half_a_file_is_an_error_of_its_own(tmp_path: Path, length: int) -> None:
    file = tmp_path / "half.dll"
    file.write_bytes(pe_file(["a.dll", "b.dll"])[:length])
    with pytest.raises(pe.NotPeError):
        pe.read(file)


def test_a_file_for_another_processor_is_an_error_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "one.dll"
    file.write_bytes(pe_file(["a.dll"], machine=0x14C))
    with pytest.raises(pe.NotPeError):
        pe.read(file)


def test_a_whole_bundle_has_no_fault(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan_native.main([str(bundle)]) == 0
    assert "6 native files" in capsys.readouterr().out


def test_a_library_that_is_nowhere_is_named(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(
        bundle, "genai.dll", pe_file(["MSVCP140_ATOMIC_WAIT.dll", "api-ms-win-crt-math-l1-1-0.dll"])
    )
    assert scan_native.main([str(bundle)]) == 1
    said = capsys.readouterr().err
    assert "genai.dll needs msvcp140_atomic_wait.dll" in said
    assert "api-ms" not in said


def test_a_delayed_library_counts_unless_it_is_optional(bundle: Path) -> None:
    put(bundle, "one.dll", pe_file([], ["dxcore2.dll", "ext-ms-win-dxcore-l1-1-0.dll"]))
    (fault,) = scan.faults(bundle, scan.native_files(bundle))
    assert "dxcore2.dll" in fault


def test_what_is_opened_by_name_only_is_missed_too(bundle: Path) -> None:
    (bundle / "_internal" / "onnxruntime.dll").unlink()
    assert list(scan.faults(bundle, scan.native_files(bundle))) == ["onnxruntime.dll is missing"]


def test_the_stable_library_hands_every_name_on(tmp_path: Path) -> None:
    file = tmp_path / "python311.dll"
    file.write_bytes(pe_file(exports=["Py_Main", "PyErr_Clear"]))
    assert stable.definition(file).splitlines() == [
        "LIBRARY python3",
        "EXPORTS",
        "  Py_Main = python311.Py_Main",
        "  PyErr_Clear = python311.PyErr_Clear",
    ]
