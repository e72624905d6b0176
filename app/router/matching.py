"""Whether the condition of a rule holds in a situation, and in words why not."""

from __future__ import annotations

from collections.abc import Callable

from app.router.rules import Condition
from app.router.situation import Need, Preference, Situation, Switches

_NEEDS = (Need.NONE, Need.LOW, Need.MEDIUM, Need.HIGH)
Facts = tuple[Situation, Switches]
Test = Callable[[Condition, Situation, Switches], str]


def failing(condition: Condition, situation: Situation, switches: Switches) -> str:
    """Why `condition` does not hold, in a sentence about its first part that fails; else ""."""
    for test in _TESTS:
        if why := test(condition, situation, switches):
            return why
    return ""


def overflows(situation: Situation, switches: Switches) -> bool | None:
    """Whether the question is longer than the local model's context; None where unknown."""
    model = situation.model or switches.default_model
    limit = (switches.models or {}).get(model, 0)
    return situation.prompt_tokens > limit if limit else None


def is_missing(model: str, switches: Switches) -> bool:
    """Whether `model` was named and is surely not in the library."""
    return bool(model) and switches.models is not None and model not in switches.models


def _privacy(condition: Condition, situation: Situation, _: Switches) -> str:
    wanted = condition.privacy
    if wanted is None or _NEEDS.index(situation.privacy) >= _NEEDS.index(wanted):
        return ""
    said = f'"{situation.privacy}" was asked for' if situation.privacy else "none was asked for"
    return f'it is for privacy "{wanted}", and {said}.'


def _flags(condition: Condition, situation: Situation, switches: Switches) -> str:
    overflow = overflows(situation, switches)
    missing = is_missing(situation.model, switches)
    for wanted, found, words in (
        (condition.local_only, situation.local_only, "to stay local"),
        (condition.confidential, situation.is_confidential, "confidential"),
        (condition.attachments, situation.attachments > 0, "with files"),
        (condition.model_missing, missing, "for a model that is missing"),
        (condition.context_overflow, overflow, "too long for the model's context"),
    ):
        if wanted is not None and found is None:
            return f"it is not known whether this question is {words}."
        if wanted is not None and wanted is not found:
            return f"this question is {'not ' if wanted else ''}{words}."
    return ""


def _folder(condition: Condition, situation: Situation, _: Switches) -> str:
    wanted = condition.folder
    if wanted is None or wanted.casefold() == situation.folder.casefold():
        return ""
    return f'it is for the folder "{wanted}".'


def _length(condition: Condition, situation: Situation, _: Switches) -> str:
    above, below = condition.prompt_tokens_above, condition.prompt_tokens_below
    tokens = situation.prompt_tokens
    if above is not None and tokens <= above:
        return f"it is for more than {above} tokens, and these are about {tokens}."
    if below is not None and tokens >= below:
        return f"it is for fewer than {below} tokens, and these are about {tokens}."
    return ""


def _expectations(condition: Condition, situation: Situation, _: Switches) -> str:
    for limit, expected, words in (
        (condition.expected_seconds_above, situation.expected_s, "seconds"),
        (condition.expected_cost_above, situation.expected_cost_usd, "US dollars"),
    ):
        if limit is None:
            continue
        if expected is None:
            return f"it is not known how many {words} the answer would take."
        if expected <= limit:
            return f"it is for more than {limit:g} {words}, and about {expected:.2g} are expected."
    return ""


def _preference(condition: Condition, situation: Situation, _: Switches) -> str:
    if condition.prefer in {None, situation.prefer}:
        return ""
    said = situation.prefer or Preference.NONE
    return f"it is for a preference for {condition.prefer}{f', not {said}' if said else ''}."


_TESTS: tuple[Test, ...] = (_privacy, _flags, _folder, _length, _expectations, _preference)
