"""Refuses model folders that would make the runtime run or open something that is no model.

A `genai_config.json` can name a native library that is run on loading, files to be written,
and thousands of threads (app/README.md, "Traps").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.core.errors import AppError, ErrorCode

_FORBIDDEN_KEYS = frozenset(
    {
        "custom_ops_library",
        "enable_profiling",
        "optimized_model_filepath",
        "profile_file_prefix",
        "ep.context_file_path",
    }
)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KNOWN_PROVIDERS = frozenset(
    name
    for device in (
        "cpu cuda dml qnn openvino webgpu nvtensorrtrtx vitisai rocm webnn xnnpack snpe migraphx "
        "coreml"
    ).split()
    for name in (device, f"{device}executionprovider")
)
_MAX_THREADS = 256
_MAX_TEMPLATE_BYTES = 64 * 1024
_LIMITS: Mapping[str, int] = {
    "num_hidden_layers": 1_000,
    "num_attention_heads": 1_024,
    "num_key_value_heads": 1_024,
    "head_size": 8_192,
    "hidden_size": 1_000_000,
    "vocab_size": 4_000_000,
    "context_length": 100_000_000,
}
_PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def check_files(folder: Path) -> None:
    """Refuse pipes, devices and programs, under whatever name; raises `AppError`."""
    for file in folder.rglob("*"):
        if file.is_dir():
            continue
        if not file.is_file():
            raise _refused("holds something that is not a plain file")
        with file.open("rb") as opened:
            start = opened.read(4)
        if start.startswith(_PROGRAMS):
            raise _refused("holds a program, which no model needs")
    template = folder / "chat_template.jinja"
    if template.is_file() and template.stat().st_size > _MAX_TEMPLATE_BYTES:
        raise _refused("has a chat template of a size that no model needs")


def check_config(config: Mapping[str, object]) -> None:
    """Refuse settings that run native code, write files or exhaust the machine."""
    for trail, key, value in _walk(config, ()):
        if key in _FORBIDDEN_KEYS and value not in (None, "", False):
            raise _refused(f"asks for “{key}”, which can run or write files")
        if key.endswith("_num_threads") and not _between(value, 0, _MAX_THREADS):
            raise _refused("asks for an absurd number of threads")
        if key in _LIMITS and not _between(value, 0, _LIMITS[key]):
            raise _refused(f"has an impossible value for “{key}”")
        if key == "filename" and not (isinstance(value, str) and _FILE_NAME.fullmatch(value)):
            raise _refused("names a file outside itself")
        if "session_options" in trail and isinstance(value, str) and _is_path(value):
            raise _refused(f"names a file in “{key}”")
        if trail and trail[-1] == "provider_options" and key.lower() not in _KNOWN_PROVIDERS:
            raise _refused("asks for an unknown kind of device")


def _walk(value: object, trail: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, object]]:
    stack: list[tuple[object, tuple[str, ...]]] = [(value, trail)]
    while stack:
        current, trail = stack.pop()
        if isinstance(current, Mapping):
            for key, inner in current.items():
                yield trail, str(key), inner
                stack.append((inner, (*trail, str(key))))
        elif isinstance(current, list):
            stack.extend((inner, trail) for inner in current)


def _between(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and low <= value <= high


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.lower().endswith((".so", ".dll", ".dylib"))


def _refused(why: str) -> AppError:
    return AppError(
        f"This model was refused for your safety: it {why}.",
        "Choose a model from a source you trust.",
        code=ErrorCode.MODEL_UNSUPPORTED,
    )
