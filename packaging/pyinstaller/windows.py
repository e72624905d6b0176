"""The programs of the frozen Tacit for Windows; imported by tacit.spec where it runs there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One of the files. `description` is what the task manager calls it, `without` names the
    packages that it never imports; each file carries its modules inside itself."""

    name: str
    description: str
    console: bool = True
    without: tuple[str, ...] = ()


# What the hub and the cloud are asked with: two thirds of all modules. `tacit self-test` uses them.
_CLIENTS = (
    "annotated_types", "anthropic", "anyio", "distro", "docstring_parser", "filelock", "h11",
    "httpcore2", "httpx2", "huggingface_hub", "idna", "jiter", "openai", "opentelemetry",
    "pydantic", "pydantic_core", "sniffio", "tqdm", "truststore", "typing_inspection", "yaml",
)  # fmt: skip
_SEEN = ("PySide6", "latex2mathml", "markdown_it", "mdurl", "pygments", "ziafont", "ziamath")
"""What only a window shows things with."""

# `app.process.spawn` knows the same names.
PROGRAMS = (
    Program(name="tacit", description="Tacit (command line)", without=_CLIENTS),
    Program(name="tacit-window", description="Tacit", console=False, without=_CLIENTS),
    Program(
        name="tacit-engine",
        description="Tacit (runs the model)",
        without=(
            "app.bench", "app.chat", "app.cli", "app.exchange", "app.models", "app.network",
            "app.providers", "app.redaction", "app.router", "app.selftest", "app.settings",
            "app.store", "app.ui", "app.updates", "keyring", "nacl", *_CLIENTS, *_SEEN,
        ),
    ),
    Program(
        name="tacit-courier",
        description="Tacit (network)",
        without=("app.cli", "app.engine", "app.ui", "numpy", *_SEEN),
    ),
)  # fmt: skip

Entry = tuple[str, str, str]
_UTF_8 = [("X utf8", None, "OPTION")]
"""What goes through pipes and files is UTF-8, as on every other system."""

_ENGLISH, _UNICODE = 0x0409, 1200


def modules(pure: Iterable[Entry], program: Program) -> list[Entry]:
    """Of the modules `pure` (name, file, kind), those that the program carries."""
    return [entry for entry in pure if not _is_in(entry[0], program.without)]


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in packages)


def about(root: Path, program: Program) -> dict[str, Any]:
    """The icon and the version that the program's file shows, and how its Python starts."""
    return {
        "icon": os.environ["TACIT_ICON"],
        "version": _resource(version(root), program.name, program.description),
        "options": _UTF_8,
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
