"""What the status bar says about the last answer and the model, in people's units; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.events import ContextUse, Usage


_DEVICES = {"cpu": "CPU", "cuda": "CUDA", "dml": "DirectML", "webgpu": "WebGPU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known about the conversation that is shown. `device_note` says why the device
    is not the one that was asked for, "" where it is."""

    device: str = ""
    device_note: str = ""
    model: str = ""
    usage: Usage | None = None
    context: ContextUse | None = None


def device_name(device: str) -> str:
    """A device as people call it."""
    return _DEVICES.get(device, device)


def context_text(context: ContextUse, usage: Usage | None) -> str:
    """For example "1.2k / 8k"."""
    answer = usage.completion_tokens if usage is not None else 0
    used = tokens(context.prompt_tokens + answer)
    # What a provider elsewhere reads at most is its own matter.
    return f"{used} / {tokens(context.limit)}" if context.limit else used


def speed_text(usage: Usage) -> str:
    """For example "42 t/s, first 0.3 s"; "" where nothing was measured."""
    parts = []
    if usage.decode_tokens_per_s > 0:
        parts.append(f"{usage.decode_tokens_per_s:.0f} t/s")
    if usage.first_token_s > 0:
        parts.append(f"first {seconds(usage.first_token_s)}")
    return ", ".join(parts)


def tokens(count: int) -> str:
    """For example "870", "1.2k", "8k": a context length is a multiple of 1024."""
    if count < 1000:
        return str(count)
    if count % 1024 == 0:
        return f"{count // 1024}k"
    thousands = count / 1000
    return f"{thousands:.1f}k".replace(".0k", "k") if thousands < 10 else f"{thousands:.0f}k"


def seconds(duration: float) -> str:
    """For example "0.31 s" or "12 s"."""
    if duration < 1:
        return f"{duration:.2f} s"
    return f"{duration:.1f} s" if duration < 10 else f"{duration:.0f} s"


def size(count: int) -> str:
    """Bytes as people write them, for example "99 MB" or "2.7 GB"."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    if count < 1_000_000_000:
        return f"{count / 1_000_000:.0f} MB"
    return f"{count / 1_000_000_000:.1f} GB"
