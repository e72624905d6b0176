"""Conditions in a few words, for tables and lists."""

from __future__ import annotations

from app.router.rules import Condition
from app.router.situation import Need


def in_words(condition: Condition) -> str:
    """For example "privacy is high and it is to stay local"; "always" for an empty condition."""
    parts = [*_marks(condition), *_lengths(condition), *_expectations(condition)]
    if not parts:
        return "always"
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _marks(condition: Condition) -> list[str]:
    parts: list[str] = []
    if condition.privacy is not None:
        least = "" if condition.privacy is Need.HIGH else "at least "
        parts.append(f"privacy is {least}{condition.privacy}")
    for wanted, words, denied in (
        (condition.local_only, "it is to stay local", "it may leave"),
        (condition.confidential, "it is marked confidential", "it is not marked confidential"),
        (condition.attachments, "files come with it", "no files come with it"),
        (
            condition.context_overflow,
            "it is too long for the local model",
            "the local model can read all of it",
        ),
        (condition.model_missing, "the chosen model is missing", "the chosen model is not missing"),
    ):
        if wanted is not None:
            parts.append(words if wanted else denied)
    if condition.folder is not None:
        parts.append(f'it is in the folder "{condition.folder}"')
    return parts


def _lengths(condition: Condition) -> list[str]:
    above, below = condition.prompt_tokens_above, condition.prompt_tokens_below
    if above is not None and below is not None:
        return [f"it has between {above} and {below} tokens"]
    if above is not None:
        return [f"it has more than {above} tokens"]
    return [] if below is None else [f"it has fewer than {below} tokens"]


def _expectations(condition: Condition) -> list[str]:
    parts: list[str] = []
    if condition.expected_seconds_above is not None:
        parts.append(f"an answer takes more than {condition.expected_seconds_above:g} s")
    if condition.expected_cost_above is not None:
        parts.append(f"an answer costs more than {condition.expected_cost_above:g} US dollars")
    if condition.prefer is not None:
        parts.append(f"{condition.prefer} is preferred")
    return parts
