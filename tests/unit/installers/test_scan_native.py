"""The scan finds what would be missing on somebody else's machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fakes.elf import elf_file
from tests.fakes.scripts import load_script

scan = load_script("packaging/scan_native.py")
elf = load_script("packaging/elf.py")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "tacit"
    (folder / "_internal" / "plugins").mkdir(parents=True)
    (folder / "tacit").write_bytes(elf_file(["libc.so.6"], versions=["GLIBC_2.35"]))
    (folder / "_internal" / "libours.so.1").write_bytes(elf_file(["libX11.so.6"]))
    (folder / "_internal" / "notes.txt").write_text("no program", encoding="utf-8")
    return folder


def put(bundle: Path, name: str, data: bytes) -> None:
    (bundle / "_internal" / name).write_bytes(data)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "one.so"
    file.write_bytes(
        elf_file(
            ["libc.so.6", "libm.so.6"], runpath="$ORIGIN/../lib:/opt", versions=["GLIBC_2.34", "X"]
        )
    )
    wants = elf.read(file)
    assert wants.libraries == ("libc.so.6", "libm.so.6")
    assert wants.folders == ("$ORIGIN/../lib", "/opt")
    assert wants.versions == ("GLIBC_2.34", "X")


@pytest.mark.skipif(sys.platform != "linux", reason="ELF files are there on Linux")
def test_a_real_library_is_read() -> None:
    import psutil

    (native,) = Path(psutil.__file__).parent.glob("_psutil_linux*.so")
    wants = elf.read(native)
    assert "libc.so.6" in wants.libraries
    assert any(version.startswith("GLIBC_2.") for version in wants.versions)


@pytest.mark.parametrize("length", [0, 3, 20, 60, 130, 200])
def test_half_a_file_is_an_error_of_its_own(tmp_path: Path, length: int) -> None:
    whole = elf_file(["libc.so.6"], versions=["GLIBC_2.34"])
    file = tmp_path / "half.so"
    file.write_bytes(whole[:length])
    with pytest.raises(elf.NotElfError):
        elf.read(file)


def test_a_whole_bundle_has_no_fault(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bundle, "two.so", elf_file(["libours.so.1", "libgcc_s.so.1"]))
    assert scan.main([str(bundle)]) == 0
    assert capsys.readouterr().out == "3 native files; highest: GLIBC_2.35\n"


def test_a_library_that_is_nowhere_is_a_fault(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bundle, "two.so", elf_file(["libnowhere.so.2"]))
    assert scan.main([str(bundle)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("_internal/two.so needs libnowhere.so.2, which neither travels")


def test_a_library_where_the_linker_does_not_look_is_a_fault(bundle: Path) -> None:
    put(bundle, "plugins/libhidden.so.1", elf_file())
    put(bundle, "two.so", elf_file(["libhidden.so.1"]))
    assert scan.main([str(bundle)]) == 1
    put(bundle, "two.so", elf_file(["libhidden.so.1"], runpath="$ORIGIN/plugins"))
    assert scan.main([str(bundle)]) == 0


@pytest.mark.parametrize("version", ["GLIBC_2.36", "GLIBC_3.0", "GLIBCXX_3.4.31", "CXXABI_1.3.14"])
def test_a_library_newer_than_the_oldest_system_is_a_fault(
    bundle: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bundle, "two.so", elf_file(["libc.so.6"], versions=["GLIBC_2.9", version]))
    assert scan.main([str(bundle)]) == 1
    assert f"needs {version}" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["GLIBC_2.35", "GLIBC_2.4", "GLIBC_PRIVATE", "Qt_6.11"])
def test_older_versions_and_those_of_other_libraries_are_none(bundle: Path, version: str) -> None:
    put(bundle, "two.so", elf_file(["libc.so.6"], versions=[version]))
    assert scan.main([str(bundle)]) == 0


def test_the_packages_are_those_of_the_system_only(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bundle, "libz.so.1", elf_file())
    put(bundle, "two.so", elf_file(["libz.so.1", "libxcb-cursor.so.0"]))
    assert scan.main(["--packages", str(bundle)]) == 0
    assert capsys.readouterr().out.split() == ["libc6", "libx11-6", "libxcb-cursor0"]


def test_no_bundle_is_a_wrong_question(tmp_path: Path) -> None:
    assert scan.main([str(tmp_path)]) == 2
    assert scan.main([]) == 2
