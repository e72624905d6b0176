"""Looks at every native file of the frozen program for Windows; `scan_native.py` calls it.

Windows looks for a library in the folders that the program adds (all of ours) and in its own.
What is in neither would be missing on a bare Windows 10, where wine may well have it: above all
the C++ runtime, which does not come with Windows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import pe

SYSTEM = frozenset(
    f"{name}.dll"
    for name in (
        "advapi32 authz bcrypt bcryptprimitives comctl32 comdlg32 crypt32 d3d11 d3d12 d3d9 dbghelp "
        "dnsapi dwmapi dwrite dxgi gdi32 icuuc imm32 iphlpapi kernel32 mpr msvcrt netapi32 ntdll "
        "ole32 oleaut32 pdh powrprof psapi secur32 setupapi shell32 shlwapi uiautomationcore "
        "user32 userenv uxtheme version windowscodecs winhttp winmm ws2_32 wtsapi32"
    ).split()
)
"""Libraries of Windows 10, version 1903 and newer, that something of ours is known to ask for."""

# Sets of functions rather than files: the C runtime (part of Windows since 10), and Windows' own.
_SETS = ("api-ms-win-crt-", "api-ms-win-core-", "api-ms-win-eventing-", "api-ms-win-security-",
         "api-ms-win-shcore-", "api-ms-win-appmodel-")  # fmt: skip
# Asked for when first called, and only by what looks whether they are there.
_OPTIONAL_SETS = ("ext-ms-win-",)
_NEEDED = ("onnxruntime.dll", "directml.dll", "python311.dll", "qwindows.dll", "qoffscreen.dll")


def native_files(folder: Path) -> list[Path]:
    """Every PE file below the folder."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and pe.is_pe(file))


def faults(folder: Path, files: list[Path]) -> Iterator[str]:
    """Sentences on what would be missing."""
    inside = {file.name.lower() for file in files}
    for name in _NEEDED:  # opened by name, so that no table of imports tells of them
        if name not in inside:
            yield f"{name} is missing"
    for file in files:
        wants = pe.read(file)
        for library in sorted({*wants.libraries, *wants.delayed}):
            optional = library in wants.delayed and library.startswith(_OPTIONAL_SETS)
            if not (optional or library in inside or _is_of_windows(library)):
                yield (
                    f"{file.relative_to(folder)} needs {library}, which neither travels along "
                    "nor is known of Windows"
                )


def main(folder: Path) -> int:
    """Print the answer; 1 where something would be missing."""
    files = native_files(folder)
    found = list(faults(folder, files))
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        system = {library for file in files for library in pe.read(file).libraries} & SYSTEM
        print(f"{len(files)} native files; they ask for {len(system)} libraries of Windows itself")
    return 1 if found else 0


def _is_of_windows(library: str) -> bool:
    return library in SYSTEM or library.startswith(_SETS)
