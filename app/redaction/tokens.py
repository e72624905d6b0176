"""A text as the words in it that begin with a capital, and what stands between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.redaction.cues import INITIAL, JOINING, PART
from app.redaction.lexicon import NameLists, Standing

WORD = re.compile(rf"(?<![\w@./\\#$]){PART}")
_JOINED = re.compile(
    rf"[ \u00a0](?:(?:{INITIAL}[ ]?)*(?:{JOINING}[ ])?)|-|\.[ ]|(?<=[ ]){INITIAL}[ ]"
)
_QUIET = " \t-\u2013\u2014'\u2018"  # between the end of a sentence and the next one
_NO_WORD_AFTER = re.compile(r"[(=_@\\]|[.:][^\W_]")  # it is part of a program or of an address
_GAP = re.compile(rf"(?:{INITIAL}[ ]?|{JOINING}[ -]|(?:le|la|te)[ -])*")
_LONGEST_GAP = 24
_SENTENCE_ENDS = frozenset('.!?…:;\n"“”„«»(*>|•¿¡[{')
_CAMEL = re.compile(r"[a-zà-ÿ][A-Z]|[A-Z]{2,}[a-z]|\d")
_NO_NAME_YET = frozenset({Standing.UNKNOWN, Standing.COMPOUND, Standing.PROPER})
_SCOTS = re.compile(r"^(?:Mac|Mc|Fitz|De|Di|Da|Del|La|Le|Van|O['\u2019])[A-Z][^A-Z]*$")
_CODE_LINE = re.compile(
    r"[{};]\s*$|=>|[=!]=|\w\([^)\n]*\)(?:;|\.\w|\s*\{|:$)|\w\.\w+\(|^\s*(?:def|class|const|let|var"
    r"|import|return|function)\b|</|\b(?:SELECT|INSERT|UPDATE)\b|^\s*at \w+\.\w"
)
_LANGUAGES = {
    "de": "der die das und ist nicht ein eine einen einem einer ich mit von vom den dem des für auf"
    " wir sie er bitte im zu zum zur hat haben am an um bei aus nach als auch noch nur wie wenn"
    " dass wird kann sind",
    "en": "the and is of to a in that for it with on was he she we you my at by be are this has"
    " have from or as not but can will do me if so an your his her their our",
    "fr": "le la les et est de des un une je nous vous pour dans que du au aux il elle sur mon ma"
    " merci avec",
    "es": "el la los las y es de un una que en por para con se mi su del no lo está al le",
    "it": "il la di e che è un una per con del della le gli mi si alla sono da in al",
    "pt": "o a os as e é de um uma que em para com não do da dos na no por se ao",
    "nl": "de het een in te en is van ik dat op met voor niet zijn hij naar aan u heb bij",
}
_LANGUAGE_WORDS = {language: frozenset(words.split()) for language, words in _LANGUAGES.items()}
_SMALL_WORD = re.compile(r"(?<![\w'])[^\W\d_]+(?![\w'])")


@dataclass(slots=True)
class Token:
    """A capitalised word; `end` is without "'s". `is_first` where a sentence or a line begins."""

    start: int
    end: int
    word: str
    standing: Standing
    is_first: bool
    whole_end: int

    @property
    def is_possessive(self) -> bool:
        """Whether "'s" was cut off: after it another thing begins."""
        return self.whole_end > self.end


@dataclass(slots=True)
class Words:
    """All such words of a text, in their order."""

    text: str
    tokens: list[Token]
    language: str
    _starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [token.start for token in self.tokens]

    def at(self, place: int) -> int | None:
        """The number of the word at `place`, or behind the initials and particles there."""
        number = bisect_left(self._starts, place)
        if number == len(self.tokens):
            return None
        gap = self.text[place : min(self.tokens[number].start, place + _LONGEST_GAP)]
        is_near = self.tokens[number].start - place < _LONGEST_GAP
        return number if is_near and _GAP.fullmatch(gap) else None

    def within(self, start: int, end: int) -> range:
        """The numbers of the words of which something stands between `start` and `end`."""
        first = bisect_left(self._starts, start)
        if first and self.tokens[first - 1].end > start:
            first -= 1
        return range(first, bisect_left(self._starts, end))

    def between(self, number: int) -> str:
        """What stands between this word and the next, with "'s" where there is one."""
        return self.text[self.tokens[number].end : self.tokens[number + 1].start]

    def is_joined(self, number: int) -> bool:
        """Whether this word and the next may belong to one name."""
        if number + 1 >= len(self.tokens) or self.tokens[number].is_possessive:
            return False
        between = self.between(number)
        if between == ". ":
            return len(self.tokens[number].word) == 1
        return _JOINED.fullmatch(between) is not None

    def before(self, number: int) -> str:
        """The word right before, in lower case; "" where there is a mark or a line between."""
        start = self.tokens[number].start
        match = re.search(r"([\w'\u2019]+)[ \u00a0]$", self.text[max(0, start - 24) : start])
        return match[1].lower() if match else ""

    def line(self, number: int) -> str:
        """The line in which the word stands."""
        token = self.tokens[number]
        start = self.text.rfind("\n", 0, token.start) + 1
        end = self.text.find("\n", token.end)
        return self.text[start : end if end >= 0 else len(self.text)]

    def is_code(self, number: int) -> bool:
        """Whether the word stands in a line of a program, outside quotes and remarks."""
        line = self.line(number)
        if len(line) > 400 or _CODE_LINE.search(line) is None:
            return False
        inside = line[: line.find(self.tokens[number].word)]
        return not re.search(r"(?:^|\s)(?:#|//|--|\*)|[\"']{3}", inside)


def words_of(text: str, lists: NameLists) -> Words:
    """`text` taken apart."""
    return Words(text, list(_tokens(text, lists)), language_of(text))


def _tokens(text: str, lists: NameLists) -> Iterator[Token]:
    for match in WORD.finditer(text):
        word = bare(match[0])
        after = text[match.end() : match.end() + 2]
        if _NO_WORD_AFTER.match(after):
            continue
        standing = lists.standing(word)
        if _CAMEL.search(word) and standing in _NO_NAME_YET and not _SCOTS.match(word):
            standing = Standing.THING
        before = text[max(0, match.start() - 64) : match.start()].rstrip(_QUIET)
        is_first = not before or before[-1] in _SENTENCE_ENDS
        yield Token(match.start(), match.start() + len(word), word, standing, is_first, match.end())


def language_of(text: str) -> str:
    """The language of which the most small words are there; "" where it is none of those known."""
    small = _SMALL_WORD.findall(text[:20_000].lower())
    counts = {
        language: sum(word in words for word in small)
        for language, words in _LANGUAGE_WORDS.items()
    }
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= max(1, len(small) * 0.08) else ""


def bare(word: str) -> str:
    """Without the ending of a genitive."""
    for end in ("'s", "\u2019s", "'", "\u2019"):
        word = word.removesuffix(end)
    return word
