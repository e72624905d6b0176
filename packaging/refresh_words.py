"""Makes resources/words/ anew: the names and words by which redaction tells people from things.

    python packaging/refresh_words.py --faker DIR --nouns FILE --english DIR --spelling DIR

DIR and FILE are what packages unpack to: `faker/` of Faker (MIT), `nouns.csv` of german-nouns
(CC BY-SA 4.0), the folder with `american-english` and `british-english` of Debian's wamerican and
wbritish (SCOWL), and `spellchecker/resources/` of pyspellchecker (MIT).
resources/words/LICENSES.txt has the notices. Nothing is downloaded. Standard library only.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "words"
FREQUENT = dict.fromkeys(("de", "fr", "es", "it", "nl", "pt"), 18_000)
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-zÀ-\u024f\u1e00-\u1eff'\u2019-]+")
_GIVEN = re.compile(r"(?:first|middle)_?names?|prefix_.*given|^first")
_FAMILY = re.compile(r"last_?names?|surname")
_PLACE = re.compile(r"^(?:cit(?:y|ies)|countr|states?$|province|region|land|canton|department)")
_NO_PLACE = re.compile(r"suffix|prefix|format|code|abbr|short")
# Sixteen thousand communes, half of them family names.
_LEFT_OUT = {"it_IT"}
_ENDINGS = ("s", "es", "n", "en", "e", "er")


def main() -> None:
    """Read all of them and write the six lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("faker", "nouns", "english", "spelling"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    given = set(_names(options.faker / "providers" / "person", _GIVEN))
    family = set(_names(options.faker / "providers" / "person", _FAMILY))
    places = set(_names(options.faker / "providers" / "address", _PLACE))
    nouns, german_given, german_family, german_places = _nouns(options.nouns)
    words, proper = _english(options.english)
    given |= german_given
    family |= german_family
    places |= german_places
    known = {name.lower() for name in given | family}
    common = {word for word in _frequent(options.spelling) if word not in known}
    TARGET.mkdir(exist_ok=True)
    _write("given", given)
    _write("family", family)
    _write("places", places)
    _write("proper", proper - given - family - places)
    _write("nouns", _needed(nouns))
    _write("words", words | common)


def _names(folder: Path, wanted: re.Pattern[str]) -> Iterator[str]:
    """The strings that the variables of these names hold, in all countries."""
    for file in sorted(folder.glob("*/__init__.py")):
        if file.parent.name in _LEFT_OUT and wanted is _PLACE:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else target
            if not isinstance(target, ast.Name) or not wanted.search(target.id):
                continue
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if value is not None and not _NO_PLACE.search(target.id):
                yield from _parts(value)


def _parts(value: ast.expr) -> Iterator[str]:
    """The single names in a literal; of "São Paulo" both, and none in another script."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for part in _NAME.findall(node.value):
                if len(part) > 1 and part[0].isupper() and _LATIN.fullmatch(part):
                    yield part.title() if part.isupper() else part


def _nouns(file: Path) -> tuple[set[str], set[str], set[str], set[str]]:
    """German nouns, given names, family names and places."""
    found: tuple[set[str], set[str], set[str], set[str]] = (set(), set(), set(), set())
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            kinds = set(row["pos"].split(","))
            forms = {row["lemma"]} | {
                text for column, text in row.items() if column.startswith("nominativ plural")
            }
            forms = {form for form in forms if form and form[0].isupper() and form.isalpha()}
            if kinds & {"Vorname", "Nachname"}:
                found[1 if "Vorname" in kinds else 2].add(row["lemma"])
            elif kinds & {"Toponym", "Eigenname"}:
                found[3].update(part for part in row["lemma"].split() if part[0].isupper())
            elif "Wortverbindung" not in kinds:
                found[0].update(forms)
    return found


def _english(folder: Path) -> tuple[set[str], set[str]]:
    """Words in lower case, and those that are always written with a capital."""
    files = (folder / "american-english", folder / "british-english")
    lines = [
        line
        for file in files
        for line in file.read_text(encoding="utf-8").split()
        if "'" not in line
    ]
    words = {line for line in lines if line.islower()}
    proper = {line for line in lines if line.istitle() and line.lower() not in words}
    return words, proper


def _frequent(folder: Path) -> Iterator[str]:
    for language, most in FREQUENT.items():
        with gzip.open(folder / f"{language}.json.gz", "rt", encoding="utf-8") as opened:
            counts: dict[str, int] = json.load(opened)
        best = sorted(counts, key=lambda word: -counts[word])[:most]
        yield from (word for word in best if len(word) > 1)


def _needed(nouns: Iterable[str]) -> set[str]:
    """Without those that the program tells from the others: by an ending, or as two in one."""
    kept: set[str] = set()
    for noun in sorted(nouns, key=lambda noun: (len(noun), noun)):
        if not _is_form(noun, kept) and not any(
            noun[at:].title() in kept
            and any(head in kept for head in (noun[:at], *_without(noun[:at])))
            for at in range(4, len(noun) - 3)
        ):
            kept.add(noun)
    return kept


def _is_form(noun: str, kept: set[str]) -> bool:
    return any(stem in kept for stem in _without(noun))


def _without(noun: str) -> Iterator[str]:
    yield from (noun.removesuffix(end) for end in _ENDINGS if noun.endswith(end))


def _write(name: str, words: Sequence[str] | set[str]) -> None:
    text = "\n".join(sorted(words)) + "\n"
    (TARGET / f"{name}.txt.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{name}: {len(words)}")


if __name__ == "__main__":
    main()
