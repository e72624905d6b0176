"""The environment that keeps every library silent, set before any of them is imported.

The runtime uploads telemetry by default, on Linux too, and only the environment variable
stops it: its own `disable_telemetry_events` comes too late (app/README.md, "Silence").
This module may import nothing but the standard library's `os` and `sys`.
"""

from __future__ import annotations

import os
import sys

QUIET: dict[str, str] = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "DO_NOT_TRACK": "1",
}

UMASK_VARIABLE = "TACIT_UMASK"
"""Tells a child what umask the person had."""

# What makes an installed program run or trust something else than what was installed. A
# checkout heeds these: whoever develops sets them on purpose.
_FOREIGN_PREFIXES = (
    "PYTHON",  # other modules, start-up files, and PYTHON_KEYRING_BACKEND
    "KEYRING_PROPERTY_",  # replaces any part of the keyring library's backend
    "LD_",  # libraries before and instead of ours; read already, taken from the children
    "DYLD_",  # the same on macOS
    "HF_",  # another hub, its tokens, its folders
    "HUGGINGFACE_",
    "OMP_TOOL",  # a library that OpenMP loads
)
_FOREIGN = frozenset(
    {
        # Folders of native plugins of Qt.
        "QT_PLUGIN_PATH",
        "QT_QPA_PLATFORM_PLUGIN_PATH",
        "QT_QPA_PLATFORMTHEME_PLUGIN_PATH",
        "QML_IMPORT_PATH",
        "QML2_IMPORT_PATH",
        # Native modules of the C library, OpenSSL, GLib and CUDA.
        "GCONV_PATH",
        "LOCPATH",
        "OPENSSL_CONF",
        "OPENSSL_ENGINES",
        "OPENSSL_MODULES",
        "GIO_EXTRA_MODULES",
        "GIO_MODULE_DIR",
        "CUDA_INJECTION32_PATH",
        "CUDA_INJECTION64_PATH",
        # A file of keys that opens every recorded connection; other certificate authorities.
        # A company's own is a setting, not a variable.
        "SSLKEYLOGFILE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    }
)


def apply() -> None:
    """Set `QUIET` for this process and its children; call it before any other import.

    In an installed program, what `is_foreign` goes first. Whatever the program and its libraries
    write from now on can be read by its owner only.
    """
    os.environ.setdefault(UMASK_VARIABLE, f"{os.umask(0o077):o}")
    os.umask(0o077)
    if is_frozen():
        for name in [name for name in os.environ if is_foreign(name)]:
            del os.environ[name]
    os.environ.update(QUIET)


def persons_umask() -> int:
    """The umask that the program was started with, for programs of the person's own."""
    try:
        return int(os.environ.get(UMASK_VARIABLE, ""), 8) & 0o777
    except ValueError:
        return 0o022


def is_frozen() -> bool:
    """Whether this is an installed program rather than a checkout or a package."""
    return bool(getattr(sys, "frozen", False))


def is_foreign(name: str) -> bool:
    """Whether a variable brings code, libraries or trust into the program from outside."""
    upper = name.upper()
    return upper in _FOREIGN or upper.startswith(_FOREIGN_PREFIXES)
