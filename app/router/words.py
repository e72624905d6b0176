"""Conditions in a few words, for tables."""

from __future__ import annotations

from app.router.rules import Condition


def in_words(condition: Condition) -> str:
    """For example "privacy is high, to stay local"; "always" for an empty condition."""
    parts: list[str] = []
    if condition.privacy is not None:
        parts.append(f"privacy is {condition.privacy}")
    for wanted, words in (
        (condition.local_only, "to stay local"),
        (condition.confidential, "confidential"),
        (condition.attachments, "with files"),
        (condition.context_overflow, "longer than the context"),
        (condition.model_missing, "model missing"),
    ):
        if wanted is not None:
            parts.append(words if wanted else f"not {words}")
    if condition.folder is not None:
        parts.append(f"in {condition.folder}")
    if condition.prompt_tokens_above is not None:
        parts.append(f"above {condition.prompt_tokens_above} tokens")
    if condition.prompt_tokens_below is not None:
        parts.append(f"below {condition.prompt_tokens_below} tokens")
    if condition.expected_seconds_above is not None:
        parts.append(f"above {condition.expected_seconds_above:g} s")
    if condition.expected_cost_above is not None:
        parts.append(f"above {condition.expected_cost_above:g} US dollars")
    if condition.prefer is not None:
        parts.append(f"prefer {condition.prefer}")
    return ", ".join(parts) or "always"
