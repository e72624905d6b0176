"""What is downloaded, and how far it is, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import AppError
from app.models.listing import ListedFile


class Kind(StrEnum):
    """What a download ends in: a new model, a newer commit of one, or its missing files."""

    INSTALL = "install"
    UPDATE = "update"
    REPAIR = "repair"


class State(StrEnum):
    """`QUEUED` goes on by itself, after a restart of the program too; `PAUSED` and `FAILED`
    wait for the person."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is fetched: `files` of the variant in `folder` of `repository`, pinned to `commit`.

    `id` is random and names the download. `model_id` is the id that the model has or gets,
    `name` what a person calls it. `needs_token` says that the publisher's gate wants one.
    """

    id: str
    kind: Kind
    model_id: str
    name: str
    repository: str
    commit: str
    folder: str
    licence: str
    needs_token: bool
    files: tuple[ListedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A download as it is remembered; `problem` says why it failed or pauses by itself."""

    plan: Plan
    state: State
    problem: AppError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProgress:
    """One file of a download, in bytes."""

    name: str
    size: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is, in bytes. `bytes_per_s` is the speed of the last seconds.

    `remaining_s` is None where nothing can be said. `note` tells what is waited for, "" where
    bytes arrive.
    """

    files: tuple[FileProgress, ...]
    bytes_per_s: float = 0.0
    remaining_s: float | None = None
    note: str = ""

    @property
    def done(self) -> int:
        """Bytes that are on the disk."""
        return sum(file.done for file in self.files)

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadStatus:
    """One download at this moment, for a view."""

    plan: Plan
    state: State
    progress: Progress
    problem: AppError | None = None

    @property
    def id(self) -> str:
        """What names the download."""
        return self.plan.id
