"""Rules are changed one at a time; what would be refused is said first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.router import rules_edit
from app.router.rules import Condition, Rule
from app.router.rules_edit import Part, objections
from app.router.rules_file import checked, read
from app.router.situation import Need, Preference

EXAMPLE = (Path(__file__).parent / "example.json").read_text(encoding="utf-8")
RULE = Rule(condition=Condition(), provider="onnx", reason="Because.")
FULL = Condition(
    privacy=Need.LOW,
    local_only=False,
    confidential=False,
    folder="A",
    attachments=True,
    prompt_tokens_above=1,
    prompt_tokens_below=9,
    context_overflow=False,
    model_missing=True,
    expected_seconds_above=0.5,
    expected_cost_above=2,
    prefer=Preference.SPEED,
)


def rule(reason: str = "Because.", provider: str = "onnx", **condition: object) -> Rule:
    return Rule(
        condition=Condition(**condition),  # type: ignore[arg-type]
        provider=provider,
        reason=reason,
    )


def bare(found: Rule) -> Rule:
    return replace(found, line=0)


def test_every_field_of_a_condition_is_written_and_read_again() -> None:
    assert all(getattr(FULL, name) is not None for name in Condition.__dataclass_fields__)
    written = replace(RULE, condition=FULL, model="m", provider="anthropic")
    (found,) = checked(rules_edit.with_rule("", 0, written)).rules
    assert bare(found) == written


def test_a_rule_is_added_changed_moved_and_removed() -> None:
    text = rules_edit.with_rule(EXAMPLE, 1, rule("Second.", attachments=True))
    text = rules_edit.with_rule(text, 2, rule("Last."))
    text = rules_edit.with_other_rule(text, 1, rule("Changed.", attachments=False))
    assert [one.reason for one in checked(text).rules][1:] == ["Changed.", "Last."]
    text = rules_edit.with_rule_moved(text, 1, 0)
    assert checked(text).rules[0].reason == "Changed."
    text = rules_edit.without_rule(rules_edit.without_rule(text, 2), 0)
    assert text == EXAMPLE


def test_a_change_leaves_the_order_of_the_members() -> None:
    text = (
        '{"routing": {"rules": [{"reason": "R.", "action": {"model": "m", "provider": "onnx"},'
        ' "condition": {"prefer": "speed", "attachments": true}}]}}'
    )
    other = replace(
        rule("R.", prefer=Preference.SPEED, attachments=False, privacy=Need.LOW), model="m"
    )
    assert rules_edit.with_other_rule(text, 0, other) == text.replace(
        "true}", 'false, "privacy": "low"}'
    )


def test_the_default_and_the_chain_are_written_beside_the_rest() -> None:
    text = rules_edit.with_chain(rules_edit.with_default(EXAMPLE, "onnx"), ["huggingface"])
    rules = checked(text)
    assert (rules.default_provider, rules.fallback_chain) == ("onnx", ("huggingface",))
    assert text == EXAMPLE.replace('": "anthropic"', '": "onnx"', 1).replace(
        '["anthropic", "onnx", "openrouter"]', '["huggingface"]'
    )
    assert json.loads(rules_edit.with_default("", "onnx")) == {"defaultProvider": "onnx"}


@pytest.mark.parametrize(
    ("bad", "part", "words"),
    [
        (rule(confidential=True, provider="anthropic"), Part.PROVIDER, "is confidential never"),
        (rule(local_only=True, provider="openrouter"), Part.PROVIDER, "to stay local never"),
        (rule(privacy=Need.HIGH, provider="huggingface"), Part.PROVIDER, "highly private never"),
        (rule(prompt_tokens_above=5, prompt_tokens_below=6), Part.LENGTH, "more than 5"),
        (rule(reason=" "), Part.REASON, "what this rule is for"),
        (rule(reason="x" * 501), Part.REASON, "longer than 500"),
        (rule(folder="x" * 501), Part.FOLDER, "longer than 500"),
        (replace(RULE, model="x" * 501), Part.MODEL, "longer than 500"),
    ],
)
def test_what_the_reader_refuses_is_objected_to_first(bad: Rule, part: Part, words: str) -> None:
    (objection,) = objections(bad, [], 0)
    assert objection.part is part
    assert words in objection.sentence
    assert read(rules_edit.with_rule("", 0, bad)).rules is None


def test_a_rule_that_leaves_another_nothing_is_objected_to_on_both_sides() -> None:
    always, narrow = rule(), rule(privacy=Need.LOW)
    (objection,) = objections(narrow, [always], 1)
    assert objection.part is Part.CONDITION
    assert objection.sentence.startswith("Rule 2 would never apply: rule 1 comes first")
    (objection,) = objections(always, [narrow], 0)
    assert objection.sentence.startswith("Rule 2 would never apply")
    assert objections(narrow, [always], 0) == ()
    assert objections(rule(local_only=True, provider="openai-compatible"), [], 0) == ()


def test_a_new_rule_belongs_before_what_covers_it() -> None:
    rules = [rule(privacy=Need.HIGH), rule()]
    assert rules_edit.place_for(rule(attachments=True), rules) == 1
    assert rules_edit.place_for(rule(attachments=True), rules[:1]) == 1
    assert rules_edit.why_not_moved(rules, 0, 1).startswith("The rule cannot go there. Rule 2")
    assert rules_edit.why_not_moved([rules[0], rule(attachments=True)], 0, 1) == ""
