"""The history with 100,000 messages: searching, listing, opening a long one, and starting."""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.bench.figures import Figure, median, percentile
from app.core.history_key import HistoryKey
from app.core.messages import Role
from app.paths import Paths
from app.store.filters import Filters
from app.store.history import History
from app.store.transcripts import Transcript
from app.store.values import Conversation, Provenance, StoredMessage

CONVERSATIONS, LONG, MESSAGES = 2_000, 5_000, 100_000
VOCABULARY, SIGNS = 20_000, 3_000
WORDS_EACH, SIGNS_EACH = 55, 120
ROUNDS = 10
START_ROUNDS = 7
_ENCRYPTED = 1.5


class Texts:
    """Texts whose words are as often as those of a language: the second half as often as the
    first, and so on (Zipf's law). Every fifth is written in ideographs.
    """

    def __init__(self) -> None:
        draw = self._draw = random.Random(7)  # noqa: S311  (a repeatable text, no secret)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.words = [
            "".join(draw.choices(letters, k=draw.randint(2, 10))) for _ in range(VOCABULARY)
        ]
        self.signs = [chr(0x4E00 + number) for number in draw.sample(range(20_000), SIGNS)]
        self._often = list(itertools.accumulate(1 / (n + 1) for n in range(VOCABULARY)))

    def make(self, number: int) -> str:
        """The text of one message."""
        if number % 5 == 4:
            often = self._often[:SIGNS]
            return "".join(self._draw.choices(self.signs, cum_weights=often, k=SIGNS_EACH))
        return " ".join(self._draw.choices(self.words, cum_weights=self._often, k=WORDS_EACH))


def measure(folder: Path) -> Iterator[Figure]:
    """All figures, over histories made in `folder`."""
    texts = Texts()
    full, empty = Paths.at(folder / "full"), Paths.at(folder / "empty")
    full.create()
    empty.create()
    started = time.perf_counter()
    long_id = fill(full.history_file, texts)
    nothing = History(empty.history_file)
    nothing.open()
    nothing.close()
    yield Figure("fill_s", time.perf_counter() - started, "s")
    yield Figure("history_mb", full.history_file.stat().st_size / 1e6, "MB")
    locked, key = Paths.at(folder / "locked"), HistoryKey.new()
    yield _encrypted(full, locked, key)
    with _history(full, key) as history:
        yield from _searches(history, texts)
        yield Figure("list_ms", _median_ms(lambda: history.conversations(CONVERSATIONS)), "ms", 30)
        yield Figure("list_first_50_ms", _median_ms(lambda: history.conversations(50)), "ms")
        opening = _median_ms(lambda: (history.page(long_id), history.branches.outline(long_id)))
        yield Figure("open_5000_messages_ms", opening, "ms", 200)
        yield Figure("read_5000_messages_ms", _median_ms(lambda: history.path(long_id)), "ms")
        with _history(locked, key) as encrypted:
            yield from _ratios(history, encrypted, texts, long_id)
        yield _erasing(history)
    yield from _starts(full, empty, locked, key)


class _OneKey:
    """Knows the key of this measurement."""

    def __init__(self, key: HistoryKey) -> None:
        self._key = key

    def find(self, key_id: str) -> HistoryKey:  # noqa: ARG002
        """That key."""
        return self._key


@contextmanager
def _history(paths: Paths, key: HistoryKey) -> Iterator[History]:
    history = History(paths.history_file, keys=_OneKey(key))
    history.open()
    try:
        yield history
    finally:
        history.close()


def _encrypted(full: Paths, locked: Paths, key: HistoryKey) -> Figure:
    """The same history under `locked`, and how long encrypting it takes."""
    shutil.copytree(full.root, locked.root)
    with _history(locked, key) as history:
        return Figure("encrypt_s", _ms(lambda: history.encryption.switch_on(key)) / 1e3, "s")


def _ratios(plain: History, encrypted: History, texts: Texts, long_id: str) -> Iterator[Figure]:
    """The same work in both, in turn: what else the machine does then slows both alike."""
    searches = [
        _pair(plain, encrypted, partial(_search, kind=kind, typed=one, filters=filters))
        for kind, (typed, filters) in _kinds(texts).items()
        for one in typed
        for _ in range(ROUNDS)
    ]
    slow, slower = (percentile([pair[n] for pair in searches], 0.95) for n in (0, 1))
    yield Figure("search_p95_ms_encrypted_ratio", slower / slow, "ratio", _ENCRYPTED)
    works: dict[str, Callable[[History], object]] = {
        "list_ms": lambda history: history.conversations(CONVERSATIONS),
        "open_5000_messages_ms": lambda history: (
            history.page(long_id),
            history.branches.outline(long_id),
        ),
    }
    for name, work in works.items():
        pairs = [_pair(plain, encrypted, work) for _ in range(2 * ROUNDS)]
        ratio = median([pair[1] for pair in pairs]) / median([pair[0] for pair in pairs])
        yield Figure(f"{name}_encrypted_ratio", ratio, "ratio", _ENCRYPTED)


def _pair(
    plain: History, encrypted: History, work: Callable[[History], object]
) -> tuple[float, float]:
    return _ms(lambda: work(plain)), _ms(lambda: work(encrypted))


def fill(file: Path, texts: Texts) -> str:
    """A history of 2,000 conversations, one of them long; returns the id of that one."""
    history = History(file)
    history.open()
    each = (MESSAGES - LONG) // (CONVERSATIONS - 1)
    written = 0
    try:
        with history.batch():
            for number in range(CONVERSATIONS):
                left = MESSAGES - written - each * (CONVERSATIONS - 1 - number)
                count = left if number == CONVERSATIONS - 1 else each
                history.transcripts.add(_transcript(number, count, written, texts))
                written += count
        while history.index_more(2_000):
            pass
        return history.conversations(1)[0].id
    finally:
        history.close()


def _transcript(number: int, count: int, first: int, texts: Texts) -> Transcript:
    messages = tuple(
        StoredMessage(
            id=str(place),
            conversation_id="",
            parent_id=str(place - 1) if place else None,
            role=Role.ASSISTANT if place % 2 else Role.USER,
            text=texts.make(first + place),
            model=f"model-{number % 3}" if place % 2 else "",
            provenance=Provenance(is_local=number % 4 > 0 if place % 2 else None),
            created_at=1_700_000_000.0 + number * 600 + place,
        )
        for place in range(count)
    )
    conversation = Conversation(
        id="",
        title=" ".join(texts.make(number * 5).split()[:6]),
        title_by_user=False,
        created_at=1_700_000_000.0 + number * 600,
        updated_at=1_700_000_000.0 + number * 600 + count,
        model="",
        draft="",
        system_prompt=None,
        leaf_id=str(count - 1),
        tags=(f"tag {number % 20}",),
    )
    return Transcript(conversation=conversation, messages=messages)


def _kinds(texts: Texts) -> dict[str, tuple[list[str], Filters]]:
    """What is typed, and how it is narrowed."""
    words, signs = texts.words, texts.signs
    return {
        "common": ([words[0], words[1], f"{words[1]} {words[2]}"], Filters()),
        "rare": ([words[9_000], words[15_000], words[19_000]], Filters()),
        "phrase": ([f'"{words[0]} {words[1]}"', f'"{words[5]} {words[40]}"'], Filters()),
        "cjk": ([signs[0], signs[0] + signs[1], signs[30] + signs[200], signs[2_500]], Filters()),
        "typing": ([words[0][:2], words[300][:3], f"{words[3]} {words[90][:2]}"], Filters()),
        "filtered": (
            [words[0], words[200]],
            Filters(tag="tag 3", is_local=False, model="model-1", since=1_700_000_000.0),
        ),
    }


def _search(history: History, *, kind: str, typed: str, filters: Filters) -> None:
    history.search(typed, filters, limit=50, is_typing=kind == "typing")


def _searches(history: History, texts: Texts) -> Iterator[Figure]:
    every: list[float] = []
    for kind, (typed, filters) in _kinds(texts).items():
        took = [
            _ms(partial(_search, history, kind=kind, typed=one, filters=filters))
            for one in typed
            for _ in range(ROUNDS)
        ]
        every += took
        yield Figure(f"search_{kind}_ms", median(took), "ms")
    yield Figure("search_p95_ms", percentile(every, 0.95), "ms", 50)


def _erasing(history: History) -> Figure:
    """How long it takes until a deleted conversation is gone from every byte."""
    history.delete_conversation(history.conversations(1, 100)[0].id)
    return Figure("erase_one_ms", _ms(history.purge_deleted), "ms")


def _starts(full: Paths, empty: Paths, locked: Paths, key: HistoryKey) -> Iterator[Figure]:
    """Starts of the window in turn: with the empty history, the full one, the encrypted one.

    The key is given to the window: how long the keyring takes is not Tacit's.
    """
    from app.bench.startup import seconds_until_ready

    ratios: list[float] = []
    slow: list[float] = []
    encrypted: list[float] = []
    for number in range(START_ROUNDS + 1):
        with_empty = seconds_until_ready(empty.root)
        with_full = seconds_until_ready(full.root)
        with_locked = seconds_until_ready(locked.root, key.recovery())
        if number:  # the first round reads everything from the disk
            ratios.append(with_full / with_empty)
            slow.append(with_full * 1e3)
            encrypted.append(with_locked / with_full)
    yield Figure("start_full_history_ms", median(slow), "ms")
    yield Figure("start_ratio_to_empty_history", median(ratios), "ratio", 1.2)
    yield Figure("start_encrypted_ratio", median(encrypted), "ratio", _ENCRYPTED)


def _median_ms(work: Callable[[], object]) -> float:
    return median([_ms(work) for _ in range(ROUNDS)])


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3
