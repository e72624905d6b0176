"""Loads a module from `packaging/`, which is no package and must not become one."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def load_script(path: str) -> ModuleType:
    """The module of the file `path`, relative to the root of the project."""
    file = ROOT / path
    spec = util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    # Its dataclasses look themselves up there.
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module
