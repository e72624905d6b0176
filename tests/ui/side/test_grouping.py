"""Which heading and which folder of the side list a conversation stands under."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.store.filters import Sort
from app.store.values import Conversation, Folder
from app.ui.side.grouping import Order, Row, heading_of, rows

TODAY = date(2026, 3, 10)


def at(day: date, hour: int = 12) -> float:
    return datetime(day.year, day.month, day.day, hour).astimezone().timestamp()


def conversation(
    title: str, updated_at: float = at(TODAY), folder_id: str | None = None
) -> Conversation:
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
        folder_id=folder_id,
    )


def folder(name: str, parent_id: str | None = None) -> Folder:
    return Folder(
        id=name, name=name, parent_id=parent_id, system_prompt=None, created_at=0, conversations=0
    )


def words(found: list[Row]) -> list[str]:
    return [
        f"{'  ' * row.depth}"
        + (
            row.conversation.title
            if row.conversation
            else f"[{row.folder.name} {row.count}]"
            if row.folder
            else row.heading
        )
        for row in found
    ]


@pytest.mark.parametrize(
    ("days", "heading"),
    [
        (-1, "today"),
        (0, "today"),
        (1, "yesterday"),
        (2, "last-week"),
        (7, "last-week"),
        (8, "2026-03"),
        (10, "2026-02"),
        (400, "2025-02"),
    ],
)
def test_headings_go_by_the_calendar(days: int, heading: str) -> None:
    day = TODAY - timedelta(days=days)
    assert heading_of(at(day, 0), TODAY) == heading
    assert heading_of(at(day, 23), TODAY) == heading


def test_headings_stand_above_their_group_newest_first() -> None:
    found = rows(
        [
            conversation("old", at(date(2020, 1, 1))),
            conversation("noon", at(TODAY, 12)),
            conversation("morning", at(TODAY, 8)),
        ],
        Order(today=TODAY),
    )
    assert words(found) == ["today", "noon", "morning", "2020-01", "old"]


def test_pinned_ones_come_first_wherever_they_are() -> None:
    found = rows(
        [
            conversation("a"),
            replace(conversation("b", at(date(2020, 1, 1))), pinned=True),
            replace(conversation("c", folder_id="Client"), pinned=True),
        ],
        Order(today=TODAY, folders=[folder("Client")]),
    )
    assert words(found) == ["pinned", "c", "b", "folders", "[Client 0]", "today", "a"]


def test_a_folder_shows_its_chats_only_while_it_is_unfolded() -> None:
    there = [conversation("a", folder_id="Client"), conversation("b", folder_id="Inner")]
    folders = [folder("Client"), folder("Inner", "Client"), folder("Other")]
    folded = rows(there, Order(today=TODAY, folders=folders))
    assert words(folded) == ["folders", "[Client 2]", "[Other 0]"]
    unfolded = rows(there, Order(today=TODAY, folders=folders, unfolded={"Client", "Inner"}))
    assert words(unfolded) == [
        "folders",
        "[Client 2]",
        "  [Inner 1]",
        "    b",
        "  a",
        "[Other 0]",
    ]


def test_a_chat_of_an_unknown_folder_is_never_out_of_sight() -> None:
    assert words(rows([conversation("a", folder_id="gone")], Order(today=TODAY))) == ["today", "a"]


def test_by_title_there_is_one_heading_and_no_case() -> None:
    there = [conversation("beta"), conversation("Alpha"), conversation("gamma")]
    found = rows(there, Order(today=TODAY, sort=Sort.TITLE))
    assert words(found) == ["all", "Alpha", "beta", "gamma"]


def test_by_creation_the_last_use_does_not_matter() -> None:
    old = replace(conversation("old"), created_at=at(date(2020, 1, 1)))
    found = rows([old, conversation("new")], Order(today=TODAY, sort=Sort.CREATED))
    assert words(found) == ["today", "new", "2020-01", "old"]
