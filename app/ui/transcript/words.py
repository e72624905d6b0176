"""What the conversation view says about a message, apart from the message itself."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.cloud import LOCAL
from app.core.events import ContextUse, Event, Loading, Progress, Started
from app.core.messages import Role
from app.store.values import EDITED_FROM, MessageState, StoredMessage

# The provider that runs on this machine.
# An answer that came to one of these ends may have more to say.
CONTINUABLE = (MessageState.CUT, MessageState.STOPPED, MessageState.INTERRUPTED)
translate = QCoreApplication.translate


def speaker(message: StoredMessage, model: str) -> str:
    """Who says this message, as it is read aloud."""
    match message.role:
        case Role.USER:
            return translate("Transcript", "You")
        case Role.SYSTEM:
            return translate("Transcript", "Instructions")
        case _:
            return (
                translate("Transcript", "Answer from {model}").format(model=model)
                if model
                else translate("Transcript", "Answer")
            )


def meta_line(message: StoredMessage, model: str) -> str:
    """Who answered, how fast and where: "SmolLM2 - 42 tokens/s - local"."""
    parts = [model] if model else []
    if is_edited(message):
        parts.append(translate("Transcript", "edited by you"))
    if message.usage is not None and message.usage.decode_tokens_per_s > 0:
        speed = _speed(message.usage.decode_tokens_per_s)
        parts.append(translate("Transcript", "{speed} tokens/s").format(speed=speed))
    if message.provider:
        parts.append(_place(message))
    return " - ".join(parts)


def is_edited(message: StoredMessage) -> bool:
    """Whether a person wrote over what the model had answered."""
    return EDITED_FROM in (message.provenance.parameters or {})


def is_from_cloud(message: StoredMessage) -> bool:
    """Whether the answer came from another computer: what is not known to be local did."""
    return bool(message.provider) and not message.provenance.is_local


def _place(message: StoredMessage) -> str:
    if message.provider == LOCAL:
        return translate("Transcript", "local")
    if not is_from_cloud(message):
        return translate("Transcript", "local: {provider}").format(provider=message.provider)
    words = translate("Transcript", "cloud: {provider}").format(provider=message.provider)
    host = message.device
    return f"{words} ({host})" if host else words


def meta_details(message: StoredMessage) -> str:
    """The figures of an answer as lines of a tooltip, "" where none are known."""
    usage = message.usage
    lines: list[str] = []
    if usage is not None:
        locale = QLocale()
        read = translate("Transcript", "{count} tokens read").format(
            count=locale.toString(usage.prompt_tokens)
        )
        if usage.cached_tokens:
            cached = locale.toString(usage.cached_tokens)
            read = translate("Transcript", "{read}, {cached} of them known already").format(
                read=read, cached=cached
            )
        written = locale.toString(usage.completion_tokens)
        lines.append(read)
        lines.append(translate("Transcript", "{count} tokens written").format(count=written))
        lines.append(
            translate("Transcript", "First word after {time}").format(
                time=seconds(usage.first_token_s)
            )
        )
        if usage.load_s > 0:
            lines.append(
                translate("Transcript", "Model loaded in {time}").format(time=seconds(usage.load_s))
            )
        if usage.cost_usd is None:
            lines.append(translate("Transcript", "Cost: the price is not known"))
        elif usage.cost_usd > 0:
            lines.append(
                translate("Transcript", "Cost: {cost} US dollars").format(
                    cost=f"{usage.cost_usd:.4f}"
                )
            )
    if message.provenance.reason:
        lines.append(message.provenance.reason)
    if message.device:
        lines.append(translate("Transcript", "Device: {device}").format(device=message.device))
    return "<qt>" + "<br>".join(escape(line) for line in lines) + "</qt>" if lines else ""


def seconds(time: float) -> str:
    """A length of time in words."""
    if time < 10:
        return translate("Transcript", "{count} s").format(count=QLocale().toString(time, "f", 1))
    if time < 90:
        return translate("Transcript", "{count} s").format(count=round(time))
    return translate("Transcript", "{count} min").format(count=round(time / 60))


def state_word(state: MessageState) -> str:
    """The small word under a message that did not end by itself."""
    match state:
        case MessageState.STOPPED:
            return translate("Transcript", "Stopped")
        case MessageState.INTERRUPTED:
            return translate("Transcript", "Interrupted: the program ended before the answer did")
        case MessageState.CUT:
            return translate("Transcript", "Cut: the answer reached the longest allowed length")
        case _:
            return ""


def waiting_words(event: Event | None, model: str) -> str:
    """What a person waits for before the first word of an answer comes."""
    match event:
        case Loading():
            return translate("Transcript", "Loading {model}...").format(model=model)
        case Progress(read=read, total=total) if total > 0:
            percent = min(100, round(100 * read / total))
            return translate("Transcript", "Reading your message {percent} %").format(
                percent=percent
            )
        case Progress() | Started():
            return translate("Transcript", "Reading your message...")
        case _:
            return translate("Transcript", "Waiting for the model...")


def reasoning_words(*, thinking: bool, duration_s: float | None) -> str:
    """The line that unfolds what the model thought."""
    if thinking:
        return translate("Transcript", "Thinking...")
    if duration_s is None:
        return translate("Transcript", "Thoughts before the answer")
    whole = max(1, round(duration_s))
    time = (
        translate("Transcript", "{count} s").format(count=whole) if whole < 90 else seconds(whole)
    )
    return translate("Transcript", "Thought for {time}").format(time=time)


def cut_words() -> str:
    """What stands at the place in front of which the model saw nothing."""
    return translate("Transcript", "The model did not see what is above this line")


def cut_details(context: ContextUse) -> str:
    """How much the model saw of the conversation, and how much not."""
    locale = QLocale()
    seen = translate("Transcript", "The model read {used} of at most {limit} tokens.").format(
        used=locale.toString(context.prompt_tokens), limit=locale.toString(context.limit)
    )
    left_out = translate("Transcript", "Messages left out: {count}").format(
        count=locale.toString(context.dropped_messages)
    )
    if context.dropped_tokens:
        left_out = translate("Transcript", "{left_out} ({tokens} tokens).").format(
            left_out=left_out, tokens=locale.toString(context.dropped_tokens)
        )
    return f"{seen}\n{left_out}"


def too_long_words() -> str:
    """What stands above a message that is too long to be formatted."""
    return translate("Transcript", "This message is very long, so it is shown without formatting.")


def _speed(tokens_per_s: float) -> str:
    if tokens_per_s < 10:
        return QLocale().toString(tokens_per_s, "f", 1)
    return QLocale().toString(round(tokens_per_s))
