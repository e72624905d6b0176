"""Names that something announces: a title, a greeting, a label, a word for a relation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from app.redaction import cues
from app.redaction.lexicon import NameLists, Standing
from app.redaction.tokens import Words
from app.redaction.values import Kind, Span

# A title, after which also a word is a name, and those that are words themselves.
_SURE_TITLE = re.compile(
    r"(?:Herrn?|Frau|Mrs?\.?|Ms\.?|Dr\.?|Prof\.?|M\.|Mme|Mlle|Familie|Signora?|Señora?|Sra?\."
    r"|Hrn?\.|Doñ?a|Mevrouw|mevrouw)\s+$"
)
_SOFT = frozenset(
    {
        Standing.GIVEN,
        Standing.FAMILY,
        Standing.EVERYDAY,
        Standing.PROPER,
        Standing.COMPOUND,
        Standing.UNKNOWN,
    }
)
_ITEM = re.compile(
    r"[ ]?(?:\([^)\n]{1,40}\))?(?:[,;/&+]|,? (?:and|und|et|y|e|en|i|og|och|ve|&))[ ]"
)
_REVERSED = re.compile(rf"{cues.PART},\s(?P<given>{cues.PART})(?:\s{cues.INITIAL})?(?=[.;)\n]|$)")
_PLAIN_LINE = re.compile(rf"(?:(?:{cues.JOINING}|{cues.INITIAL}|{cues.PART})[ ]?){{1,5}}")


def find_announced(words: Words, lists: NameLists) -> Iterator[Span]:
    """Names behind what announces them; some may overlap."""
    yield from _after_titles(words, lists)
    for pattern in (cues.RELATION, cues.CUES, cues.GREETING, cues.FAREWELL, cues.FIELD):
        for match in pattern.finditer(words.text):
            group = "name" if match.start("name") >= 0 else "second"
            number = words.at(match.start(group))
            if number is None:
                continue
            is_named = pattern is cues.RELATION and _is_word_as_name(words, number, lists)
            if is_named or _is_soft(words, number, lists):
                yield span_of(words, match.start(group), number, extent(words, number, lists))
    yield from _after_labels(words, lists)
    yield from _with_honorifics(words)
    yield from _speakers(words, lists)
    yield from _last_line(words, lists)


def extent(words: Words, first: int, lists: NameLists) -> int:
    """The last word of the name that begins with the word `first`: at most three more."""
    last = first
    while last < first + 3 and words.is_joined(last) and _goes_on(words, first, last + 1, lists):
        last += 1
    return last


def _goes_on(words: Words, first: int, number: int, lists: NameLists) -> bool:
    token, before = words.tokens[number], words.tokens[number - 1]
    if token.word in lists.never or token.standing is Standing.THING:
        return False
    if token.standing in {Standing.WORD, Standing.PLACE}:
        # "Jan Winter", but neither "Frau Meier Termin" nor "Anna Sophie Haus".
        is_given = before.word in lists.given or before.standing is Standing.UNKNOWN
        return number == first + 1 and is_given and before.standing is not Standing.FAMILY
    return True


def span_of(words: Words, start: int, first: int, last: int) -> Span:
    """From `start`, where initials or particles may stand, to the end of the word `last`."""
    begin = min(start, words.tokens[first].start)
    return Span(begin, words.tokens[last].end, Kind.NAME)


def _after_titles(words: Words, lists: NameLists) -> Iterator[Span]:
    for match in cues.AFTER_TITLE.finditer(words.text):
        start = match.start("name")
        number = words.at(start)
        if number is None or words.tokens[number].word in lists.never:
            continue
        is_sure = _SURE_TITLE.search(words.text[match.start() : start]) is not None
        if is_sure or words.tokens[number].standing in _SOFT:
            yield span_of(words, start, number, extent(words, number, lists))


def _after_labels(words: Words, lists: NameLists) -> Iterator[Span]:
    """What a label announces, and whatever is listed there after the first."""
    for match in cues.LABEL.finditer(words.text):
        start = match.start("name")
        number = words.at(start)
        while number is not None and _is_soft(words, number, lists):
            last = extent(words, number, lists)
            yield span_of(words, start, number, last)
            if reversed_ := _REVERSED.match(words.text, start):
                yield Span(start, reversed_.end(), Kind.NAME)
                last = words.at(reversed_.start("given")) or last
            item = _ITEM.match(words.text, words.tokens[last].whole_end)
            start = item.end() if item else len(words.text)
            number = words.at(start) if item else None


def _is_soft(words: Words, number: int, lists: NameLists) -> bool:
    token = words.tokens[number]
    if token.standing is Standing.EVERYDAY and words.language == "de":
        return token.word in lists.given or words.is_joined(number)
    return token.standing in _SOFT


def _is_word_as_name(words: Words, number: int, lists: NameLists) -> bool:
    """Whether only a name would write this word with a capital, as in "my friend Hunter"."""
    token = words.tokens[number]
    is_word = token.standing is Standing.WORD and token.word not in lists.never
    return is_word and words.language == "en" and not token.word.isupper()


def _with_honorifics(words: Words) -> Iterator[Span]:
    for match in cues.HONORIFIC.finditer(words.text):
        number = words.at(match.start())
        if number is not None:
            word = re.split(r"-(?=[a-z]+$)", words.tokens[number].word)[0]
            token = words.tokens[number]
            if token.start == match.start() and token.standing is not Standing.THING:
                yield Span(token.start, token.start + len(word), Kind.NAME)


def _speakers(words: Words, lists: NameLists) -> Iterator[Span]:
    """Who speaks in a written talk: a word before a colon, more than once."""
    found = list(cues.SPEAKER.finditer(words.text))
    often = Counter(match["name"] for match in found)
    again = sum(one["name"] == other["name"] for one, other in pairwise(found))
    if again * 2 > len(found):
        return  # the fields of a file
    for match in found:
        name = match["name"]
        known = lists.standing(name.title())
        is_listed = known in {Standing.GIVEN, Standing.FAMILY}
        if name.title() not in lists.never and (
            is_listed or (often[name] > 1 and known in {Standing.UNKNOWN, Standing.EVERYDAY})
        ):
            yield Span(match.start("name"), match.end("name"), Kind.NAME)


def _last_line(words: Words, lists: NameLists) -> Iterator[Span]:
    """A letter ends with a name, also without a word of farewell."""
    match = cues.LAST.search(words.text)
    if match is None or match.start() == 0:
        return
    line = words.text[match.start("name") :].strip()
    number = words.at(match.start("name"))
    if number is None or len(line) > 40 or _PLAIN_LINE.fullmatch(line) is None:
        return
    standings = [token.standing for token in words.tokens[number:]]
    if standings[0] in _SOFT if len(standings) == 1 else any(one in _SOFT for one in standings):
        last = extent(words, number, lists)
        yield span_of(words, match.start("name"), number, last)
