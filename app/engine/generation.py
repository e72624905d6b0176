"""What runs inside the engine's process: loads the model a job asks for and answers it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator, Iterator

from app.core.errors import AppError
from app.core.events import Cancelled, Done, Event, Failed, Loading, Notice, Started
from app.engine import devices, memory
from app.engine.answer import Answer
from app.engine.faults import Phase, in_words
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.loaded import Loaded
from app.engine.runtime import GenaiRuntime, Runtime
from app.engine.sampling import Drawing
from app.engine.text_stream import AnswerText

PROVIDER = "onnx"


class ModelSession:
    """Answers jobs one after the other with at most one model in memory.

    `on_loaded` is told about every model that was loaded. The other arguments are for tests.
    All calls must come from one thread.
    """

    def __init__(
        self,
        on_loaded: Callable[[LoadedModel], None],
        *,
        runtime: Runtime | None = None,
        free_bytes: Callable[[], int] = memory.free_bytes,
        built_in: Callable[[], frozenset[str]] = devices.known,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._on_loaded = on_loaded
        self._runtime = runtime or GenaiRuntime()
        self._free_bytes = free_bytes
        self._built_in = built_in
        self._clock = clock
        self._loaded: Loaded | None = None

    def run(self, job: GenerateJob, stop: Callable[[], bool]) -> Iterator[Event]:
        """The events of one answer; failures are events too. `stop` is asked before every
        token and every piece of the prompt, and ends the answer with `Cancelled`."""
        try:
            loaded, load_s = yield from self._ensure_loaded(job)
            if stop():
                yield Cancelled()
                return
            yield from self._answer(loaded, job, stop, load_s)
        except Exception as error:  # noqa: BLE001  (nothing may end the host)
            failure = in_words(error, Phase.GENERATING)
        else:
            return
        # Made anew: a traceback would keep the model in memory, and the prompt with it.
        yield Failed(AppError(failure.what, failure.todo, code=failure.code))

    def unload(self) -> None:
        """Take the model out of memory."""
        self._loaded = None
        # The binding's objects refer to each other; the memory is wanted back now.
        gc.collect()

    def _ensure_loaded(self, job: GenerateJob) -> Generator[Event, None, tuple[Loaded, float]]:
        loaded = self._loaded
        if loaded is not None and loaded.serves(job):
            return loaded, 0.0
        del loaded
        self.unload()
        built_in = self._built_in()
        device = devices.candidates(job.device, built_in)[0]
        yield Loading(model=job.model_id, device=device)
        loaded = Loaded(job, runtime=self._runtime, free_bytes=self._free_bytes, built_in=built_in)
        self._loaded = loaded
        self._on_loaded(loaded.describe(job))
        return loaded, loaded.load_s

    def _answer(
        self, loaded: Loaded, job: GenerateJob, stop: Callable[[], bool], load_s: float
    ) -> Iterator[Event]:
        started_at = self._clock()
        prompt = loaded.prompt(job)
        drawing = Drawing.of(job.parameters)
        # Where chance plays no part, equal questions get equal answers, whatever was read
        # before; otherwise the last answer need not be read again.
        exact = drawing.temperature == 0 or job.parameters.seed is not None
        slot = loaded.pool.take(prompt.tokens, drawing, exact=exact)
        yield Started(
            provider=PROVIDER,
            model=job.model_id,
            device=loaded.runtime.device,
            context=prompt.context,
            cached_tokens=len(slot.tokens),
        )
        for sentence in (*loaded.new_notices(), *prompt.notices):
            yield Notice(sentence=sentence)
        answer = Answer(
            slot=slot,
            prompt=prompt,
            parameters=job.parameters,
            text=AnswerText(
                loaded.runtime.new_stream(),
                stop=job.parameters.stop,
                special_tokens=loaded.folder.special_tokens,
                reasoning_tag=prompt.reasoning_tag,
            ),
            end_tokens=loaded.end_tokens,
            chunk_size=loaded.chunk_size,
            clock=self._clock,
            started_at=started_at,
        )
        failure: AppError | None = None
        try:
            yield from answer.events(stop)
        except AppError as error:
            loaded.pool.drop(slot)
            failure = error.with_traceback(None)
        yield answer.usage(load_s)
        if failure is not None:
            yield Failed(failure)
        elif answer.finish_reason is None:
            yield Cancelled()
        else:
            yield Done(answer.finish_reason)
