"""A chat over a scripted engine, and a history with a few conversations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.bootstrap import Services
from app.core.messages import Role
from app.engine.fake import FakeEngine
from app.store.history import History
from app.store.values import Conversation
from app.ui.chat.chat_controller import ChatController
from tests.ui.conftest import Async

Talk = Callable[[str], str]
Stored = Callable[..., Conversation]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.002)


@pytest.fixture
def talk(chat: ChatController, aio: Async) -> Talk:
    """Asks a question in front, waits for the answer, returns the conversation's id."""

    def say(text: str) -> str:
        chat.send(text)
        aio.until(lambda: not chat.is_busy)
        return chat.open_id

    return say


@pytest.fixture
def stored(services: Services, aio: Async) -> Stored:
    """Puts a conversation with these messages into the history."""

    def store(title: str, *texts: str) -> Conversation:
        def job(history: History) -> Conversation:
            made, parent = history.create_conversation(title), None
            for number, text in enumerate(texts):
                role = Role.ASSISTANT if number % 2 else Role.USER
                parent = history.add_message(made.id, parent, role, text).id
            return history.conversation(made.id)

        return aio.run(services.history.run(job))

    return store
