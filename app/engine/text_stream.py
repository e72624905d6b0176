"""From tokens to events: complete characters, no special token, stop strings, reasoning apart."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

from app.core.events import ReasoningDelta, TextDelta

# How models mark what they think before they answer.
REASONING_TAGS: tuple[tuple[str, str], ...] = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
_TAG_TEXTS = frozenset(tag for pair in REASONING_TAGS for tag in pair)
_CLOSING = dict(REASONING_TAGS)
_REPLACEMENT = "\ufffd"

Delta = TextDelta | ReasoningDelta


def opened_reasoning(prompt: str) -> str | None:
    """The opening tag that a rendered prompt ends with, where the template writes one."""
    end = prompt.rstrip()
    return next((tag for tag, _ in REASONING_TAGS if end.endswith(tag)), None)


class AnswerText:
    """Turns the tokens of one answer into deltas.

    `decode` is the runtime's stream for this answer. `special_tokens` are shown only where
    they are reasoning tags. After `feed`, `stopped` says whether a stop string was met: the
    answer is complete then, and neither it nor what follows is shown.
    """

    def __init__(
        self,
        decode: Callable[[int], str],
        *,
        stop: Iterable[str] = (),
        special_tokens: Mapping[int, str] | None = None,
        reasoning_tag: str | None = None,
    ) -> None:
        self._decode = decode
        self._special = {
            token: text if text in _TAG_TEXTS else ""
            for token, text in (special_tokens or {}).items()
        }
        self._held = ""
        self._splitter = _ReasoningSplitter(reasoning_tag)
        self._stop = _StopStrings(tuple(stop))

    @property
    def stopped(self) -> bool:
        """Whether a stop string ended the answer."""
        return self._stop.found

    def feed(self, token: int) -> list[Delta]:
        """What can be shown after `token`."""
        text = self._decode(token)
        shown = self._special.get(token)
        if shown is not None:
            text = shown
        if not text:
            return []
        if self._held or text.endswith(_REPLACEMENT):
            text = self._held + text
            complete = text.rstrip(_REPLACEMENT)
            # One broken character may still be completed; a row of them will not.
            if len(text) - len(complete) <= 4:
                self._held, text = text[len(complete) :], complete
            else:
                self._held = ""
        return self._deltas(self._splitter.feed(text))

    def finish(self) -> list[Delta]:
        """What was held back, now that no token follows; half a character is left out."""
        self._held = ""
        deltas = self._deltas(self._splitter.finish())
        if rest := self._stop.finish():
            deltas.append(TextDelta(rest))
        return deltas

    def _deltas(self, parts: Iterator[tuple[bool, str]]) -> list[Delta]:
        deltas: list[Delta] = []
        for is_reasoning, text in parts:
            if self._stop.found:
                break
            if is_reasoning:
                deltas.append(ReasoningDelta(text))
            elif shown := self._stop.feed(text):
                deltas.append(TextDelta(shown))
        return deltas


class _ReasoningSplitter:
    """Tells reasoning from the answer. A block counts only in front of the answer, so that a
    model can write about the tags."""

    def __init__(self, open_tag: str | None) -> None:
        self._close = _CLOSING[open_tag] if open_tag else ""
        self._in_answer = False
        self._after_block = False
        self._at_block_start = bool(open_tag)
        self._buffer = ""

    def feed(self, text: str) -> Iterator[tuple[bool, str]]:
        """Pairs of (is reasoning, text), never empty, in order."""
        if self._in_answer:
            if text:
                yield False, text
            return
        self._buffer += text
        while self._buffer:
            if self._close:
                closed = yield from self._inside()
                if not closed:
                    return
                continue
            start = self._buffer.lstrip()
            if self._opens_block(start):
                continue
            if not start or any(tag.startswith(start) for tag, _ in REASONING_TAGS):
                return
            self._in_answer = True
            text, self._buffer = (start if self._after_block else self._buffer), ""
            yield False, text

    def finish(self) -> Iterator[tuple[bool, str]]:
        """The rest: reasoning that was never closed stays reasoning."""
        text, self._buffer = self._buffer, ""
        if self._close:
            if text.strip():
                yield True, text
        elif text and not (self._after_block and not text.strip()):
            yield False, text.lstrip() if self._after_block else text

    def _inside(self) -> Generator[tuple[bool, str], None, bool]:
        """What is certain of a block so far; returns whether it has ended."""
        if self._at_block_start:
            self._buffer = self._buffer.lstrip()
            self._at_block_start = not self._buffer
        text, closed, rest = self._buffer.partition(self._close)
        if closed:
            self._buffer, self._close, self._after_block = rest, "", True
        else:
            keep = _partial(text, (self._close,))
            text, self._buffer = text[: len(text) - keep], text[len(text) - keep :]
        if text:
            yield True, text
        return bool(closed)

    def _opens_block(self, start: str) -> bool:
        for open_tag, close in REASONING_TAGS:
            if start.startswith(open_tag):
                self._buffer, self._close = start[len(open_tag) :], close
                self._at_block_start = True
                return True
        return False


class _StopStrings:
    """Finds stop strings across pieces, holding back what may be the start of one."""

    def __init__(self, stop: tuple[str, ...]) -> None:
        self._stop = stop
        self._buffer = ""
        self.found = False

    def feed(self, text: str) -> str:
        if not self._stop:
            return text
        self._buffer += text
        places = [at for s in self._stop if (at := self._buffer.find(s)) >= 0]
        if places:
            self.found = True
            shown, self._buffer = self._buffer[: min(places)], ""
            return shown
        keep = _partial(self._buffer, self._stop)
        cut = len(self._buffer) - keep
        shown, self._buffer = self._buffer[:cut], self._buffer[cut:]
        return shown

    def finish(self) -> str:
        rest, self._buffer = self._buffer, ""
        return rest


def _partial(text: str, wanted: tuple[str, ...]) -> int:
    """Length of the longest end of `text` that is the beginning of one of `wanted`."""
    longest = min(len(text), max(map(len, wanted)) - 1)
    for length in range(longest, 0, -1):
        end = text[-length:]
        if any(w.startswith(end) for w in wanted):
            return length
    return 0
