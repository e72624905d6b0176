"""Whether a model fits this computer, and how fast it would answer: numbers, and in words.

A pure function of what the model needs and what the machine has. The speed is an estimate:
every token reads all weights and the key-value cache once, so memory bandwidth bounds it
(Pope et al. 2022, "Efficiently Scaling Transformer Inference"). How much of the bandwidth
decoding reaches was measured on two cores without VNNI at 25 GB/s: 0.41 with 86 MB of weights
(118 tokens/s), 0.30 with layers of Phi-4 mini's shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.models.catalogue import Entry, Variant
from app.models.machine import Machine

USUAL_CONTEXT = 8192
SHORT_CONTEXT = 2048
USUAL_EFFICIENCY = 0.33
COMFORTABLE_TOKENS_PER_S = 8.0
"""Reading aloud takes 4 tokens a second, reading silently 6 to 8."""
_SMALL_MODEL_BYTES = 500_000_000
_SMALL_MODEL_ADVANTAGE = 0.75
_RUNTIME_BYTES = 150_000_000
_DEPTH = 512
_LARGEST_RESERVE = 1_000_000_000
_DEVICES = {"cuda": "an NVIDIA graphics card (CUDA)", "dml": "DirectML, which Windows has"}
_ORDER = ("cuda", "dml", "cpu")


class Verdict(StrEnum):
    """In one word; `TIGHT` fits once other programs were closed."""

    FITS = "fits"
    SLOW = "slow"
    TIGHT = "tight"
    WILL_NOT_FIT = "will-not-fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one variant needs on one device. Sizes in bytes, `context` in tokens.

    `cache_values` are the numbers that one token leaves in the key-value cache;
    `download_bytes` is 0 for a model that is here already.
    """

    device: str
    memory_bytes: int
    token_bytes: int
    download_bytes: int
    cache_values: int
    context: int

    @classmethod
    def of(cls, entry: Entry, variant: Variant, device: str) -> Need:
        """What the catalogue says that the variant needs."""
        # On DirectML the whole prompt is read at once, so the model's own length counts.
        context = entry.context_length if device == "dml" else entry.usable_context
        return cls(
            device=device,
            memory_bytes=variant.memory_bytes,
            token_bytes=variant.token_bytes,
            download_bytes=variant.download_bytes,
            cache_values=entry.layers * entry.kv_heads * entry.head_size * 2,
            context=context,
        )

    def memory_for(self, tokens: int) -> int:
        """Bytes with a context of that length; the processor keeps 32-bit values."""
        per_token = self.cache_values * (4 if self.device == "cpu" else 2)
        return self.memory_bytes + _RUNTIME_BYTES + per_token * tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The verdict with its numbers; `sentences` say them in words, the decisive one first.

    `memory_bytes` is what it takes with a context of `context` tokens, `tokens_per_s` an
    estimate, None where nothing can be said before it was tried.
    """

    verdict: Verdict
    sentences: tuple[str, ...]
    memory_bytes: int
    context: int
    tokens_per_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to run a model of the catalogue here."""

    entry: Entry
    variant: Variant
    device: str
    fit: Fit


def fit(need: Need, machine: Machine, context: int | None = None) -> Fit:
    """Whether it fits, with a context of `context` tokens (None: what is usual)."""
    wanted = min(need.context, context or USUAL_CONTEXT)
    shorter = min(wanted, SHORT_CONTEXT)
    if refusal := _disk_refusal(need, machine) or _device_refusal(need, machine):
        return _fit(Verdict.WILL_NOT_FIT, need, wanted, None, refusal)
    if need.device != "cpu":
        words = (
            f"It needs about {gigabytes(need.memory_for(wanted))} of the graphics card's memory; "
            "whether that is there, and how fast it answers, shows when it is tried."
        )
        return _fit(Verdict.FITS, need, wanted, None, words)
    most = machine.memory_total - max(_LARGEST_RESERVE, machine.memory_total // 8)
    if machine.memory_total and need.memory_for(shorter) > most:
        words = (
            f"It needs {gigabytes(need.memory_for(shorter))} of memory and this computer has "
            f"{gigabytes(machine.memory_total)}, of which the system needs a part."
        )
        return _fit(Verdict.WILL_NOT_FIT, need, shorter, None, words)
    speed = tokens_per_second(need, machine)
    pace = (in_words(speed),) if speed is not None else ()
    if machine.memory_available and need.memory_for(shorter) > machine.memory_available:
        words = (
            f"It needs {gigabytes(need.memory_for(shorter))} of memory and only "
            f"{gigabytes(machine.memory_available)} are free now: close other programs first."
        )
        return _fit(Verdict.TIGHT, need, shorter, speed, words, *pace)
    tokens = wanted
    while tokens > shorter and need.memory_for(tokens) > machine.memory_available > 0:
        tokens = max(tokens // 2, shorter)
    memory = (
        f"It takes {gigabytes(need.memory_for(tokens))} of memory with a context of "
        f"{tokens:,} tokens; {gigabytes(machine.memory_available)} are free."
    )
    if speed is not None and speed < COMFORTABLE_TOKENS_PER_S:
        return _fit(Verdict.SLOW, need, tokens, speed, *pace, memory)
    return _fit(Verdict.FITS, need, tokens, speed, memory, *pace)


def choices(entry: Entry, machine: Machine) -> list[Choice]:
    """Every variant on every device it is made for, the recommended one first."""
    found = [
        Choice(entry=entry, variant=variant, device=device,
               fit=fit(Need.of(entry, variant, device), machine))
        for variant in entry.variants
        for device in variant.devices
    ]  # fmt: skip
    return sorted(found, key=_preference)


def tokens_per_second(need: Need, machine: Machine) -> float | None:
    """The estimate for the processor, early in a conversation; None where nothing is known."""
    if need.device != "cpu" or machine.bandwidth <= 0:
        return None
    read = need.token_bytes + need.cache_values * 4 * _DEPTH
    return machine.bandwidth * (machine.efficiency or USUAL_EFFICIENCY) / read


def efficiency(tokens_per_s: float, token_bytes: int, bandwidth: float) -> float | None:
    """The share of `bandwidth` that a measured speed stands for, to be used for other models.

    A small model partly lives in the processor's caches, so its share is taken down.
    """
    if tokens_per_s <= 0 or bandwidth <= 0:
        return None
    share = tokens_per_s * token_bytes / bandwidth
    if token_bytes < _SMALL_MODEL_BYTES:
        share *= _SMALL_MODEL_ADVANTAGE
    return min(max(share, 0.05), 1.0)


def disk_reserve(disk_total: int) -> int:
    """Bytes that stay free, so that the history can always be written."""
    return min(_LARGEST_RESERVE, disk_total // 20)


def in_words(tokens_per_s: float) -> str:
    """A speed as a sentence, for example "About 6 tokens a second: readable, slow."."""
    if tokens_per_s < 1:
        return f"About {max(round(1 / tokens_per_s), 2)} seconds for each token: hardly usable."
    rounded = round(tokens_per_s) if tokens_per_s < 20 else round(tokens_per_s / 5) * 5
    unit = "token" if rounded == 1 else "tokens"
    if tokens_per_s < 3:
        pace = "very slow"
    elif tokens_per_s < COMFORTABLE_TOKENS_PER_S:
        pace = "readable, slow"
    elif tokens_per_s < 20:
        pace = "about as fast as one reads"
    else:
        pace = "faster than one reads"
    return f"About {rounded} {unit} a second: {pace}."


def gigabytes(size: int) -> str:
    """A size as "3.4 GB", or "240 MB" below one."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _disk_refusal(need: Need, machine: Machine) -> str:
    if not need.download_bytes or not machine.disk_total:
        return ""
    room = machine.disk_free - disk_reserve(machine.disk_total)
    if need.download_bytes <= room:
        return ""
    return (
        f"It is {gigabytes(need.download_bytes)} on the disk, and {gigabytes(max(room, 0))} can "
        f"be used ({gigabytes(machine.disk_free)} are free, a reserve stays for the history)."
    )


def _device_refusal(need: Need, machine: Machine) -> str:
    if need.device in machine.devices:
        return ""
    name = _DEVICES.get(need.device, need.device)
    return f"This variant is for {name}; it was not found on this computer."


def _fit(verdict: Verdict, need: Need, context: int, speed: float | None, *words: str) -> Fit:
    return Fit(
        verdict=verdict,
        sentences=words,
        memory_bytes=need.memory_for(context),
        context=context,
        tokens_per_s=speed,
    )


def _preference(choice: Choice) -> tuple[bool, int, int]:
    refused = choice.fit.verdict is Verdict.WILL_NOT_FIT
    return refused, _ORDER.index(choice.device), choice.variant.memory_bytes
