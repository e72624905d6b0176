"""Fetches the files of one plan into a folder, several at once, through the courier."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.models import disk, fit, machine
from app.models.downloads.meter import Meter
from app.models.downloads.values import Plan, Progress
from app.models.listing import ListedFile, access_refused, file_url
from app.models.manifest import ManifestFile, git_blob_sha1
from app.network.base import Courier
from app.network.transfer.values import FileWanted, TransferLimits, TransferProgress
from app.network.verbs.download import DOWNLOAD, Download

FILES_AT_ONCE = 4
_TELL_S = 0.25
_LOOK_AT_DISK_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the bytes come from: the courier, the hub's address, a token ("" for none) and how
    patient the transfers are."""

    courier: Courier
    hub: str
    token: str
    limits: TransferLimits


def name_of(file: ListedFile) -> str:
    """What the file is called in the model's folder."""
    return file.path.rpartition("/")[2]


def present(folder: Path, file: ListedFile) -> int:
    """Bytes of a file that lie in the folder of its download."""
    target = folder / name_of(file)
    for candidate in (target, target.with_name(f"{target.name}.part")):
        try:
            return min(candidate.stat().st_size, file.size)
        except OSError:
            continue
    return 0


def fetch(
    plan: Plan,
    folder: Path,
    source: Source,
    tell: Callable[[Progress], None],
    cancel: CancelToken,
) -> tuple[ManifestFile, ...]:
    """Have every file of `plan` in `folder`, each compared with its digest; blocking.

    What is there already is hashed and kept where it is right. Raises `AppError`; what has
    arrived stays for the next time.
    """
    return _Fetch(plan, folder, source, tell, cancel).run()


class _Fetch:
    def __init__(
        self,
        plan: Plan,
        folder: Path,
        source: Source,
        tell: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._source = source
        self._tell = tell
        self._asked = cancel
        self._stop = CancelToken()  # the person's wish, or the first failure
        self._meter = Meter({name_of(file): file.size for file in plan.files})
        self._lock = threading.Lock()
        self._told_at = self._looked_at = float("-inf")
        self._limits = self._with_reserve()

    def run(self) -> tuple[ManifestFile, ...]:
        for file in self._plan.files:
            self._meter.found(name_of(file), present(self._folder, file))
        self._require_room()
        self._tell(self._meter.read())
        forget = self._asked.on_cancel(self._stop.cancel)
        try:
            # The largest first: whatever is left at the end is small.
            order = sorted(self._plan.files, key=lambda file: -file.size)
            with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="download") as pool:
                futures = {file.path: pool.submit(self._file, file) for file in order}
                self._wait_for(list(futures.values()))
            fetched = tuple(futures[file.path].result() for file in self._plan.files)
        finally:
            forget()
        self._tell(self._meter.read())
        return fetched

    def _wait_for(self, futures: list[Future[ManifestFile]]) -> None:
        """Wait for all; at the first failure stop the others, and raise it."""
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=_TELL_S, return_when=FIRST_EXCEPTION)
            for error in [e for future in done if (e := future.exception()) is not None]:
                self._stop.cancel()
                wait(pending)
                raise error
            self._look_at_disk()
            self._tell(self._meter.read())

    def _file(self, file: ListedFile) -> ManifestFile:
        if self._stop.is_cancelled:
            raise _stopped()
        target = self._folder / name_of(file)
        sha256 = self._kept(target, file) or self._fetched(target, file)
        return ManifestFile(name=target.name, size=file.size, sha256=sha256, git_sha1=file.git_sha1)

    def _fetched(self, target: Path, file: ListedFile) -> str:
        plan, source = self._plan, self._source

        def tell(told: TransferProgress) -> None:
            self._meter.take(target.name, told)

        try:
            result = source.courier.run(
                DOWNLOAD,
                Download(
                    url=file_url(source.hub, plan.repository, plan.commit, file.path),
                    file=FileWanted(
                        target=str(target),
                        size=file.size,
                        sha256=file.sha256,
                        git_sha1=file.git_sha1,
                    ),
                    purpose=Purpose.MODEL_DOWNLOAD,
                    allowed_by=f"you, downloading {plan.name}"[:200],
                    label=plan.name,
                    limits=self._limits,
                    token=source.token,
                ),
                self._stop,
                tell,
            )
        except AppError as error:
            if error.code is ErrorCode.ACCESS_REFUSED:
                raise access_refused(plan.repository, token=source.token) from None
            raise
        return result.sha256

    def _kept(self, target: Path, file: ListedFile) -> str:
        """The SHA-256 of a file that an earlier try finished; "" where it has to be fetched."""
        try:
            if target.is_symlink() or target.stat().st_size != file.size:
                target.unlink()
                return ""
            sha256, git = hashlib.sha256(), git_blob_sha1(file.size)
            with target.open("rb", buffering=0) as opened:
                while piece := opened.read(disk.CHUNK):
                    if self._stop.is_cancelled:
                        raise _stopped()
                    sha256.update(piece)
                    if file.git_sha1:
                        git.update(piece)
            if file.sha256 in {"", sha256.hexdigest()} and (file.git_sha1 in {"", git.hexdigest()}):
                return sha256.hexdigest()
            target.unlink()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise disk.failure(f"{target.name} could not be read", error) from error
        return ""

    def _with_reserve(self) -> TransferLimits:
        _free, total = machine.disk(self._folder)
        return replace(self._source.limits, reserve=fit.disk_reserve(total))

    def _look_at_disk(self) -> None:
        """Stop while there is still room for everything else; raises `AppError`."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_AT_DISK_S:
            return
        self._looked_at = now
        try:
            self._require_room()
        except AppError:
            self._stop.cancel()
            raise

    def _require_room(self) -> None:
        progress = self._meter.read()
        if (missing := progress.total - progress.done) > 0:
            disk.require_room(self._folder, missing)


def _stopped() -> AppError:
    return AppError("It was stopped.", "Start it again.", code=ErrorCode.CANCELLED)
