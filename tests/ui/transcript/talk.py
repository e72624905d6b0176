"""Messages and views for the tests of the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytestqt.qtbot import QtBot

from app.core.events import ContextUse, Usage
from app.core.messages import Role
from app.store.values import MessageState, StoredMessage
from app.ui.appearance import Appearance
from app.ui.transcript.message import MessageWidget
from app.ui.transcript.row import Row
from app.ui.transcript.view import TranscriptView

WAIT_MS = 20_000
USAGE = Usage(
    prompt_tokens=1281,
    cached_tokens=1000,
    completion_tokens=300,
    load_s=1.2,
    first_token_s=0.42,
    decode_tokens_per_s=42.3,
)


def message(number: int | str, role: Role, text: str) -> StoredMessage:
    return StoredMessage(id=str(number), conversation_id="c", parent_id=None, role=role, text=text)


def question(number: int | str, text: str) -> StoredMessage:
    return message(number, Role.USER, text)


def answer(number: int | str, text: str) -> StoredMessage:
    made = message(number, Role.ASSISTANT, text)
    return replace(made, provider="onnx", model="m", device="cpu", usage=USAGE)


def failed(number: int | str, sentence: str) -> StoredMessage:
    return replace(answer(number, ""), state=MessageState.FAILED, error=sentence)


def dropped(count: int) -> ContextUse:
    return ContextUse(limit=2048, prompt_tokens=1000, dropped_messages=count)


def conversation(pairs: int) -> list[StoredMessage]:
    """Questions and answers of various lengths, two for each of `pairs`."""
    messages: list[StoredMessage] = []
    for number in range(pairs):
        messages.append(question(f"q{number}", f"Question {number}?"))
        words = f"Answer **{number}** with some words. " * (1 + number % 7)
        messages.append(answer(f"a{number}", f"{words}\n\n- one\n- two\n"))
    return messages


def show(
    qtbot: QtBot, look: Appearance, messages: list[StoredMessage], width: int = 800
) -> TranscriptView:
    """A view on the screen, with everything in sight drawn."""
    view = TranscriptView(look.theme, look.percent, model_name={"m": "Small"}.get)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(width, 600)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow, timeout=WAIT_MS)
    view.set_messages(messages)
    settle(qtbot, view)
    return view


def settle(qtbot: QtBot, view: TranscriptView) -> None:
    """Wait until everything near the view has been drawn."""
    qtbot.waitUntil(lambda: not view.board.work(0.001), timeout=WAIT_MS)


def row_of(view: TranscriptView, number: int | str) -> Row:
    row = view.board.row_of(str(number))
    assert row is not None
    return row


def widget_of(view: TranscriptView, number: int | str) -> MessageWidget:
    widget = row_of(view, number).widget
    assert widget is not None, f"message {number} is not drawn"
    return widget


def text_of(view: TranscriptView, number: int | str) -> str:
    """What of a message is drawn."""
    document = widget_of(view, number).body.text.message_document
    assert document is not None
    return document.toPlainText()


def watch(signal: object) -> list[tuple[object, ...]]:
    """What a signal says from now on."""
    said: list[tuple[object, ...]] = []

    def note(*values: object) -> None:
        said.append(values)

    connect: Callable[[object], object] = signal.connect  # type: ignore[attr-defined]
    connect(note)
    return said
