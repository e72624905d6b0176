"""Finds words in all messages of a conversation, in slices; what is found is what is seen."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from app.ui.markdown.values import LINE_BREAK, Kind, Line
from app.ui.markdown.wording import read
from app.ui.transcript.board import Board
from app.ui.transcript.row import Row

# Signs that markdown may put inside a word, or in front of one that it leaves as it is.
_DRESS = str.maketrans("", "", "*_~`\\")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """The place of one finding: its message, and which of those in it, from 0."""

    message_id: str
    number: int


class Finder:
    """Looks for what was typed, upper and lower case alike, blanks standing for any blank.

    `current` is where the person is; `work` has to be called until it returns False.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._pattern: re.Pattern[str] | None = None
        self._words: list[str] = []
        self._counts: dict[str, int] = {}
        # What is seen of a message; taken apart once, for whatever is looked for later.
        self._texts: dict[str, tuple[int, list[str]]] = {}
        self._waiting: deque[str] = deque()
        self._seek = 0
        self._seek_from = 0
        self.current: Hit | None = None

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What is looked for; None for nothing."""
        return self._pattern

    @property
    def is_complete(self) -> bool:
        """Whether all messages have been read."""
        return not self._waiting and not self._seek

    @property
    def total(self) -> int:
        """How often it was found so far."""
        return sum(self._counts.values())

    @property
    def ordinal(self) -> int:
        """Which of all findings is the current one, from 1; 0 while that is not known."""
        if self.current is None or self._waiting:
            return 0
        row = self._board.row_of(self.current.message_id)
        if row is None:
            return 0
        above = self._board.rows[: self._board.place_of(row)]
        counts = (self._counts.get(other.message.id, 0) for other in above)
        return sum(counts) + self.current.number + 1

    def look_for(self, typed: str, start: int) -> None:
        """Look for `typed`, first from the row at the place `start` on."""
        words = typed[:_LONGEST].split()
        self._pattern = None
        if words:
            between = rf"[\s{LINE_BREAK}]+"
            self._pattern = re.compile(between.join(map(re.escape, words)), re.IGNORECASE)
        self._words = [word.translate(_DRESS).lower() for word in words]
        self._counts, self.current, self._seek = {}, None, 0
        self.refresh()
        if self._pattern is not None and self._board.rows:
            self._seek, self._seek_from = 1, max(0, min(start, len(self._board.rows) - 1)) - 1

    def step(self, direction: int) -> None:
        """Go to the next finding (1), or to the one before (-1)."""
        if self._pattern is None or not self._board.rows:
            return
        row = self._board.row_of(self.current.message_id) if self.current is not None else None
        if row is not None and self.current is not None:
            number = self.current.number + direction
            if 0 <= number < self._count(row):
                self.current = Hit(row.message.id, number)
                return
            self._seek_from = self._board.place_of(row)
        self._seek = direction

    def refresh(self) -> None:
        """Messages came or went, or have another text."""
        rows = self._board.rows if self._pattern is not None else []
        known = {row.message.id for row in rows}
        for gone in [one for one in self._counts if one not in known]:
            del self._counts[gone]
        for row in rows:
            length, _ = self._texts.get(row.message.id, (len(row.text), []))
            if length != len(row.text):
                self._counts.pop(row.message.id, None)
        self._waiting = deque(row.message.id for row in rows if row.message.id not in self._counts)

    def forget(self) -> None:
        """Nothing is looked for any more."""
        self.look_for("", 0)
        self._texts = {}

    def work(self, until: float) -> bool:
        """Look until the clock `perf_counter` shows `until`; whether there is more to do."""
        while perf_counter() < until:
            if self._seek:
                self._advance()
            elif self._waiting:
                row = self._board.row_of(self._waiting.popleft())
                if row is not None:
                    self._count(row)
            else:
                return False
        return not self.is_complete

    def _advance(self) -> None:
        """Look at one more row in the direction of the search, around the end."""
        rows = self._board.rows
        place = (self._seek_from + self._seek) % len(rows)
        self._seek_from = place
        row = rows[place]
        if count := self._count(row):
            self.current = Hit(row.message.id, 0 if self._seek > 0 else count - 1)
            self._seek = 0
        elif len(self._counts) >= len(rows) and not self.total:
            self._seek = 0

    def _count(self, row: Row) -> int:
        known = self._counts.get(row.message.id)
        if known is None:
            known = self._counts[row.message.id] = self._found_in(row)
        return known

    def _found_in(self, row: Row) -> int:
        if self._pattern is None or not self._may_hold(row.text):
            return 0
        return sum(1 for text in self._seen(row) for _ in self._pattern.finditer(text))

    def _may_hold(self, source: str) -> bool:
        """A quick look that rules out most messages: taking one apart is dear."""
        bare = source.translate(_DRESS).lower()
        return "&" in source or all(word in bare for word in self._words)

    def _seen(self, row: Row) -> list[str]:
        length, texts = self._texts.get(row.message.id, (-1, []))
        if length != len(row.text):
            steps = read(row.text, as_written=row.is_question)
            texts = [text for lines in steps for line in lines for text in _texts_of(line)]
            self._texts[row.message.id] = (len(row.text), texts)
        return texts


def _texts_of(line: Line) -> Iterator[str]:
    if line.kind is Kind.TABLE and line.table is not None:
        for row in line.table.texts:
            yield from row
    else:
        yield line.text
