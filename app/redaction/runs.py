"""Names that nothing announces: listed ones, and words that no list explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.redaction.announced import extent, span_of
from app.redaction.lexicon import NameLists, Standing
from app.redaction.things import LISTED, NO_NAME_AFTER, THINGS, is_enumerated, is_heading
from app.redaction.tokens import Token, Words
from app.redaction.values import Span

_NUMBER_AFTER = re.compile(r"[ \u00a0-]?\d")
_MAYBE = frozenset(
    {*LISTED, Standing.EVERYDAY, Standing.PROPER, Standing.COMPOUND, Standing.UNKNOWN}
)
# Before and after these words a person is more likely than anything else.
_BEFORE_PERSON = frozenset(
    (
        "with and to by from for tell told ask asked met meet saw see call called email emailed"
        " thank know that because if when while whether says said hired paid sued owes invited"
        " visited married helped contact inform informed remind is are cc and poor"
    ).split()
)
_AFTER_PERSON = re.compile(
    r"[ ](?:said|says|is|was|has|had|will|would|can|could|should|asked|asks|told|tells|wrote"
    r"|writes|wants|wanted|thinks|thought|lives|lived|works|worked|came|comes|went|goes|called"
    r"|calls|texted|needs|needed|knows|knew|likes|loves|hates|exceeded|agreed|replied|sent|gave"
    r"|took|made|got|did|does|doesn|didn|isn|wasn|confirmed|denied|reported|laughed|smiled|left"
    r"|and I)\b"
)


def find_unannounced(words: Words, lists: NameLists, things: set[int]) -> Iterator[Span]:
    """Names told by lists and by what stands around; none overlaps another.

    `things` are the numbers of the words that are no people.
    """
    number = 0
    while number < len(words.tokens):
        last = _name_from(words, number, lists, things)
        if last is None:
            number += 1
            continue
        yield span_of(words, words.tokens[number].start, number, last)
        number = last + 1


def find_beside(
    words: Words, lists: NameLists, things: set[int], taken: set[int]
) -> Iterator[Span]:
    """What is listed beside a name: "Kaito, Precious and Ingibjörg". `taken` are found already."""
    for step in (1, -1):
        order = range(len(words.tokens)) if step > 0 else range(len(words.tokens) - 1, -1, -1)
        for number in order:
            if number in taken or number in things:
                continue
            beside = number - step
            if beside not in taken or not is_enumerated(words, min(number, beside)):
                continue
            if _may_be_beside(words, number, lists):
                last = extent(words, number, lists)
                taken.update(range(number, last + 1))
                yield span_of(words, words.tokens[number].start, number, last)


def _may_be_beside(words: Words, number: int, lists: NameLists) -> bool:
    token = words.tokens[number]
    if token.standing not in _MAYBE or is_heading(words, number, number, lists):
        return False
    if token.standing is not Standing.GIVEN and _is_place_like(words, number):
        return False
    is_noun = words.language == "de" and token.word not in lists.given
    is_other = token.word in lists.places or is_noun
    return token.standing not in {Standing.EVERYDAY, Standing.COMPOUND} or not is_other


def _name_from(words: Words, number: int, lists: NameLists, things: set[int]) -> int | None:
    """The last word of a name that begins with the word `number`; None where none does."""
    token = words.tokens[number]
    if number in things or token.word in lists.never:
        return None
    if token.standing is Standing.WORD:
        return _after_word(words, number, lists, things)
    if token.standing not in _MAYBE:
        return None
    last = number
    while last < number + 3 and words.is_joined(last) and words.tokens[last + 1].standing in _MAYBE:
        last += 1
    run = words.tokens[number : last + 1]
    if _belongs_to_thing(words, number, last, lists):
        return None
    is_given = token.standing is Standing.GIVEN
    is_certain = token.word in lists.sure or (is_given and len(run) > 1)
    if is_certain or (is_given and not _is_place_like(words, number)):
        return extent(words, number, lists)
    if len(run) == 1:
        return number if _is_single(words, number, lists) else None
    return last if _is_several(words, number, run, lists) else None


def _after_word(words: Words, number: int, lists: NameLists, things: set[int]) -> int | None:
    """Of "Blessing Chukwudi": a word that is a name because of what follows it."""
    token = words.tokens[number]
    if words.language == "de" or token.word in lists.heads or not words.is_joined(number):
        return None
    following = words.tokens[number + 1]
    if following.standing not in {Standing.UNKNOWN, Standing.FAMILY} or number + 1 in things:
        return None
    last = _name_from(words, number + 1, lists, things)
    if last is None or _is_place_like(words, number):
        return None
    return None if is_heading(words, number, last, lists) else last


def _is_single(words: Words, number: int, lists: NameLists) -> bool:
    token = words.tokens[number]
    if len(token.word) < 3 or token.word.isupper() or _is_label(words, token):
        return False
    if _is_place_like(words, number) or is_heading(words, number, number, lists):
        return False
    if token.standing is Standing.PROPER or (
        token.standing is Standing.EVERYDAY and token.word in lists.given
    ):
        is_place = token.word in lists.places
        return words.language == "en" and not is_place and _is_among_people_words(words, number)
    if token.is_first and words.language == "":
        return token.standing is Standing.FAMILY
    if token.standing is Standing.UNKNOWN and len(token.word) < 4:
        return False
    is_foreign = token.standing is Standing.COMPOUND and words.language not in {"", "de"}
    return is_foreign or token.standing in {Standing.FAMILY, Standing.UNKNOWN}


def _is_several(words: Words, number: int, run: list[Token], lists: NameLists) -> bool:
    kinds = [one.standing for one in run]
    if _is_place_like(words, number):
        return False
    if any(kind in LISTED for kind in kinds) or kinds.count(Standing.UNKNOWN) > 1:
        return True
    if is_heading(words, number, number + len(run) - 1, lists):
        return False
    if Standing.UNKNOWN in kinds or (words.language != "de" and Standing.COMPOUND in kinds):
        return True
    return len(run) == 2 and run[0].word in lists.given and run[-1].word in lists.family


def _is_among_people_words(words: Words, number: int) -> bool:
    token = words.tokens[number]
    if _AFTER_PERSON.match(words.text, token.whole_end):
        return True
    return not token.is_first and words.before(number) in _BEFORE_PERSON


def _is_place_like(words: Words, number: int) -> bool:
    token = words.tokens[number]
    if words.before(number) in NO_NAME_AFTER[words.language]:
        return True
    if _NUMBER_AFTER.match(words.text, token.whole_end):
        return True
    if words.is_code(number):
        quoted = words.text[token.start - 1 : token.start] + words.text[token.end : token.end + 1]
        return quoted not in {"''", '""'} or token.standing not in LISTED
    return (
        words.text[token.start - 1 : token.start] in {"'", "\u2019"}
        and token.start > 1
        and (words.text[token.start - 2].isalpha())
    )


def _belongs_to_thing(words: Words, first: int, last: int, lists: NameLists) -> bool:
    """Whether it is part of what a place or a company is called: "Lake Garda", "Thomas Ltd"."""
    end, is_given = words.tokens[last], words.tokens[last].standing is Standing.GIVEN
    after = words.tokens[last + 1] if last + 1 < len(words.tokens) else None
    if after is not None and after.word in lists.heads and after.start - end.whole_end == 1:
        # "Jennifer Hill" is a person.
        return not (is_given and after.word in lists.family)
    if last > first and end.word in lists.heads and end.word not in lists.family:
        return True
    before = words.tokens[first - 1] if first and words.is_joined(first - 1) else None
    if before is None or words.tokens[first].standing is Standing.GIVEN:
        return False
    return before.word in lists.heads or before.standing in THINGS


def _is_label(words: Words, token: Token) -> bool:
    return words.text[token.end : token.end + 1] == ":"
