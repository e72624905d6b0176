"""Which file names a model may bring along: none that leaves its folder, none that is code."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LONGEST_NAME = 200
_LONGEST_PATH = 400
_DEEPEST = 4
# Letters, digits and what model files are called with; not the first: no hidden files.
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Weights, graphs, tokenizers, templates, licences; no code, no library, no pickle.
_WANTED = re.compile(
    r".*\.(onnx|data|json|jinja|model|txt|tiktoken|md)|.*\.onnx[._]data(_\d+)?"
    r"|.*(licen[cs]e|notice|copying)[^.]*",
    re.IGNORECASE,
)
# What the runtime reads by itself when it lies beside a model.
_READ = re.compile(
    r".*\.(onnx|data|json|jinja|model|so|dll|dylib)|.*\.onnx[._]data.*", re.IGNORECASE
)


def is_safe(name: str) -> bool:
    """Whether `name` ("/" between its parts) stays in its folder, on Linux and on Windows."""
    if not name or len(name) > _LONGEST_PATH:
        return False
    parts = name.split("/")
    return len(parts) <= _DEEPEST and all(map(_is_safe_part, parts))


def is_wanted(name: str) -> bool:
    """Whether a model needs a file of that name; what is not wanted is never fetched or copied."""
    return is_safe(name) and _WANTED.fullmatch(PurePosixPath(name).name) is not None


def is_read_unasked(name: str) -> bool:
    """Whether the runtime would take notice of a file that merely lies in a model's folder."""
    return _READ.fullmatch(name) is not None


def slug(text: str) -> str:
    """`text` as the name of a folder, for example "phi-4-mini-instruct"; "model" for nothing."""
    plain = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:_LONGEST_NAME].rstrip("-.")
    return plain if plain and _is_safe_part(plain) else f"model-{plain}".rstrip("-")


def _is_safe_part(part: str) -> bool:
    return (
        len(part) <= _LONGEST_NAME
        and _PART.fullmatch(part) is not None
        and not part.endswith(".")
        and _RESERVED.fullmatch(part) is None
    )
