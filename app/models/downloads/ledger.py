"""The downloads as they are remembered: one small file that window and commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.models import disk
from app.models.downloads.values import Entry, Plan, State
from app.process import locks
from app.process.plain import ProtocolError, from_plain, to_plain

_FORMAT = 1
_WAIT_S = 5.0
_LARGEST = 16 * 2**20

Change = Callable[[list[Entry]], list[Entry]]


class Ledger:
    """Reads and changes the file; what cannot be understood in it counts as not there.

    Changes of several processes follow one another. All methods block for a moment; those
    that change something raise `AppError` where the file cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_name(f".{file.name}.lock")

    def entries(self) -> list[Entry]:
        """All downloads, in their order; one that an ended program left running is queued."""
        plain = disk.read_json(self._file, _LARGEST)
        described = plain.get("downloads") if isinstance(plain, dict) else None
        found = []
        for item in described if isinstance(described, list) else ():
            try:
                entry = from_plain(Entry, item)
            except ProtocolError:
                continue
            is_left = entry.state is State.RUNNING
            found.append(replace(entry, state=State.QUEUED) if is_left else entry)
        return found

    def put(self, plan: Plan, state: State, problem: AppError | None = None) -> None:
        """Remember a download in this state, at the end where it is a new one."""
        new = Entry(plan=plan, state=state, problem=problem)

        def change(entries: list[Entry]) -> list[Entry]:
            if any(entry.plan.id == plan.id for entry in entries):
                return [new if entry.plan.id == plan.id else entry for entry in entries]
            return [*entries, new]

        self._change(change)

    def drop(self, download_id: str) -> None:
        """Forget a download."""
        self._change(lambda entries: [e for e in entries if e.plan.id != download_id])

    def find(self, repository: str, folder: str | None = None) -> list[Entry]:
        """The unfinished downloads from there."""
        return [
            entry
            for entry in self.entries()
            if entry.state is not State.DONE
            and entry.plan.repository.casefold() == repository.casefold()
            and folder in {None, entry.plan.folder}
        ]

    def _change(self, change: Change) -> None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (
                locks.exclusive(self._lock, _WAIT_S),
                disk.errors("The list of downloads could not be written"),
            ):
                plain = [to_plain(entry) for entry in change(self.entries())]
                disk.write_json(self._file, {"format": _FORMAT, "downloads": plain})
        except locks.TakenError:
            raise AppError(
                "The list of downloads is being changed by another window or command.",
                "Try again in a moment.",
                code=ErrorCode.LIBRARY_BUSY,
            ) from None
        except OSError as error:
            raise disk.failure("The list of downloads could not be written", error) from error
