"""The release file: what the makers of Tacit announce, as plain values that were checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.errors import AppError, ErrorCode
from app.network.url import parse as parse_url
from app.process.plain import ProtocolError, from_plain

FORMAT = 1
PROGRAM = "tacit"
LARGEST = 64 * 1024
"""Bytes that a release file may have."""

_LONGEST_NOTES = 20_000
_LONGEST_PAGE = 500
_MOST_FILES = 20
_VERSION = re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][\w.+~-]{0,119}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """A file of the release: its `platform` ("linux" or "windows"), name, bytes and digest."""

    platform: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is announced. `made` is when it was signed, after `expires` it tells nothing any
    more; `notes` are Markdown, `page` is where a person gets the files."""

    version: str
    made: datetime
    expires: datetime
    notes: str
    page: str
    files: tuple[ReleaseFile, ...]

    def for_platform(self, platform: str) -> tuple[ReleaseFile, ...]:
        """Its files for "linux" or "windows"."""
        return tuple(file for file in self.files if file.platform == platform)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """The file as it is written."""

    format: int
    program: str
    version: str
    date: str
    expires: str
    notes: str
    page: str
    files: tuple[ReleaseFile, ...]


def parse(data: bytes) -> Release:
    """The release that `data`, whose signature was checked, announces; raises `AppError`."""
    try:
        written = from_plain(_Written, json.loads(data))
        release = Release(
            version=written.version,
            made=_moment(written.date),
            expires=_moment(written.expires),
            notes=written.notes,
            page=written.page,
            files=written.files,
        )
    except (ValueError, RecursionError, ProtocolError):
        raise _nonsense() from None
    if (written.format, written.program) != (FORMAT, PROGRAM) or not _is_sound(release):
        raise _nonsense()
    return release


def is_version(text: str) -> bool:
    """Whether it is a version as they are announced: three numbers."""
    return _VERSION.fullmatch(text) is not None


def order(version: str) -> tuple[int, ...]:
    """What versions are compared by: the first three numbers in `version`."""
    return tuple(map(int, _NUMBER.findall(version)[:3]))


def _moment(text: str) -> datetime:
    """A time with its zone, in UTC; raises `ValueError` for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the calendar") from None


def _is_sound(release: Release) -> bool:
    return (
        is_version(release.version)
        and release.made < release.expires
        and len(release.notes) <= _LONGEST_NOTES
        and _is_page(release.page)
        and len(release.files) <= _MOST_FILES
        and all(map(_is_file, release.files))
    )


def _is_page(address: str) -> bool:
    try:
        return len(address) <= _LONGEST_PAGE and parse_url(address).is_encrypted
    except AppError:
        return False


def _is_file(file: ReleaseFile) -> bool:
    return (
        file.platform in {"linux", "windows"}
        and _NAME.fullmatch(file.name) is not None
        and file.size > 0
        and _SHA256.fullmatch(file.sha256) is not None
    )


def _nonsense() -> AppError:
    return AppError(
        "The announcement is signed, but this version of Tacit cannot read it.",
        "Look at the page where you got Tacit: there may be a version that can.",
        code=ErrorCode.DOWNLOAD_CORRUPT,
    )
