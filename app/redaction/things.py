"""What in a text is no person: things and places, told by what stands around them."""

from __future__ import annotations

import re

from app.redaction.lexicon import NameLists, Standing
from app.redaction.tokens import Words

# Before these words a thing or a place is named, not a person.
_ARTICLES = {
    "en": "the a an this that these those its our my your their in at near around via on using into"
    " inside outside across within like versus called than per",
    "de": "der die das den dem des ein eine einen einem einer eines im in ins am ans aus nach"
    " zum zur beim vom kein keine keinen keinem keiner mein meine meinen meinem meiner dein deine"
    " sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere unserem unseren"
    " unserer euer eure dieser diese dieses diesem diesen jeder jede jedes jedem jeden welche"
    " welcher welches alle"
    " viele einige mehrere als per pro neue neuer neues neuen alte alten gute guten",
    "fr": "le la les un une des du au aux en ce cette ces dans",
    "es": "el la los las un una del al en este esta desde hacia",
    "it": "il lo la gli le un uno una del della nel nella al alla in dal dalla sul sulla",
    "pt": "o os as um uma do no na nos nas em ao",
    "nl": "de het een in te naar op uit dit deze die bij",
    "": "the a in at på w we v en la el die das na u",
}
NO_NAME_AFTER = {language: frozenset(words.split()) for language, words in _ARTICLES.items()}
_ENUMERATED = re.compile(
    r"(?:,|;|/| \+)[ ]|['\"],[ ]?['\"]|,?[ ](?:and|or|und|oder|sowie|et|ou|y|o|e|en|i|og|och|ve|ja"
    r"|és|a|și|&)[ ]"
    r"|[ ]?\([^)\n]{1,30}\)[,;][ ]|[^\n\w]{0,3}(?:\([^)\n]{1,30}\)|\d)?\n[ \t]*(?:[-*•]|\d+[.)])[ ]"
)
_GOES_ON = re.compile(r"[ ](?!(?:and|or|und|oder|et|ou|y|o|e|en)[ ])[a-zà-ÿ]")
THINGS = frozenset({Standing.THING, Standing.PLACE})
_OPEN = frozenset({Standing.UNKNOWN, Standing.COMPOUND, Standing.PROPER})
LISTED = frozenset({Standing.GIVEN, Standing.FAMILY})


def things_in(words: Words, lists: NameLists) -> set[int]:
    """Things and places; unknown words that are elsewhere named as such, or listed beside them."""
    tokens = words.tokens
    named = {
        token.word
        for number, token in enumerate(tokens)
        if token.standing in _OPEN and _is_named_thing(words, number, lists)
    }
    found = {
        number
        for number, token in enumerate(tokens)
        if token.standing in THINGS
        or _is_listed_word(words, number)
        or (token.standing in _OPEN and token.word in named)
    }
    for order in (range(1, len(tokens)), range(len(tokens) - 2, -1, -1)):
        for number in order:
            beside = number - order.step
            is_open = tokens[number].standing in _OPEN and not _does_something(words, number)
            if is_open and beside in found and is_enumerated(words, min(number, beside)):
                found.add(number)
    return {number for number in found if tokens[number].standing is not Standing.WORD}


def _does_something(words: Words, number: int) -> bool:
    """Whether a listed name or a verb follows: then it is not one of a list of things."""
    if words.is_joined(number) and words.tokens[number + 1].standing in LISTED:
        return True
    return _GOES_ON.match(words.text, words.tokens[number].whole_end) is not None


def _is_listed_word(words: Words, number: int) -> bool:
    """Whether it is a word that stands alone between commas, beside which things are listed."""
    token = words.tokens[number]
    is_alone = not words.is_joined(number) and not (number and words.is_joined(number - 1))
    return token.standing is Standing.WORD and not token.is_first and is_alone


def _is_named_thing(words: Words, number: int, lists: NameLists) -> bool:
    """Whether it stands behind an article, or before what things of its kind are called."""
    if words.before(number) in NO_NAME_AFTER[words.language]:
        return True
    if not words.is_joined(number):
        return False
    token, after = words.tokens[number], words.tokens[number + 1]
    is_of_place = words.language == "de" and token.word.endswith("er")
    is_noun = after.standing in {Standing.WORD, Standing.COMPOUND}
    return (
        after.standing is Standing.THING
        or (after.word in lists.heads and after.word not in lists.family)
        or (is_of_place and is_noun)
    )


def is_enumerated(words: Words, number: int) -> bool:
    """Whether this word and the next stand beside each other in a list."""
    between = words.text[words.tokens[number].whole_end : words.tokens[number + 1].start]
    return len(between) < 40 and _ENUMERATED.fullmatch(between) is not None


def is_heading(words: Words, first: int, last: int, lists: NameLists) -> bool:
    """Whether the other words of its sentence mostly begin with a capital: it says nothing then."""
    if words.language == "de":
        return False
    text, start, end = words.text, words.tokens[first].start, words.tokens[last].whole_end
    before = re.split(r"[.!?:\n]", text[max(0, start - 150) : start])[-1]
    after = re.split(r"[.!?:\n]", text[end : end + 150], maxsplit=1)[0]
    others = [
        word
        for word in re.findall(r"[^\W\d_]{4,}", f"{before} {after}")
        if word[0].islower() or lists.standing(word) is Standing.WORD
    ]
    large = sum(word[0].isupper() for word in others)
    return len(others) >= 3 and large > len(others) * 0.6
