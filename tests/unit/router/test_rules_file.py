"""Rules files: the one this project began with, and every mistake with its line."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import AppError
from app.router import rules_file
from app.router.decide import decide
from app.router.json_lines import BrokenJsonError, parse
from app.router.rules import Condition, Rules
from app.router.rules_file import checked, read
from app.router.situation import Need, Situation, Switches

ROOT = Path(__file__).parents[3]
EXAMPLE = (Path(__file__).parent / "example.json").read_text(encoding="utf-8")
LIBRARY = Switches(models={"small": 8192}, default_model="small")


class TestTheExample:
    def test_loads_as_it_is(self) -> None:
        rules = checked(EXAMPLE, "router.config.json")
        assert rules.default_provider == "anthropic"
        assert rules.fallback_chain == ("anthropic", "onnx", "openrouter")
        assert rules.of("onnx").max_tokens == 512
        assert rules.of("onnx").device == "cpu"

    def test_its_rule_works_and_is_explained_by_its_reason(self) -> None:
        situation = Situation(privacy=Need.HIGH, local_only=True)
        decision = decide(situation, checked(EXAMPLE), LIBRARY)
        assert (decision.provider, decision.problem) == ("onnx", None)
        assert decision.reason == (
            "Privacy-sensitive tasks use ONNX local models (free CPU inference)"
        )

    def test_its_model_is_named_with_what_to_do(self) -> None:
        situation = Situation(privacy=Need.HIGH, local_only=True)
        (notice,) = decide(situation, checked(EXAMPLE), LIBRARY).notices
        assert "Xenova/Phi-3-mini-4k-instruct, which is not in the library" in notice
        assert "tacit models search" in notice

    def test_its_cloud_default_switches_nothing_on(self) -> None:
        decision = decide(Situation(), checked(EXAMPLE, "mine.json"), LIBRARY)
        assert decision.provider == "onnx"
        assert decision.notices[0].startswith("mine.json names anthropic as the default, but")
        assert "until you switch them on" in decision.notices[0]


def test_without_a_file_everything_stays_here() -> None:
    assert Rules().default_provider == "onnx"
    assert checked("{}").default_provider == "onnx"
    assert checked("{}").fallback_chain == ()


def rule(**changed: object) -> dict[str, object]:
    return {"condition": {}, "action": {"provider": "onnx"}, "reason": "Because.", **changed}


def file(*rules: object, **members: object) -> str:
    return json.dumps({**members, "routing": {"rules": rules}}, indent=1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n"defaultProvidr": "onnx"}', 2, 'Did you mean "defaultProvider"?'),
        ('{\n\n"defaultProvider": "antropic"}', 3, 'Did you mean "anthropic"?'),
        ('{"fallbackChain": [\n"onnx",\n"nobody"]}', 3, "'nobody'"),
        ('{"fallbackChain": [\n"onnx",\n"onnx"]}', 3, "twice"),
        ('{"fallbackChain": "onnx"}', 1, "a list in brackets"),
        ('{"providers": {\n"onx": {}}}', 2, 'Did you mean "onnx"?'),
        ('{"providers": {"onnx": {\n"maxTokens": 0}}}', 2, "between 1 and"),
        ('{"providers": {"onnx": {\n"maxTokens": 2.5}}}', 2, "a whole number"),
        ('{"providers": {"onnx": {\n"maxTokens": true}}}', 2, "a number"),
        ('{"providers": {"onnx": {\n"temperature": 9}}}', 2, "between 0 and 5"),
        ('{"providers": {"onnx": {\n"localInference": false}}}', 2, "always runs on this"),
        ('{"providers": {"anthropic": {\n"localInference": true}}}', 2, "never runs on this"),
        ('{"providers": {"anthropic": {\n"gpuAcceleration": true}}}', 2, "this computer only"),
        (
            '{"providers": {"onnx": {"executionProviders": ["cuda"],\n"gpuAcceleration": false}}}',
            2,
            "names a graphics card",
        ),
        (
            '{"providers": {"onnx": {"executionProviders": ["cpu"],\n"gpuAcceleration": true}}}',
            2,
            "the processor alone",
        ),
        ('{"providers": {"onnx": {"executionProviders": [\n"gpu"]}}}', 2, "cpu, cuda, dml"),
        ('{"routing": {"rule":\n[]}}', 1, 'Did you mean "rules"?'),
        ('{"routing": {"rules":\n{}}}', 2, "a list in brackets"),
        ('{"routing": {"rules": [\n7]}}', 2, "no object"),
        ('{\n"defaultProvider": "onnx",\n"defaultProvider": "onnx"}', 3, "a second time"),
        ('{"defaultProvider": "onnx"\n"fallbackChain": []}', 2, "A comma"),
        ('{"defaultProvider":\n}', 2, "A value is missing"),
        ("{\n'a': 1}", 2, "double quotes"),
        ('{"a": 1,\n}', 2, "double quotes"),
        ("{}\n{}", 2, "Nothing may follow"),
        ("", 1, "missing at the end"),
        ("[]", 1, "begin with a brace"),
        ('{"a": "\n"}', 1, "control character"),
        (file(rule(reasn="x")), 7, 'Did you mean "reason"?'),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, words: str) -> None:
    reading = read(text)
    assert reading.rules is None
    found = [problem for problem in reading.problems if words in problem.sentence]
    assert found, reading.problems
    if '"reasn"' not in text:
        assert found[0].line == line


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([rule(condition={"privcy": "high"})], 'Did you mean "privacy"?'),
        ([rule(condition={"privacy": "very"})], "one of low, medium, high"),
        ([rule(condition={"localOnly": "yes"})], "true or false"),
        ([rule(condition={"localOnly": True}, action={"provider": "anthropic"})], "never leaves"),
        ([rule(condition={"privacy": "high"}, action={"provider": "openrouter"})], "never leaves"),
        ([rule(condition={"confidential": True}, action={"provider": "huggingface"})], "never"),
        (
            [rule(condition={"promptTokensAbove": 9, "promptTokensBelow": 9})],
            "No question has more than 9",
        ),
        ([rule(), rule(condition={"privacy": "low"})], "never applies"),
        ([rule(condition={"folder": "A"}), rule(condition={"folder": "A"})], "never applies"),
        ([rule(action={})], 'names no "provider"'),
        ([{"condition": {}, "action": {"provider": "onnx"}}], 'no "reason"'),
        ([{"action": {"provider": "onnx"}, "reason": "R."}], 'no "condition"'),
        ([{"condition": {}, "reason": "R."}], 'no "action"'),
    ],
)
def test_rules_that_are_unknown_or_contradict_are_refused(rules: list[Any], words: str) -> None:
    reading = read(file(*rules))
    assert any(words in problem.sentence for problem in reading.problems), reading.problems
    assert all(problem.line > 1 for problem in reading.problems)
    with pytest.raises(AppError, match="Line "):
        checked(file(*rules))


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    reading = read('{"b": 1,\n"a": 2,\n"providers": {"onnx": {"c": 3}}}')
    assert [problem.line for problem in reading.problems] == [1, 2, 3]


def test_a_server_of_ones_own_may_be_named() -> None:
    text = file(rule(action={"provider": "openai-compatible/work"}), defaultProvider="onnx")
    assert checked(text).rules[0].provider == "openai-compatible/work"


def test_the_schema_and_the_reader_know_the_same_fields() -> None:
    schema = json.loads((ROOT / "resources" / "router.schema.json").read_text(encoding="utf-8"))
    known = set(schema["properties"]) | set(schema["properties"]["routing"]["properties"])
    for part in ("providerRules", "rule", "condition"):
        known |= set(schema["$defs"][part]["properties"])
    known |= set(schema["$defs"]["rule"]["properties"]["action"]["properties"])
    tree = ast.parse(Path(rules_file.__file__).read_text(encoding="utf-8"))
    taken = {"text", "flag", "number", "whole", "member", "texts", "node", "provider", "providers"}
    asked = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in taken
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert asked == known
    assert len(schema["$defs"]["condition"]["properties"]) == len(Condition.__dataclass_fields__)


jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(jsons, st.sampled_from([None, 1]))
def test_json_is_read_as_the_standard_library_reads_it(value: object, indent: int | None) -> None:
    assert parse(json.dumps(value, indent=indent)).plain == value


@given(st.text(alphabet='{}[]",:0a \n'))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        json.loads(text)
        is_json = True
    except json.JSONDecodeError:
        is_json = False
    try:
        parse(text)
        problem = ""
    except BrokenJsonError as error:
        problem = error.what
    assert bool(problem) is not is_json or "second time" in problem
