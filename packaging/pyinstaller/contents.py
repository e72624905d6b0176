"""What goes into the frozen program and what stays out; imported by tacit.spec and its tests."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""Where it goes, where it comes from, and PyInstaller's word for its kind."""

NATIVE_KINDS = frozenset({"BINARY", "EXTENSION", "SYMLINK"})

WINDOWS = "win32"

# Imported by a name in a string, which PyInstaller cannot see.
_NEEDED = (
    "app.bench.empty_window",
    "app.bench.hub_client",
    "app.bench.hub_server",
    "app.bench.plain_loop",
    "app.bench.window_probe",
    "_cffi_backend",  # of the bindings that nacl has
    "onnxruntime",
)
_KEYRINGS = (
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
)
_KEYRINGS_OF_WINDOWS = ("keyring.backends.Windows",)

# What libraries bring along for their developers, and parts of them that nothing here asks for.
# Of onnxruntime only the native library runs (genai loads it); its Python binding would add 35 MB.
EXCLUDED = (
    "onnxruntime.backend", "onnxruntime.capi.onnxruntime_pybind11_state", "onnxruntime.datasets",
    "onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.transformers",
    "_uuid",  # wants a library of the system; Python does without
    "hf_xet",  # native code that would go round the gateway
    "onnxruntime_genai.models", "google.protobuf", "flatbuffers", "sympy",
    "numpy.distutils", "numpy.f2py", "numpy.testing", "numpy.typing",
    "numpy.ctypeslib", "numpy.fft", "numpy.polynomial", "numpy.random",
    "numpy._core._multiarray_tests", "numpy._core._operand_flag_tests",
    "numpy._core._rational_tests", "numpy._core._struct_ufunc_tests", "numpy._core._umath_tests",
    "huggingface_hub.cli", "huggingface_hub.inference._mcp", "click", "fsspec",
    "cffi", "pycparser", "distutils",  # bindings are made with them, and run with _cffi_backend
    "sqlite3", "_sqlite3",  # sqlcipher3 brings a SQLite of its own
    "tkinter", "turtle", "idlelib", "lib2to3", "ensurepip", "pip", "setuptools", "pkg_resources",
    "pydoc", "doctest", "curses",
    "readline",  # GNU's, under the GPL
    "PySide6.QtDBus", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml",
    "PySide6.QtQuick", "PySide6.QtTest", "PySide6.QtSql", "PySide6.QtPrintSupport",
)  # fmt: skip

_DESCRIBED = (
    "PySide6-Essentials", "qasync", "psutil", "platformdirs", "keyring", "markdown-it-py",
    "Pygments", "ziamath", "numpy", "huggingface_hub", "sqlcipher3", "anthropic", "openai",
    "opentelemetry-api",  # reads its own record when it is loaded; nothing of it is switched on
)  # fmt: skip

# Every other plugin stays out: among them GTK's, which drags a copy of GTK in, and those that
# reach the network.
_QT_PLUGINS = frozenset(
    {
        "platforms/libqxcb.so", "platforms/libqwayland.so", "platforms/libqoffscreen.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "platformthemes/libqxdgdesktopportal.so",
        "iconengines/libqsvgicon.so", "imageformats/libqsvg.so", "imageformats/libqjpeg.so",
        "wayland-shell-integration/libxdg-shell.so",
        "wayland-decoration-client/libadwaita.so", "wayland-decoration-client/libbradient.so",
        "platforms/qwindows.dll", "platforms/qoffscreen.dll", "styles/qmodernwindowsstyle.dll",
        "iconengines/qsvgicon.dll", "imageformats/qsvg.dll", "imageformats/qjpeg.dll",
    }
)  # fmt: skip
_PLUGIN_FOLDERS = ("PySide6/Qt/plugins/", "PySide6/plugins/")  # on Linux, on Windows
# Libraries that stay out: of plugins that do, of OpenGL, with which our window never draws, and of
# a runtime for Windows: one that wants CUDA's libraries, and one that nothing loads.
_UNUSED = ("libQt6EglFS", "libQt6EglFs", "libQt6OpenGL", "libQt6WlShell", "opengl32sw.dll",
           "onnxruntime-genai-cuda", "Microsoft.Windows.AI.MachineLearning")  # fmt: skip

# Libraries of the build machine that travel along, because Python's own modules were built
# against just these. No other one does: it would ask for a newer system than ours has to be,
# and an old libstdc++ beside the program breaks the graphics drivers of a newer system.
_TRAVELLING = (
    "libssl.", "libcrypto.", "libffi.", "libsqlite3.", "liblzma.", "libbz2.", "libpython",
)  # fmt: skip


def needed(system: str = sys.platform) -> list[str]:
    """Modules that have to be named."""
    return [*_NEEDED, *(_KEYRINGS_OF_WINDOWS if system == WINDOWS else _KEYRINGS)]


def described(system: str = sys.platform, flavour: str = "directml") -> list[str]:
    """Distributions whose versions `tacit doctor` tells; the others travel without records.

    `flavour` names the runtime for Windows, "directml" or "winml".
    """
    if system != WINDOWS:
        runtime = ["onnxruntime", "onnxruntime-genai"]
    elif flavour == "winml":
        runtime = ["onnxruntime-genai-winml"]
    else:
        runtime = ["onnxruntime-directml", "onnxruntime-genai-directml"]
    return [*_DESCRIBED, *runtime]


def resources(root: Path) -> Iterator[Path]:
    """The files of the folder `resources` that the program reads."""
    for file in sorted((root / "resources").rglob("*")):
        inner = file.relative_to(root / "resources").parts
        if file.is_file() and inner[0] not in {"screenshots", "starter-model"}:
            yield file


def chosen(entries: Iterable[Entry], packages: Sequence[Path] = ()) -> list[Entry]:
    """The entries that go in, in a fixed order.

    `packages` are the folders of the Python that is frozen (none: of this one). A link whose
    target stays out stays out, too.
    """
    folders = packages or _folders_of_python()
    # Windows' own way to write a place is not the one of the lists above.
    plain = [(place.replace("\\", "/"), source, kind) for place, source, kind in entries]
    kept = [entry for entry in plain if _is_wanted(entry, folders)]
    places = {place for place, _, _ in kept}
    return sorted(entry for entry in kept if entry[2] != "SYMLINK" or _target(entry) in places)


def _folders_of_python() -> list[Path]:
    # On Windows Python's own libraries lie in its folder; on Linux they are the system's.
    return [Path(sys.prefix), *([Path(sys.base_prefix)] if sys.platform == WINDOWS else [])]


def _is_wanted(entry: Entry, folders: Sequence[Path]) -> bool:
    place, source, kind = entry
    for plugins in _PLUGIN_FOLDERS:
        if place.startswith(plugins):
            return place.removeprefix(plugins) in _QT_PLUGINS
    if PurePosixPath(place).name.startswith(_UNUSED):
        return False
    if place.endswith((".qm", ".pyi", ".a", ".h", ".lib")):
        return False
    if ".dist-info/" in place and not place.endswith("/METADATA"):
        return False  # lists of files; licences are collected in a folder of their own
    if kind == "BINARY" and not any(Path(source).is_relative_to(folder) for folder in folders):
        return PurePosixPath(place).name.startswith(_TRAVELLING)
    return True


def _target(link: Entry) -> str:
    """Where a link points, as a place in the bundle: its source is relative to its folder."""
    parts: list[str] = list(PurePosixPath(link[0]).parent.parts)
    for part in PurePosixPath(link[1]).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
