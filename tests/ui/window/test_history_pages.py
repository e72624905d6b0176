"""The pages of the history and of the trash, and a damaged file at the start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.core.messages import Role
from app.paths import Paths
from app.store.history import History
from app.ui.pages.history_page import HistoryPage
from app.ui.pages.store_problem_page import StoreProblemPage
from app.ui.pages.trash_page import TrashPage
from app.ui.side.dialogs import SureQuestion
from tests.ui.conftest import Async, Desk, install_model


def ask(desk: Desk, aio: Async, text: str) -> str:
    desk.parts.chat.new_chat()
    desk.parts.chat.send(text)
    aio.until(lambda: bool(desk.parts.chat.open_id) and not desk.parts.chat.is_busy)
    return desk.parts.chat.open_id


def history_page(desk: Desk, aio: Async) -> HistoryPage:
    page: HistoryPage = desk.page("history")
    aio.until(lambda: bool(page.facts.text()))
    return page


def sure(page: HistoryPage | TrashPage) -> None:
    page.findChildren(SureQuestion)[-1].sure_button.click()


def choose_file(page: HistoryPage, path: Path) -> None:
    dialog = page.window().findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_what_was_deleted_is_restored_from_the_trash(desk: Desk, aio: Async) -> None:
    one = ask(desk, aio, "one")
    ask(desk, aio, "other")
    desk.parts.shelf.delete([one])
    aio.until(lambda: "one" not in desk.titles())
    page: TrashPage = desk.page("trash")
    aio.until(lambda: len(page.model.items) == 1)
    assert not page.restore.isEnabled()
    page.list.setCurrentIndex(page.model.index(0))
    page.restore.click()
    aio.until(lambda: page.model.items == [] and "one" in desk.titles())
    assert not page.nothing.isHidden()


def test_erasing_asks_first(desk: Desk, aio: Async) -> None:
    one = ask(desk, aio, "one")
    desk.parts.shelf.delete([one])
    aio.until(lambda: desk.titles() == [])
    page: TrashPage = desk.page("trash")
    aio.until(lambda: len(page.model.items) == 1)
    page.empty.click()
    page.findChildren(SureQuestion)[-1].cancel_button.click()
    assert len(page.model.items) == 1
    page.list.setCurrentIndex(page.model.index(0))
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    sure(page)
    aio.until(lambda: page.model.items == [])


def test_the_days_in_the_trash_are_set_there(desk: Desk, aio: Async) -> None:
    assert desk.parts.settings.number("history.trash_days") == 30
    one = ask(desk, aio, "one")
    desk.parts.shelf.delete([one])
    aio.until(lambda: desk.titles() == [])
    page: TrashPage = desk.page("trash")
    aio.until(lambda: len(page.model.items) == 1)
    page.limit.field.committed.emit(7)
    aio.until(lambda: "7 days left" in str(page.model.index(0).data(page.model.META)))


def test_closing_the_undo_does_not_erase_what_the_trash_keeps(desk: Desk, aio: Async) -> None:
    one = ask(desk, aio, "one")
    desk.parts.shelf.delete([one])
    aio.until(lambda: bool(desk.side.strip.sentence))
    desk.side.strip.dismiss()
    aio.run(desk.parts.actions.erase())
    page: TrashPage = desk.page("trash")
    aio.until(lambda: len(page.model.items) == 1)


def test_everything_goes_out_and_comes_in_again(desk: Desk, aio: Async, tmp_path: Path) -> None:
    ask(desk, aio, "one")
    page = history_page(desk, aio)
    page.format.setCurrentIndex(page.format.findData(".json"))
    page.export.click()
    choose_file(page, tmp_path / "out.json")
    aio.until(lambda: (tmp_path / "out.json").exists() and not desk.parts.storage.is_busy)
    assert "Exported 1 chat" in page.strip.sentence
    page.import_file.click()
    choose_file(page, tmp_path / "out.json")
    aio.until(lambda: not page.report.isHidden() and not desk.parts.storage.is_busy)
    assert page.report.text() == "Imported 0 chats from Tacit.\nAlready there: 1 chat."


def test_a_backup_brings_back_what_was_there(desk: Desk, aio: Async, tmp_path: Path) -> None:
    ask(desk, aio, "one")
    page = history_page(desk, aio)
    page.back_up.click()
    choose_file(page, tmp_path / "backup.zip")
    aio.until(lambda: (tmp_path / "backup.zip").exists() and not desk.parts.storage.is_busy)
    ask(desk, aio, "other")
    assert "other" in desk.titles()
    page = history_page(desk, aio)
    page.restore.click()
    choose_file(page, tmp_path / "backup.zip")
    sure(page)
    aio.until(lambda: "other" not in desk.titles() and not desk.parts.storage.is_busy)
    assert "one" in desk.titles()
    assert "Restored 1 chat" in page.strip.sentence
    assert desk.parts.chat.open_id == "", "what was open is not there any more"


def test_a_daily_copy_is_listed_and_gone_back_to(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    aio.run(desk.services.history.run(lambda store: store.copies.make_due()))
    ask(desk, aio, "other")
    page = history_page(desk, aio)
    aio.until(lambda: page.copies.count() == 1)
    row = page.copies.itemAt(0)
    assert row is not None
    holder = row.widget()
    assert holder is not None
    button = holder.findChildren(type(page.check))[0]
    button.click()
    sure(page)
    aio.until(lambda: "other" not in desk.titles() and not desk.parts.storage.is_busy)
    assert "one" in desk.titles()


def test_checking_says_that_it_is_in_order(desk: Desk, aio: Async) -> None:
    ask(desk, aio, "one")
    page = history_page(desk, aio)
    page.check.click()
    aio.until(lambda: "in order" in page.strip.sentence)
    assert page.recover.isHidden()


def test_a_damaged_file_is_saved_from_the_page_that_says_so(
    make_desk: Callable[..., Desk], paths: Paths, aio: Async
) -> None:
    install_model(paths)
    history = History(paths.history_file)
    history.open()
    for number in range(40):
        made = history.create_conversation(f"Chat {number}")
        history.add_message(made.id, None, Role.USER, "words " * 400)
    history.close()
    content = bytearray(paths.history_file.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    paths.history_file.write_bytes(bytes(content))
    # Only after an unclean end the file is looked at closely.
    lock = paths.history_file.with_name("history.db.lock")
    lock.write_bytes(b"open\n")
    desk = make_desk()
    aio.until(lambda: desk.window.page == "store-problem")
    page = desk.window.stack.currentWidget()
    assert isinstance(page, StoreProblemPage)
    page.recover.click()
    aio.until(lambda: desk.window.page == "chat" and bool(desk.side.model.all))
    assert "Saved" in desk.window.strip.sentence
    assert "broken-1" in desk.window.strip.sentence
    assert list(paths.root.glob("history.broken-1.db"))


def test_export_of_a_chat_from_its_menu(desk: Desk, aio: Async, tmp_path: Path) -> None:
    one = ask(desk, aio, "one")
    desk.side.wishes.exported.emit([one])
    dialog = desk.window.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(tmp_path / "out.md"))
    dialog.close()
    aio.until(lambda: (tmp_path / "out.md").exists() and bool(desk.side.strip.sentence))
    assert "Exported 1 chat" in desk.side.strip.sentence


def test_where_nothing_is_kept_there_is_nothing_to_back_up(desk: Desk, aio: Async) -> None:
    desk.side.temporary.click()
    window = desk.assembly.temporary.windows[0]
    aio.until(lambda: window.chat.is_bound)
    window.show_page("history")
    page = window.stack.currentWidget()
    assert isinstance(page, HistoryPage)
    aio.until(lambda: bool(page.facts.text()))
    assert not page.back_up.isVisible()
    assert not page.check.isVisible()
    assert page.export.isVisible()
