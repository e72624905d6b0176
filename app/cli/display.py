"""Whether a window can open here, asked before Qt is: Qt ends the program where it cannot."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from pathlib import Path

from app.core.errors import AppError, ErrorCode

_LIBRARIES = {
    # Library -> package on Debian and Ubuntu, on Fedora.
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
}
# Looked for later, when a part of Qt is loaded that wants them; known by their packages as well.
_FURTHER_LIBRARIES = {
    "libbrotlidec.so.1": ("libbrotli1", "libbrotli"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
    "libzstd.so.1": ("libzstd1", "libzstd"),
}
_LIBRARIES_OF_X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
}
_LIBRARY = re.compile(r"[\w.+-]+\.so[.\d]*", re.ASCII)
# What comes along with the program.
_OWN_LIBRARIES = ("libQt6", "libpyside6", "libshiboken6", "libicu")


def problem() -> AppError | None:
    """Why no window can open here, or None where one can."""
    if sys.platform != "linux":
        return None
    needs_x11 = _needs_x11()
    missing = _missing(_LIBRARIES | (_LIBRARIES_OF_X11 if needs_x11 else {}))
    if missing:
        return libraries_missing(missing)
    if needs_x11 and not _has_x11():
        return AppError(
            "There is no screen that Tacit can open its window on.",
            "Start it in a desktop session, or use tacit ask or tacit chat.",
        )
    return None


def needs_network() -> str:
    """Why the window cannot do without network sockets; "" where it can.

    A screen of another machine is reached over TCP, as `ssh -X` sets it up.
    """
    if sys.platform != "linux" or not _needs_x11():
        return ""
    host = os.environ.get("DISPLAY", "").rpartition(":")[0]
    # No host, "unix" and a path stand for a local socket.
    if not host or host.startswith(("unix", "/")):
        return ""
    return f"the screen {os.environ['DISPLAY']} is reached over the network"


def import_failed(error: ImportError) -> AppError:
    """What an import that failed means to a person: a library is missing, or a package."""
    library = str(error).split(":", 1)[0]
    if _LIBRARY.fullmatch(library):
        if not library.startswith(_OWN_LIBRARIES):
            return libraries_missing([library])
        missing = f"the library {library}"
    else:
        missing = f"the package {error.name or 'PySide6'}"
    return AppError(
        f"The installation is incomplete: {missing} is missing or damaged.",
        "Install Tacit again.",
        code=ErrorCode.INSTALL_FAILED,
    )


def libraries_missing(libraries: list[str]) -> AppError:
    """The sentence for system libraries that Qt needs and did not find."""
    asked_for = _LIBRARIES | _LIBRARIES_OF_X11
    known = asked_for | _FURTHER_LIBRARIES
    pairs = [known[name] for name in libraries if name in known] or list(asked_for.values())
    debian = " ".join(sorted({pair[0] for pair in pairs}))
    fedora = " ".join(sorted({pair[1] for pair in pairs}))
    return AppError(
        f"The window needs libraries of the system that are not installed: {', '.join(libraries)}.",
        f"On Debian or Ubuntu: sudo apt install {debian}. On Fedora: sudo dnf install {fedora}. "
        "tacit ask and tacit chat work without them.",
    )


def _needs_x11() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    return platform == "xcb" or (not platform and not _has_wayland())


def _missing(libraries: dict[str, tuple[str, str]]) -> list[str]:
    return [name for name in libraries if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_wayland() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    return (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name).exists()


def _has_x11() -> bool:
    """Whether the X server of DISPLAY accepts a connection."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    works = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(works)
