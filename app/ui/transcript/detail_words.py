"""How a message came about, as pairs of a name and a value that people can read."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from app.core.cloud import LOCAL
from app.core.events import ContextUse, Usage
from app.core.messages import Role
from app.store.values import Provenance, StoredMessage
from app.ui.transcript.words import is_edited, seconds, translate

Fact = tuple[str, str]

# Parameters that people know under another name than the settings do; all others by their own.
_NAMES = {
    "temperature": "Temperature",
    "top_p": "Top-p",
    "top_k": "Top-k",
    "repetition_penalty": "Repetition penalty",
    "seed": "Seed",
    "max_tokens": "Longest answer",
    "stop": "Stops at",
}


def facts(message: StoredMessage, model: str) -> list[Fact]:
    """What is known of `message`, whose model is called `model`; nothing unknown is listed."""
    found = _times(message)
    if message.role is Role.ASSISTANT:
        found += _origin(message, model)
        found += _parameters(message.provenance)
        found += _usage(message.usage) if message.usage is not None else []
        found += _context(message.context) if message.context is not None else []
        found += _cost(message)
    length = _tr("{count} characters").format(count=QLocale().toString(len(message.text)))
    found.append((_tr("Length"), length))
    if len(message.siblings) > 1 and message.id in message.siblings:
        place = message.siblings.index(message.id) + 1
        version = _tr("{place} of {total}").format(place=place, total=len(message.siblings))
        found.append((_tr("Version"), version))
    return found


def as_text(found: list[Fact]) -> str:
    """The same as lines for the clipboard."""
    return "\n".join(f"{name}: {value}" for name, value in found)


def _times(message: StoredMessage) -> list[Fact]:
    found: list[Fact] = []
    if message.created_at > 0:
        found.append((_tr("Written"), _moment(message.created_at)))
    provenance = message.provenance
    if provenance.ended_at is not None:
        found.append((_tr("Ended"), _moment(provenance.ended_at)))
        # A clock that was set back meanwhile would give nonsense.
        if provenance.ended_at >= message.created_at > 0:
            found.append((_tr("Took"), seconds(provenance.ended_at - message.created_at)))
    if provenance.reasoning_s is not None:
        found.append((_tr("Thought for"), seconds(provenance.reasoning_s)))
    return found


def _origin(message: StoredMessage, model: str) -> list[Fact]:
    provenance = message.provenance
    found: list[Fact] = []
    if is_edited(message):
        found.append((_tr("Edited"), _tr("by you; the model's own words are another version")))
    if model:
        shown = model if model == message.model else f"{model} ({message.model})"
        found.append((_tr("Model"), shown))
        found.append((_tr("SHA-256 of its files"), provenance.model_hash or _tr("not recorded")))
    is_local = provenance.is_local
    if is_local is None and message.provider:
        is_local = message.provider == LOCAL
    if is_local is not None:
        where = _tr("on this computer") if is_local else _tr("in the cloud")
        if not is_local and message.provider:
            where = f"{where}: {message.provider}"
        found.append((_tr("Made"), where))
    if message.device:
        found.append((_tr("Device"), message.device))
    return found


def _parameters(provenance: Provenance) -> list[Fact]:
    known = provenance.parameters or {}
    parts = []
    for key, name in _NAMES.items():
        value = known.get(key)
        if value in (None, [], ()):
            continue
        shown = QLocale().toString(value, "g", 4) if isinstance(value, float) else str(value)
        parts.append(f"{name} {shown}")
    return [(_tr("Parameters"), ", ".join(parts))] if parts else []


def _usage(usage: Usage) -> list[Fact]:
    locale = QLocale()
    read = locale.toString(usage.prompt_tokens)
    if usage.cached_tokens:
        cached = locale.toString(usage.cached_tokens)
        read = _tr("{read}, {cached} of them known already").format(read=read, cached=cached)
    found = [
        (_tr("Tokens read"), read),
        (_tr("Tokens written"), locale.toString(usage.completion_tokens)),
        (_tr("First word after"), seconds(usage.first_token_s)),
    ]
    if usage.decode_tokens_per_s > 0:
        speed = locale.toString(usage.decode_tokens_per_s, "f", 1)
        found.append((_tr("Speed"), _tr("{speed} tokens/s").format(speed=speed)))
    if usage.load_s > 0:
        found.append((_tr("Model loaded in"), seconds(usage.load_s)))
    return found


def _context(context: ContextUse) -> list[Fact]:
    locale = QLocale()
    words = _tr("{used} of {limit} tokens").format(
        used=locale.toString(context.prompt_tokens), limit=locale.toString(context.limit)
    )
    if context.dropped_messages:
        words = _tr("{words}; {count} older messages left out").format(
            words=words, count=locale.toString(context.dropped_messages)
        )
    return [(_tr("Context"), words)]


def _cost(message: StoredMessage) -> list[Fact]:
    cost = message.provenance.cost_usd
    if cost is None:
        return []
    words = _tr("nothing") if cost == 0 else _tr("{cost} US dollars").format(cost=f"{cost:.4f}")
    return [(_tr("Cost"), words)]


def _moment(at: float) -> str:
    moment = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def _tr(text: str) -> str:
    return translate("Transcript", text)
