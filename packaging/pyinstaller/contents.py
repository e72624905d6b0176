"""What goes into the frozen program and what stays out; imported by tacit.spec and its tests."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""Where it goes, where it comes from, and PyInstaller's word for its kind."""

NATIVE_KINDS = frozenset({"BINARY", "EXTENSION", "SYMLINK"})

# Imported by a name in a string, which PyInstaller cannot see.
NEEDED = (
    "app.bench.empty_window",
    "app.bench.hub_client",
    "app.bench.hub_server",
    "app.bench.plain_loop",
    "app.bench.window_probe",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "onnxruntime",
)

# What libraries bring along for their developers. Of onnxruntime only the native library runs
# (genai loads it); its Python binding would add 35 MB.
EXCLUDED = (
    "onnxruntime.backend", "onnxruntime.capi.onnxruntime_pybind11_state", "onnxruntime.datasets",
    "onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.transformers",
    "_uuid",  # wants a library of the system; Python does without
    "hf_xet",  # native code that would go round the gateway
    "onnxruntime_genai.models", "google.protobuf", "flatbuffers", "sympy",
    "numpy.distutils", "numpy.f2py", "numpy.testing", "numpy.typing",
    "tkinter", "turtle", "idlelib", "lib2to3", "ensurepip", "pip", "setuptools", "pkg_resources",
    "pydoc", "doctest", "curses",
    "readline",  # GNU's, under the GPL
    "PySide6.QtDBus", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml",
    "PySide6.QtQuick", "PySide6.QtTest", "PySide6.QtSql", "PySide6.QtPrintSupport",
)  # fmt: skip

# Distributions whose versions `tacit doctor` tells; the others travel without their records.
DESCRIBED = (
    "PySide6-Essentials", "qasync", "psutil", "platformdirs", "keyring", "markdown-it-py",
    "Pygments", "ziamath", "numpy", "onnxruntime", "onnxruntime-genai", "huggingface_hub",
    "sqlcipher3", "anthropic", "openai",
    "opentelemetry-api",  # reads its own record when it is loaded; nothing of it is switched on
)  # fmt: skip

# Every other plugin stays out: among them GTK's, which drags a copy of GTK in, and those that
# reach the network.
_QT_PLUGINS = frozenset(
    {
        "platforms/libqxcb.so", "platforms/libqwayland.so", "platforms/libqoffscreen.so",
        "platforms/libqwayland-generic.so", "platforms/libqwayland-egl.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "platformthemes/libqxdgdesktopportal.so",
        "iconengines/libqsvgicon.so", "imageformats/libqsvg.so", "imageformats/libqjpeg.so",
        "xcbglintegrations/libqxcb-egl-integration.so",
        "xcbglintegrations/libqxcb-glx-integration.so",
        "wayland-shell-integration/libxdg-shell.so",
        "wayland-decoration-client/libadwaita.so", "wayland-decoration-client/libbradient.so",
        "wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
    }
)  # fmt: skip
_PLUGIN_FOLDER = "PySide6/Qt/plugins/"
# Libraries of plugins that stay out.
_UNUSED = ("libQt6EglFS", "libQt6EglFs", "libQt6WlShell")

# Libraries of the build machine that travel along, because Python's own modules were built
# against just these. No other one does: it would ask for a newer system than ours has to be,
# and an old libstdc++ beside the program breaks the graphics drivers of a newer system.
_TRAVELLING = (
    "libssl.", "libcrypto.", "libffi.", "libsqlite3.", "liblzma.", "libbz2.", "libpython",
)  # fmt: skip


def resources(root: Path) -> Iterator[Path]:
    """The files of the folder `resources` that the program reads."""
    for file in sorted((root / "resources").rglob("*")):
        inner = file.relative_to(root / "resources").parts
        if file.is_file() and inner[0] not in {"screenshots", "starter-model"}:
            yield file


def chosen(entries: Iterable[Entry], packages: Path | None = None) -> list[Entry]:
    """The entries that go in, in a fixed order.

    `packages` is the folder of the environment that is frozen (None: of this Python). A link
    whose target stays out stays out, too.
    """
    environment = packages or Path(sys.prefix)
    kept = [entry for entry in entries if _is_wanted(entry, environment)]
    places = {place for place, _, _ in kept}
    return sorted(entry for entry in kept if entry[2] != "SYMLINK" or _target(entry) in places)


def _is_wanted(entry: Entry, environment: Path) -> bool:
    place, source, kind = entry
    if place.startswith(_PLUGIN_FOLDER):
        return place.removeprefix(_PLUGIN_FOLDER) in _QT_PLUGINS
    if PurePosixPath(place).name.startswith(_UNUSED):
        return False
    if place.endswith((".qm", ".pyi", ".a", ".h", ".lib")):
        return False
    if kind == "BINARY" and not Path(source).is_relative_to(environment):
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
