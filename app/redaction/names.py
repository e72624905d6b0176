"""Finds names of people: by lists, by what announces them, and by what stands around them.

No list is complete and no rule is certain, so nobody may rely on this alone; what was found is
shown before anything leaves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from app.redaction.announced import find_announced
from app.redaction.cues import EMAIL_LOCAL, PART
from app.redaction.lexicon import NameLists, Standing
from app.redaction.runs import find_beside, find_unannounced
from app.redaction.scripts import find_in_other_scripts
from app.redaction.things import things_in
from app.redaction.tokens import WORD, Words, bare, words_of
from app.redaction.values import Kind, Span

_REVERSED = re.compile(rf"(?<![\w@]){PART},\s(?P<given>{PART})(?:\s[A-Z]\.)?")
_SMALL = re.compile(r"(?<![\w@.'/\\-])[^\W\d_A-Z]{4,}(?![\w@'/\\.(=-]\w|[@(=_])")
_BEFORE_SMALL = re.compile(
    r"(?i:\b(?:to|tell|told|with|from|for|ask|asked|and|by|is|hey|hi|dear|thanks|that|because|when"
    r"|todo\()|\b(?:mit|von|an|und|dass|für|hallo|hi|liebe[rs]?|du|frag|sag|kannst du"
    r"|schreib))[ ]?\(?$"
)
_TRIVIAL = 3
_NO_PART = frozenset({Standing.WORD, Standing.EVERYDAY, Standing.THING})


def find_names(text: str, lists: NameLists) -> Iterator[Span]:
    """Names of people; some may overlap."""
    words = words_of(text, lists)
    things = things_in(words, lists)
    found = [*find_announced(words, lists), *find_unannounced(words, lists, things)]
    found += _reversed(text, lists)
    found += _in_addresses(words)
    yield from found
    taken = {number for span in found for number in words.within(span.start, span.end)}
    yield from find_beside(words, lists, things, taken)
    yield from _small(words, lists)
    yield from find_in_other_scripts(text)


def find_known(text: str, parts: Collection[str]) -> Iterator[Span]:
    """Parts of names that were found elsewhere in the same conversation."""
    for match in WORD.finditer(text) if parts else ():
        word = bare(match[0])
        if word in parts or (word.endswith("s") and word[:-1] in parts):
            length = len(word) if word in parts else len(word) - 1
            yield Span(match.start(), match.start() + length, Kind.NAME)


def parts_of(name: str, lists: NameLists) -> Iterator[str]:
    """The parts of a name by which the person may be called elsewhere."""
    parts = [bare(part) for part in WORD.findall(name)]
    for part in parts:
        standing = lists.standing(part)
        # "Jack London": with a given name in front it is hardly the place.
        is_other = standing in _NO_PART or (standing is Standing.PLACE and len(parts) == 1)
        if len(part) >= _TRIVIAL and part not in lists.never and not is_other:
            yield part


def _reversed(text: str, lists: NameLists) -> Iterator[Span]:
    """ "Mahlangu, Sipho": the family name first."""
    for match in _REVERSED.finditer(text):
        given, family = match["given"], match[0].partition(",")[0]
        is_family = lists.standing(family) in {
            Standing.FAMILY, Standing.UNKNOWN, Standing.EVERYDAY, Standing.COMPOUND,
        }  # fmt: skip
        if given in lists.given and is_family and family not in lists.given:
            yield Span(match.start(), match.end(), Kind.NAME)


def _in_addresses(words: Words) -> Iterator[Span]:
    """Words that an e-mail address of the same text is made of."""
    locals_ = [found.lower() for found in EMAIL_LOCAL.findall(words.text)]
    if not locals_:
        return
    parts = {part for one in locals_ for part in re.split(r"[._+\d-]+", one) if len(part) > 2}
    # "tockington" and "r.tockington", but "rtockington" and "tocki" as well.
    longer = {part[cut:] for part in parts for cut in (1, 2)}
    beginnings = {part[:end] for part in parts for end in range(4, len(part))}
    for token in words.tokens:
        word = token.word.lower()
        is_part = word in parts or (len(word) > 3 and (word in longer or word in beginnings))
        if is_part and token.standing not in {Standing.WORD, Standing.THING}:
            yield Span(token.start, token.end, Kind.NAME)


def _small(words: Words, lists: NameLists) -> Iterator[Span]:
    """Given names in lower case, as in a chat, where nothing else is written like that."""
    for match in _SMALL.finditer(words.text):
        name = match[0].title()
        if name not in lists.given or lists.standing(name) is not Standing.GIVEN:
            continue
        if lists.is_word(name) or name in lists.places:
            continue
        before = words.text[max(0, match.start() - 16) : match.start()]
        if words.language in {"en", "de"} and _BEFORE_SMALL.search(before):
            yield Span(match.start(), match.end(), Kind.NAME)
