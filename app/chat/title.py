"""The title of a conversation, made of the first words of its first question."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MAX_CHARACTERS = 48
_MORE = "…"
_LOOKED_AT = 2_000
_LOOSE_ENDS = {"Zs", "Po", "Pd", "Ps", "Pi"}
_JOINER, _NON_JOINER = "\u200d", "\u200c"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAGS = range(0x1F1E6, 0x1F200)
_HANGUL_PARTS = range(0x1160, 0x1200)  # a vowel or final belongs to the consonant before it


def title_of(text: str) -> str:
    """The beginning of `text` on one line, cut at the end of a word where there is one.

    Returns at most `MAX_CHARACTERS` characters as a person counts them, none of them cut in
    half; "" where `text` has nothing to show.
    """
    beginning = _printable(text.lstrip()[:_LOOKED_AT])
    characters = list(graphemes(" ".join(beginning.split())))
    if len(characters) <= MAX_CHARACTERS:
        return "".join(characters)
    room = MAX_CHARACTERS - len(_MORE)
    # A word that is as long as half the title is cut, as are languages without spaces.
    spaces = [i for i in range(room // 2, room + 1) if characters[i] == " "]
    kept = characters[: spaces[-1] if spaces else room]
    while kept and unicodedata.category(kept[-1][0]) in _LOOSE_ENDS:
        kept.pop()
    return "".join(kept) + _MORE


def graphemes(text: str) -> Iterator[str]:
    """The characters of `text` as a person counts them: letters with their accents, whole
    emoji, whole flags.
    """
    current = ""
    for character in text:
        if current and _belongs_to(current, character):
            current += character
        else:
            if current:
                yield current
            current = character
    if current:
        yield current


def _belongs_to(before: str, character: str) -> bool:
    code = ord(character)
    if (
        before.endswith(_JOINER)
        or character == _JOINER
        or unicodedata.category(character)[0] == "M"
    ):
        return before != " "
    if code in _SKIN_TONES or code in _TAGS or code in _HANGUL_PARTS:
        return True
    # Two regional letters make a flag, the third begins the next one.
    return code in _FLAGS and len(before) == 1 and ord(before) in _FLAGS


def _printable(text: str) -> str:
    """`text` with control characters as spaces and without marks that turn its direction."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif category != "Cf" or character in {_JOINER, _NON_JOINER} or ord(character) in _TAGS:
            kept.append(character)
    return "".join(kept)
