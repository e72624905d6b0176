"""What `tacit doctor` looks at; each examination stands on its own."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from app import __version__
from app.cli.command import Context
from app.cli.output import short_path, size
from app.cli.privacy import quiet_variables, seal_state, sentence

_LIBRARIES = (
    "PySide6-Essentials", "qasync", "psutil", "platformdirs", "keyring", "markdown-it-py",
    "Pygments", "sqlcipher3",
)  # fmt: skip
# All variants of one group install the same package over each other: only one may be there.
_RUNTIMES = {
    "onnxruntime": (
        "onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino",
        "onnxruntime-qnn", "onnxruntime-genai-winml",  # which carries it inside
    ),
    "onnxruntime-genai": (
        "onnxruntime-genai", "onnxruntime-genai-cuda", "onnxruntime-genai-directml",
        "onnxruntime-genai-winml",
    ),
}  # fmt: skip
_LITTLE_SPACE = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found, in lines for a person and as details for a script."""

    lines: tuple[str, ...]
    is_fine: bool = True
    details: dict[str, Any] = field(default_factory=dict)


def program(_context: Context) -> Result:
    """Versions of the program, of Python and of the system."""
    form = "frozen" if getattr(sys, "frozen", False) else "package"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    details = {
        "version": __version__, "form": form, "python": platform.python_version(), "os": system,
    }  # fmt: skip
    line = f"Tacit {__version__} ({form}), Python {details['python']}, {system}"
    return Result(lines=(line,), details=details)


def libraries(_context: Context) -> Result:
    """Installed libraries; the variants of a runtime exclude each other."""
    runtimes = {
        group: {name: version for name in names if (version := _version(name))}
        for group, names in _RUNTIMES.items()
    }
    others = {name: version for name in _LIBRARIES if (version := _version(name))}
    found = {name: version for group in runtimes.values() for name, version in group.items()}
    found |= others
    lines = [", ".join(f"{name} {version}" for name, version in found.items())]
    missing = [group for group, variants in runtimes.items() if not variants]
    missing += [name for name in _LIBRARIES if name not in others]
    # The frozen program carries its libraries without their records.
    if missing and not getattr(sys, "frozen", False):
        lines.append(f"Not installed: {', '.join(missing)}.")
    doubled = [variants for variants in runtimes.values() if len(variants) > 1]
    lines += [f"{' and '.join(v)} overwrite each other: keep one of them." for v in doubled]
    is_fine = len(lines) == 1 or not (missing or doubled)
    return Result(lines=tuple(lines), is_fine=is_fine, details={"versions": found})


def devices(_context: Context) -> Result:
    """What a model can run on here, and why not on the others."""
    from app import local_models

    found = local_models.devices()
    return Result(
        lines=tuple(f"{d.name}: {d.reason}" for d in found),
        is_fine=any(device.available for device in found),
        details={
            "devices": [
                {"name": d.name, "available": d.available, "reason": d.reason} for d in found
            ]
        },
    )


def memory(_context: Context) -> Result:
    """Processor cores and memory."""
    import psutil

    state = psutil.virtual_memory()
    cores = os.cpu_count() or 1
    return Result(
        lines=(f"{size(state.available)} free of {size(state.total)}, {cores} processor cores",),
        details={"total_bytes": state.total, "available_bytes": state.available, "cores": cores},
    )


def seal(context: Context) -> Result:
    """What the system enforces on this process, and whether the libraries are silenced."""
    state, variables = seal_state(context), quiet_variables()
    quiet = all(variables.values())
    silent = "The libraries are told to send nothing." if quiet else "A library is not silenced."
    return Result(
        lines=(sentence(state), silent),
        is_fine=quiet and state["enforced"],
        details={**state, "quiet_environment": variables},
    )


def keyring(_context: Context) -> Result:
    """Whether the system can keep keys and passwords; reads none and unlocks nothing."""
    from app.settings import secrets

    state = secrets.probe()
    return Result(
        lines=(state.sentence,),
        details={"answer": str(state.answer), "backend": state.backend},
    )


def folders(context: Context) -> Result:
    """Where everything lies, and the space that is left there."""
    paths = context.paths
    root = _nearest(paths.root)
    free = shutil.disk_usage(root).free
    is_usable = os.access(root, os.W_OK) and (root == paths.root or not paths.root.exists())
    lines = [f"{short_path(paths.root)}, {size(free)} free"]
    if not is_usable:
        lines.append("This folder cannot be used.")
    if free < _LITTLE_SPACE:
        lines.append("There is little space left for a model.")
    shown = {
        "root": paths.root, "settings": paths.settings_file, "history": paths.history_file,
        "models": paths.models, "cache": paths.cache, "logs": paths.logs,
    }  # fmt: skip
    return Result(
        lines=tuple(lines),
        is_fine=is_usable and free >= _LITTLE_SPACE,
        details={
            "paths": {name: short_path(path) for name, path in shown.items()},
            "free_bytes": free,
            "usable": is_usable,
        },
    )


def settings(context: Context) -> Result:
    """What is wrong with the settings file; the file is only looked at."""
    from app.settings.settings import Settings

    file = context.paths.settings_file
    if not file.exists():
        return Result(lines=("All at their defaults.",))
    loaded = Settings(file)
    loaded.load()
    return Result(
        lines=loaded.notices or ("The settings file is in order.",),
        is_fine=not loaded.notices,
        details={"notices": list(loaded.notices)},
    )


def history(context: Context) -> Result:
    """Whether the conversations can be read, without looking at them."""
    from app.cli.history_keys import CommandKeys
    from app.store import conversion
    from app.store.connecting import key_id_of
    from app.store.history import History

    file = context.paths.history_file
    if not file.exists():
        return Result(lines=("There is none yet.",), details={"exists": False})
    store = History(file, keys=CommandKeys(context, may_ask=False))
    store.open(read_only=True)
    try:
        store.conversations(limit=1)
    finally:
        store.close()
    count = sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*"))
    is_encrypted, is_unfinished = key_id_of(file) is not None, conversion.is_unfinished(file)
    kind = "It is encrypted, and" if is_encrypted else "It is not encrypted, and"
    lines = [f"{kind} can be read, {size(count)}."]
    if is_unfinished:
        lines.append("Copies still wait to be converted.")
    details = {"exists": True, "bytes": count, "encrypted": is_encrypted}
    return Result(lines=tuple(lines), details={**details, "unfinished": is_unfinished})


def models(context: Context) -> Result:
    """The installed models and what is wrong with them."""
    from app.local_models import model_library

    found = model_library(context.paths, context.settings()).scan()
    lines = [
        f"{m.id}: {m.problem.sentence if m.problem else f'ready, {size(m.size_bytes)}'}"
        for m in found
    ]
    is_fine = bool(found) and all(model.problem is None for model in found)
    details = [
        {"id": m.id, "bytes": m.size_bytes, "problem": str(m.problem.code) if m.problem else None}
        for m in found
    ]
    none = "There is no model yet. Install the starter model with: tacit models starter"
    return Result(lines=tuple(lines) or (none,), is_fine=is_fine, details={"models": details})


def window(_context: Context) -> Result:
    """Whether a window can open here."""
    from app.cli import display

    # This command is sealed and could not reach such a screen, the window is not and can.
    if far_away := display.needs_network():
        line = f"It would not be sealed, because {far_away}."
        return Result(lines=(line,), is_fine=False, details={"possible": None})
    problem = display.problem()
    kind = os.environ.get("XDG_SESSION_TYPE", "")
    return Result(
        lines=(problem.sentence if problem else "A window can open here.",),
        is_fine=problem is None,
        details={"session": kind, "possible": problem is None},
    )


ALL: dict[str, Callable[[Context], Result]] = {
    "program": program,
    "libraries": libraries,
    "devices": devices,
    "memory": memory,
    "seal": seal,
    "keyring": keyring,
    "folders": folders,
    "settings": settings,
    "history": history,
    "models": models,
    "window": window,
}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _nearest(path: Path) -> Path:
    """The nearest folder that exists, which decides the disk."""
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path
