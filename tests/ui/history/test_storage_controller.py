"""Exports, imports, backups, checks and recoveries from the window, each with its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.exchange.exporting import ExportReport
from app.exchange.importing import ImportReport
from app.paths import Paths
from app.store.recovery import CheckReport, RecoveryReport
from app.ui.chat.chat_controller import ChatController
from app.ui.history import report_words
from app.ui.history.storage_controller import StorageController, StorageFacts
from tests.ui.conftest import Async
from tests.ui.history.conftest import Stored


@pytest.fixture
def storage(
    services: Services, paths: Paths, tasks: Tasks, aio: Async, chat: ChatController
) -> Iterator[StorageController]:
    async def nothing() -> None:
        pass

    made = StorageController(
        services.history, paths, tasks, before_closing=chat.close, after_opening=nothing
    )
    yield made
    aio.run(made.close())


def wait(aio: Async, storage: StorageController) -> list[AppError]:
    """Wait for the job; what it failed with."""
    failures: list[AppError] = []
    storage.failed.connect(failures.append)
    aio.until(lambda: not storage.is_busy)
    return failures


@pytest.mark.parametrize("suffix", [".md", ".html", ".json", ".txt"])
def test_a_selection_goes_to_one_file(
    aio: Async, storage: StorageController, stored: Stored, tmp_path: Path, suffix: str
) -> None:
    one, _ = stored("one", "What of the lease?", "Clause **seven**."), stored("other", "Recipe")
    reports: list[ExportReport] = []
    storage.exported.connect(lambda report, _path: reports.append(report))
    storage.export(tmp_path / f"out{suffix}", suffix, [one.id])
    assert wait(aio, storage) == []
    text = (tmp_path / f"out{suffix}").read_text(encoding="utf-8")
    assert "What of the lease?" in text
    assert "Recipe" not in text
    assert reports[0].conversations == 1


def test_pdf_is_drawn_on_a_thread_and_holds_every_page(
    qtbot: QtBot, aio: Async, storage: StorageController, stored: Stored, tmp_path: Path
) -> None:
    for number in range(3):
        stored(f"Chat {number}", "What of the lease?", "Clause **seven**.\n\n![x](/etc/passwd)")
    target = tmp_path / "out.pdf"
    storage.export(target, ".pdf")
    assert wait(aio, storage) == []
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 3
    assert b"%%EOF" in content[-32:]


def test_each_goes_to_a_file_of_its_own(
    aio: Async, storage: StorageController, stored: Stored, tmp_path: Path
) -> None:
    stored("one", "Hello"), stored("other", "Recipe")
    storage.export(tmp_path, ".pdf")
    wait(aio, storage)
    assert sorted(file.name for file in tmp_path.glob("*.pdf")) == ["one.pdf", "other.pdf"]


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(
    aio: Async, storage: StorageController, stored: Stored, tmp_path: Path
) -> None:
    stored("one", "Hello")
    failures: list[AppError] = []
    storage.failed.connect(failures.append)
    storage.export(tmp_path / "no" / "where.md", ".md")
    wait(aio, storage)
    assert "cannot be written" in failures[0].what
    assert list(tmp_path.glob("*.md")) == list(tmp_path.glob(".*")) == []


def test_an_import_says_what_it_skipped_and_why(
    aio: Async, storage: StorageController, stored: Stored, tmp_path: Path
) -> None:
    stored("one", "Hello")
    whole = tmp_path / "out.json"
    storage.export(whole, ".json")
    wait(aio, storage)
    document = json.loads(whole.read_text(encoding="utf-8"))
    document["conversations"].append({"title": "Nonsense"})
    whole.write_text(json.dumps(document), encoding="utf-8")
    reports: list[ImportReport] = []
    storage.imported.connect(reports.append)
    storage.import_(whole)
    wait(aio, storage)
    lines = report_words.import_words(reports[0])
    assert lines[0] == "Imported 0 chats from Tacit."
    assert "Already there: 1 chat." in lines
    assert any("Could not be read: 1 chat" in line and "Nonsense" in line for line in lines)


def test_what_is_no_export_is_said(aio: Async, storage: StorageController, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("hello", encoding="utf-8")
    failures: list[AppError] = []
    storage.failed.connect(failures.append)
    storage.import_(tmp_path / "x.json")
    wait(aio, storage)
    assert len(failures) == 1


def test_back_to_a_backup(
    aio: Async, storage: StorageController, stored: Stored, services: Services, tmp_path: Path
) -> None:
    stored("before", "Hello")
    target = tmp_path / "backup.zip"
    storage.back_up(target)
    assert wait(aio, storage) == []
    stored("after", "Later")
    kept: list[list[Path]] = []
    storage.restored.connect(lambda _made, places: kept.append(places))
    storage.restore(target)
    assert wait(aio, storage) == []
    titles = aio.run(services.history.run(lambda store: store.conversations()))
    assert [one.title for one in titles] == ["before"]
    assert kept[0][-1].exists()


def test_a_file_that_is_no_backup_changes_nothing(
    aio: Async, storage: StorageController, stored: Stored, services: Services, tmp_path: Path
) -> None:
    stored("before", "Hello")
    (tmp_path / "x.zip").write_bytes(b"PK nonsense")
    failures: list[AppError] = []
    storage.failed.connect(failures.append)
    storage.restore(tmp_path / "x.zip")
    wait(aio, storage)
    assert "nothing was changed" in failures[0].what
    titles = aio.run(services.history.run(lambda store: store.conversations()))
    assert [one.title for one in titles] == ["before"]


def test_checking_a_sound_history(aio: Async, storage: StorageController, stored: Stored) -> None:
    stored("one", "Hello", "Hi")
    reports: list[CheckReport] = []
    storage.checked.connect(reports.append)
    storage.check()
    wait(aio, storage)
    assert report_words.check_words(reports[0]) == (
        "The history is in order: 1 chat with 2 messages, the trash included."
    )


def test_what_can_be_read_is_saved_and_the_old_file_is_kept(
    aio: Async, storage: StorageController, stored: Stored, services: Services
) -> None:
    stored("one", "Hello", "Hi")
    reports: list[RecoveryReport] = []
    storage.recovered.connect(reports.append)
    storage.recover()
    assert wait(aio, storage) == []
    assert reports[0].aside.exists()
    assert "Saved 1 chat with 2 messages." in report_words.recovery_words(reports[0])
    titles = aio.run(services.history.run(lambda store: store.conversations()))
    assert [one.title for one in titles] == ["one"]


def test_one_job_at_a_time_and_it_can_be_stopped(
    aio: Async, storage: StorageController, stored: Stored, tmp_path: Path
) -> None:
    for number in range(200):
        stored(f"Chat {number}", "Hello")
    began: list[str] = []
    reports: list[ExportReport] = []
    storage.began.connect(began.append)
    storage.exported.connect(lambda report, _path: reports.append(report))
    storage.export(tmp_path / "out.md", ".md")
    storage.check()
    storage.cancel()
    wait(aio, storage)
    assert began == ["Exporting"]
    assert reports[0].was_cancelled
    assert list(tmp_path.glob("*.md")) == list(tmp_path.glob(".*")) == []


def test_facts(aio: Async, storage: StorageController, stored: Stored, services: Services) -> None:
    stored("one")
    gone = stored("gone")
    aio.run(services.history.run(lambda store: store.delete_conversation(gone.id)))
    aio.run(services.history.run(lambda store: store.copies.make_due()))
    found: list[StorageFacts] = []
    storage.facts_read.connect(found.append)
    storage.refresh()
    aio.until(lambda: bool(found))
    assert (found[0].conversations, found[0].in_trash, len(found[0].copies)) == (1, 1, 1)
    assert found[0].size_bytes > 0


def test_a_file_without_any_chat_is_told_in_words() -> None:
    assert report_words.import_words(ImportReport()) == [
        "There is no chat in it that Tacit can read."
    ]
