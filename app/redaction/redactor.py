"""Replaces what should not leave by placeholders, alike throughout a conversation."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.messages import ChatRequest, Message
from app.redaction.finding import find, with_known
from app.redaction.lexicon import NameLists
from app.redaction.names import parts_of
from app.redaction.restoring import Restorer
from app.redaction.values import Kind, Span

_MOST_CONVERSATIONS = 200
_PLACEHOLDER = re.compile(r"\[[A-Z_]+_\d+\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message: as it is, or replaced. `placeholder` is "" where it is as it is."""

    text: str
    placeholder: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Redacted:
    """What would leave instead of a conversation.

    `pieces` has for each message what was replaced in it, to be shown; `originals` says what
    each placeholder stands for.
    """

    messages: tuple[Message, ...]
    pieces: tuple[tuple[Piece, ...], ...]
    originals: Mapping[str, str] = field(hash=False)

    @property
    def count(self) -> int:
        """How many pieces were replaced."""
        return sum(1 for pieces in self.pieces for piece in pieces if piece.placeholder)

    def restorer(self) -> Restorer:
        """What puts the words back into the answer."""
        return Restorer(self.originals)


@dataclass(slots=True)
class Pseudonyms:
    """The placeholders of one conversation: one for each wording, the same each time."""

    _given: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _counts: dict[Kind, int] = field(default_factory=dict)

    def of(self, kind: Kind, text: str, taken: set[str]) -> str:
        """The placeholder for `text`; never one of `taken`, which the person wrote."""
        known = self._given.get((kind, text))
        if known is not None and known not in taken:
            return known
        while True:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            placeholder = f"[{kind.value}_{self._counts[kind]}]"
            if placeholder not in taken:
                self._given[kind, text] = placeholder
                return placeholder

    def originals(self) -> dict[str, str]:
        """What each placeholder stands for."""
        return {placeholder: text for (_, text), placeholder in self._given.items()}


class Redactor:
    """Redacts requests; remembers the placeholders of the conversations used last, in memory.

    `is_on` is the person's switch, `lists` has the common names, `words` the person's own that
    hold in every conversation.
    """

    def __init__(
        self,
        *,
        lists: Callable[[], NameLists],
        is_on: Callable[[], bool] = lambda: True,
        words: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._lists = lists
        self._is_on = is_on
        self._words = words
        self._known: OrderedDict[str, Pseudonyms] = OrderedDict()

    def __call__(self, request: ChatRequest, words: Sequence[str]) -> Redacted | None:
        """What would leave instead of `request`; None where redaction is switched off.

        `words` are further ones, which hold in this conversation alone.
        """
        if not self._is_on():
            return None
        return redact(
            request.messages,
            self._lists(),
            words=tuple(dict.fromkeys((*self._words(), *words))),
            pseudonyms=self._pseudonyms(request.conversation),
        )

    def _pseudonyms(self, conversation: str) -> Pseudonyms:
        if not conversation:
            return Pseudonyms()
        known = self._known.setdefault(conversation, Pseudonyms())
        self._known.move_to_end(conversation)
        while len(self._known) > _MOST_CONVERSATIONS:
            self._known.popitem(last=False)
        return known


def redact(
    messages: Iterable[Message],
    lists: NameLists,
    *,
    words: Sequence[str] = (),
    pseudonyms: Pseudonyms | None = None,
) -> Redacted:
    """All messages of a conversation with everything replaced that is found in them.

    A name that stands in one message is looked for by its parts in all the others.
    """
    messages = tuple(messages)
    pseudonyms = pseudonyms or Pseudonyms()
    taken = {found for message in messages for found in _PLACEHOLDER.findall(message.text)}
    found = [find(message.text, lists, words) for message in messages]
    known = {
        part
        for message, spans in zip(messages, found, strict=True)
        for span in spans
        if span.kind is Kind.NAME
        for part in parts_of(message.text[span.start : span.end], lists)
    }
    pieces = tuple(
        _pieces(message.text, with_known(message.text, spans, known), pseudonyms, taken)
        for message, spans in zip(messages, found, strict=True)
    )
    replaced = tuple(
        Message(message.role, "".join(piece.placeholder or piece.text for piece in parts))
        for message, parts in zip(messages, pieces, strict=True)
    )
    used = {piece.placeholder for parts in pieces for piece in parts if piece.placeholder}
    originals = {name: text for name, text in pseudonyms.originals().items() if name in used}
    return Redacted(replaced, pieces, originals)


def _pieces(
    text: str, spans: Iterable[Span], pseudonyms: Pseudonyms, taken: set[str]
) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at = 0
    for span in spans:
        if span.start > at:
            found.append(Piece(text[at : span.start]))
        original = text[span.start : span.end]
        found.append(Piece(original, pseudonyms.of(span.kind, original, taken), span.kind))
        at = span.end
    if at < len(text):
        found.append(Piece(text[at:]))
    return tuple(found)
