"""One answer: reads what is new of the prompt in pieces, then decodes token by token."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from app.core.events import Event, FinishReason, Progress, Usage
from app.core.messages import GenerationParameters
from app.engine.prefix import Slot
from app.engine.prompt import Prompt
from app.engine.sampling import Sampler, needs_sampler
from app.engine.text_stream import AnswerText

_CHUNK_S = 0.08
_FIRST_CHUNK = 16
# Below this the fixed cost of a reading outweighs what is read.
_SMALLEST_CHUNK = 8
_LARGEST_CHUNK = 512


class ChunkSize:
    """How many prompt tokens to read at once, so that one reading takes at most about 80 ms
    and a stop is heard soon. Never leaves a single token over: see `Slot.exact`.
    With `whole` all is read at once, for devices that cannot do otherwise."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._size = _FIRST_CHUNK

    def next(self, remaining: int) -> int:
        """The size of the next chunk."""
        if self._whole:
            return remaining
        size = min(self._size, remaining)
        return size + 1 if remaining - size == 1 else size

    def took(self, size: int, seconds: float) -> None:
        """Learn from a chunk that was read."""
        fitting = int(size * 0.9 * _CHUNK_S / max(seconds, 1e-6))
        # The last chunk of a prompt may be short, and says little about long ones.
        if size >= self._size or fitting < self._size:
            self._size = max(_SMALLEST_CHUNK, min(fitting, 2 * self._size, _LARGEST_CHUNK))


class Answer:
    """Generates one answer in `slot`, which holds the beginning of the prompt already.

    After `events` has ended, `finish_reason` is None where `stop` ended it. `started_at` is
    the reading of `clock` (seconds) at the request.
    """

    def __init__(
        self,
        *,
        slot: Slot,
        prompt: Prompt,
        parameters: GenerationParameters,
        text: AnswerText,
        end_tokens: frozenset[int],
        chunk_size: ChunkSize,
        clock: Callable[[], float],
        started_at: float,
    ) -> None:
        self._slot = slot
        self._prompt = prompt
        self._parameters = parameters
        self._text = text
        self._end_tokens = end_tokens
        self._chunk_size = chunk_size
        self._clock = clock
        self._started_at = started_at
        self._cached = len(slot.tokens)
        self._count = 0
        self._first_at = 0.0
        self._last_at = 0.0
        self.finish_reason: FinishReason | None = None

    def events(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Progress and deltas. Raises `AppError` where the model fails."""
        if (yield from self._read(stop)):
            yield from self._decode(stop)

    def usage(self, load_s: float) -> Usage:
        """The figures so far."""
        decoding = self._last_at - self._first_at
        later_tokens = self._count - 1
        return Usage(
            prompt_tokens=len(self._prompt.tokens),
            cached_tokens=self._cached,
            completion_tokens=self._count,
            load_s=load_s,
            first_token_s=self._first_at - self._started_at if self._first_at else 0.0,
            decode_tokens_per_s=later_tokens / decoding if later_tokens > 0 < decoding else 0.0,
        )

    def _read(self, stop: Callable[[], bool]) -> Generator[Event, None, bool]:
        todo = self._prompt.tokens[self._cached :]
        read = 0
        yield Progress(read=0, total=len(todo))
        while read < len(todo):
            if stop():
                return False
            size = self._chunk_size.next(len(todo) - read)
            began = self._clock()
            self._slot.read(todo[read : read + size])
            self._chunk_size.took(size, self._clock() - began)
            read += size
            yield Progress(read=read, total=len(todo))
        return True

    def _decode(self, stop: Callable[[], bool]) -> Iterator[Event]:
        next_token = self._chooser()
        feed, end_tokens, clock = self._text.feed, self._end_tokens, self._clock
        room = self._prompt.context.limit - len(self._prompt.tokens)
        most = min(self._parameters.max_tokens or room, room)
        while not stop():
            token = next_token()
            self._last_at = clock()
            self._first_at = self._first_at or self._last_at
            if token in end_tokens:
                self.finish_reason = FinishReason.STOP
                break
            self._count += 1
            yield from feed(token)
            if self._text.stopped:
                self.finish_reason = FinishReason.STOP
                break
            if self._count >= most:
                self.finish_reason = FinishReason.LENGTH
                break
        yield from self._text.finish()

    def _chooser(self) -> Callable[[], int]:
        slot = self._slot
        if not needs_sampler(self._parameters, slot.drawing):
            return slot.next
        sampler = Sampler(self._parameters, self._prompt.tokens)
        chosen: list[int] = []

        def sampled() -> int:
            if chosen:
                slot.push(chosen.pop())
            chosen.append(sampler.choose(slot.scores()))
            return chosen[0]

        return sampled
