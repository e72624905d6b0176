"""Fetches one file: goes on where it stopped, keeps nothing that is wrong.

What has arrived lies in `NAME.part` (`part`), so a lost connection, a stopped program and a
full disk cost nothing. The file gets its name only when its size and digest are those of the
listing. Nothing here knows about hosts: the caller passes in what asks for the file.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from io import FileIO
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.network import http
from app.network.faults import TransientError, stopped
from app.network.http import Response
from app.network.transfer.hashing import FollowingHash
from app.network.transfer.pace import Pace
from app.network.transfer.part import Part, Source, disk_error
from app.network.transfer.values import (
    FileWanted,
    TransferLimits,
    TransferProgress,
    TransferResult,
)

_BUFFER = 2**20
_PARTIAL = 206
_BEYOND_THE_END = 416
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")

Ask = Callable[[Mapping[str, str]], Response]
"""Asks for the file with these headers more; raises `AppError`."""


def transfer(
    wanted: FileWanted,
    ask: Ask,
    *,
    tell: Callable[[TransferProgress], None],
    cancel: CancelToken,
    limits: TransferLimits | None = None,
) -> TransferResult:
    """Fetch the file; blocking. What stood at the target is replaced, or left as it is.

    Raises `AppError`: with `CANCELLED` when stopped, `DISK_FULL`, `DOWNLOAD_CORRUPT` for
    bytes that are not those of the listing, `CONNECTION_FAILED`. The part is kept where
    going on later makes sense.
    """
    one = _Transfer(wanted, ask, tell, cancel, limits or TransferLimits())
    try:
        return one.run()
    except OSError as error:
        raise disk_error(error, Path(wanted.target).name) from error
    finally:
        one.close()


class _Transfer:
    def __init__(
        self,
        wanted: FileWanted,
        ask: Ask,
        tell: Callable[[TransferProgress], None],
        cancel: CancelToken,
        limits: TransferLimits,
    ) -> None:
        self._wanted = wanted
        self._part = Part(Path(wanted.target))
        self._name = Path(wanted.target).name
        self._ask = ask
        self._cancel = cancel
        self._limits = limits
        self._pace = Pace(tell)
        self._hash: FollowingHash | None = None
        self._furthest = 0
        self._has_progressed = False
        self._received = 0
        self._changes = 0

    def run(self) -> TransferResult:
        with self._part.held():
            resumed_from = self._furthest = self._usable()
            digests = self._fetched()
            if resumed_from and not self._fits(digests):
                # The fault may lie in what an earlier program left: once more, all of it.
                resumed_from = self._furthest = 0
                self._drop()
                digests = self._fetched()
            if not self._fits(digests):
                self._drop()
                raise _corrupt(self._name)
            size = self._part.size()
            self._part.finish()
        return TransferResult(
            size=size,
            sha256=digests[0],
            resumed_from=resumed_from,
            received_bytes=self._received,
        )

    def close(self) -> None:
        if self._hash is not None:
            self._hash.stop()
            self._hash = None

    def _usable(self) -> int:
        """Bytes of the part that may be gone on from; what is of no use is dropped."""
        source, size = self._part.source(), self._part.size()
        can_be_checked = bool(self._wanted.sha256 or self._wanted.git_sha1)
        is_known = source is not None and (source.etag != "" or can_be_checked)
        if source is not None and is_known and size <= self._bound(source.size):
            return size
        self._drop()
        return 0

    def _fetched(self) -> tuple[str, str]:
        """The digests of the part, once it is whole."""
        failures = 0
        while not self._part.is_whole():
            self._has_progressed = False
            try:
                self._attempt()
            except TransientError as problem:
                if self._cancel.is_cancelled:
                    raise stopped() from None
                failures = 0 if self._has_progressed else failures + 1
                if failures >= self._limits.tries:
                    raise
                self._wait(problem, failures)
        size = self._part.size()
        self._pace.at(size, size, is_last=True)
        following = self._following()
        following.advance(size)
        return following.finish(self._cancel)

    def _attempt(self) -> None:
        if self._cancel.is_cancelled:
            raise stopped()
        start, source = self._part.size(), self._part.source()
        if self._wanted.size is not None:
            self._part.check_space(self._wanted.size - start, self._limits.reserve)
        headers = {}
        if start and source is not None:
            headers["Range"] = f"bytes={start}-"
            if source.etag:
                headers["If-Range"] = source.etag
        with self._ask(headers) as response:
            start = self._agreed(response, start, source)
            self._receive(response, start)

    def _agreed(self, response: Response, start: int, source: Source | None) -> int:
        """The position at which the body begins; what does not go with it is dropped."""
        etag = _strong(response.header("ETag"))
        if response.status == _BEYOND_THE_END and start:
            raise self._changed()
        http.check(response)
        if response.status == _PARTIAL:
            if source is not None and _continues(response, etag, start, source):
                return start
            raise self._changed()
        self._check_size(response.length)
        if start and source is not None and etag != source.etag:
            self._count_change()
        self._drop()
        self._part.note(Source(etag=etag, size=response.length))
        return 0

    def _receive(self, response: Response, start: int) -> None:
        source = self._part.source() or Source()
        bound, done = self._bound(source.size), start
        if source.size is not None:
            self._part.check_space(source.size - start, self._limits.reserve)
        buffer = memoryview(bytearray(_BUFFER))
        with self._part.open(start) as file:
            following = self._following()
            following.advance(start)
            while count := response.readinto(buffer):
                done += count
                self._received += count
                if done > bound:
                    self._drop_after(file)
                    raise _wrong_size(self._name)
                _write(file, buffer[:count])
                following.advance(done)
                if done > self._furthest:
                    self._furthest, self._has_progressed = done, True
                self._pace.at(done, source.size)
                if self._cancel.is_cancelled:
                    raise stopped()
        if source.size is None:  # the end of a body without a length is the size
            self._check_size(done)
            self._part.note(Source(etag=source.etag, size=done))

    def _following(self) -> FollowingHash:
        if self._hash is None:
            wanted = self._wanted
            git_size = wanted.size if wanted.git_sha1 else None
            self._hash = FollowingHash(self._part.file, git_size=git_size)
        return self._hash

    def _changed(self) -> TransientError:
        """Begin anew at the next try: the file at the server is not the one of the part."""
        self._count_change()
        self._drop()
        return TransientError(f"{self._name} has changed at the server.", "It is fetched anew.")

    def _count_change(self) -> None:
        self._furthest = 0
        self._changes += 1
        if self._changes > self._limits.fresh_starts:
            raise AppError(
                f"{self._name} keeps changing at the server.",
                "Try again later.",
                code=ErrorCode.DOWNLOAD_CORRUPT,
            )

    def _drop(self) -> None:
        self.close()
        self._part.drop()

    def _drop_after(self, file: FileIO) -> None:
        file.close()  # an open file cannot be deleted everywhere
        self._drop()

    def _bound(self, announced: int | None) -> int:
        """The most bytes that the file may have."""
        if self._wanted.size is not None:
            return self._wanted.size
        return min(self._wanted.max_size, self._wanted.max_size if announced is None else announced)

    def _check_size(self, size: int | None) -> None:
        wanted = self._wanted.size
        if size is None:
            return
        if size > self._wanted.max_size or (wanted is not None and size != wanted):
            self._drop()
            raise _wrong_size(self._name)

    def _fits(self, digests: tuple[str, str]) -> bool:
        sha256, git_sha1 = digests
        wanted = self._wanted
        return (wanted.sha256.lower() or sha256) == sha256 and (
            wanted.git_sha1.lower() or git_sha1
        ) == git_sha1

    def _wait(self, problem: TransientError, failures: int) -> None:
        limits = self._limits
        pause = min(limits.pause_s * 2**failures, limits.longest_pause_s)
        # Not all at once, where many lost their connection at the same moment.
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
        if problem.retry_after_s is not None:
            if problem.retry_after_s > limits.retry_after_s:
                raise problem
            pause = max(pause, problem.retry_after_s)
        total = self._wanted.size
        self._pace.waiting(self._part.size(), total, pause, problem.what)
        if self._cancel.wait(pause):
            raise stopped() from None


def _continues(response: Response, etag: str, start: int, source: Source) -> bool:
    """Whether a partial answer goes on exactly where the part ends, in the same file."""
    found = _RANGE.fullmatch(response.header("Content-Range"))
    if found is None or int(found[1]) != start:
        return False
    if source.size is not None and found[3] not in {"*", str(source.size)}:
        return False
    return not etag or etag == source.etag


def _strong(etag: str) -> str:
    """The ETag where it promises the same bytes, else ""."""
    return "" if etag.startswith("W/") else etag


def _write(file: FileIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _wrong_size(name: str) -> AppError:
    return AppError(
        f"{name} has another size than it should, so it was not kept.",
        "It may have been changed at its source. Try again later.",
        code=ErrorCode.DOWNLOAD_CORRUPT,
    )


def _corrupt(name: str) -> AppError:
    return AppError(
        f"{name} arrived with wrong bytes (its SHA-256 is another one), so it was not kept.",
        "Try again; if it stays so, the file at its source is damaged or was changed.",
        code=ErrorCode.DOWNLOAD_CORRUPT,
    )
