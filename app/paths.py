"""Every directory and file that the program keeps on disk, under one root."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import AppError, ErrorCode

PROGRAM = "tacit"
HOME_VARIABLE = "TACIT_HOME"
PRIVATE = 0o700


@dataclass(frozen=True)
class Paths:
    """Where things lie. `run` holds the lock and the mark of a load in progress,
    `journal` the record of every connection, `lock_file` what the lock's passphrase fits to.

    With `keeps_nothing` this is for a private session: what lies there is read, and nothing
    is written.
    """

    root: Path
    settings_file: Path
    history_file: Path
    models: Path
    cache: Path
    logs: Path
    run: Path
    journal: Path
    lock_file: Path
    keeps_nothing: bool = False

    @classmethod
    def at(cls, root: Path) -> Paths:
        """Everything under `root`; nothing is created yet."""
        return cls(
            root=root,
            settings_file=root / "settings.json",
            history_file=root / "history.db",
            models=root / "models",
            cache=root / "cache",
            logs=root / "logs",
            run=root / "run",
            journal=root / "journal",
            lock_file=root / "lock.json",
        )

    @classmethod
    def find(cls, data_dir: Path | None = None) -> Paths:
        """The root is `data_dir`, else `TACIT_HOME`, else the system's place for user data."""
        if data_dir is not None:
            return cls.at(_absolute(data_dir))
        if from_environment := os.environ.get(HOME_VARIABLE):
            return cls.at(_absolute(Path(from_environment)))
        import platformdirs

        place = platformdirs.user_data_path(PROGRAM, appauthor=False, roaming=False)
        return cls.at(_absolute(place))

    def for_private_session(self) -> Paths:
        """The same places, where nothing is written."""
        return replace(self, keeps_nothing=True)

    def create(self) -> None:
        """Make the folders, readable by their owner only; raises `AppError` where that fails.

        A private session makes none.
        """
        if self.keeps_nothing:
            return
        for folder in (self.root, self.models, self.cache, self.logs, self.run, self.journal):
            try:
                folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
                if os.name == "posix" and folder.stat().st_mode & 0o077:
                    folder.chmod(PRIVATE)
            except OSError as error:
                raise AppError(
                    f"The data folder {folder} cannot be used: {_reason(error)}.",
                    "Free the place or choose another folder with --data-dir.",
                    code=ErrorCode.STORE_UNWRITABLE,
                ) from error


def resources_dir() -> Path:
    """The folder of catalogue, styles, icons and licences, however the program was installed.

    Raises `AppError` when no such folder exists, which means a damaged installation.
    """
    for candidate in _resource_places():
        if candidate.is_dir():
            return candidate
    raise AppError(
        "The program's own files are incomplete: the folder of resources is missing.",
        "Install Tacit again.",
        code=ErrorCode.INSTALL_FAILED,
    )


def licences_dir() -> Path | None:
    """The folder with licence texts of others' work: what a package brings, or the source has."""
    if is_frozen():
        return Path(sys.executable).parent / "licences"
    checkout = _checkout()
    return checkout / "installer" / "licences" if checkout else None


def own_licence() -> Path | None:
    """The text of Tacit's own licence; None where only the record of the installation has it."""
    if is_frozen():
        return Path(sys.executable).parent / "licences" / "LICENSE.txt"
    checkout = _checkout()
    return checkout / "LICENSE" if checkout else None


def is_frozen() -> bool:
    """Whether this program came in a package, with its own Python."""
    return hasattr(sys, "_MEIPASS")


def starter_bundle() -> Path:
    """Where the starter model lies that an installer brought; absent in a checkout."""
    return resources_dir() / "starter-model"


def starter_builder() -> Path:
    """The script that builds the starter model; it exists in a checkout only."""
    return (_checkout() or _package()) / "packaging" / "starter_model" / "build.py"


def _resource_places() -> list[Path]:
    frozen_root = getattr(sys, "_MEIPASS", None)
    if frozen_root is not None:
        return [Path(frozen_root) / "resources"]
    places = [_package() / "_resources"]  # where the wheel carries them
    if checkout := _checkout():
        places.append(checkout / "resources")
    return places


def _checkout() -> Path | None:
    """The root of the source tree that this program runs from, if it does."""
    root = _package().parent
    return root if (root / "pyproject.toml").is_file() else None


def _package() -> Path:
    return Path(__file__).resolve().parent


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  (keeps links as they are)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
