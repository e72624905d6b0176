"""Changes to a rules file, one rule at a time; all that is not changed stays as it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from app.router.json_lines import parse
from app.router.json_rewrite import rewrite
from app.router.rules import CLOUD, LONGEST_TEXT, Condition, Rule

# The fields of a condition as a file calls them, in the order in which they are written.
_MEMBERS = {
    "privacy": "privacy",
    "local_only": "localOnly",
    "confidential": "confidential",
    "folder": "folder",
    "attachments": "attachments",
    "prompt_tokens_above": "promptTokensAbove",
    "prompt_tokens_below": "promptTokensBelow",
    "context_overflow": "contextOverflow",
    "model_missing": "modelMissing",
    "expected_seconds_above": "expectedSecondsAbove",
    "expected_cost_above": "expectedCostAbove",
    "prefer": "prefer",
}


class Part(StrEnum):
    """Which part of a rule something is wrong with."""

    CONDITION = "condition"
    LENGTH = "length"
    FOLDER = "folder"
    PROVIDER = "provider"
    MODEL = "model"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a rule would be refused: a sentence on one part of it."""

    part: Part
    sentence: str


def objections(rule: Rule, others: Sequence[Rule], place: int) -> tuple[Objection, ...]:
    """What speaks against `rule` at `place` (from 0) among `others`; empty where nothing does."""
    condition = rule.condition
    found: list[Objection] = []
    if clash := _clash([*others[:place], rule, *others[place:]]):
        found.append(Objection(Part.CONDITION, clash))
    if condition.is_impossible:
        above, below = condition.prompt_tokens_above, condition.prompt_tokens_below
        sentence = f"No question has more than {above} tokens and fewer than {below}."
        found.append(Objection(Part.LENGTH, f"{sentence} Change one of the two."))
    if condition.kept_here and rule.provider in CLOUD:
        sentence = f"{condition.kept_here} never leaves this computer."
        found.append(Objection(Part.PROVIDER, f"{sentence} Let the model on it answer."))
    if not rule.reason.strip():
        sentence = "Say in a sentence what this rule is for. It is shown when the rule decides."
        found.append(Objection(Part.REASON, sentence))
    for part, text in (
        (Part.FOLDER, condition.folder or ""),
        (Part.MODEL, rule.model),
        (Part.REASON, rule.reason),
    ):
        if len(text) > LONGEST_TEXT:
            found.append(Objection(part, f"This is longer than {LONGEST_TEXT} characters."))
    return tuple(found)


def why_not_moved(rules: Sequence[Rule], place: int, to: int) -> str:
    """Why the rule at `place` cannot go to `to`, in a sentence; "" where it can."""
    clash = _clash(_moved(list(rules), place, to))
    return f"The rule cannot go there. {clash}" if clash else ""


def place_for(rule: Rule, rules: Sequence[Rule]) -> int:
    """Where a new rule belongs: before the first that would leave nothing for it, or last."""
    covering = (place for place, old in enumerate(rules) if old.condition.covers(rule.condition))
    return next(covering, len(rules))


def with_rule(text: str, place: int, rule: Rule) -> str:
    """`text` with another rule at `place`."""
    return _with_rules(text, lambda rules: [*rules[:place], members(rule), *rules[place:]])


def with_other_rule(text: str, place: int, rule: Rule) -> str:
    """`text` with `rule` instead of the one at `place`; its members keep their order."""

    def change(rules: list[Any]) -> list[Any]:
        new = members(rule)
        for name in ("condition", "action"):
            new[name] = _in_order(rules[place].get(name, {}), new[name])
        return [*rules[:place], _in_order(rules[place], new), *rules[place + 1 :]]

    return _with_rules(text, change)


def without_rule(text: str, place: int) -> str:
    """`text` without the rule at `place`."""
    return _with_rules(text, lambda rules: [*rules[:place], *rules[place + 1 :]])


def with_rule_moved(text: str, place: int, to: int) -> str:
    """`text` with the rule at `place` at `to` instead."""
    return _with_rules(text, lambda rules: _moved(rules, place, to))


def with_default(text: str, provider: str) -> str:
    """`text` with another default provider."""
    return rewrite(text, {**_document(text), "defaultProvider": provider})


def with_chain(text: str, chain: Sequence[str]) -> str:
    """`text` with another fall-back chain."""
    return rewrite(text, {**_document(text), "fallbackChain": list(chain)})


def members(rule: Rule) -> dict[str, Any]:
    """A rule as a file has it."""
    action = {"provider": rule.provider} | ({"model": rule.model} if rule.model else {})
    condition: dict[str, Any] = {}
    for one in fields(Condition):
        if (value := getattr(rule.condition, one.name)) is not None:
            condition[_MEMBERS[one.name]] = str(value) if isinstance(value, StrEnum) else value
    return {"condition": condition, "action": action, "reason": rule.reason}


def _with_rules(text: str, change: Callable[[list[Any]], list[Any]]) -> str:
    document = _document(text)
    section = document.get("routing", {})
    rules = change(list(section.get("rules", [])))
    return rewrite(text, {**document, "routing": {**section, "rules": rules}})


def _document(text: str) -> dict[str, Any]:
    plain = parse(text).plain if text.strip() else {}
    return plain if isinstance(plain, dict) else {}


def _moved(rules: list[Any], place: int, to: int) -> list[Any]:
    kept = [*rules[:place], *rules[place + 1 :]]
    return [*kept[:to], rules[place], *kept[to:]]


def _in_order(old: object, new: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in old if name in new] if isinstance(old, dict) else []
    return {name: new[name] for name in (*names, *(n for n in new if n not in names))}


def _clash(rules: Sequence[Rule]) -> str:
    """Which rule would never apply, because one before it always does; "" for none."""
    for late, rule in enumerate(rules):
        for early in range(late):
            if rules[early].condition.covers(rule.condition):
                return (
                    f"Rule {late + 1} would never apply: rule {early + 1} comes first and holds "
                    "wherever it does."
                )
    return ""
