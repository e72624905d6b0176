"""Opens what a person chose, finds out whose format it is, and reads one conversation at a time."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.core.errors import AppError, ErrorCode
from app.exchange.building import Found, Unreadable
from app.exchange.formats import chatgpt, claude, gpt4all, jan, lm_studio, open_webui, tacit_json
from app.exchange.json_stream import Broken, JsonStream, Readable, no_json

_KEYS = ("conversations", "data", "chats")
_LONGEST_TITLE = 80
_NAME = "conversations"
_FIRST_BYTES = 8192
# What a parser runs into where a file holds something else than it is said to.
_SENSELESS = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip


@dataclass(slots=True)
class Progress:
    """How many bytes of all have been read."""

    read: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Format:
    """A format whose conversations are JSON objects."""

    name: str
    recognises: Callable[[dict[str, object]], bool]
    parse: Callable[[dict[str, object]], Found | None]


_FORMATS = (
    _Format("Tacit", tacit_json.recognises, tacit_json.parse),
    _Format("ChatGPT", chatgpt.recognises, chatgpt.parse),
    _Format("Claude", claude.recognises, claude.parse),
    _Format("Open WebUI", open_webui.recognises, open_webui.parse),
    _Format("LM Studio", lm_studio.recognises, lm_studio.parse),
)

Item = tuple[str, Found | Unreadable | None]


def read(path: Path, progress: Progress) -> Iterator[Item]:
    """Each conversation below `path` with the name of its format; None for an empty one.

    `path` is a file, a zip archive as it was downloaded, or a folder of another program.
    Raises `AppError` for what cannot be read at all.
    """
    try:
        if path.is_dir():
            yield from _read_folder(path, progress)
        else:
            yield from _read_file(path, progress)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise _unreadable(path, error) from error


def _read_folder(folder: Path, progress: Progress) -> Iterator[Item]:
    threads = sorted(file.parent for file in folder.rglob(jan.THREAD))
    chats = sorted(folder.rglob(f"*{lm_studio.SUFFIX}"))
    exports = sorted(folder.glob(f"{_NAME}*.json"))
    texts = sorted(folder.glob("*.txt"))
    progress.total = sum(
        _size(file)
        for file in (*chats, *exports, *(thread / jan.MESSAGES for thread in threads), *texts)
    )
    for thread in threads:
        yield "Jan", jan.parse_folder(thread)
        progress.read += _size(thread / jan.MESSAGES)
    for chat in chats:
        yield "LM Studio", _lm_studio(chat, folder)
        progress.read += _size(chat)
    for export in exports:
        with export.open("rb") as stream:
            yield from _read_json(_Counting(stream, progress))
    for file in texts:
        if _looks_like_gpt4all(file):
            yield "GPT4All", gpt4all.parse_text(file)
        progress.read += _size(file)
    if not (threads or chats or exports or texts):
        raise no_json()


def _read_file(path: Path, progress: Progress) -> Iterator[Item]:
    progress.total = path.stat().st_size
    with path.open("rb") as stream:
        beginning = stream.read(len(gpt4all.BINARY_BEGINS))
        stream.seek(0)
        if beginning == gpt4all.BINARY_BEGINS or path.suffix == ".chat":
            raise gpt4all.unreadable_binary()
        if zipfile.is_zipfile(path):
            yield from _read_zip(stream, progress)
        elif _looks_like_gpt4all(path):
            yield "GPT4All", gpt4all.parse_text(path)
            progress.read = progress.total
        elif path.name == jan.THREAD:
            yield "Jan", jan.parse_folder(path.parent)
            progress.read = progress.total
        elif path.name.endswith(lm_studio.SUFFIX):
            yield "LM Studio", _lm_studio(path, path.parent)
            progress.read = progress.total
        else:
            yield from _read_json(_Counting(stream, progress))


def _read_zip(stream: BinaryIO, progress: Progress) -> Iterator[Item]:
    with zipfile.ZipFile(stream) as archive:
        members = [
            member
            for member in archive.infolist()
            if PurePosixPath(member.filename).name.startswith(_NAME)
            and member.filename.endswith(".json")
        ]
        if not members:
            raise no_json()
        progress.total = sum(member.file_size for member in members)
        for member in members:
            with closing(archive.open(member)) as inner:
                yield from _read_json(_Counting(inner, progress))


def _read_json(stream: Readable) -> Iterator[Item]:
    document = JsonStream(stream)
    is_checked = False
    for element in document.elements(*_KEYS):
        if not is_checked:
            tacit_json.check(document.members)
            is_checked = True
        yield _one(element)
    tacit_json.check(document.members)


def _one(element: object) -> Item:
    if isinstance(element, Broken) or not isinstance(element, dict):
        return "", Unreadable()
    found = next((one for one in _FORMATS if one.recognises(element)), None)
    title = next((t for t in (element.get("title"), element.get("name")) if isinstance(t, str)), "")
    if found is None:
        return "", Unreadable(title[:_LONGEST_TITLE])
    try:
        return found.name, found.parse(element)
    except _SENSELESS:
        return found.name, Unreadable(title[:_LONGEST_TITLE])


def _lm_studio(file: Path, root: Path) -> Found | Unreadable | None:
    name, folder = lm_studio.place_of(file, root)
    with file.open("rb") as stream, contextlib.suppress(AppError, *_SENSELESS):
        for element in JsonStream(stream).elements():
            if isinstance(element, dict) and lm_studio.recognises(element):
                return lm_studio.parse(element, name, folder)
    return Unreadable(file.name)


def _looks_like_gpt4all(path: Path) -> bool:
    with path.open("rb") as stream:
        return gpt4all.recognises(stream.read(_FIRST_BYTES).decode("utf-8", "replace"))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


class _Counting:
    """Passes a stream on and counts what goes through."""

    def __init__(self, stream: Readable, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(size)
        self._progress.read += len(piece)
        return piece


def _unreadable(path: Path, error: Exception) -> AppError:
    if isinstance(error, FileNotFoundError):
        what = f"There is no file {path.name}."
    elif isinstance(error, OSError):
        what = f"The file {path.name} cannot be read."
    else:
        what = f"The archive {path.name} is damaged or locked with a password."
    return AppError(what, "Choose another one, or export it again.", code=ErrorCode.USAGE)
