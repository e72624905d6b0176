"""Conditions in words."""

from __future__ import annotations

import pytest

from app.router.rules import Condition
from app.router.situation import Need, Preference
from app.router.words import in_words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(), "always"),
        (Condition(privacy=Need.HIGH), "privacy is high"),
        (Condition(privacy=Need.LOW), "privacy is at least low"),
        (Condition(local_only=True, confidential=False),
         "it is to stay local and it is not marked confidential"),
        (Condition(local_only=False), "it may leave"),
        (Condition(attachments=True), "files come with it"),
        (Condition(attachments=False), "no files come with it"),
        (Condition(context_overflow=True), "it is too long for the local model"),
        (Condition(model_missing=True), "the chosen model is missing"),
        (Condition(folder="A"), 'it is in the folder "A"'),
        (Condition(prompt_tokens_above=9), "it has more than 9 tokens"),
        (Condition(prompt_tokens_below=9), "it has fewer than 9 tokens"),
        (Condition(prompt_tokens_above=9, prompt_tokens_below=20),
         "it has between 9 and 20 tokens"),
        (Condition(expected_seconds_above=2.5, folder="B", prefer=Preference.SPEED),
         'it is in the folder "B", an answer takes more than 2.5 s and speed is preferred'),
        (Condition(expected_cost_above=1), "an answer costs more than 1 US dollars"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_words(condition: Condition, words: str) -> None:
    assert in_words(condition) == words


def test_every_field_is_told() -> None:
    values = {
        "privacy": Need.LOW,
        "prefer": Preference.QUALITY,
        "folder": "A",
        "prompt_tokens_above": 1,
        "prompt_tokens_below": 9,
        "expected_seconds_above": 1,
        "expected_cost_above": 1,
    }
    for name in Condition.__dataclass_fields__:
        condition = Condition(**{name: values.get(name, True)})  # type: ignore[arg-type]
        assert in_words(condition) != "always", name
