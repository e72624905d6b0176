"""Searching as one types: the last wish counts, pages follow, filters alone list."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.messages import Role
from app.core.tasks import Tasks
from app.store.history import History
from app.store.search import SearchHit
from app.ui.history.search_controller import PAGE, SearchController
from app.ui.side.filter_panel import NOTHING, Chosen, Period
from tests.ui.conftest import Async
from tests.ui.history.conftest import Stored


@pytest.fixture
def search(services: Services, tasks: Tasks) -> SearchController:
    return SearchController(services.history, tasks)


def pages_of(search: SearchController) -> list[list[SearchHit]]:
    found: list[list[SearchHit]] = []
    search.found.connect(lambda hits, _more, _complete: found.append(hits))
    return found


def test_titles_come_first_and_words_are_marked(
    aio: Async, search: SearchController, stored: Stored
) -> None:
    stored("Lease of the flat", "Hello", "Nothing of it")
    stored("A recipe", "What of the lease?", "Clause seven")
    found = pages_of(search)
    search.search("leas")
    aio.until(lambda: bool(found))
    assert [(hit.title, hit.message_id is None) for hit in found[0]] == [
        ("Lease of the flat", True),
        ("A recipe", False),
    ]
    hit = found[0][1]
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["leas"]


def test_only_the_last_wish_is_answered(
    aio: Async, search: SearchController, stored: Stored
) -> None:
    stored("Lease")
    stored("Recipe")
    found = pages_of(search)
    for typed in ("l", "le", "lea", "r", "re", "recipe"):
        search.search(typed)
    aio.until(lambda: bool(found))
    assert [[hit.title for hit in page] for page in found] == [["Recipe"]]


def test_pages_follow_without_doubles(aio: Async, search: SearchController, stored: Stored) -> None:
    for number in range(PAGE + 7):
        stored(f"Lease {number}")
    found, more = pages_of(search), list[list[SearchHit]]()
    search.more_found.connect(lambda hits, _more: more.append(hits))
    search.search("lease")
    aio.until(lambda: bool(found))
    search.more()
    search.more()
    aio.until(lambda: bool(more))
    assert len({hit.conversation_id for page in (*found, *more) for hit in page}) == PAGE + 7
    assert len(more) == 1


def test_filters_without_words_list_conversations(
    aio: Async, search: SearchController, stored: Stored, services: Services
) -> None:
    one, _ = stored("one"), stored("two")
    aio.run(services.history.run(lambda store: store.labels.set_tags(one.id, ["tax"])))
    found = pages_of(search)
    search.search("", Chosen(tag="tax"))
    aio.until(lambda: bool(found))
    assert [hit.title for hit in found[0]] == ["one"]


def test_what_becomes_findable_meanwhile_is_shown(
    aio: Async, search: SearchController, services: Services
) -> None:
    def fill(store: History) -> None:
        with store.batch():
            for number in range(900):
                made = store.create_conversation(f"Chat {number}")
                store.add_message(made.id, None, Role.USER, f"needle {number}")

    aio.run(services.history.run(fill))
    states: list[bool] = []
    search.found.connect(lambda _hits, _more, is_complete: states.append(is_complete))
    search.search("needle")
    aio.until(lambda: bool(states))
    assert not states[0]
    while aio.run(services.history.run(lambda store: store.index_more())):
        pass
    aio.until(lambda: states[-1])


def test_a_closed_history_is_said(aio: Async, search: SearchController, services: Services) -> None:
    failures: list[AppError] = []
    search.failed.connect(failures.append)
    aio.run(services.history.run(lambda store: store.close()))
    search.search("lease")
    aio.until(lambda: bool(failures))
    assert "not open" in failures[0].what


def test_what_the_panel_says_becomes_the_filters_of_the_store() -> None:
    now = datetime(2026, 3, 10, 15, 30).astimezone()
    midnight = now.replace(hour=0, minute=0)
    assert Chosen(period=Period.TODAY).filters(now).since == midnight.timestamp()
    assert NOTHING.filters(now).since is None
    assert Chosen(folder="none").filters(now).folder_id == ""
    assert Chosen(folder="f").filters(now).folder_id == "f"
    assert Chosen(is_local=False).filters(now).is_local is False
    assert not NOTHING.is_anything
    assert Chosen(is_local=False).is_anything
