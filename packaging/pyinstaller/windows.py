"""The programs of the frozen Tacit for Windows; imported by tacit.spec where it runs there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

# File name, whether it has a console, and what the task manager calls it. `app.process.spawn`
# knows the same names.
PROGRAMS = (
    ("tacit", True, "Tacit (command line)"),
    ("tacit-window", False, "Tacit"),
    ("tacit-engine", True, "Tacit (runs the model)"),
    ("tacit-courier", True, "Tacit (network)"),
)

_UTF_8 = [("X utf8", None, "OPTION")]
"""What goes through pipes and files is UTF-8, as on every other system."""

_ENGLISH, _UNICODE = 0x0409, 1200


def about(root: Path, name: str, description: str) -> dict[str, Any]:
    """The icon and the version that the program's file shows, and how its Python starts."""
    return {
        "icon": os.environ["TACIT_ICON"],
        "version": _resource(version(root), name, description),
        "options": [_UTF_8],
    }


def version(root: Path) -> str:
    """The version of Tacit, from its one place."""
    text = (root / "app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py does not say the version")
    return found[1]


def four_numbers(text: str) -> tuple[int, int, int, int]:
    """(0, 1, 0, 0) for "0.1.0": Windows counts in four numbers and knows no words."""
    numbers = [int(number) for number in re.findall(r"\d+", text.partition("+")[0])[:4]]
    first, second, third, fourth = [*numbers, 0, 0, 0, 0][:4]
    return first, second, third, fourth


def _resource(text: str, name: str, description: str) -> Any:
    from PyInstaller.utils.win32 import versioninfo as info

    words = {
        "CompanyName": "Tacit", "FileDescription": description, "FileVersion": text,
        "InternalName": name, "LegalCopyright": "MIT licence", "OriginalFilename": f"{name}.exe",
        "ProductName": "Tacit", "ProductVersion": text,
    }  # fmt: skip
    table = info.StringTable("040904B0", [info.StringStruct(*pair) for pair in words.items()])
    return info.VSVersionInfo(
        ffi=info.FixedFileInfo(filevers=four_numbers(text), prodvers=four_numbers(text)),
        kids=[
            info.StringFileInfo([table]),
            info.VarFileInfo([info.VarStruct("Translation", [_ENGLISH, _UNICODE])]),
        ],
    )
