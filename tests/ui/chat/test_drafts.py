"""Drafts: saved a little after the last key, one for each conversation, never lost."""

from __future__ import annotations

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.ui.chat.drafts import Drafts
from tests.ui.conftest import Async


@pytest.fixture
def drafts(services: Services, tasks: Tasks) -> Drafts:
    return Drafts(services.history, tasks)


def stored(aio: Async, services: Services, conversation_id: str | None) -> str:
    return aio.run(services.history.run(lambda store: store.draft(conversation_id)))


def begin(aio: Async, services: Services) -> str:
    return aio.run(services.history.run(lambda store: store.create_conversation("x"))).id


def test_a_draft_is_saved_by_itself(aio: Async, services: Services, drafts: Drafts) -> None:
    drafts.edited(None, "half a thought")
    aio.until(lambda: stored(aio, services, None) == "half a thought")
    assert aio.run(Drafts(services.history, drafts._tasks).load_new()) == "half a thought"


def test_each_conversation_has_its_own(aio: Async, services: Services, drafts: Drafts) -> None:
    one, two = begin(aio, services), begin(aio, services)
    drafts.edited(one, "first")
    drafts.edited(two, "second")
    aio.run(drafts.save())
    assert (stored(aio, services, one), stored(aio, services, two)) == ("first", "second")
    assert drafts.text(one, "stale") == "first"
    assert drafts.text("unknown", "from the store") == "from the store"


def test_a_sent_text_is_not_saved_again(aio: Async, services: Services, drafts: Drafts) -> None:
    one = begin(aio, services)
    drafts.edited(one, "question")
    drafts.sent(one)
    aio.run(drafts.save())
    assert stored(aio, services, one) == ""
    assert drafts.text(one, "question") == ""


def test_what_was_written_while_it_was_sent_belongs_to_the_new_conversation(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    one = begin(aio, services)
    drafts.sent(None)
    drafts.edited(None, "and another thing")
    drafts.moved_to(one)
    aio.run(drafts.save())
    assert stored(aio, services, one) == "and another thing"
    assert stored(aio, services, None) == ""


def test_given_back_before_the_rest(aio: Async, services: Services, drafts: Drafts) -> None:
    one = begin(aio, services)
    drafts.edited(one, "since")
    drafts.give_back(one, "failed")
    assert drafts.text(one, "") == "failed\n\nsince"


def test_what_was_written_before_the_history_opened_stands_after_the_stored_draft(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    aio.run(services.history.run(lambda store: store.save_draft(None, "stored")))
    drafts._known[None] = "typed"
    assert aio.run(drafts.load_new()) == "stored\n\ntyped"
    aio.run(drafts.save())
    assert stored(aio, services, None) == "stored\n\ntyped"


def test_a_failure_is_said_once_and_tried_again(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    failures: list[AppError] = []
    drafts.failed.connect(failures.append)
    aio.run(services.history.run(lambda store: store.close()))
    drafts.edited(None, "a")
    aio.run(drafts.save())
    drafts.edited(None, "ab")
    aio.run(drafts.save())
    assert len(failures) == 1
    aio.run(services.open_history())
    aio.run(drafts.save())
    assert stored(aio, services, None) == "ab"


def test_a_draft_of_a_deleted_conversation_is_forgotten(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    failures: list[AppError] = []
    drafts.failed.connect(failures.append)
    one = begin(aio, services)
    drafts.edited(one, "x")
    aio.run(services.history.run(lambda store: store.delete_conversation(one)))
    drafts.forget(one)
    aio.run(drafts.save())
    assert failures == []
