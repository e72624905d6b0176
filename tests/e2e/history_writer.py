"""Writes into a history without end, and says on standard output what is stored already.

Run as a program with the file and what to do: "store" works on the history itself,
"session" asks a scripted provider through the session, "import" takes over the file
`export.json` beside the history, "migrate" brings an old one up to date, "erase" makes
conversations and erases every other one.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

from app.chat.session import ChatSession
from app.chat.turn import AnswerEvent, MessageAdded, TurnOptions
from app.core.events import ContextUse, Event, Started, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest, Role
from app.exchange.importing import import_from
from app.router.router import Router
from app.store.history import History
from app.store.values import MessageState
from app.store.worker import HistoryWorker

T = TypeVar("T")

WORD = "word "
TOKEN_S = 0.01
IMPORTED = 60


def say(*words: object) -> None:
    """One line, at once."""
    print(*words, flush=True)  # noqa: T201


def write_to_the_store(file: Path) -> None:
    """Questions and growing answers; every line names something that is stored."""
    history = History(file)
    history.open()
    conversation = history.create_conversation("endless")
    parent: str | None = None
    while True:
        question = history.add_message(conversation.id, parent, Role.USER, "question")
        say("question", question.id)
        answer = history.add_message(
            conversation.id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
        )
        for count in range(1, 30):
            history.update_message(answer.id, text=WORD * count)
            say("answer", answer.id, count)
        history.update_message(answer.id, state=MessageState.COMPLETE)
        say("complete", answer.id)
        parent = answer.id


class EndlessProvider:
    """Never ends its answer."""

    name = "onnx"
    is_local = True

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """A word every few milliseconds."""
        context = ContextUse(limit=100, prompt_tokens=1)
        yield Started(provider="onnx", model="endless", device="cpu", context=context)
        while not cancel.is_cancelled:
            yield TextDelta(WORD)
            await asyncio.sleep(TOKEN_S)

    async def close(self) -> None:
        """Nothing is held."""


async def write_through_the_session(file: Path) -> None:
    """One answer that grows; every line gives the moment at which a word arrived."""
    history = HistoryWorker(History(file))
    await history.run(lambda history: history.open())
    session = ChatSession(history, Router({"onnx": EndlessProvider()}), TurnOptions)
    count = 0
    async for event in session.send(None, "question", CancelToken()):
        if isinstance(event, MessageAdded):
            say("added", event.message.id, event.message.role)
        if isinstance(event, AnswerEvent) and isinstance(event.event, TextDelta):
            count += 1
            say("word", count, time.monotonic())


def conversations_to_import() -> list[dict[str, Any]]:
    """Conversations of several messages, the way another program exports them."""
    return [
        {
            "uuid": f"{number}",
            "name": f"talk {number}",
            "chat_messages": [
                {"uuid": f"{place}", "sender": "human", "text": f"number {number} of them"[place:]}
                for place in range(number % 7 + 1)
            ],
        }
        for number in range(IMPORTED)
    ]


def take_over(file: Path) -> None:
    """Import, and say which conversations are there."""
    history = History(file)
    history.open()
    count = 0

    def run(job: Callable[[History], T]) -> T:
        nonlocal count
        result = job(history)
        say("added", count)
        count += 1
        return result

    import_from(file.with_name("export.json"), run)
    time.sleep(60)


def migrate(file: Path) -> None:
    """Open an old file."""
    say("begin")
    history = History(file)
    history.open()
    while history.index_more(50):
        pass
    time.sleep(60)


def erase(file: Path) -> None:
    """Conversations without end, every other one erased; all have five messages."""
    history = History(file)
    history.open()
    for number in itertools.count():
        for what in ("kept", "gone"):
            title = f"{what}{number:05}x"
            with history.batch():
                conversation = history.create_conversation(title)
                parent: str | None = None
                for _ in range(5):
                    message = history.add_message(conversation.id, parent, Role.USER, title)
                    parent = message.id
            if what == "kept":
                say("kept", title)
        if number == 1:
            history.copies.make_due()
        history.delete_conversation(conversation.id)
        history.purge_deleted()
        say("erased", title)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if sys.argv[2] == "session":
        asyncio.run(write_through_the_session(target))
    else:
        works = {
            "store": write_to_the_store,
            "import": take_over,
            "migrate": migrate,
            "erase": erase,
        }
        works[sys.argv[2]](target)
