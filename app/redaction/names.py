"""Finds names of people: by lists of common names and by what stands around them.

No list is complete and no rule is certain, so nobody may rely on this alone; what was found is
shown before anything leaves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.redaction.values import Kind, Span

_PART = r"[A-ZÀ-ÖØ-Ý][\w'\u2019]*(?:-[A-ZÀ-ÖØ-Ý][\w'\u2019]*)*"
_JOINING = (
    r"(?:von der|von dem|von|vom|zu|zur|van der|van den|van|de la|de|del|di|da|dos|bin|al|el|ter)"
)
_WORD = re.compile(rf"(?<![\w@./]){_PART}")
_TITLE = (
    r"(?:Herrn?|Frau|Dr\.?(?:\s(?:med|phil|jur|rer\. ?nat)\.)?|Prof\.?|Professor(?:in)?|Mr\.?"
    r"|Mrs\.?|Ms\.?|Miss|Mister|Sir|Lady|Madam|Judge|Nurse|Officer|Pfarrer(?:in)?|Schwester"
    r"|Richter(?:in)?|Rechtsanw(?:alt|ältin)|RA(?:in)?|Dipl\.-Ing\.|Captain|Sergeant|Onkel|Tante"
    r"|Uncle|Aunt)"
)
_NAME = rf"{_PART}(?:\s+(?:[A-Z]\.|{_JOINING}|{_PART})){{0,3}}"
_AFTER_TITLE = re.compile(rf"(?<!\w)(?:{_TITLE}\s+)+(?P<name>{_NAME})")
_CUE = (
    rf"my name is|(?:i am|i'm) called|(?:i|you) can call me|name(?:d)?\s*:|mein name ist|ich heiße"
    rf"|ich bin(?= {_NAME}[,.])|heißt|namens|patient(?:in)?\s*:|client\s*:|mandant(?:in)?\s*:"
    r"|klient(?:in)?\s*:|kunde\s*:|customer\s*:|employee\s*:|signed(?: by)?\s*:?"
    r"|gezeichnet\s*:?|gez\.|unterschrift\s*:|dear|liebe[rs]?|hallo|hi|hello|regards,|wishes,"
    r"|sincerely,|yours,|grüßen?,?|attn:?|z\. ?hd\.|contact\s*:|ansprechpartner(?:in)?\s*:"
    r"|author\s*:|von\s*:|from\s*:|to\s*:|an\s*:"
)
_CUES = re.compile(rf"(?i:\b(?:{_CUE})\s+)(?P<name>{_NAME})")
_REVERSED = re.compile(rf"(?<![\w@]){_PART},\s(?P<given>{_PART})")
_TRIVIAL = 3


@dataclass(frozen=True, slots=True)
class NameLists:
    """Common names; `everyday` are those that are ordinary words as well. `never` are words that
    begin sentences or are nouns, and stand beside names all the time.
    """

    given: frozenset[str]
    family: frozenset[str]
    everyday: frozenset[str]
    never: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> NameLists:
        """From the lines of `resources/names.txt`."""
        lists: dict[str, set[str]] = {"given": set(), "family": set(), "never": set()}
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
        given, family, never = (frozenset(lists[name]) for name in ("given", "family", "never"))
        return cls(given, family, frozenset(everyday), never)


def find_names(text: str, lists: NameLists) -> Iterator[Span]:
    """Names of people; some may overlap."""
    for pattern in (_AFTER_TITLE, _CUES):
        for match in pattern.finditer(text):
            certain = pattern is _AFTER_TITLE
            if span := _trimmed(text, match.span("name"), lists, is_certain=certain):
                yield span
    for match in _REVERSED.finditer(text):
        given, family = match["given"], match[0].partition(",")[0]
        if given in lists.given and family not in lists.never and family not in lists.given:
            yield Span(match.start(), match.end(), Kind.NAME)
    yield from _listed(text, lists)


def find_known(text: str, parts: Collection[str]) -> Iterator[Span]:
    """Parts of names that were found elsewhere in the same conversation."""
    for match in _WORD.finditer(text) if parts else ():
        word = match[0].removesuffix("'s").removesuffix("\u2019s")
        if word in parts or (word.endswith("s") and word[:-1] in parts):
            length = len(word) if word in parts else len(word) - 1
            yield Span(match.start(), match.start() + length, Kind.NAME)


def parts_of(name: str, lists: NameLists) -> Iterator[str]:
    """The parts of a name by which the person may be called elsewhere."""
    for word in _WORD.findall(name):
        if len(word) >= _TRIVIAL and word not in lists.never and word not in lists.everyday:
            yield word


def _listed(text: str, lists: NameLists) -> Iterator[Span]:
    """Runs of capitalised words in which a common name stands."""
    words = list(_WORD.finditer(text))
    place = 0
    while place < len(words):
        word = _bare(words[place][0])
        begins = word in lists.given or (word in lists.family and word not in lists.everyday)
        if not begins or word in lists.never:
            place += 1
            continue
        last = _run(text, words, place, lists)
        end = words[place].start() + len(word) if last == place else _end(words[last])
        if last > place or word not in lists.everyday:
            yield Span(words[place].start(), end, Kind.NAME)
        place = last + 1


def _run(text: str, words: list[re.Match[str]], first: int, lists: NameLists) -> int:
    """The last word of the name that begins with `first`: at most three more."""
    last = first
    for following in range(first + 1, min(first + 4, len(words))):
        if _bare(words[last][0]) != words[last][0]:
            break  # after "Anna's" another word begins
        between = text[words[last].end() : words[following].start()]
        plain = re.fullmatch(rf"\s(?:[A-Z]\.\s|{_JOINING}\s)?|\.\s", between)
        if plain is None or "\n" in between or words[following][0] in lists.never:
            break
        if between == ". " and len(words[last][0]) > 1:
            break
        last = following
    return last


def _trimmed(
    text: str, place: tuple[int, int], lists: NameLists, *, is_certain: bool
) -> Span | None:
    """The name without words at its end that are none; None where nothing is left."""
    start, end = place
    words = [match for match in _WORD.finditer(text, start, end) if match.start() >= start]
    kept: list[re.Match[str]] = []
    for match in words:
        if match[0] in lists.never or (kept and "\n" in text[kept[-1].end() : match.start()]):
            break
        kept.append(match)
    if not kept or kept[0].start() != start:
        return None
    if not is_certain and len(kept) == 1 and len(kept[0][0]) < _TRIVIAL:
        return None
    return Span(start, _end(kept[-1]), Kind.NAME)


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("\u2019s")


def _end(match: re.Match[str]) -> int:
    return match.start() + len(_bare(match[0]))
