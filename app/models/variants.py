"""Tells the variants in a repository apart: each folder with a genai_config.json is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.models import manifest, names
from app.models.description import CONFIG, quantization_in
from app.models.listing import ListedFile, ListedVariant

MOST_FILES = 500
_LARGEST = 2**40
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_LICENCE = re.compile(r"(licen[cs]e|notice|copying)[^/]*", re.IGNORECASE)
_DEVICES = (
    ("cuda", r"cuda|gpu|trt|nvidia"),
    ("dml", r"dml|directml"),
    ("webgpu", r"webgpu"),
    ("cpu", r"cpu|mobile"),
)
_ORDER = ("cpu", "cuda", "dml", "webgpu", "")


def folders(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders that hold a variant, sorted; "" is the top. Hostile names hold none."""
    found = {_folder(path) for path in paths if _name(path) == CONFIG and names.is_safe(path)}
    return tuple(sorted(found))


def tell_apart(repository: str, files: Sequence[ListedFile]) -> tuple[ListedVariant, ...]:
    """The variants with the files that each needs, the smallest of each device first.

    A variant whose files are not listed with sizes and digests, or whose names could lead
    elsewhere, is none; files of a kind that no model needs are left out.
    """
    found = [_variant(repository, folder, files) for folder in folders(f.path for f in files)]
    sound = [variant for variant in found if variant is not None]
    return tuple(sorted(sound, key=lambda v: (_ORDER.index(v.device), v.size)))


def device_in(text: str) -> str:
    """The device that a name speaks of, as "cuda"; "" where it speaks of none."""
    words = text.lower().replace("_", " ")
    for name, pattern in _DEVICES:
        if re.search(rf"(?<![a-z0-9])({pattern})(?![a-z])", words):
            return name
    return ""


def _variant(repository: str, folder: str, files: Sequence[ListedFile]) -> ListedVariant | None:
    own = [file for file in files if _folder(file.path) == folder and _is_wanted(file.path)]
    present = {_name(file.path).casefold() for file in own}
    own += [
        file
        for file in files
        if folder and _LICENCE.fullmatch(file.path) and file.path.casefold() not in present
        if _is_wanted(file.path)
    ]
    has_weights = any(".onnx" in _name(file.path).lower() for file in own)
    distinct = len({_name(file.path).casefold() for file in own}) == len(own)
    if not (has_weights and distinct and len(own) <= MOST_FILES and all(map(_is_sound, own))):
        return None
    said = f"{folder} {repository}"
    return ListedVariant(
        folder=folder,
        device=device_in(folder) or device_in(repository),
        quantization=quantization_in(said.replace("/", " ")),
        files=tuple(sorted(own, key=lambda file: file.path)),
    )


def _is_wanted(path: str) -> bool:
    # The manifest is written here: one from elsewhere would claim its place.
    return names.is_wanted(path) and _name(path).casefold() != manifest.FILE


def _is_sound(file: ListedFile) -> bool:
    """Whether it can be checked on arrival."""
    has_digest = bool(_SHA256.fullmatch(file.sha256) or _SHA1.fullmatch(file.git_sha1))
    return has_digest and 0 <= file.size <= _LARGEST


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
