"""Which group of the side list a conversation belongs to, and what a search leaves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.store.values import Conversation
from app.ui.side.grouping import Age, age_of, rows

TODAY = date(2026, 3, 10)


def at(day: date, hour: int = 12) -> float:
    return datetime(day.year, day.month, day.day, hour).astimezone().timestamp()


def conversation(title: str, updated_at: float) -> Conversation:
    return Conversation(
        id=title,
        title=title,
        title_by_user=False,
        created_at=updated_at,
        updated_at=updated_at,
        model="",
        draft="",
        system_prompt=None,
        leaf_id=None,
    )


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-1, Age.TODAY),
        (0, Age.TODAY),
        (1, Age.YESTERDAY),
        (2, Age.LAST_WEEK),
        (7, Age.LAST_WEEK),
        (8, Age.OLDER),
        (400, Age.OLDER),
    ],
)
def test_age_goes_by_the_calendar(days: int, age: Age) -> None:
    day = TODAY - timedelta(days=days)
    assert age_of(at(day, 0), TODAY) is age
    assert age_of(at(day, 23), TODAY) is age


def test_headings_stand_above_their_group_newest_first() -> None:
    found = rows(
        [
            conversation("old", at(date(2020, 1, 1))),
            conversation("noon", at(TODAY, 12)),
            conversation("morning", at(TODAY, 8)),
        ],
        "",
        TODAY,
    )
    shown = [row.conversation.title if row.conversation else row.age for row in found]
    assert shown == [Age.TODAY, "noon", "morning", Age.OLDER, "old"]


def test_a_search_needs_all_words_in_any_order_and_any_case() -> None:
    all_of_them = [
        conversation("Lease, clause 7", at(TODAY)),
        conversation("Lease of the flat", at(TODAY)),
        conversation("Straße", at(TODAY)),
    ]
    assert [
        r.conversation.title for r in rows(all_of_them, "CLAUSE lease", TODAY) if r.conversation
    ] == ["Lease, clause 7"]
    assert [
        r.conversation.title for r in rows(all_of_them, "STRASSE", TODAY) if r.conversation
    ] == ["Straße"]
    assert rows(all_of_them, "nothing", TODAY) == []
