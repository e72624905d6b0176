"""The engine's inside with the real starter model: reuse, seeds, tokens, broken folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Done,
    FinishReason,
    Notice,
    Progress,
    Started,
)
from app.core.messages import Message, Role
from app.engine import model_folder
from app.engine.generation import ModelSession
from app.engine.jobs import LoadedModel
from app.engine.prompt import PromptBuilder
from app.engine.runtime import GenaiRuntime, LoadedRuntime
from app.engine.sampling import GREEDY
from tests.e2e.engine_talk import QUESTIONS, Conversation, run, text_of, usage_of, user

# Scores of one and the same reading may differ by this much on another processor.
SAME = 0.05


@pytest.fixture(scope="module")
def loaded() -> list[LoadedModel]:
    return []


@pytest.fixture(scope="module")
def session(loaded: list[LoadedModel]) -> Iterator[ModelSession]:
    session = ModelSession(loaded.append)
    yield session
    session.unload()


@pytest.fixture(scope="module")
def reference(starter_model: Path) -> LoadedRuntime:
    return GenaiRuntime().load(starter_model, "cpu")


def assert_answer_of_a_full_reading(
    reference: LoadedRuntime, model: Path, messages: Sequence[Message]
) -> None:
    """The last message is what the model says when it reads all in one piece."""
    builder = PromptBuilder(reference, model_folder.read(model).markers)
    prompt = builder.build(messages[:-1], limit=4096, reserve=0)
    generator = reference.new_generator(4096, GREEDY)
    generator.append(prompt.tokens)
    for token in reference.encode(messages[-1].text):
        scores = generator.logits()
        assert scores.max() - scores[token] < SAME
        generator.append([token])


def test_answers_with_reuse_are_those_of_a_full_reading(
    session: ModelSession, reference: LoadedRuntime, starter_model: Path
) -> None:
    talk = Conversation(session, starter_model)
    for turn, question in enumerate(QUESTIONS):
        talk.ask(question)
        assert talk.usage is not None
        assert (talk.usage.cached_tokens > 20) == (turn > 0)
        assert_answer_of_a_full_reading(reference, starter_model, talk.messages)
    # Edit an earlier question, ask it again, and go back to what was there before.
    before = talk.messages.copy()
    for question in (
        "What is the capital of Spain?",
        "What is the capital of Spain?",
        QUESTIONS[1],
    ):
        talk.edit(1, question)
        assert talk.usage is not None
        assert talk.usage.cached_tokens > 0
        assert_answer_of_a_full_reading(reference, starter_model, talk.messages)
    assert talk.messages[-2] == before[2]


def test_what_was_drawn_by_chance_is_not_read_again(
    session: ModelSession, starter_model: Path
) -> None:
    talk = Conversation(session, starter_model, temperature=0.7, max_tokens=40)
    talk.ask(QUESTIONS[1])
    talk.ask("Go on.")
    assert talk.usage is not None
    assert talk.usage.prompt_tokens - talk.usage.cached_tokens < 30


def test_asking_again_gives_the_same_answer(session: ModelSession, starter_model: Path) -> None:
    talk = Conversation(session, starter_model)
    answers = {talk.edit(0, QUESTIONS[3]) for _ in range(3)}
    assert len(answers) == 1
    assert talk.usage is not None
    assert talk.usage.prompt_tokens - talk.usage.cached_tokens == 2


def test_two_conversations_in_turn_are_both_kept(
    session: ModelSession, starter_model: Path
) -> None:
    talks = [Conversation(session, starter_model) for _ in range(2)]
    for talk, name in zip(talks, ("France", "winter"), strict=True):
        talk.ask(f"Write a long paragraph about {name}. " * 30)
    for talk in (*talks, *talks):
        talk.ask("Go on.")
        assert talk.usage is not None
        assert talk.usage.prompt_tokens - talk.usage.cached_tokens < 60


@pytest.mark.parametrize("options", [{}, {"top_k": 0}, {"repetition_penalty": 1.2}])
def test_the_same_seed_gives_the_same_text_with_and_without_reuse(
    session: ModelSession, starter_model: Path, options: dict[str, Any]
) -> None:
    talk = Conversation(session, starter_model, temperature=0.9, seed=7, **options)
    answers = [talk.ask(question) for question in QUESTIONS[:3]]
    session.unload()
    for turn, answer in enumerate(answers):
        messages = talk.messages[: 2 * turn + 1]
        events = run(
            session, starter_model, messages, temperature=0.9, seed=7, max_tokens=24, **options
        )
        assert text_of(events) == answer
    other = run(session, starter_model, talk.messages[:1], temperature=0.9, seed=8, max_tokens=24)
    assert text_of(other) != answers[0]


def test_top_p_counts_without_top_k(session: ModelSession, starter_model: Path) -> None:
    options: dict[str, Any] = {"top_k": 0, "top_p": 0.01, "temperature": 2.0, "max_tokens": 5}
    drawn = text_of(run(session, starter_model, user(QUESTIONS[2]), **options))
    greedy = run(session, starter_model, user(QUESTIONS[2]), temperature=0.0, max_tokens=5)
    assert drawn == text_of(greedy)


def test_a_question_with_a_nul_is_read_to_its_end(
    session: ModelSession, starter_model: Path
) -> None:
    short = usage_of(run(session, starter_model, user("Hi\0"), max_tokens=1))
    long = usage_of(run(session, starter_model, user("Hi\0 and much more text"), max_tokens=1))
    assert long.prompt_tokens > short.prompt_tokens


def test_reading_can_be_stopped_and_gone_on_with(
    session: ModelSession, starter_model: Path
) -> None:
    question = user("Tell me about the sea and the wind. " * 60)
    polls = iter([False] * 6)
    events = run(session, starter_model, question, stop=lambda: next(polls, True), max_tokens=4)
    progress = [event for event in events if isinstance(event, Progress)]
    assert events[-1] == Cancelled()
    assert 0 < progress[-1].read < progress[-1].total
    again = run(session, starter_model, question, max_tokens=4, temperature=0.0)
    assert usage_of(again).cached_tokens >= progress[-1].read
    assert again[-1] == Done(FinishReason.LENGTH)


def test_the_context_is_the_models_or_less(
    session: ModelSession, starter_model: Path, loaded: list[LoadedModel]
) -> None:
    run(session, starter_model, user("Hi"), max_tokens=1)
    length = model_folder.read(starter_model).context_length
    assert 0 < loaded[-1].context_limit <= length
    events = run(session, starter_model, user("Hi"), context_limit=64, temperature=0.0)
    started = next(event for event in events if isinstance(event, Started))
    assert started.context.limit == 64
    assert usage_of(events).prompt_tokens + usage_of(events).completion_tokens <= 64


def test_a_long_conversation_loses_its_oldest_turns(
    session: ModelSession, starter_model: Path
) -> None:
    talk = Conversation(session, starter_model, context_limit=256, max_tokens=16)
    for turn in range(6):
        talk.ask(f"Question {turn}: what can be said about the number {turn} and its history?")
    events = run(
        session,
        starter_model,
        talk.messages[:-1],
        context_limit=256,
        max_tokens=16,
        temperature=0.0,
    )
    started = next(event for event in events if isinstance(event, Started))
    assert started.context.dropped_messages > 0
    assert started.context.dropped_tokens > 0
    assert started.context.prompt_tokens <= 256 - 16
    assert isinstance(events[-1], Done)


def test_cuda_without_cuda_falls_back_and_says_so(
    session: ModelSession, starter_model: Path, loaded: list[LoadedModel]
) -> None:
    session.unload()
    events = run(session, starter_model, user("Hi"), device="cuda", max_tokens=4)
    assert isinstance(events[-1], Done)
    if loaded[-1].device != "cuda":
        assert [e for e in events if isinstance(e, Notice) and "CUDA" in e.sentence]


class ReadsOnce:
    """The starter model on the processor, as a device that reads behind a sequence but once."""

    def load(self, folder: Path, device: str, threads: int = 0) -> LoadedRuntime:
        model: Any = GenaiRuntime().load(folder, "cpu")
        model.device = device
        make = model.new_generator
        model.new_generator = lambda length, drawing: self._once(make(length, drawing))
        return cast(LoadedRuntime, model)

    def _once(self, generator: Any) -> Any:
        append = generator.append

        def once(tokens: Sequence[int]) -> None:
            generator.append = refuse
            append(tokens)

        def refuse(_tokens: Sequence[int]) -> None:
            raise AppError("It reads only once.")

        generator.append = once
        return generator


@pytest.mark.parametrize("options", [{"temperature": 0.0}, {"temperature": 0.9, "seed": 5}])
def test_a_device_that_reads_once_gives_the_same_answers(
    session: ModelSession, starter_model: Path, options: dict[str, Any]
) -> None:
    directml = ModelSession(lambda _loaded: None, runtime=ReadsOnce())
    session.unload()
    messages = user(QUESTIONS[0])
    for _ in range(2):
        expected = run(session, starter_model, messages, max_tokens=12, **options)
        events = run(directml, starter_model, messages, device="dml", max_tokens=12, **options)
        assert text_of(events) == text_of(expected)
        assert usage_of(events).cached_tokens == 0
        messages += [Message(Role.ASSISTANT, text_of(events)), *user(QUESTIONS[2])]
    directml.unload()
