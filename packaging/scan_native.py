"""Looks at every native file of the frozen program: `scan_native.py [--packages] FOLDER`.

Each library that one of them asks for has to be in the folder, where the dynamic linker looks
for it, or be one that the system is known to have. None may ask for a newer C or C++ library
than the oldest system that we promise has. Without a fault it prints a summary, or with
`--packages` the Debian packages of the system's libraries, one a line. A program for Windows is
known by its files. Standard library only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import elf
import scan_windows

ROOT = Path(__file__).resolve().parent.parent
INNER = "_internal"
CEILINGS = {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12,)}
"""What Ubuntu 22.04 has, and everything newer."""

_BASE = {
    # Always there where a program runs at all, and the packages that they come with.
    "libc.so.6": "libc6", "libm.so.6": "libc6", "libdl.so.2": "libc6", "libpthread.so.0": "libc6",
    "librt.so.1": "libc6", "libutil.so.1": "libc6", "libresolv.so.2": "libc6",
    "ld-linux-x86-64.so.2": "libc6", "libgcc_s.so.1": "libgcc-s1",
    # Come with, or are asked for by, the package of a library in the table of setup.sh.
    "libbrotlidec.so.1": "libbrotli1", "libbrotlicommon.so.1": "libbrotli1",
    "libgthread-2.0.so.0": "libglib2.0-0", "libgio-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0", "libgmodule-2.0.so.0": "libglib2.0-0",
}  # fmt: skip


def system_libraries(setup: Path = ROOT / "packaging" / "setup.sh") -> dict[str, str]:
    """Libraries of the system and the Debian package of each; the table of setup.sh is ours."""
    table = re.search(r"WINDOW_LIBRARIES='\n(.*?)\n'", setup.read_text(encoding="utf-8"), re.DOTALL)
    if table is None:
        raise ValueError(f"{setup} no longer holds the table of libraries")
    return _BASE | dict(line.split() for line in table[1].splitlines())


def native_files(folder: Path) -> list[Path]:
    """Every ELF file below the folder, links left out."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and elf.is_elf(file)
    )


def faults(folder: Path, file: Path, wants: elf.Wants, known: dict[str, str]) -> Iterator[str]:
    """Sentences on what the file asks for and would not find."""
    name = file.relative_to(folder)
    # The start of the program puts its inner folder before the system's.
    places = [folder / INNER, *(_place(file, entry) for entry in wants.folders)]
    for library in wants.libraries:
        if library not in known and not any((place / library).exists() for place in places):
            yield f"{name} needs {library}, which neither travels along nor is known of the system"
    for version in wants.versions:
        ceiling = CEILINGS.get(version.partition("_")[0])
        if ceiling is not None and _number(version) > ceiling:
            yield f"{name} needs {version}, which the oldest system does not have"


def packages(folder: Path, known: dict[str, str]) -> list[str]:
    """The Debian packages of what the native files ask of the system."""
    inner = {file.name for file in (folder / INNER).rglob("*")}
    wanted = {library for file in native_files(folder) for library in elf.read(file).libraries}
    return sorted({known[library] for library in wanted - inner if library in known})


def highest(folder: Path) -> dict[str, str]:
    """The highest version that any file asks for, by kind."""
    found: dict[str, str] = {}
    for file in native_files(folder):
        for version in elf.read(file).versions:
            kind = version.partition("_")[0]
            if kind in CEILINGS and _number(version) > _number(found.get(kind, "")):
                found[kind] = version
    return found


def _place(file: Path, entry: str) -> Path:
    return Path(entry.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", str(file.parent)))


def _number(version: str) -> tuple[int, ...]:
    """(2, 35) for GLIBC_2.35; () for the private ones, which belong to the library itself."""
    number = version.partition("_")[2]
    return tuple(map(int, number.split("."))) if re.fullmatch(r"[0-9.]+", number) else ()


def main(arguments: list[str]) -> int:
    """Print the answer; 1 where something would be missing, 2 for a wrong question."""
    folder = Path(arguments[-1]).resolve() if arguments else Path()
    if not (folder / INNER).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    if any(folder.glob("*.exe")):
        return scan_windows.main(folder)
    known, files = system_libraries(), native_files(folder)
    found = [fault for file in files for fault in faults(folder, file, elf.read(file), known)]
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        return 1
    if "--packages" in arguments:
        print("\n".join(packages(folder, known)))
    else:
        print(f"{len(files)} native files; highest: {', '.join(highest(folder).values())}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
