"""Changed JSON keeps what did not change as it was written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.router.json_lines import BrokenJsonError
from app.router.json_rewrite import rewrite

TEXT = """\
{
    "first":   [1, 2,3],

    "second": { "a": 1.50, "b": "\\u00e4" },
    "third": [
        { "name": "one" },

        {
            "name": "two"
        }
    ]
}
"""


def changed(change: Any) -> str:
    value = json.loads(TEXT)
    change(value)
    text = rewrite(TEXT, value)
    assert json.loads(text) == value
    return text


def test_nothing_changed_is_the_same_text() -> None:
    assert changed(lambda value: None) == TEXT


def test_a_value_is_changed_in_its_place() -> None:
    assert changed(lambda value: value["second"].update(a=2)) == TEXT.replace("1.50", "2")


def test_what_is_true_is_not_one() -> None:
    assert rewrite('{"a": 1}', {"a": True}) == '{"a": true}'


def test_a_member_is_added_and_removed() -> None:
    added = changed(lambda value: value["second"].update(c=[1]))
    assert added == TEXT.replace('"\\u00e4" }', '"\\u00e4", "c": [1] }')
    assert changed(lambda value: value["second"].pop("a")) == TEXT.replace('"a": 1.50, ', "")
    assert changed(lambda value: value.pop("first")).startswith('{\n    "second": { "a": 1.50')


def test_items_move_as_they_are_written() -> None:
    text = changed(lambda value: value["third"].reverse())
    assert '        {\n            "name": "two"\n        },\n' in text
    assert '{ "name": "one" }' in text


def test_an_item_is_added_where_the_others_stand() -> None:
    text = changed(lambda value: value["third"].append({"name": "ü"}))
    assert text.endswith('},\n\n        { "name": "ü" }\n    ]\n}\n')


def test_one_item_of_many_is_changed_within() -> None:
    text = changed(lambda value: value["third"][1].update(name="2"))
    assert text == TEXT.replace('"two"', '"2"')


def test_a_file_in_one_line_stays_in_one() -> None:
    assert rewrite('{"a":[1]}', {"a": [1], "b": {"c": [2]}}) == '{"a":[1], "b": { "c": [2] }}'


def test_an_empty_text_becomes_a_file_that_can_be_read() -> None:
    long = {"condition": {"privacy": "high"}, "reason": "x" * 80}
    assert rewrite(" \n", {"rules": [long]}) == (
        '{\n  "rules": [\n    {\n      "condition": { "privacy": "high" },\n'
        f'      "reason": "{"x" * 80}"\n    }}\n  ]\n}}\n'
    )
    assert rewrite("{}", {"a": 1}) == '{ "a": 1 }'
    assert rewrite('{\n\t"a": []\n}', {"a": [{"b": [{"c": 1}]}]}) == (
        '{\n\t"a": [\n\t\t{\n\t\t\t"b": [\n\t\t\t\t{ "c": 1 }\n\t\t\t]\n\t\t}\n\t]\n}'
    )


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(BrokenJsonError):
        rewrite("{", {})


jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(jsons, jsons, st.sampled_from([None, 1, "\t"]))
def test_any_content_can_be_written_over_any_other(old: object, new: object, indent: Any) -> None:
    text = json.dumps(old, indent=indent)
    assert json.loads(rewrite(text, new)) == new
    assert rewrite(text, copy.deepcopy(old)) == text


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)), st.sampled_from([None, 2]))
def test_any_list_can_be_written_over_any_other(
    old: list[int], new: list[int], indent: Any
) -> None:
    text = json.dumps({"list": [{"n": n} for n in old]}, indent=indent)
    value = {"list": [{"n": n} for n in new]}
    assert json.loads(rewrite(text, value)) == value
