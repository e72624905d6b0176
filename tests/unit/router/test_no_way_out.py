"""No life of a history leads a confidential word out, and each check is needed for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.core.permit import Permit
from app.exchange.formats import tacit_json
from app.router import barriers, decide, permitting, router
from app.router.situation import Situation, Switches
from app.store import conversations, marks, schema
from app.store.values import Mark
from tests.fakes.happenings import COUNTS
from tests.fakes.lives import WaysOut

LIVES, STEPS = 50, 25
# How many lives a mutation may take until it is found.
MOST_LIVES = 300
_QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

Mutate = Callable[[pytest.MonkeyPatch], None]


def live(lives: int) -> None:
    """Raises `AssertionError` where a way out is found."""
    run_state_machine_as_test(
        WaysOut,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            derandomize=True,
            phases=[Phase.generate],
            print_blob=False,
            **_QUIET,  # type: ignore[arg-type]
        ),
    )


def test_nothing_confidential_ever_leaves() -> None:
    before = replace(COUNTS)
    live(LIVES)
    # It would prove nothing if nothing ever left, fell back or was refused.
    assert COUNTS.turns - before.turns > LIVES
    assert COUNTS.left - before.left > LIVES // 3
    assert COUNTS.fell_back > before.fell_back
    assert COUNTS.refused > before.refused


def without(barrier: str) -> Mutate:
    kept = tuple(one for one in barriers.BARRIERS if one.__name__ != barrier)
    assert len(kept) == len(barriers.BARRIERS) - 1
    return lambda patch: patch.setattr(barriers, "BARRIERS", kept)


def without_trigger(name: str) -> Mutate:
    kept = tuple(one for one in schema.CONFIDENTIAL if name not in one)
    assert len(kept) < len(schema.CONFIDENTIAL)
    return lambda patch: patch.setattr(schema, "CONFIDENTIAL", kept)


def late_fall_back(patch: pytest.MonkeyPatch) -> None:
    """Both places where it is looked whether a word is out: either alone is enough."""
    may, permit = decide.may_fall_back, permitting.permit

    def early(situation: Situation, switches: Switches) -> bool:
        return may(replace(situation, has_begun=False), switches)

    patch.setattr(router, "may_fall_back", early)
    patch.setattr(decide, "may_fall_back", early)
    patch.setattr(router, "permit", lambda s, *rest: permit(replace(s, has_begun=False), *rest))


def fall_back_that(**forced: object) -> Mutate:
    """Switches are taken to be so where a fall-back is looked for."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        may = decide.may_fall_back

        def careless(situation: Situation, switches: Switches) -> bool:
            return may(situation, replace(switches, **forced))  # type: ignore[arg-type]

        patch.setattr(router, "may_fall_back", careless)
        patch.setattr(decide, "may_fall_back", careless)

    return mutate


def fall_back_although_asked_by_name(patch: pytest.MonkeyPatch) -> None:
    may = decide.may_fall_back

    def careless(situation: Situation, switches: Switches) -> bool:
        return may(replace(situation, provider="auto"), switches)

    patch.setattr(router, "may_fall_back", careless)
    patch.setattr(decide, "may_fall_back", careless)


def unseen_fall_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(router.Router, "_instead", lambda self, turn, _approve: self._next(turn))


def looked_at_once(patch: pytest.MonkeyPatch) -> None:
    """A mark that is set while the person reads the preview is not seen."""
    situation = router._Turn.situation

    async def remembered(turn: router._Turn) -> Situation:
        known: Situation | None = turn.__dict__.get("known")
        if known is None:
            known = turn.__dict__["known"] = await situation(turn)
        return replace(known, tried=turn.tried, has_begun=turn.has_begun, failure=(
            None if turn.failure is None else turn.failure.code
        ))  # fmt: skip

    patch.setattr(router._Turn, "situation", remembered)


def forks_without_mark(patch: pytest.MonkeyPatch) -> None:
    create = conversations.create

    def unmarked(db: object, values: dict[str, object], now: float) -> object:
        fork = "forked_from" in values
        return create(db, {**values, "mark": ""} if fork else values, now)  # type: ignore[arg-type]

    patch.setattr(conversations, "create", unmarked)


def forks_not_reached(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(marks, "spread", lambda *_: None)


def unmarked_when_moved(patch: pytest.MonkeyPatch) -> None:
    """Both in the file itself and where a conversation is put into a folder."""
    without_trigger("conversation_mark_kept")(patch)
    forks_not_reached(patch)


def imports_without_mark(patch: pytest.MonkeyPatch) -> None:
    read = tacit_json._conversation
    patch.setattr(tacit_json, "_conversation", lambda raw: replace(read(raw), mark=Mark.NONE))


def sent_without_permit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Permit, "covers", lambda *_: False)


MUTATIONS: dict[str, Mutate] = {
    **{one.__name__: without(one.__name__) for one in barriers.BARRIERS},
    "fall-back after a word": late_fall_back,
    "fall-back although it is off": fall_back_that(fallback=True),
    "fall-back for any failure": fall_back_that(
        fallback_for=frozenset({"out-of-memory", "host-crashed", "connection-failed"})
    ),
    "fall-back although one was asked for": fall_back_although_asked_by_name,
    "fall-back without a preview": unseen_fall_back,
    "marks looked at once": looked_at_once,
    "forks without the mark": forks_without_mark,
    "a mark does not reach forks": forks_not_reached,
    "imports without the mark": imports_without_mark,
    "moving into a folder": unmarked_when_moved,
    "a marked folder's conversations": without_trigger("folder_mark_spreads"),
    "forks of what was erased": without_trigger("conversation_fork_kept"),
    "no permit": sent_without_permit,
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_search_finds_it_when_a_check_is_taken_away(
    mutation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTATIONS[mutation](monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        live(MOST_LIVES)
