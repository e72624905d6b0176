"""A permit is made in one place, for one request, and by nothing else."""

from __future__ import annotations

import ast
import copy
import json
import pickle  # noqa: TID251  (to see that it does not work)
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.messages import ChatRequest, Message, Role
from app.core.permit import Permit, digest_of, issue, require
from app.router.permitting import permit
from app.router.situation import MarkedBy, Need, Situation, Switches

APP = Path(__file__).parents[3] / "app"
REQUEST = ChatRequest(messages=(Message(Role.USER, "hello"),), model="m")
OPEN = Switches(cloud=True, providers=frozenset({"anthropic"}))


def test_only_the_routers_module_takes_the_function_that_makes_them() -> None:
    users = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "app.core.permit":
                names = {alias.name for alias in node.names}
                if names - {"Permit", "Leaving", "require"}:
                    users.add(path.relative_to(APP).as_posix())
    assert users == {"router/permitting.py"}


def test_nobody_else_can_make_copy_change_or_keep_one() -> None:
    made = issue(provider="anthropic", request=REQUEST, conversation="", allowed_by="you")
    with pytest.raises(TypeError):
        Permit(
            provider="anthropic", model="m", conversation="", allowed_by="you",
            digest=made.digest, token=object(),
        )  # fmt: skip
    with pytest.raises((TypeError, ValueError)):
        replace(made, provider="openrouter")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        pickle.dumps(made)
    with pytest.raises(TypeError):
        copy.copy(made)
    with pytest.raises(AttributeError):
        made.provider = "openrouter"  # type: ignore[misc]
    with pytest.raises(TypeError):
        json.dumps(made)


def test_it_covers_its_own_request_alone() -> None:
    made = permit(Situation(), OPEN, "anthropic", REQUEST, "you")
    assert isinstance(made, Permit)
    assert made.covers("anthropic", REQUEST)
    assert not made.covers("anthropic", replace(REQUEST, model="other"))
    assert not made.covers("anthropic", replace(REQUEST, messages=(Message(Role.USER, "hello!"),)))
    assert not made.covers("anthropic", replace(REQUEST, messages=(Message(Role.SYSTEM, "hello"),)))
    assert "hello" not in repr(made)


def test_what_is_not_covered_is_refused_at_the_door() -> None:
    made = issue(provider="anthropic", request=REQUEST, conversation="", allowed_by="you")
    assert require(made, "anthropic", REQUEST) is made
    for permit_, name, request in (
        (None, "anthropic", REQUEST),
        (made, "openrouter", REQUEST),
        (made, "anthropic", replace(REQUEST, messages=())),
    ):
        with pytest.raises(AppError, match="not permitted"):
            require(permit_, name, request)


def test_without_a_model_it_is_for_the_one_that_the_provider_was_given() -> None:
    asked = replace(REQUEST, model="")
    made = issue(provider="anthropic", request=asked, conversation="", allowed_by="you")
    assert made.covers("anthropic", replace(asked, model="chosen in the settings"))


def test_where_one_message_ends_and_the_next_begins_counts() -> None:
    one = (Message(Role.USER, "ab"), Message(Role.USER, "c"))
    other = (Message(Role.USER, "a"), Message(Role.USER, "bc"))
    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize(
    ("situation", "switches"),
    [
        (Situation(marked=MarkedBy.CHAT), OPEN),
        (Situation(marked=MarkedBy.FOLDER), OPEN),
        (Situation(marked=MarkedBy.FILE), OPEN),
        (Situation(privacy=Need.HIGH), OPEN),
        (Situation(local_only=True), OPEN),
        (Situation(has_begun=True), OPEN),
        (Situation(), replace(OPEN, cloud=False)),
        (Situation(), replace(OPEN, providers=frozenset({"openrouter"}))),
        (Situation(), replace(OPEN, private_session=True)),
        (Situation(), replace(OPEN, month_limit_usd=5.0, spent_usd=5.0)),
        (Situation(expected_cost_usd=0.2), replace(OPEN, month_limit_usd=5.0, spent_usd=4.9)),
    ],
)
def test_each_barrier_is_enough(situation: Situation, switches: Switches) -> None:
    refused = permit(situation, switches, "anthropic", REQUEST, "you")
    assert isinstance(refused, AppError)
    assert refused.what.startswith("Nothing was sent to anthropic. ")
