"""Redaction on test sets of our own: what it finds, what it finds wrongly, and how long it takes.

A piece counts as found where all of it is covered, whatever it was taken for: half a name left
is a name left. What was replaced counts as right where it touches a piece that was to be found.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.bench.figures import Figure, median
from app.core.messages import Message, Role
from app.paths import resources_dir
from app.redaction.redactor import redact
from app.redaction.values import Kind, Span
from app.routing import name_lists

FILE = "redaction-test.txt"
HELD_OUT = "redaction-held-out.txt"
VARIED = "redaction-varied.txt"
UNSEEN = "redaction-unseen.txt"
ROUNDS = 5
_LABEL = re.compile(r"\{\{([A-Z_]+)\|(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text of the test set, and what is to be found in it."""

    text: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class Score:
    """Counts by kind. `missed` are the pieces that were not found, `wrong` what was no piece."""

    wanted: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    replaced: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    missed: list[tuple[Kind, str]] = field(default_factory=list)
    wrong: list[tuple[Kind, str]] = field(default_factory=list)

    def recall(self, *kinds: Kind) -> float:
        """The share of what was to be found that was; of all kinds where none is given."""
        return _share(self.found, self.wanted, kinds or tuple(self.wanted))

    def precision(self, *kinds: Kind) -> float:
        """The share of what was replaced that was right; of all kinds where none is given."""
        return _share(self.right, self.replaced, kinds or tuple(self.replaced))


def measure() -> Iterator[Figure]:
    """All figures. Those that end in `held_out` and `unseen` are of texts that nothing fits."""
    texts = load()
    yield from _figures(score_of(texts), "", goal=0.9, spans=200)
    yield from _figures(score_of(load(VARIED)), "_varied")
    yield from _figures(score_of(load(HELD_OUT)), "_held_out")
    yield from _figures(score_of(load(UNSEEN)), "_unseen", goal=0.9, spans=200)
    yield Figure("redaction_ms_per_10000_characters", _ms_per_10000(texts), "ms", 200)


def _figures(
    score: Score, of: str, *, goal: float | None = None, spans: int | None = None
) -> Iterator[Figure]:
    """The figures of one set, in all and of each kind; `of` ends their names."""
    yield Figure(f"redaction_spans{of}", score.wanted.total(), "pieces", spans, "at least")
    yield Figure(f"redaction_recall{of}", score.recall(), "share", goal, "at least")
    yield Figure(f"redaction_precision{of}", score.precision(), "share", 0.9, "at least")
    for kind in sorted(score.wanted):
        name = kind.name.lower()
        yield Figure(f"redaction_recall_{name}{of}", score.recall(kind), "share")
        yield Figure(f"redaction_precision_{name}{of}", score.precision(kind), "share")


def load(file: str = FILE) -> list[Labelled]:
    """One of the test sets."""
    raw = (resources_dir() / file).read_text(encoding="utf-8")
    lines = [line for line in raw.splitlines() if not line.startswith("#")]
    return [labelled(part.strip("\n")) for part in "\n".join(lines).split("\n---\n")]


def labelled(marked: str) -> Labelled:
    """The text without its labels."""
    text, spans, at = "", [], 0
    for match in _LABEL.finditer(marked):
        text += marked[at : match.start()]
        spans.append(Span(len(text), len(text) + len(match[2]), Kind(match[1])))
        text += match[2]
        at = match.end()
    return Labelled(text + marked[at:], tuple(spans))


def score_of(texts: Sequence[Labelled]) -> Score:
    """What redaction finds of `texts`, each as a message of its own."""
    score = Score()
    for one in texts:
        spans = replaced_in(one.text)
        covered = {at for span in spans for at in range(span.start, span.end)}
        for wanted in one.spans:
            score.wanted[wanted.kind] += 1
            letters = range(wanted.start, wanted.end)
            if all(at in covered or one.text[at].isspace() for at in letters):
                score.found[wanted.kind] += 1
            else:
                score.missed.append((wanted.kind, one.text[wanted.start : wanted.end]))
        for span in spans:
            score.replaced[span.kind] += 1
            if any(span.start < wanted.end and wanted.start < span.end for wanted in one.spans):
                score.right[span.kind] += 1
            else:
                score.wrong.append((span.kind, one.text[span.start : span.end]))
    return score


def replaced_in(text: str) -> list[Span]:
    """Where redaction replaces something."""
    spans, at = [], 0
    for piece in redact([Message(Role.USER, text)], name_lists()).pieces[0]:
        if piece.kind is not None:
            spans.append(Span(at, at + len(piece.text), piece.kind))
        at += len(piece.text)
    return spans


def _ms_per_10000(texts: Sequence[Labelled]) -> float:
    long = [Message(Role.USER, "\n\n".join(one.text for one in texts))]
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        redact(long, name_lists())
        took.append((time.perf_counter() - started) * 1e3)
    return median(took) * 10_000 / len(long[0].text)


def _share(part: Counter[Kind], whole: Counter[Kind], kinds: Sequence[Kind]) -> float:
    total = sum(whole[kind] for kind in kinds)
    return sum(part[kind] for kind in kinds) / total if total else 1.0
