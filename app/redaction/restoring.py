"""Puts words back into an answer while it streams, also where a placeholder comes in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.core.events import Event, ReasoningDelta, TextDelta


class Restorer:
    """Takes the events of one answer and gives them out with the words put back."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        self._text = Filling(originals)
        self._reasoning = Filling(originals)

    def take(self, event: Event) -> Iterator[Event]:
        """`event` with words instead of placeholders; held back where one may be incomplete."""
        if isinstance(event, TextDelta):
            yield from self._rest_of_reasoning()
            if text := self._text.feed(event.text):
                yield TextDelta(text)
            return
        if isinstance(event, ReasoningDelta):
            if text := self._reasoning.feed(event.text):
                yield ReasoningDelta(text)
            return
        yield from self._rest_of_reasoning()
        if text := self._text.rest():
            yield TextDelta(text)
        yield event

    def _rest_of_reasoning(self) -> Iterator[Event]:
        if text := self._reasoning.rest():
            yield ReasoningDelta(text)


class Filling:
    """A text in pieces, with every whole placeholder replaced by what it stands for."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        self._originals = originals
        names = sorted(originals, key=len, reverse=True)
        self._whole = re.compile("|".join(map(re.escape, names))) if names else None
        self._held = ""

    def feed(self, piece: str) -> str:
        """As much as is certain after `piece`."""
        if self._whole is None:
            return piece
        text = self._held + piece
        cut = self._incomplete_from(text)
        self._held = text[cut:]
        return self._filled(text[:cut])

    def rest(self) -> str:
        """What was held back: no placeholder came of it."""
        rest, self._held = self._held, ""
        return self._filled(rest)

    def _incomplete_from(self, text: str) -> int:
        """Where a placeholder begins that is not finished at the end of `text`."""
        start = text.rfind("[")
        if start < 0:
            return len(text)
        tail = text[start:]
        unfinished = any(name.startswith(tail) and name != tail for name in self._originals)
        return start if unfinished else len(text)

    def _filled(self, text: str) -> str:
        if self._whole is None:
            return text
        return self._whole.sub(lambda match: self._originals[match[0]], text)
