"""When a title is asked for: after the first answer, and never beside one that is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.bootstrap import Services
from app.core.tasks import Tasks
from app.engine.fake import FakeEngine, scripted_answer
from app.store.values import Conversation
from app.ui.chat.chat_controller import ChatController
from app.ui.history.naming_controller import NamingController
from tests.ui.conftest import Async
from tests.ui.history.conftest import Talk

WANTED = [True]


@pytest.fixture
def naming(chat: ChatController, services: Services, tasks: Tasks) -> Iterator[NamingController]:
    made = NamingController(services.naming, tasks, lambda: WANTED[0])
    chat.streaming_changed.connect(made.on_answering)
    yield made
    made.stop()
    WANTED[0] = True


def names_of(naming: NamingController) -> list[Conversation]:
    found: list[Conversation] = []
    naming.named.connect(found.append)
    return found


def test_the_first_answer_brings_a_title_and_the_second_none(
    aio: Async, naming: NamingController, talk: Talk, engine: FakeEngine
) -> None:
    named = names_of(naming)
    engine.enqueue(scripted_answer("It says no."))
    engine.enqueue(scripted_answer("Clause seven"))
    talk("What does clause seven say?")
    aio.until(lambda: bool(named))
    assert named[0].title == "Clause seven"
    talk("And eight?")
    aio.until(lambda: naming._cancel is None)
    assert len(engine.jobs) == 3


def test_switched_off_nothing_is_asked(
    aio: Async, naming: NamingController, talk: Talk, engine: FakeEngine
) -> None:
    WANTED[0] = False
    talk("What does clause seven say?")
    assert len(engine.jobs) == 1


def test_a_question_comes_before_the_title(
    aio: Async, naming: NamingController, chat: ChatController, talk: Talk, engine: FakeEngine
) -> None:
    named = names_of(naming)
    engine.enqueue(scripted_answer("It says no."))
    engine.enqueue(scripted_answer("word " * 3000))
    first = talk("What does clause seven say?")
    aio.until(lambda: len(engine.jobs) == 2)
    chat.send("And eight?")
    aio.until(lambda: not chat.is_busy)
    assert [job.messages[-1].text for job in engine.jobs][2] == "And eight?"
    assert named == []
    assert chat.open_id == first
