"""What the conversation view says about a message, apart from the message itself."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.events import Event, Loading, Progress, Started
from app.core.messages import Role
from app.store.values import MessageState, StoredMessage

# The provider that runs on this machine.
LOCAL = "onnx"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Transcript", text)


def speaker(message: StoredMessage, model: str) -> str:
    """Who says this message, as it is read aloud."""
    match message.role:
        case Role.USER:
            return _tr("You")
        case Role.SYSTEM:
            return _tr("Instructions")
        case _:
            return _tr("Answer from {model}").format(model=model) if model else _tr("Answer")


def meta_line(message: StoredMessage, model: str) -> str:
    """Who answered, how fast and where: "SmolLM2 - 42 tokens/s - local"."""
    parts = [model] if model else []
    if message.usage is not None and message.usage.decode_tokens_per_s > 0:
        speed = _speed(message.usage.decode_tokens_per_s)
        parts.append(_tr("{speed} tokens/s").format(speed=speed))
    if message.provider:
        parts.append(_tr("local") if message.provider == LOCAL else message.provider)
    return " - ".join(parts)


def meta_details(message: StoredMessage) -> str:
    """The figures of an answer as lines of a tooltip, "" where none are known."""
    usage = message.usage
    lines: list[str] = []
    if usage is not None:
        locale = QLocale()
        read = _tr("{count} tokens read").format(count=locale.toString(usage.prompt_tokens))
        if usage.cached_tokens:
            cached = locale.toString(usage.cached_tokens)
            read = _tr("{read}, {cached} of them known already").format(read=read, cached=cached)
        written = locale.toString(usage.completion_tokens)
        lines.append(read)
        lines.append(_tr("{count} tokens written").format(count=written))
        lines.append(_tr("First word after {time}").format(time=seconds(usage.first_token_s)))
        if usage.load_s > 0:
            lines.append(_tr("Model loaded in {time}").format(time=seconds(usage.load_s)))
        if usage.cost_usd > 0:
            lines.append(_tr("Cost: {cost} US dollars").format(cost=f"{usage.cost_usd:.4f}"))
    if message.device:
        lines.append(_tr("Device: {device}").format(device=message.device))
    return "<qt>" + "<br>".join(escape(line) for line in lines) + "</qt>" if lines else ""


def seconds(time: float) -> str:
    """A length of time in words."""
    if time < 10:
        return _tr("{count} s").format(count=QLocale().toString(time, "f", 1))
    if time < 90:
        return _tr("{count} s").format(count=round(time))
    return _tr("{count} min").format(count=round(time / 60))


def state_word(state: MessageState) -> str:
    """The small word under a message that did not end by itself."""
    match state:
        case MessageState.STOPPED:
            return _tr("Stopped")
        case MessageState.INTERRUPTED:
            return _tr("Interrupted: the program ended before the answer did")
        case MessageState.CUT:
            return _tr("Cut: the answer reached the longest allowed length")
        case _:
            return ""


def waiting_words(event: Event | None, model: str) -> str:
    """What a person waits for before the first word of an answer comes."""
    match event:
        case Loading():
            return _tr("Loading {model}...").format(model=model)
        case Progress(read=read, total=total) if total > 0:
            percent = min(100, round(100 * read / total))
            return _tr("Reading your message {percent} %").format(percent=percent)
        case Progress() | Started():
            return _tr("Reading your message...")
        case _:
            return _tr("Waiting for the model...")


def reasoning_words(*, thinking: bool, duration_s: float | None) -> str:
    """The line that unfolds what the model thought."""
    if thinking:
        return _tr("Thinking...")
    if duration_s is None:
        return _tr("Thoughts before the answer")
    whole = max(1, round(duration_s))
    time = _tr("{count} s").format(count=whole) if whole < 90 else seconds(whole)
    return _tr("Thought for {time}").format(time=time)


def cut_words() -> str:
    """What stands at the place in front of which the model saw nothing."""
    return _tr("The model did not see what is above this line")


def too_long_words() -> str:
    """What stands above a message that is too long to be formatted."""
    return _tr("This message is very long, so it is shown without formatting.")


def _speed(tokens_per_s: float) -> str:
    if tokens_per_s < 10:
        return QLocale().toString(tokens_per_s, "f", 1)
    return QLocale().toString(round(tokens_per_s))
