"""Prompts of a wanted length, always the same for the same arguments."""

from __future__ import annotations

import random

WORDS = (
    "the tenant shall keep the roof and the outer walls in good repair and give notice in "
    "writing when rain comes through while the landlord pays for wood glass and labour unless "
    "both agree otherwise before the first day of spring in every second year of this lease"
).split()


def prose(words: int, seed: int) -> str:
    """About `words` words of harmless text in sentences; another seed shares no beginning."""
    draw = random.Random(seed)  # noqa: S311  (a repeatable text, no secret)
    sentences: list[str] = []
    left = words
    while left > 0:
        length = min(left, draw.randint(7, 14))
        sentences.append(" ".join(draw.choices(WORDS, k=length)).capitalize() + ".")
        left -= length
    return f"Clause {seed}. " + " ".join(sentences)
