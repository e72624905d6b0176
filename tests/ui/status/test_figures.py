"""Figures in people's units."""

from __future__ import annotations

import pytest

from app.core.events import ContextUse, Usage
from app.ui.status import figures


def usage(**changed: float) -> Usage:
    values: dict[str, float] = {
        "load_s": 0,
        "first_token_s": 0.31,
        "decode_tokens_per_s": 41.7,
    } | changed
    return Usage(prompt_tokens=10, cached_tokens=0, completion_tokens=90, **values)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (870, "870"),
        (1000, "1k"),
        (1240, "1.2k"),
        (8192, "8k"),
        (131_072, "128k"),
        (12_600, "13k"),
    ],
)
def test_tokens(count: int, text: str) -> None:
    assert figures.tokens(count) == text


@pytest.mark.parametrize(("duration", "text"), [(0.314, "0.31 s"), (2.53, "2.5 s"), (71.4, "71 s")])
def test_seconds(duration: float, text: str) -> None:
    assert figures.seconds(duration) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(10, "1 kB"), (99_229_000, "99 MB"), (2_700_000_000, "2.7 GB"), (999_499, "999 kB")],
)
def test_sizes(count: int, text: str) -> None:
    assert figures.size(count) == text


def test_speed_and_context() -> None:
    assert figures.speed_text(usage()) == "42 t/s, first 0.31 s"
    assert figures.speed_text(usage(decode_tokens_per_s=0, first_token_s=0)) == ""
    context = ContextUse(limit=8192, prompt_tokens=1150)
    assert figures.context_text(context, usage()) == "1.2k / 8k"
    assert figures.context_text(context, None) == "1.1k / 8k"


def test_devices_have_names() -> None:
    assert [figures.device_name(d) for d in ("cpu", "cuda", "dml", "")] == [
        "CPU", "CUDA", "DirectML", "",
    ]  # fmt: skip
