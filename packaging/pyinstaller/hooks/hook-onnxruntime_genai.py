"""The native library beside the binding."""

import sys
from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("onnxruntime_genai")
# Later ones ask for a part of Microsoft's C++ runtime that no other library needs. The package
# msvc-runtime puts it beside Python, where nobody looks.
if sys.platform == "win32":
    found = sorted(Path(sys.prefix).rglob("msvcp140_atomic_wait.dll"))
    binaries += [(str(file), ".") for file in found[:1]]
