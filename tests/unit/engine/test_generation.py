"""A whole answer with a scripted runtime: order of events, limits, stopping, switching."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.engine.generation import ModelSession
from app.engine.jobs import GenerateJob, LoadedModel
from tests.fakes.runtime import (
    MARKERS,
    FakeModel,
    FakeRuntime,
    encode,
    job,
    write_model_folder,
)


class Bench:
    """A session over scripted models, and what it reported."""

    def __init__(self, *models: FakeModel, free: int = 2**40, **errors: ErrorCode) -> None:
        self.runtime = FakeRuntime(*models, errors=errors)
        self.loaded: list[LoadedModel] = []
        seconds = itertools.count(1)
        self.session = ModelSession(
            self.loaded.append,
            runtime=self.runtime,
            free_bytes=lambda: free,
            built_in=frozenset,
            clock=lambda: next(seconds) / 1000,
        )

    def run(self, job: GenerateJob, stop: Callable[[], bool] = lambda: False) -> list[Event]:
        return list(self.session.run(job, stop))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "model")


def only(events: Sequence[Event], kind: type[Any]) -> Any:
    """The one event of that kind."""
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def text(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_the_events_of_an_answer_come_in_order(folder: Path) -> None:
    bench = Bench(FakeModel("Hi 😀."))
    events = bench.run(job(folder, "Hello?"))
    prompt = len(encode("<|user|>Hello?<|end|><|assistant|>"))
    assert events[0] == Loading(model="fake", device="cpu")
    started = events[1]
    assert isinstance(started, Started)
    assert (started.provider, started.model, started.device) == ("onnx", "fake", "cpu")
    assert (started.context.limit, started.context.prompt_tokens) == (1024, prompt)
    assert events[2] == Progress(read=0, total=prompt)
    assert Progress(read=prompt, total=prompt) in events
    assert text(events) == "Hi 😀."
    usage = events[-2]
    assert isinstance(usage, Usage)
    assert usage.prompt_tokens == prompt
    assert (usage.cached_tokens, usage.completion_tokens) == (0, len(encode("Hi 😀.")))
    assert usage.load_s > 0
    assert usage.first_token_s > 0
    assert usage.decode_tokens_per_s > 0
    assert events[-1] == Done(FinishReason.STOP)
    (loaded,) = bench.loaded
    assert (loaded.model_id, loaded.device, loaded.context_limit) == ("fake", "cpu", 1024)


@pytest.mark.parametrize(
    ("options", "answer_is_kept"),
    [({"temperature": 0.7}, True), ({}, False), ({"temperature": 0.7, "seed": 1}, False)],
)
def test_a_conversation_goes_on_without_being_read_again(
    folder: Path, options: dict[str, Any], answer_is_kept: bool
) -> None:
    model = FakeModel(lambda prompt: f"Answer {prompt.count('<|user|>')}.")
    bench = Bench(model)
    said = ["One?"]
    for turn in range(1, 5):
        events = bench.run(job(folder, *said, **options))
        assert text(events) == f"Answer {turn}."
        usage = only(events, Usage)
        if turn > 1:
            assert usage.load_s == 0
            assert only(events, Started).cached_tokens == usage.cached_tokens
            new = "<|end|><|user|>Two?<|end|><|assistant|>"
            read = encode(new if answer_is_kept else f"Answer 1.{new}")
            assert usage.prompt_tokens - usage.cached_tokens == len(read)
        said += [f"Answer {turn}.", "Two?"]
    assert len(model.generators) == 1


@pytest.mark.parametrize("options", [{}, {"temperature": 0.7}, {"seed": 3}])
def test_asking_again_and_editing_give_what_was_asked(
    folder: Path, options: dict[str, Any]
) -> None:
    bench = Bench(FakeModel(lambda prompt: f"You said: {prompt.split('<|user|>')[-1][:4]}"))
    history = ("Hi", "Hello.")
    for question in ("Sing", "Sing", "Dance", "Sing"):
        events = bench.run(job(folder, *history, question, **options))
        assert text(events) == f"You said: {question[:4]}"


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_max_tokens_ends_an_answer(folder: Path, temperature: float) -> None:
    bench = Bench(FakeModel("abcdefgh"))
    events = bench.run(job(folder, "Hi", max_tokens=3, temperature=temperature))
    assert text(events) == "abc"
    assert only(events, Usage).completion_tokens == 3
    assert events[-1] == Done(FinishReason.LENGTH)


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_the_end_of_the_context_ends_an_answer(folder: Path, temperature: float) -> None:
    model = FakeModel("word " * 1_000)
    events = Bench(model).run(job(folder, "Hi", context_limit=200, temperature=temperature))
    usage = only(events, Usage)
    assert usage.prompt_tokens + usage.completion_tokens == 200
    assert events[-1] == Done(FinishReason.LENGTH)
    assert only(events, Started).context.limit == 200


def test_a_stop_string_ends_an_answer(folder: Path) -> None:
    events = Bench(FakeModel("One. END two")).run(job(folder, "Hi", stop=("END",)))
    assert text(events) == "One. "
    assert events[-1] == Done(FinishReason.STOP)


def test_every_end_token_of_the_folder_counts(tmp_path: Path) -> None:
    full_stop = encode(".")[0]
    folder = write_model_folder(tmp_path / "model", eos_token_id=[0, full_stop])
    events = Bench(FakeModel("One. Two.")).run(job(folder, "Hi"))
    assert text(events) == "One"
    assert events[-1] == Done(FinishReason.STOP)


def test_an_end_token_that_only_the_template_knows_counts(tmp_path: Path) -> None:
    folder = write_model_folder(tmp_path / "model", eos_token_id=99)
    model = FakeModel("One.")
    model.end_tokens = frozenset({99})
    events = Bench(model).run(job(folder, "Hi", max_tokens=50))
    assert text(events) == "One."
    assert only(events, Usage).completion_tokens == len("One.")


def test_reasoning_comes_apart(folder: Path) -> None:
    events = Bench(FakeModel("<think>hm</think>\n\nYes.")).run(job(folder, "Hi"))
    reasoning = [event.text for event in events if isinstance(event, ReasoningDelta)]
    assert "".join(reasoning) == "hm"
    assert text(events) == "Yes."


def test_special_tokens_in_an_answer_are_not_shown(folder: Path) -> None:
    events = Bench(FakeModel("a<|user|>b")).run(job(folder, "Hi"))
    assert text(events) == "ab"


def test_stopping_while_the_prompt_is_read(folder: Path) -> None:
    model = FakeModel()
    seen: list[Event] = []
    stream = Bench(model).session.run(
        job(folder, "x" * 500),
        lambda: any(isinstance(event, Progress) and event.read for event in seen),
    )
    for event in stream:
        seen.append(event)
    read = [event.read for event in seen if isinstance(event, Progress)]
    assert 0 < read[-1] < 500
    assert isinstance(seen[-2], Usage)
    assert seen[-1] == Cancelled()
    assert sum(model.read_pieces) == read[-1]


def test_stopping_while_the_answer_comes(folder: Path) -> None:
    bench = Bench(FakeModel("abcdefgh"))
    seen: list[Event] = []
    question = job(folder, "Hi", temperature=0.7)
    for event in bench.session.run(question, lambda: len(text(seen)) >= 3):
        seen.append(event)
    assert text(seen) == "abc"
    assert only(seen, Usage).completion_tokens == 3
    assert seen[-1] == Cancelled()
    # What was read and written so far still serves the next question.
    events = bench.run(job(folder, "Hi", "abc", "Go on", temperature=0.7))
    assert only(events, Usage).cached_tokens >= len(encode("<|user|>Hi<|end|><|assistant|>ab"))


def test_stopping_before_anything(folder: Path) -> None:
    events = Bench(FakeModel()).run(job(folder, "Hi"), lambda: True)
    assert [type(event) for event in events] == [Loading, Cancelled]


def test_a_failure_while_answering_keeps_what_was_said(folder: Path) -> None:
    model = FakeModel("abcdefgh")
    bench = Bench(model)
    model.fail_after = 3
    events = bench.run(job(folder, "Hi"))
    assert text(events) == "abc"
    assert isinstance(events[-2], Usage)
    assert events[-2].completion_tokens == 3
    assert isinstance(events[-1], Failed)
    model.fail_after = None
    assert text(bench.run(job(folder, "Hi"))) == "abcdefgh"
    assert len(model.generators) == 2  # the sequence that failed is not used again


def test_a_failure_of_our_own_is_a_sentence_without_its_text(folder: Path) -> None:
    def broken(prompt: str) -> str:
        raise ValueError(prompt)

    events = Bench(FakeModel(broken)).run(job(folder, "a secret"))
    assert isinstance(events[-1], Failed)
    error = events[-1].error
    assert "secret" not in error.sentence
    assert error.__traceback__ is None
    assert error.__context__ is None


def test_a_broken_folder_is_a_sentence(tmp_path: Path) -> None:
    (failed,) = [e for e in Bench(FakeModel()).run(job(tmp_path, "Hi")) if isinstance(e, Failed)]
    assert failed.error.code is ErrorCode.MODEL_BROKEN


def test_an_unknown_device_is_a_sentence(folder: Path) -> None:
    events = Bench(FakeModel()).run(job(folder, "Hi", device="abacus"))
    assert [type(event) for event in events] == [Failed]


def test_a_device_that_cannot_be_used_is_told_once(folder: Path) -> None:
    bench = Bench(FakeModel("Hi."), cuda=ErrorCode.DEVICE_UNAVAILABLE)
    events = bench.run(job(folder, "Hi", device="cuda"))
    note = only(events, Notice).sentence
    assert "CUDA" in note
    assert bench.loaded[0].device_note == note
    assert only(events, Started).device == "cpu"
    assert events.index(only(events, Notice)) > events.index(only(events, Started))
    again = bench.run(job(folder, "Hi", device="cuda"))
    assert not [event for event in again if isinstance(event, Loading | Notice)]


@pytest.mark.parametrize("seed", [None, 1])
def test_directml_reads_all_at_once(folder: Path, seed: int | None) -> None:
    model = FakeModel("Hello there.", device="dml", goes_on=False)
    bench = Bench(model, FakeModel())
    for said in (("x" * 300,), ("x" * 300, "Hello there.", "Hi")):
        events = bench.run(job(folder, *said, device="dml", temperature=0.5, seed=seed))
        assert text(events) == "Hello there."
        assert only(events, Usage).cached_tokens == 0
        assert model.read_pieces[-1] == only(events, Usage).prompt_tokens
    assert bool(model.generators[-1].forced) == (seed is not None)


def test_the_runtime_draws_where_it_can(folder: Path) -> None:
    model = FakeModel("Hello.")
    bench = Bench(model)
    for seed in (None, 1):
        question = job(folder, "A question that is longer", temperature=0.7, seed=seed)
        assert text(bench.run(question)) == "Hello."
    (generator,) = model.generators
    assert generator.drawn == len("Hello.") + 1  # of the first answer and its end
    assert generator.drawing.temperature == 0.7


def test_another_model_takes_the_place_of_the_first(folder: Path, tmp_path: Path) -> None:
    bench = Bench(FakeModel())
    other = write_model_folder(tmp_path / "other")
    for wanted in (folder, folder, other, folder):
        bench.run(job(wanted, "Hi"))
    assert [path for path, _ in bench.runtime.loads] == [folder, other, folder]


def test_the_first_model_is_given_up_before_the_second_is_loaded(
    folder: Path, tmp_path: Path
) -> None:
    bench = Bench(FakeModel())
    bench.run(job(folder, "Hi"))
    held: list[bool] = []
    load = bench.runtime.load

    def watching(path: Path, device: str, threads: int) -> FakeModel:
        held.append(bench.session._loaded is not None)
        return load(path, device, threads)

    bench.runtime.load = watching  # type: ignore[method-assign, assignment]
    bench.run(job(write_model_folder(tmp_path / "other"), "Hi"))
    assert held == [False]


def test_a_model_that_changed_on_disk_is_loaded_again(folder: Path) -> None:
    bench = Bench(FakeModel())
    bench.run(job(folder, "Hi"))
    (folder / "model.onnx.data").write_bytes(b"other weights")
    assert isinstance(bench.run(job(folder, "Hi"))[0], Loading)


def test_unloading_gives_the_model_up(folder: Path) -> None:
    bench = Bench(FakeModel())
    bench.run(job(folder, "Hi"))
    bench.session.unload()
    assert isinstance(bench.run(job(folder, "Hi"))[0], Loading)


def test_a_longer_context_is_made_room_for(folder: Path) -> None:
    model = FakeModel("Hi.")
    bench = Bench(model)
    lengths = [
        only(bench.run(job(folder, "Hi", context_limit=wanted)), Started).context.limit
        for wanted in (256, 128, 512, None)
    ]
    assert lengths == [256, 128, 512, 1024]
    assert [generator.max_length for generator in model.generators] == [256, 512, 1024]


def test_a_cache_that_does_not_fit_is_made_smaller_and_told(folder: Path) -> None:
    model = FakeModel("Hi.")
    model.refuse_generator = lambda length: length > 600
    events = Bench(model).run(job(folder, "Hi", context_limit=1000))
    assert only(events, Started).context.limit == 512
    assert "512" in only(events, Notice).sentence


def test_no_memory_at_all_is_a_sentence(folder: Path) -> None:
    model = FakeModel("Hi.")
    model.refuse_generator = lambda _length: True
    events = Bench(model).run(job(folder, "Hi"))
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.OUT_OF_MEMORY


def test_weights_beyond_the_free_memory_are_not_even_tried(folder: Path) -> None:
    bench = Bench(FakeModel(), free=3)
    events = bench.run(job(folder, "Hi"))
    assert events[-1].error.code is ErrorCode.OUT_OF_MEMORY  # type: ignore[union-attr]
    assert bench.runtime.loads == []


def test_a_question_that_is_too_long_is_refused(folder: Path) -> None:
    events = Bench(FakeModel()).run(job(folder, "x" * 2000))
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.PROMPT_TOO_LONG


def test_room_for_the_answer_is_kept_free(folder: Path) -> None:
    said = ["word " * 20] * 15
    context = only(Bench(FakeModel()).run(job(folder, *said)), Started).context
    assert context.dropped_messages > 0
    assert context.prompt_tokens <= 1024 - 256


def test_a_folder_without_special_tokens_still_answers(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({}), encoding="utf-8")
    assert text(Bench(FakeModel("Hi.")).run(job(folder, MARKERS[1]))) == "Hi."


def test_a_folder_that_changes_while_it_is_loaded_is_not_used(folder: Path) -> None:
    class Late(FakeRuntime):
        def load(self, folder: Path, device: str, threads: int = 0) -> FakeModel:
            (folder / "genai_config.json").write_text("{}", encoding="utf-8")
            return super().load(folder, device, threads)

    session = ModelSession(lambda _: None, runtime=Late(FakeModel("Hi")), built_in=frozenset)
    events = list(session.run(job(folder, "Hello?"), lambda: False))
    assert "changed while" in only(events, Failed).error.what


def test_another_number_of_threads_loads_the_model_again(folder: Path) -> None:
    bench = Bench(FakeModel())
    for threads in (0, 2, 2):
        bench.run(job(folder, "Hi", threads=threads))
    assert bench.runtime.threads == [0, 2]
