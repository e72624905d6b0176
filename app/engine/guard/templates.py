"""What a model's tokenizer files may say: templates of a sane size, and no files elsewhere.

Where the tokenizer looks for its template, and in which order: tokenizer_config.json,
chat_template.jinja, chat_template.json, and tokenizer_module.json over all of them
(onnxruntime-extensions, `operators/tokenizer/tokenizer_jsconfig.hpp`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.engine.guard.reading import json_object
from app.engine.guard.refusal import refused

MAX_TEMPLATE_BYTES = 64 * 1024
"""The longest honest ones, with tools and several languages, are about 20 KB."""

_MAX_JSON_BYTES = 16 * 2**20
_JSON_FILES = ("tokenizer_config.json", "tokenizer_module.json", "chat_template.json")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def check_tokenizer(folder: Path) -> None:
    """Refuse templates that are too large and files outside the folder; raises `AppError`."""
    for file in (*folder.glob("*.jinja"), *folder.glob("*/*.jinja")):
        _check_size(file.stat().st_size)
    for name in _JSON_FILES:
        if (folder / name).exists():
            _check(json_object(folder / name, _MAX_JSON_BYTES))


def _check(content: Mapping[str, object]) -> None:
    for text in _texts(content.get("chat_template")):
        _check_size(len(text.encode("utf-8", "replace")))
    vocabulary = content.get("tiktoken_file")
    if isinstance(vocabulary, str) and vocabulary and not _PLAIN_NAME.fullmatch(vocabulary):
        raise refused("takes its vocabulary from a file outside its folder")


def _texts(value: object) -> Iterator[str]:
    """The template, or each of several that are kept in a list with their names."""
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, Mapping):
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)


def _check_size(size: int) -> None:
    if size > MAX_TEMPLATE_BYTES:
        raise refused(
            f"has a chat template of {size // 1024:,} KB, and no honest one has more than "
            f"{MAX_TEMPLATE_BYTES // 1024}"
        )
