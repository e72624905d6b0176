"""Keeps what the model has read, so that a conversation that goes on is not read again.

A slot is a token sequence with its key-value cache. A new prompt takes the slot that begins
like it, forgets what differs, and reads only the rest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.core.errors import AppError
from app.engine.runtime import TokenGenerator
from app.engine.sampling import Drawing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# As many conversations as can be gone back to without reading them again.
MAX_SLOTS = 3
# A single token is computed by other kernels than a row of them, with slightly other results
# (app/README.md, "Traps"): read at least two, and the scores are those of a full reading.
_READ_AT_LEAST = 2
# Reading so few anew costs less than drawing without the runtime's help.
_TOO_FEW_TO_KEEP = 32


class Slot:
    """One kept sequence. `tokens` are those in its cache; `exact` of them, from the first on,
    have the same values as after a full reading, which generated tokens have not quite.
    `drawing` is how `next` draws. Where the device does not go on, a prompt is read in one
    piece and nothing is kept."""

    def __init__(
        self, generator: TokenGenerator, drawing: Drawing, *, goes_on: bool = True
    ) -> None:
        self._generator = generator
        self.drawing = drawing
        self._goes_on = goes_on
        self._pending: int | None = None
        self.tokens: list[int] = []
        self.exact = 0
        self.used = 0

    def rewind(self, length: int) -> None:
        """Forget all but the first `length` tokens."""
        if self.tokens:
            self._generator.rewind(length)
        self._pending = None
        del self.tokens[length:]
        self.exact = min(self.exact, length)

    def read(self, tokens: Sequence[int]) -> None:
        """Read a part of a prompt."""
        self._generator.append(tokens)
        if self.exact == len(self.tokens):
            self.exact += len(tokens)
        self.tokens.extend(tokens)

    def next(self) -> int:
        """The next token, drawn by the runtime; it enters the cache with the next call."""
        token = self._generator.next()
        if self._pending is not None:
            self.tokens.append(self._pending)
        self._pending = token
        return token

    def push(self, token: int) -> None:
        """Go on with a token that was chosen from `scores`."""
        if self._goes_on:
            self._generator.append((token,))
        else:
            self._generator.force(token)
        self.tokens.append(token)

    def scores(self) -> NDArray[np.float32]:
        """The scores of the next token."""
        return self._generator.logits()


class SlotPool:
    """The slots of one model.

    `make` gives a new generator of a fixed length; `may_add` says whether memory allows one
    more. Without `keep` every prompt gets a new slot.
    """

    def __init__(
        self,
        make: Callable[[Drawing], TokenGenerator],
        may_add: Callable[[], bool],
        *,
        keep: bool = True,
    ) -> None:
        self._make = make
        self._may_add = may_add
        self._keep = keep
        self._slots: list[Slot] = []
        self._turns = 0

    def __len__(self) -> int:
        return len(self._slots)

    def prepare(self, drawing: Drawing) -> None:
        """Make the first slot, so that the first question need not wait for it."""
        if not self._slots:
            self._add(drawing)

    def take(self, prompt: Sequence[int], drawing: Drawing, *, exact: bool = False) -> Slot:
        """The slot to answer `prompt` in; its `tokens` are the part that is read already.

        It draws as `drawing` says unless that would cost the tokens. With `exact` only what
        gives the same scores as a full reading is kept.
        """
        slot = self._choose(prompt, drawing)
        keep = min(common_prefix(slot.tokens, prompt), max(len(prompt) - _READ_AT_LEAST, 0))
        try:
            slot.rewind(min(keep, slot.exact) if exact else keep)
            usable = slot.drawing == drawing or len(slot.tokens) > _TOO_FEW_TO_KEEP
        except AppError:
            usable = False  # Not every kind of model can go back: it reads from the start.
        if not usable:
            self.drop(slot)
            del slot  # Its memory is needed for the new one.
            slot = self._add(drawing)
        self._turns += 1
        slot.used = self._turns
        return slot

    def clear(self) -> None:
        """Give up all slots and their memory."""
        self._slots.clear()

    def drop(self, slot: Slot) -> None:
        """Give up a slot whose state is unknown."""
        if slot in self._slots:
            self._slots.remove(slot)

    def _choose(self, prompt: Sequence[int], drawing: Drawing) -> Slot:
        if not self._keep and any(slot.tokens for slot in self._slots):
            self._slots.clear()
        if not self._slots:
            return self._add(drawing)
        common, best = max(
            ((common_prefix(slot.tokens, prompt), slot) for slot in self._slots),
            key=lambda pair: (pair[0], pair[1].used),
        )
        if _goes_on(best.tokens, prompt, common):
            return best
        empty = next((slot for slot in self._slots if not slot.tokens), None)
        if empty is not None:
            return empty
        if len(self._slots) < MAX_SLOTS and self._may_add():
            # Where there is no memory for one more after all, one of those there are must do.
            with contextlib.suppress(AppError):
                return self._add(drawing)
        return min(self._slots, key=lambda slot: slot.used)

    def _add(self, drawing: Drawing) -> Slot:
        slot = Slot(self._make(drawing), drawing, goes_on=self._keep)
        self._slots.append(slot)
        return slot


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(one), len(other))
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return length


def _goes_on(kept: Sequence[int], prompt: Sequence[int], common: int) -> bool:
    """Whether `prompt` is more or less the kept conversation, or another one that merely has
    the same system message; taking the slot for that one would lose the kept one."""
    asked_again = common >= len(prompt) - _READ_AT_LEAST
    return bool(common) and (asked_again or len(kept) - common <= 4 * common)
