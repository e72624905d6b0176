"""What a person types into a search: words, "phrases", beginnings*, and -words to leave out."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

from app.store.index import SPACELESS, apart, folded, prepared
from app.store.rows import writable

_LONGEST = 1_000
_MOST_TERMS = 32
_TERM = re.compile(r'(-?)(?:"([^"]*)("?)|([^\s"]+))')
_LETTERS = re.compile(r"[^\W_]+")
_NOT_AFTER, _NOT_BEFORE = r"(?<![^\W_])", r"(?![^\W_])"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a row. `is_prefix`: the last one may go on; `is_excluded`: must not occur."""

    text: str
    is_prefix: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Query:
    """All that must occur in one text, in any order; without `terms` nothing is found."""

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, typed: str, *, is_typing: bool = False) -> Query:
        """Read what was typed; nothing in it can be wrong.

        With `is_typing` the last word counts as a beginning, so that a search as one types
        finds something before the word is whole.
        """
        typed = unicodedata.normalize("NFC", writable(typed)[:_LONGEST]).rstrip("\n")
        found: list[Term] = []
        for match in islice(_TERM.finditer(typed), _MOST_TERMS):
            minus, phrase, closed, word = match.groups()
            text = phrase if word is None else word
            letters = "".join(_LETTERS.findall(text)[-1:])
            is_last = is_typing and not closed and match.end() == len(typed)
            # One letter begins too many words to be worth the wait.
            may_go_on = len(letters) > 1 and not SPACELESS.match(letters[-1])
            if letters:
                is_prefix = may_go_on and (is_last or text.endswith("*"))
                found.append(Term(text, is_prefix, bool(minus)))
        return cls(tuple(found) if any(not term.is_excluded for term in found) else ())

    def expression(self) -> str:
        """The query in the language of FTS5; not for a query without terms."""
        wanted = " AND ".join(_phrase(term) for term in self.terms if not term.is_excluded)
        excluded = [_phrase(term) for term in self.terms if term.is_excluded]
        return " NOT ".join([f"({wanted})", *excluded])

    def spans(self, text: str) -> list[Span]:
        """Where the wanted words stand in `text`, as (start, end) in characters, in order."""
        pattern = self._pattern()
        return [] if pattern is None else [m.span() for m in pattern.finditer(folded(text))]

    def _pattern(self) -> re.Pattern[str] | None:
        return _pattern_of(self)


@functools.lru_cache(maxsize=16)
def _pattern_of(query: Query) -> re.Pattern[str] | None:
    parts = [_pattern(term) for term in query.terms if not term.is_excluded]
    # Longer ones first: of two that begin alike the whole is marked.
    return re.compile("|".join(sorted(parts, key=len, reverse=True))) if parts else None


def _phrase(term: Term) -> str:
    text = prepared(term.text).replace('"', " ").replace("\x00", " ")
    return f'"{text}"{" *" if term.is_prefix else ""}'


def _pattern(term: Term) -> str:
    words = [word for part in _LETTERS.findall(folded(term.text)) for word in _pieces(part)]
    pattern = re.escape(words[0])
    for before, word in itertools.pairwise(words):
        is_loose = SPACELESS.match(before[-1]) or SPACELESS.match(word[0])
        pattern += rf"[\W_]{'*' if is_loose else '+'}{re.escape(word)}"
    start = "" if SPACELESS.match(words[0][0]) else _NOT_AFTER
    end = "" if term.is_prefix or SPACELESS.match(words[-1][-1]) else _NOT_BEFORE
    return start + pattern + end


def _pieces(word: str) -> list[str]:
    return apart(word).split()
