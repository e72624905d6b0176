"""A matrix of rules against situations: who answers, and what the person is told of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.core.errors import ErrorCode
from app.router.decide import decide, fall_back
from app.router.matching import failing
from app.router.rules import Condition, Rule, Rules
from app.router.rules_file import checked
from app.router.situation import MarkedBy, Need, Preference, Situation, Switches

CLOUDS = frozenset({"anthropic", "openrouter"})
KNOWN = frozenset({"onnx", *CLOUDS})
OFF = Switches(known=KNOWN, models={"small": 1000}, default_model="small")
ON = replace(OFF, cloud=True, providers=CLOUDS)

RULES = {
    "none": Rules(),
    "cloud default": Rules(default_provider="anthropic", source="r.json"),
    "long to cloud": checked(json.dumps({"routing": {"rules": [
        {"condition": {"confidential": True}, "action": {"provider": "onnx"},
         "reason": "Confidential things stay."},
        {"condition": {"contextOverflow": True},
         "action": {"provider": "openrouter", "model": "big"},
         "reason": "Long texts need a large model."},
    ]}})),
    "quality to cloud": checked(json.dumps({"routing": {"rules": [
        {"condition": {"prefer": "quality", "attachments": False},
         "action": {"provider": "anthropic"}, "reason": "Quality was preferred."},
        {"condition": {"folder": "Clients"}, "action": {"provider": "onnx", "model": "small"},
         "reason": "Clients are answered here."},
    ]}})),
}  # fmt: skip
SITUATIONS = {
    "plain": Situation(),
    "private": Situation(privacy=Need.HIGH),
    "local only": Situation(local_only=True),
    "marked": Situation(marked=MarkedBy.CHAT, prompt_tokens=5000, prefer=Preference.QUALITY),
    "long": Situation(prompt_tokens=5000),
    "quality": Situation(prefer=Preference.QUALITY),
    "clients": Situation(folder="clients"),
    "by name": Situation(provider="anthropic"),
}
# For each set of rules, with the cloud on: who answers, and a part of what is said of it.
HERE = "The model on this computer answers."
HERE_TOO = "the model on this computer answers."
EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    "none": {
        "plain": ("onnx", HERE),
        "private": ("onnx", HERE),
        "local only": ("onnx", HERE),
        "marked": ("onnx", HERE),
        "long": ("onnx", HERE),
        "quality": ("onnx", HERE),
        "clients": ("onnx", HERE),
        "by name": ("anthropic", "You asked for anthropic."),
    },
    "cloud default": {
        "plain": ("anthropic", "the default of r.json is anthropic"),
        "private": ("onnx", "said to be highly private. So the model on this computer"),
        "local only": ("onnx", "was to stay on this computer. So the model"),
        "marked": ("onnx", "This chat is marked confidential. So the model"),
        "long": ("anthropic", "the default of r.json is anthropic"),
        "quality": ("anthropic", "the default of r.json is anthropic"),
        "clients": ("anthropic", "the default of r.json is anthropic"),
        "by name": ("anthropic", "You asked for anthropic."),
    },
    "long to cloud": {
        "plain": ("onnx", HERE),
        "private": ("onnx", HERE),
        "local only": ("onnx", HERE),
        "marked": ("onnx", "Confidential things stay."),
        "long": ("openrouter", "Long texts need a large model."),
        "quality": ("onnx", HERE),
        "clients": ("onnx", HERE),
        "by name": ("anthropic", "You asked for anthropic."),
    },
    "quality to cloud": {
        "plain": ("onnx", HERE),
        "private": ("onnx", HERE),
        "local only": ("onnx", HERE),
        "marked": ("onnx", "This chat is marked confidential. So the model"),
        "long": ("onnx", HERE),
        "quality": ("anthropic", "Quality was preferred."),
        "clients": ("onnx", "Clients are answered here."),
        "by name": ("anthropic", "You asked for anthropic."),
    },
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("rules", RULES)
def test_with_the_cloud_on(rules: str, situation: str) -> None:
    provider, reason = EXPECTED[rules][situation]
    decision = decide(SITUATIONS[situation], RULES[rules], ON)
    assert (decision.provider, decision.problem) == (provider, None)
    assert reason in decision.reason
    assert decision.trail[-1].startswith(provider) or decision.trail == (decision.reason,)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("rules", RULES)
def test_with_the_cloud_off_everything_is_answered_here_or_refused(
    rules: str, situation: str
) -> None:
    asked = SITUATIONS[situation]
    decision = decide(asked, RULES[rules], OFF)
    if asked.provider == "auto":
        assert (decision.provider, decision.is_local, decision.problem) == ("onnx", True, None)
    else:
        assert decision.problem is not None
        assert decision.problem.code is ErrorCode.CLOUD_OFF or asked.is_confidential
        assert "switched off" in decision.problem.what


@pytest.mark.parametrize("marked", [MarkedBy.CHAT, MarkedBy.FOLDER, MarkedBy.FILE])
@pytest.mark.parametrize("rules", RULES)
def test_a_mark_wins_over_everything(rules: str, marked: MarkedBy) -> None:
    for provider in KNOWN:
        decision = decide(Situation(marked=marked, provider=provider), RULES[rules], ON)
        assert (decision.problem is None) is (provider == "onnx")
        if decision.problem is not None:
            assert "confidential" in decision.problem.what


@pytest.mark.parametrize(
    ("situation", "switches", "notices"),
    [
        (Situation(), replace(ON, providers=frozenset()), ("anthropic is not switched on.",)),
        (Situation(marked=MarkedBy.CHAT), ON, ("This chat is marked confidential.",)),
        (Situation(local_only=True), ON, ()),
        (Situation(privacy=Need.HIGH), OFF, ()),
        (Situation(), ON, ()),
    ],
)
def test_the_person_is_told_why_the_cloud_did_not_answer(
    situation: Situation, switches: Switches, notices: tuple[str, ...]
) -> None:
    assert decide(situation, RULES["cloud default"], switches).notices == notices


def test_every_step_is_told_in_order() -> None:
    situation = Situation(marked=MarkedBy.FOLDER, prefer=Preference.QUALITY)
    trail = decide(situation, RULES["quality to cloud"], ON).trail
    assert trail == (
        "Rule 1 (line 1) applies: anthropic. Quality was preferred.",
        "anthropic may not answer: The folder of this chat is marked confidential.",
        "onnx answers. The folder of this chat is marked confidential. So " + HERE_TOO,
    )


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (Condition(), Situation(), None),
        (Condition(privacy=Need.MEDIUM), Situation(privacy=Need.HIGH), Situation(privacy=Need.LOW)),
        (Condition(local_only=True), Situation(local_only=True), Situation()),
        (Condition(local_only=False), Situation(), Situation(local_only=True)),
        (Condition(confidential=True), Situation(marked=MarkedBy.FILE), Situation()),
        (Condition(confidential=False), Situation(), Situation(marked=MarkedBy.CHAT)),
        (Condition(folder="A"), Situation(folder="a"), Situation(folder="b")),
        (Condition(attachments=True), Situation(attachments=1), Situation()),
        (
            Condition(prompt_tokens_above=10),
            Situation(prompt_tokens=11),
            Situation(prompt_tokens=10),
        ),
        (
            Condition(prompt_tokens_below=10),
            Situation(prompt_tokens=9),
            Situation(prompt_tokens=10),
        ),
        (Condition(context_overflow=True), Situation(prompt_tokens=1001), Situation()),
        (Condition(context_overflow=False), Situation(), Situation(prompt_tokens=1001)),
        (Condition(context_overflow=True), Situation(prompt_tokens=1001), Situation(model="gone")),
        (Condition(model_missing=True), Situation(model="gone"), Situation(model="small")),
        (Condition(expected_seconds_above=5), Situation(expected_s=6), Situation(expected_s=5)),
        (Condition(expected_seconds_above=5), Situation(expected_s=6), Situation()),
        (
            Condition(expected_cost_above=0.1),
            Situation(expected_cost_usd=0.2),
            Situation(expected_cost_usd=0.1),
        ),
        (Condition(prefer=Preference.SPEED), Situation(prefer=Preference.SPEED), Situation()),
    ],
)
def test_conditions(condition: Condition, holds: Situation, fails: Situation | None) -> None:
    assert failing(condition, holds, OFF) == ""
    if fails is not None:
        assert failing(condition, fails, OFF).endswith(".")


def test_all_parts_of_a_condition_have_to_hold_and_the_first_rule_wins() -> None:
    both = Condition(privacy=Need.HIGH, local_only=True)
    assert failing(both, Situation(privacy=Need.HIGH), OFF)
    rules = Rules(
        rules=tuple(
            Rule(condition=Condition(), provider="onnx", model=name, reason=f"{name}.")
            for name in ("small", "other")
        )
    )
    assert decide(Situation(), rules, OFF).model == "small"


class TestModels:
    RULES = Rules(
        rules=(Rule(condition=Condition(), provider="anthropic", model="claude", reason="R."),)
    )

    def test_one_of_the_library_is_not_asked_for_in_the_cloud(self) -> None:
        assert decide(Situation(model="small"), self.RULES, ON).model == "claude"

    def test_what_the_person_chose_goes_before_the_rules(self) -> None:
        rules = replace(self.RULES, rules=(replace(self.RULES.rules[0], provider="onnx"),))
        assert decide(Situation(model="small"), rules, ON).model == "small"

    def test_a_missing_one_that_the_person_chose_is_left_to_the_engine_to_refuse(self) -> None:
        decision = decide(Situation(model="gone"), Rules(), ON)
        assert (decision.model, decision.notices) == ("gone", ())


def test_a_fall_back_says_whom_it_passed_over() -> None:
    switches = replace(ON, fallback=True, fallback_for=frozenset({"host-crashed"}))
    switches = replace(switches, providers=frozenset({"openrouter"}))
    situation = Situation(tried=("onnx",), failure=ErrorCode.HOST_CRASHED)
    rules = Rules(fallback_chain=("onnx", "anthropic", "openrouter"))
    decision = fall_back(situation, rules, switches)
    assert decision is not None
    assert decision.provider == "openrouter"
    assert decision.trail[1] == "anthropic may not answer instead: anthropic is not switched on."
