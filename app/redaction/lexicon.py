"""What is known of words: which are names, which are places or things, and which are plain words.

A word on no list may be a name of which nobody made a list; that is told by what stands around.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

HAND = "names.txt"
_FOLDER = "words"
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_ENGLISH_ENDINGS = ("s", "es", "ed", "d", "ing", "ly")
_SHORTEST_PART = 4
_LONG = 10  # a part that may be two itself, as in "Lampenschirm|halter"
_LONGEST = 60
_NO_PERSON = ("ans", "ians", "ese", "ish", "ism", "ist", "ists", "ic", "ite", "ites", "ize", "ized")


class Standing(Enum):
    """What a capitalised word is, as far as the lists say."""

    GIVEN = auto()
    FAMILY = auto()
    EVERYDAY = auto()  # a name that is a word or a place as well
    COMPOUND = auto()  # two German nouns in one; many family names look so, too
    PROPER = auto()  # written large always, and on no list of names: of a person or of anything
    PLACE = auto()
    THING = auto()  # a product, a company
    WORD = auto()
    UNKNOWN = auto()


# How substances that heal are called, wherever they are not on a list.
_MEDICINE = re.compile(
    r"(?:cillin|cyclin|prazol|[ck]onazol|olol|opril|sartan|statin|zumab|ximab|mumab|tinib|azepam"
    r"|formin|semid|thiazid|oxacin|mycin|parin|gliptin|gliflozin|triptan|profen|dipin|xaban"
    r"|idogrel|lukast|butamol|acetamol|tralin|oxetin|setron|terol|asteron|olon|ason|ovir|cetirizin"
    r"|metacin|fenac)e?$"
)
_NAMES = frozenset({Standing.GIVEN, Standing.FAMILY, Standing.UNKNOWN})


@dataclass(frozen=True, slots=True)
class NameLists:
    """Names; `everyday` are those that are ordinary words as well. `never` are words that
    begin sentences or are nouns, and stand beside names all the time.

    `sure` are names that are names whatever else they may be. `words` are written in lower case,
    `nouns` are German, `proper` are English words with a capital; `things` and `heads` (what a
    place or a company is called last, as in "Hyde Park") are no people.
    """

    given: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()
    everyday: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    proper: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    _known: dict[str, Standing] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, resources: Path) -> NameLists:
        """All lists of the program. Blocking; raises `OSError` where one is missing."""
        hand = cls.parse((resources / HAND).read_text(encoding="utf-8"))
        kinds = ("given", "family", "places", "proper", "words", "nouns")
        given, family, places, proper, words, nouns = (
            _listed(resources / _FOLDER / f"{kind}.txt.gz") for kind in kinds
        )
        return cls(
            given=given | hand.given,
            family=family | hand.family,
            everyday=hand.everyday,
            never=hand.never,
            sure=hand.sure,
            places=places,
            proper=proper,
            things=hand.things,
            heads=hand.heads,
            words=words,
            nouns=nouns,
        )

    @classmethod
    def parse(cls, text: str) -> NameLists:
        """From the lines of `resources/names.txt`."""
        lists: dict[str, set[str]] = {
            kind: set() for kind in ("given", "family", "never", "things", "heads")
        }
        everyday: set[str] = set()
        current = "given"
        for line in text.splitlines():
            if line.startswith("["):
                current = line.strip("[] ")
            elif not line.startswith("#"):
                for word in line.split():
                    name = word.removesuffix("?")
                    lists[current].add(name)
                    if name != word:
                        everyday.add(name)
        return cls(
            given=frozenset(lists["given"]),
            family=frozenset(lists["family"]),
            everyday=frozenset(everyday),
            never=frozenset(lists["never"]),
            sure=frozenset((lists["given"] | lists["family"]) - everyday),
            things=frozenset(lists["things"]),
            heads=frozenset(lists["heads"]),
        )

    def standing(self, word: str) -> Standing:
        """What `word`, which begins with a capital, is."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > 50_000:
                self._known.clear()
            found = self._known[word] = self._standing(word)
        return found

    def _standing(self, word: str) -> Standing:
        if word in self.never or re.split(r"['\u2019]", word)[0] in self.never:
            return Standing.WORD
        if word in self.things or len(word) > _LONGEST:
            return Standing.THING
        if word.isupper() and len(word) > 1:
            return self._large(word)
        is_name = word in self.given or word in self.family
        if "-" in word and not is_name:
            return self._joined(word)
        return self._of_name(word) if is_name else self._of_other(word)

    def _large(self, word: str) -> Standing:
        """Written large for emphasis it may be a name; an abbreviation is none."""
        small = word.title()
        plain = self.standing(small) if len(word) > 3 and small != word else Standing.WORD
        return plain if plain in {Standing.GIVEN, Standing.FAMILY} else Standing.WORD

    def _of_name(self, word: str) -> Standing:
        is_other = word in self.everyday or word in self.places or self.is_word(word)
        if is_other and word not in self.sure:
            return Standing.EVERYDAY
        return Standing.GIVEN if word in self.given else Standing.FAMILY

    def _of_other(self, word: str) -> Standing:
        if self.is_word(word) or not self.words:
            return Standing.WORD
        if word in self.places or word.removesuffix("er") in self.places:
            return Standing.PLACE
        if word in self.proper:
            return Standing.THING if word.endswith(_NO_PERSON) else Standing.PROPER
        if len(word) > 7 and _MEDICINE.search(word):
            return Standing.THING
        return Standing.COMPOUND if self._is_compound(word) else Standing.UNKNOWN

    def _joined(self, word: str) -> Standing:
        """Of "Hans-Peter" and "Meier-Schulze", and of what is no name in "Anti-Virus"."""
        first, *others = (part for part in word.split("-") if part)
        known = self.standing(first)
        if not all(part[0].isupper() for part in others):  # "Hyun-woo", and "Anti-virus"
            return known if known in _NAMES else Standing.WORD
        parts = [known, *map(self.standing, others)]
        for one in (Standing.THING, Standing.GIVEN, Standing.FAMILY):
            if one in parts and (one is Standing.THING or Standing.WORD not in parts):
                return one
        for one in (Standing.WORD, Standing.PLACE, Standing.COMPOUND, Standing.EVERYDAY):
            if one in parts:
                return one
        return Standing.UNKNOWN

    def is_word(self, word: str) -> bool:
        """Whether it is an ordinary word of a language of which there is a list."""
        lower = word.lower()
        if lower in self.words or word in self.nouns or lower + "n" in self.words:
            return True
        if any(
            lower.endswith(end) and len(lower) - len(end) >= 3 and lower[: -len(end)] in self.words
            for end in _ENGLISH_ENDINGS
        ):
            return True
        return any(word.removesuffix(end) in self.nouns for end in _LINKS if word.endswith(end))

    def _is_compound(self, word: str) -> bool:
        return any(
            self._is_tail(word[at:]) and self._is_head(word[:at])
            for at in range(_SHORTEST_PART - 1, len(word) - _SHORTEST_PART + 1)
        )

    def _is_noun(self, word: str) -> bool:
        return any(stem in self.nouns for stem in _stems(word))

    def _is_tail(self, tail: str) -> bool:
        return self._is_noun(tail.title()) or (len(tail) > _SHORTEST_PART and tail in self.words)

    def _is_head(self, head: str) -> bool:
        return head.lower() in self.words or any(
            stem in self.nouns or (len(stem) >= _LONG and self._is_compound(stem))
            for stem in _stems(head)
        )


def _stems(word: str) -> Iterator[str]:
    return (word[: len(word) - len(end)] for end in _LINKS if word.endswith(end))


def _listed(file: Path) -> frozenset[str]:
    return frozenset(gzip.decompress(file.read_bytes()).decode("utf-8").split())
