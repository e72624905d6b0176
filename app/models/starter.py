"""The starter model: put in place from what the installer brought, or built from its source."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken

MODEL_ID = "smollm2-135m-instruct"
NAME = "SmolLM2 135M Instruct"
MANIFEST = "manifest.json"

Tell = Callable[[str, float | None], None]
Build = Callable[[Path, Path, Tell, CancelToken], None]
"""Builds the model into the first folder, with its parts in the second. Blocking; raises
`AppError`, with `CANCELLED` when stopped. The folder appears whole or not at all."""
_CHUNK = 4 * 2**20


class StarterModel:
    """Installs the starter model into `models_dir`, where the library finds it as `MODEL_ID`.

    `bundle` is the finished folder that an installer brings, `build` makes one in a checkout
    and keeps its parts in `cache_dir`; either may be absent. A `refusal` says why nothing may
    be installed now.
    """

    def __init__(
        self,
        models_dir: Path,
        cache_dir: Path,
        *,
        bundle: Path,
        build: Build | None,
        refusal: AppError | None = None,
    ) -> None:
        self._refusal = refusal
        self._target = models_dir / MODEL_ID
        self._cache = cache_dir / "starter-model"
        self._bundle = bundle
        self._build = build

    def advice(self) -> AppError | None:
        """None where it can be installed here, else why not and what to do. Blocking."""
        if self._refusal is not None:
            return self._refusal
        if self._bundle.is_dir() or self._build is not None:
            return None
        return AppError(
            "The starter model did not come with this installation.",
            "Install Tacit with its installer, or put a folder with an ONNX model for "
            "onnxruntime-genai into the models folder.",
            code=ErrorCode.MODEL_MISSING,
        )

    def install(self, tell: Tell, cancel: CancelToken) -> None:
        """Install it; blocking, and quick where it is there already.

        `tell` gets a label and a share of 1 (None: unknown). The folder appears whole and
        checked, or not at all. Raises `AppError`, with `CANCELLED` when `cancel` asked.
        """
        if is_whole(self._target):
            return
        if problem := self.advice():
            raise problem
        try:
            self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._bundle.is_dir():
                self._copy_bundle(tell, cancel)
            else:
                assert self._build is not None, "advised against otherwise"
                self._build(self._target, self._cache, tell, cancel)
        except OSError as error:
            raise _disk_error(error) from error

    def _copy_bundle(self, tell: Tell, cancel: CancelToken) -> None:
        partial = self._target.with_name(f".{MODEL_ID}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir(mode=0o700)
            for file, share in _copies(self._bundle, partial):
                if cancel.is_cancelled:
                    raise _cancelled()
                tell(f"Copying {file}", share)
            if not is_whole(partial):
                raise AppError(
                    "The starter model that came with this installation is damaged.",
                    "Install Tacit again.",
                    code=ErrorCode.INSTALL_FAILED,
                )
            shutil.rmtree(self._target, ignore_errors=True)
            partial.rename(self._target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Whether the folder holds every file of its manifest with the right bytes. Blocking."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return bool(files) and all(_matches(folder, described) for described in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _matches(folder: Path, described: dict[str, Any]) -> bool:
    file = folder / str(described["name"])
    if file.stat().st_size != described["size"]:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == str(described["sha256"])


def _copies(source: Path, target: Path) -> Iterator[tuple[str, float]]:
    """Copies file by file in pieces; yields the name and the share of all bytes so far."""
    files = sorted(file for file in source.iterdir() if file.is_file())
    total, done = sum(file.stat().st_size for file in files) or 1, 0
    for file in files:
        with file.open("rb") as reading, (target / file.name).open("wb") as writing:
            while piece := reading.read(_CHUNK):
                writing.write(piece)
                done += len(piece)
                yield file.name, done / total
            writing.flush()
            os.fsync(writing.fileno())


def _cancelled() -> AppError:
    return AppError(
        "Setting the starter model up was stopped.", "Start it again.", code=ErrorCode.CANCELLED
    )


def _disk_error(error: OSError) -> AppError:
    return AppError(
        f"The starter model could not be written: {error.strerror or 'the disk failed'}.",
        "Free some space, check that the models folder can be written, and start again.",
        code=ErrorCode.DISK_FULL,
    )
