"""A model in memory with all that belongs to it: prompts, slots, and how long its context is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.engine import devices, memory, model_folder
from app.engine.answer import ChunkSize
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.prefix import SlotPool
from app.engine.prompt import Prompt, PromptBuilder
from app.engine.runtime import Runtime
from app.engine.sampling import Drawing

_USUAL_RESERVE = 512


class Loaded:
    """Loads the model of `job` on construction; raises `AppError` where that fails."""

    def __init__(
        self,
        job: GenerateJob,
        *,
        runtime: Runtime,
        free_bytes: Callable[[], int],
        built_in: frozenset[str],
    ) -> None:
        began = time.monotonic()
        self._free_bytes = free_bytes
        self._wanted_device = job.device
        self._threads = job.threads
        self.folder = model_folder.read(Path(job.model_folder))
        tried = devices.candidates(job.device, built_in)
        if tried[0] == "cpu":
            memory.check_room_for(self.folder, free_bytes())
        placed = devices.load(runtime, self.folder.path, tried, job.threads)
        self._require_unchanged()
        self.runtime, self.device_note = placed.model, placed.note
        self._goes_on = placed.goes_on and not self.folder.sliding_window
        self.end_tokens = self.folder.end_tokens | self.runtime.end_tokens
        self.chunk_size = ChunkSize(whole=not self._goes_on)
        self._builder: PromptBuilder | None = None
        self._context_limit = job.context_limit
        self._length = 0
        self._notices = [self.device_note] if self.device_note else []
        self.pool = self._make_pool(self._affordable(job.context_limit), Drawing.of(job.parameters))
        self.load_s = time.monotonic() - began

    def _require_unchanged(self) -> None:
        """What is in memory now has to be what was checked before."""
        if model_folder.fingerprint(self.folder.path) != self.folder.fingerprint:
            raise AppError(
                "The model's files changed while it was being loaded.",
                "Wait until nothing writes to its folder any more, then send the message again.",
                code=ErrorCode.MODEL_BROKEN,
            )

    def serves(self, job: GenerateJob) -> bool:
        """Whether this is the model, unchanged on disk, and loaded as `job` asks for."""
        return (
            str(self.folder.path) == str(Path(job.model_folder))
            and job.device in {self._wanted_device, self.runtime.device}
            and job.threads == self._threads
            and model_folder.fingerprint(self.folder.path) == self.folder.fingerprint
        )

    def describe(self, job: GenerateJob) -> LoadedModel:
        """For whoever asks what is in memory."""
        return LoadedModel(
            model_id=job.model_id,
            folder=job.model_folder,
            device=self.runtime.device,
            device_note=self.device_note,
            context_limit=self._length,
            load_s=self.load_s,
            rss_bytes=memory.resident_bytes(),
        )

    def _limit(self, job: GenerateJob) -> int:
        """The context length for `job`, as near to its wish as model and memory allow."""
        wanted = job.context_limit
        if wanted != self._context_limit:
            self._context_limit = wanted
            held = len(self.pool) * self._length * self._cache_bytes_per_token
            length = self._affordable(wanted, held)
            if length > self._length:
                self.pool.clear()
                self.pool = self._make_pool(length, Drawing.of(job.parameters))
        return min(wanted or self._length, self._length)

    def new_notices(self) -> list[str]:
        """Sentences about the model that have not been said yet."""
        notices, self._notices = self._notices, []
        return notices

    def prompt(self, job: GenerateJob) -> Prompt:
        """What the model reads for `job`; raises `AppError`."""
        if self._builder is None:
            self._builder = PromptBuilder(self.runtime, self.folder.markers)
            self._complete_end_tokens(self._builder)
        limit = self._limit(job)
        reserve = min(job.parameters.max_tokens or _USUAL_RESERVE, limit // 4)
        return self._builder.build(job.messages, limit=limit, reserve=reserve)

    @property
    def _cache_bytes_per_token(self) -> int:
        return memory.cache_bytes_per_token(self.folder, self.runtime.device)

    def _complete_end_tokens(self, builder: PromptBuilder) -> None:
        """Folders made from base models name an end token that their template never writes."""
        special = self.folder.special_tokens
        template = self.folder.chat_template
        if template and not any(special.get(end, "\0") in template for end in self.end_tokens):
            token = builder.end_token(special)
            self.end_tokens |= frozenset() if token is None else frozenset({token})

    def _affordable(self, wanted: int | None, held: int = 0) -> int:
        free = self._free_bytes() + held
        return memory.window(self.folder, self.runtime.device, wanted, free)

    def _make_pool(self, length: int, drawing: Drawing) -> SlotPool:
        """A pool with one slot of `length` tokens, or of less where memory does not suffice."""
        while True:
            self._length = length
            pool = SlotPool(
                lambda drawing: self.runtime.new_generator(self._length, drawing),
                self._may_add,
                keep=self._goes_on,
            )
            try:
                pool.prepare(drawing)
            except AppError as error:
                if error.code is not ErrorCode.OUT_OF_MEMORY or length <= memory.SMALLEST_CONTEXT:
                    raise
                length = max(length // 2, memory.SMALLEST_CONTEXT)
            else:
                break
        if length < min(self._context_limit or 0, self.folder.context_length):
            self._notices.append(
                f"The context is {length:,} tokens instead of {self._context_limit:,}: this "
                "model, or the free memory, allows no more."
            )
        return pool

    def _may_add(self) -> bool:
        return memory.affords_another(
            self.folder, self.runtime.device, self._length, self._free_bytes()
        )
