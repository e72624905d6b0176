"""The Python binding of the runtime, imported in the way that each package of it needs."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_NAME = "onnxruntime_genai"
_RUNTIME = "onnxruntime.dll"
_DIRECTML = "DirectML.dll"


def genai() -> Any:
    """The module; raises what importing it raises."""
    if folder := runtime_inside():
        _load(folder)
    import onnxruntime_genai

    return onnxruntime_genai


@functools.cache
def runtime_inside() -> Path | None:
    """The folder of a binding that carries the runtime itself, as onnxruntime-genai-winml does.

    None for all others: they find the runtime of the package onnxruntime, which may be missing.
    """
    spec = find_spec(_NAME)
    for place in (spec and spec.submodule_search_locations) or ():
        if (Path(place) / _RUNTIME).is_file():
            return Path(place)
    return None


def has_directml() -> bool:
    """Whether such a binding can reach graphics cards through DirectML."""
    folder = runtime_inside()
    return folder is not None and (folder / _DIRECTML).is_file()


@functools.cache
def _load(folder: Path) -> None:
    """Load the libraries in `folder` by their paths.

    The binding takes a runtime that is loaded already, and looks for none inside itself.
    """
    if sys.platform == "win32":
        os.add_dll_directory(str(folder))
    for name in (_DIRECTML, _RUNTIME):
        if (folder / name).is_file():
            ctypes.CDLL(str(folder / name))
