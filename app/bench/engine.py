"""The local engine against a plain loop in the same run: speed, prefix reuse, stopping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bench.figures import Figure, median
from app.bench.plain_loop import plain_process
from app.bench.texts import prose
from app.core.events import Failed, Progress, ReasoningDelta, Started, TextDelta, Usage
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
from app.settings.table import SETTINGS

ROUNDS = 5
# Greedy answers read the one before them anew, so that they are the same each time.
USUAL = float(SETTINGS["generation.temperature"].default)
PAIRS_PER_ROUND = 4
DECODE_TOKENS = 128
# English prose of this vocabulary has about one token a word in the starter model.
WORDS_FOR_900_TOKENS = 850
WORDS_FOR_2000_TOKENS = 1_900
LONG_ANSWER = "Tell a long story about a fisherman, his boat and a storm."


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer as its caller saw it; times in seconds from the call."""

    text: str
    first_token_s: float
    last_token_s: float
    usage: Usage


class EngineBench:
    """Asks one `EngineClient` and times it from outside, as the window would."""

    def __init__(self, model_folder: Path, run_dir: Path) -> None:
        self._folder = model_folder
        self._client = EngineClient(run_dir=run_dir)
        self._context = 0

    def measure(self) -> Iterator[Figure]:
        """All figures, in the order in which they are measured."""
        try:
            warm = self.ask([Message(Role.USER, "Say hello.")], max_tokens=8)
            yield Figure("load_s", warm.usage.load_s, "s")
            yield from self.decoding()
            yield from self.reuse()
            yield from self.growth()
            yield from self.stopping()
            status = self._client.status()
            yield Figure("host_rss_mb", (status.rss_bytes or 0) / 1e6, "MB")
        finally:
            self._client.close()

    def decoding(self) -> Iterator[Figure]:
        """Tokens per second through host and pipe against the plain loop, in turns.

        Where a process lies in memory moves its speed by some percent, so each round has a
        new process on both sides. The host has the huge pages that it always has
        (`memory.HUGE_PAGES`), the plain loop what a program has that asks for nothing.
        """
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            self._client.unload()
            self._tokens_per_s()
            with plain_process(self._folder, self._context) as plain:
                for pair in range(PAIRS_PER_ROUND):
                    # Either goes first as often: what runs beside it hits both alike.
                    for is_ours in (bool(pair % 2), not pair % 2):
                        if is_ours:
                            ours.append(self._tokens_per_s())
                        else:
                            theirs.append(plain.tokens_per_s(LONG_ANSWER, DECODE_TOKENS))
        ratios = [mine / plain_speed for mine, plain_speed in zip(ours, theirs, strict=True)]
        yield Figure("decode_tokens_per_s", median(ours), "tokens/s")
        yield Figure("plain_loop_tokens_per_s", median(theirs), "tokens/s")
        yield Figure("decode_ratio_to_plain_loop", median(ratios), "ratio", 0.95, "at least")

    def _tokens_per_s(self) -> float:
        """The engine's speed after the first token, as its caller sees it."""
        turn = self.ask([Message(Role.USER, LONG_ANSWER)], max_tokens=DECODE_TOKENS)
        return (turn.usage.completion_tokens - 1) / (turn.last_token_s - turn.first_token_s)

    def reuse(self) -> Iterator[Figure]:
        """First token after about 900 tokens of history, read anew and continued."""
        fresh: list[float] = []
        continued: list[float] = []
        for round_ in range(3):
            history = [Message(Role.USER, prose(WORDS_FOR_900_TOKENS, seed=round_))]
            first = self.ask(history, max_tokens=16, temperature=USUAL)
            fresh.append(first.first_token_s)
            history += [Message(Role.ASSISTANT, first.text), Message(Role.USER, "And then?")]
            second = self.ask(history, max_tokens=16, temperature=USUAL)
            continued.append(second.first_token_s)
        yield Figure("fresh_first_token_ms", median(fresh) * 1e3, "ms")
        yield Figure("reused_first_token_ms", median(continued) * 1e3, "ms")
        speedup = median([a / b for a, b in zip(fresh, continued, strict=True)])
        yield Figure("reuse_speedup_at_900_tokens", speedup, "ratio", 20, "at least")

    def growth(self) -> Iterator[Figure]:
        """First-token time of the last of ten turns against the second."""
        second: list[float] = []
        last: list[float] = []
        for round_ in range(ROUNDS):
            history: list[Message] = []
            times: list[float] = []
            for turn_number in range(10):
                question = f"Question {round_}.{turn_number}: {prose(12, seed=turn_number)}"
                history.append(Message(Role.USER, question))
                turn = self.ask(history, max_tokens=32, temperature=USUAL)
                history.append(Message(Role.ASSISTANT, turn.text))
                times.append(turn.first_token_s)
            second.append(times[1])
            last.append(times[-1])
        yield Figure("second_turn_first_token_ms", median(second) * 1e3, "ms")
        yield Figure("tenth_turn_first_token_ms", median(last) * 1e3, "ms")
        growths = [late / early for late, early in zip(last, second, strict=True)]
        yield Figure("reuse_growth_over_10_turns", median(growths), "ratio", 1.5)

    def stopping(self) -> Iterator[Figure]:
        """From the wish to stop to the terminal event, while a long prompt is being read."""
        waits: list[float] = []
        for round_ in range(ROUNDS):
            cancel = CancelToken()
            question = [Message(Role.USER, prose(WORDS_FOR_2000_TOKENS, seed=100 + round_))]
            stopped_at = 0.0
            for event in self._client.generate(self._job(question, 16), cancel):
                match event:
                    case Progress(read=read, total=total) if total // 4 < read < total:
                        stopped_at = stopped_at or time.perf_counter()
                        cancel.cancel()
            if stopped_at:
                waits.append(time.perf_counter() - stopped_at)
        yield Figure("stop_ms_during_prefill", max(waits) * 1e3, "ms", 300)

    def ask(self, messages: list[Message], max_tokens: int, temperature: float = 0) -> Turn:
        """One answer; raises the `AppError` that ended it, if one did."""
        started = time.perf_counter()
        first = last = 0.0
        text: list[str] = []
        usage: Usage | None = None
        for event in self._client.generate(
            self._job(messages, max_tokens, temperature), CancelToken()
        ):
            match event:
                case TextDelta(piece) | ReasoningDelta(piece):
                    last = time.perf_counter() - started
                    first = first or last
                    text.append(piece)
                case Started():
                    self._context = event.context.limit
                case Usage():
                    usage = event
                case Failed(error):
                    raise error
        if usage is None:
            raise RuntimeError("an answer ended without its usage")
        return Turn("".join(text), first, last, usage)

    def _job(self, messages: list[Message], max_tokens: int, temperature: float = 0) -> GenerateJob:
        return GenerateJob(
            model_folder=str(self._folder),
            model_id=self._folder.name,
            device="cpu",
            messages=tuple(messages),
            parameters=GenerationParameters(temperature=temperature, max_tokens=max_tokens),
            context_limit=None,
        )
