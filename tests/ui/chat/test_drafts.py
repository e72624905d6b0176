"""Drafts: saved a little after the last key, one for each conversation, never lost."""

from __future__ import annotations

import pytest

from app.bootstrap import Services
from app.core.draft import Draft, TextFile
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.attachments import Attachments
from app.ui.chat.drafts import Drafts, stored_draft
from tests.ui.conftest import Async


@pytest.fixture
def drafts(services: Services, tasks: Tasks) -> Drafts:
    return Drafts(services.history, tasks)


def stored(aio: Async, services: Services, conversation_id: str | None) -> str:
    return aio.run(services.history.run(lambda store: store.draft(conversation_id)))


def begin(aio: Async, services: Services) -> str:
    return aio.run(services.history.run(lambda store: store.create_conversation("x"))).id


def test_a_draft_is_saved_by_itself(aio: Async, services: Services, drafts: Drafts) -> None:
    drafts.edited(None, Draft("half a thought"))
    aio.until(lambda: stored(aio, services, None) == "half a thought")
    assert aio.run(Drafts(services.history, drafts._tasks).load_new()).text == "half a thought"


def test_each_conversation_has_its_own(aio: Async, services: Services, drafts: Drafts) -> None:
    one, two = begin(aio, services), begin(aio, services)
    drafts.edited(one, Draft("first"))
    drafts.edited(two, Draft("second"))
    aio.run(drafts.save())
    assert (stored(aio, services, one), stored(aio, services, two)) == ("first", "second")
    assert drafts.shown(one, Draft("stale")).text == "first"
    assert drafts.shown("unknown", Draft("from the store")).text == "from the store"


def test_a_sent_text_is_not_saved_again(aio: Async, services: Services, drafts: Drafts) -> None:
    one = begin(aio, services)
    drafts.edited(one, Draft("question"))
    drafts.sent(one)
    aio.run(drafts.save())
    assert stored(aio, services, one) == ""
    assert drafts.shown(one, Draft("question")) == Draft()


def test_what_was_written_while_it_was_sent_belongs_to_the_new_conversation(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    one = begin(aio, services)
    drafts.sent(None)
    drafts.edited(None, Draft("and another thing"))
    drafts.moved_to(one)
    aio.run(drafts.save())
    assert stored(aio, services, one) == "and another thing"
    assert stored(aio, services, None) == ""


def test_given_back_before_the_rest(aio: Async, services: Services, drafts: Drafts) -> None:
    one = begin(aio, services)
    drafts.edited(one, Draft("since"))
    drafts.give_back(one, Draft("failed"))
    assert drafts.shown(one, Draft()).text == "failed\n\nsince"


def test_what_was_written_before_the_history_opened_stands_after_the_stored_draft(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    aio.run(services.history.run(lambda store: store.save_draft(None, "stored")))
    drafts._known[None] = Draft("typed")
    assert aio.run(drafts.load_new()).text == "stored\n\ntyped"
    aio.run(drafts.save())
    assert stored(aio, services, None) == "stored\n\ntyped"


def test_a_failure_is_said_once_and_tried_again(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    failures: list[AppError] = []
    drafts.failed.connect(failures.append)
    aio.run(services.history.run(lambda store: store.close()))
    drafts.edited(None, Draft("a"))
    aio.run(drafts.save())
    drafts.edited(None, Draft("ab"))
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
    drafts.edited(one, Draft("x"))
    aio.run(services.history.run(lambda store: store.delete_conversation(one)))
    drafts.forget(one)
    aio.run(drafts.save())
    assert failures == []


def test_files_are_kept_with_the_words(aio: Async, services: Services, drafts: Drafts) -> None:
    one = begin(aio, services)
    letter = TextFile("letter.txt", "Dear", is_confidential=True)
    drafts.edited(one, Draft("answer it", (letter,)))
    drafts.edited(None, Draft(files=(TextFile("new.txt", "new"),)))
    aio.run(drafts.save())
    again = Drafts(services.history, drafts._tasks)
    assert aio.run(again.load_new()) == Draft(files=(TextFile("new.txt", "new"),))
    stored = aio.run(services.history.run(lambda store: stored_draft(store, one)))
    assert again.shown(one, stored) == Draft("answer it", (letter,))
    again.edited(one, Draft("answer it"))
    aio.run(again.save())
    assert aio.run(services.history.run(lambda store: stored_draft(store, one))).files == ()


def test_files_are_written_only_when_they_change(
    aio: Async, services: Services, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begin(aio, services)
    file = TextFile("a.txt", "a")
    drafts.edited(one, Draft("w", (file,)))
    aio.run(drafts.save())
    written: list[str | None] = []
    monkeypatch.setattr(
        Attachments, "save_draft", lambda _self, where, _files: written.append(where)
    )
    drafts.edited(one, Draft("wo", (file,)))
    aio.run(drafts.save())
    assert (stored(aio, services, one), written) == ("wo", [])
    # What was sent is gone from the store: the same file is a new one then.
    drafts.sent(one)
    drafts.edited(one, Draft("again", (file,)))
    aio.run(drafts.save())
    assert written == [one]


def test_a_file_that_was_read_late_waits_in_its_conversation(
    aio: Async, services: Services, drafts: Drafts
) -> None:
    one = begin(aio, services)
    drafts.edited(one, Draft("words"))
    drafts.attach(one, TextFile("late.txt", "late"))
    assert drafts.shown(one, Draft()) == Draft("words", (TextFile("late.txt", "late"),))
