"""The scripted engine: its scripts, and that it stops like the real one."""

from __future__ import annotations

from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Done,
    Failed,
    FinishReason,
    Loading,
    ReasoningDelta,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.core.status import EngineState
from app.engine.fake import FakeEngine, scripted_answer
from tests.fakes.hosts import scripted_job, text_of


def test_an_answer_is_cut_into_words() -> None:
    events = scripted_answer("One two  three", reasoning="Well then")
    assert [e.text for e in events if isinstance(e, TextDelta)] == ["One", " two", " ", " three"]
    assert [e.text for e in events if isinstance(e, ReasoningDelta)] == ["Well", " then"]
    assert events[-1] == Done(FinishReason.STOP)


def test_scripts_are_played_in_order_and_then_the_question_is_repeated() -> None:
    engine = FakeEngine()
    engine.enqueue(scripted_answer("first"))
    engine.enqueue([Failed(AppError("It broke."))])
    answers = [list(engine.generate(scripted_job("echo"), CancelToken())) for _ in range(3)]
    assert isinstance(answers[0][0], Loading)
    assert text_of(answers[0]) == "first"
    assert answers[1] == [Failed(AppError("It broke."))]
    assert text_of(answers[2]) == "echo"
    assert len(engine.jobs) == 3


def test_nothing_follows_a_terminal_event_of_a_script() -> None:
    engine = FakeEngine()
    engine.enqueue([Done(FinishReason.STOP), TextDelta("late")])
    events = list(engine.generate(scripted_job("x"), CancelToken()))
    assert events[-1] == Done(FinishReason.STOP)


def test_a_slow_answer_is_stopped_in_its_pause() -> None:
    engine = FakeEngine(pace_s=600)
    cancel = CancelToken()
    cancel.cancel()
    assert list(engine.generate(scripted_job("x"), cancel)) == [Cancelled()]


def test_the_state_follows_loading_answering_and_closing() -> None:
    engine = FakeEngine()
    states = [engine.status().state]
    for _ in engine.generate(scripted_job("x"), CancelToken()):
        states.append(engine.status().state)
    states.append(engine.status().state)
    engine.close()
    assert states[:3] == [EngineState.ABSENT, EngineState.LOADING, EngineState.BUSY]
    assert states[-1] is EngineState.READY
    assert engine.status().state is EngineState.ABSENT
    assert engine.is_closed
