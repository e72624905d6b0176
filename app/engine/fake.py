"""An engine that says what it was told to say: for tests, and nowhere else.

It keeps the same promises as the real one; `tests/contract` holds both against them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from app.core.events import (
    Cancelled,
    ContextUse,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Progress,
    ReasoningDelta,
    Started,
    Terminal,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken
from app.core.privacy import SealPart, SealReport
from app.core.proof import Attempt, ProcessProof
from app.core.status import EngineState, EngineStatus
from app.engine.jobs import GenerateJob

CONTEXT_LIMIT = 4096
SEALED = SealReport((SealPart("as told", holds=True),))


def scripted_answer(
    text: str,
    *,
    reasoning: str = "",
    model: str = "fake-model",
    provider: str = "onnx",
    device: str = "cpu",
) -> list[Event]:
    """All events of one answer from a loaded model, word by word."""
    words = _words(text)
    return [
        Started(
            provider=provider,
            model=model,
            device=device,
            context=ContextUse(limit=CONTEXT_LIMIT, prompt_tokens=8),
        ),
        Progress(read=8, total=8),
        *[ReasoningDelta(word) for word in _words(reasoning)],
        *[TextDelta(word) for word in words],
        Usage(
            prompt_tokens=8,
            cached_tokens=0,
            completion_tokens=len(words),
            load_s=0.0,
            first_token_s=0.01,
            decode_tokens_per_s=100.0,
        ),
        Done(FinishReason.STOP),
    ]


class FakeEngine:
    """Yields one scripted answer per job; without a script it repeats the last message.

    `pace_s` is the pause before each event. `jobs` holds the jobs it was given.
    """

    def __init__(self, *, pace_s: float = 0.0) -> None:
        self.jobs: list[GenerateJob] = []
        self.is_closed = False
        self._pace_s = pace_s
        self._scripts: deque[list[Event]] = deque()
        self._loaded: GenerateJob | None = None
        self._state = EngineState.ABSENT

    def enqueue(self, events: Iterable[Event]) -> None:
        """Answer the next job that has no script yet with `events` (see `scripted_answer`)."""
        self._scripts.append(list(events))

    def generate(self, job: GenerateJob, cancel: CancelToken) -> Iterator[Event]:
        """See `app.engine.base.Engine`."""
        self.jobs.append(job)
        script = self._scripts.popleft() if self._scripts else _echo(job)
        try:
            for event in [*self._load(job), *script]:
                if cancel.wait(self._pace_s):
                    self._rest()
                    yield Cancelled()
                    return
                self._enter(event, job)
                yield event
                if isinstance(event, Terminal):
                    return
        finally:
            self._rest()

    def prove(
        self,
        model_folder: str,  # noqa: ARG002
        device: str,  # noqa: ARG002
        private: Sequence[str],  # noqa: ARG002
    ) -> ProcessProof:
        """See `app.engine.base.Engine`; nothing is really tried."""
        if self._state is EngineState.ABSENT:
            self._state = EngineState.IDLE
        attempt = Attempt(
            name="nothing", by="the fake", part="as told", expected="EACCES", said="EACCES",
            holds=True,
        )  # fmt: skip
        return ProcessProof(
            role="the process that runs the model",
            pid=1,
            seal=SEALED,
            model=self._loaded.model_id if self._loaded else "",
            attempts=(attempt,),
            memory_is_private=True,
        )

    def unload(self) -> None:
        """See `app.engine.base.Engine`."""
        self._loaded, self._state = None, EngineState.ABSENT

    def status(self) -> EngineStatus:
        """See `app.engine.base.Engine`."""
        if self._state is EngineState.ABSENT:
            return EngineStatus()
        known = self._loaded or (self.jobs[-1] if self._state is EngineState.LOADING else None)
        return EngineStatus(
            state=self._state,
            model_id=known.model_id if known else "",
            device="cpu" if self._loaded else "",
            pid=1,
            load_s=0.1 if self._loaded else 0.0,
            rss_bytes=100_000_000,
            seal=SEALED,
        )

    def close(self) -> None:
        """See `app.engine.base.Engine`."""
        self.unload()
        self.is_closed = True

    def _load(self, job: GenerateJob) -> list[Event]:
        if self._loaded is not None and self._loaded.model_folder == job.model_folder:
            return []
        return [Loading(model=job.model_id, device="cpu")]

    def _enter(self, event: Event, job: GenerateJob) -> None:
        match event:
            case Loading():
                self._loaded, self._state = None, EngineState.LOADING
            case Started():
                self._loaded, self._state = job, EngineState.BUSY
            case Done() | Cancelled() | Failed():
                self._rest()

    def _rest(self) -> None:
        if self._state is not EngineState.ABSENT:
            self._state = EngineState.READY if self._loaded else EngineState.IDLE


def _echo(job: GenerateJob) -> list[Event]:
    return scripted_answer(job.messages[-1].text, model=job.model_id)


def _words(text: str) -> list[str]:
    """The text in pieces that begin with a space, as a tokenizer would cut it."""
    return [piece for piece in text.replace(" ", "\0 ").split("\0") if piece]
