"""Files attached in the window: chosen, dropped, sent, kept, and held back from the cloud."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.chat import attachments
from app.core.draft import Draft, TextFile
from app.engine.fake import FakeEngine, scripted_answer
from app.network.fake import FakeCourier
from app.paths import Paths
from app.providers.cloud import verbs
from app.store.values import Mark, StoredMessage
from app.ui.chat import attaching
from app.ui.chat.file_row import FileRow
from app.ui.chat.preview import SendingQuestion
from app.ui.transcript.files import FileLine
from app.ui.window.main_window import MainWindow
from tests.fakes.clouds import TESTING_KEY, StandInCloud
from tests.fakes.keyring import FakeKeyring
from tests.ui.conftest import Async, Desk, install_model

LONG = "".join(f"Clause {number}.\n" for number in range(3_000))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(pace_s=0.002)


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    file = tmp_path / "lease.txt"
    file.write_text(LONG, encoding="utf-8")
    return file


def mime_of(*files: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    return mime


def drop(window: MainWindow, *files: Path) -> None:
    """As a file manager does it, onto the middle of the chat page."""
    mime, place = mime_of(*files), QPoint(200, 200)
    action, button, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window.chat, QDragEnterEvent(place, action, mime, button, none))
    QApplication.sendEvent(window.chat, QDropEvent(QPointF(place), action, mime, button, none))


def rows(desk: Desk) -> list[FileRow]:
    return [row for row in desk.chat.composer.pile.rows if isinstance(row, FileRow)]


def say(desk: Desk, text: str) -> None:
    desk.composer.setPlainText(text)
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)


def rest(desk: Desk, aio: Async) -> list[StoredMessage]:
    """What is stored of the conversation in front, once its answer has ended."""
    aio.until(lambda: bool(desk.parts.chat.open_id) and not desk.parts.chat.is_busy)
    history, open_id = desk.services.history, desk.parts.chat.open_id
    return aio.run(history.run(lambda store: store.path(open_id)))


def test_a_dropped_file_goes_in_front_of_the_question(
    desk: Desk, aio: Async, engine: FakeEngine, lease: Path
) -> None:
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    assert desk.composer.hasFocus()
    say(desk, "What does it say?")
    question = rest(desk, aio)[0]
    assert question.files == (TextFile("lease.txt", LONG.strip()),)
    assert engine.jobs[0].messages[-1].text == f"File lease.txt:\n\n{LONG}\nWhat does it say?"
    assert (desk.said()[0], rows(desk)) == ("What does it say?", [])


def test_files_over_the_page_are_shown_to_be_welcome(desk: Desk, lease: Path) -> None:
    composer = desk.chat.composer
    action, button, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    mime = mime_of(lease)
    over = QDragEnterEvent(QPoint(9, 9), action, mime, button, none)
    QApplication.sendEvent(desk.chat, over)
    assert over.isAccepted()
    QApplication.sendEvent(desk.chat, QDragLeaveEvent())
    # Over the field as well, and they are never moved away.
    both = action | Qt.DropAction.MoveAction
    over = QDragEnterEvent(QPoint(9, 9), both, mime, button, none)
    QApplication.sendEvent(desk.composer.viewport(), over)
    assert (over.isAccepted(), over.dropAction()) == (True, action)
    moved = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.MoveAction, mime, button, none)
    moved.ignore()
    QApplication.sendEvent(desk.chat, moved)
    assert not moved.isAccepted()
    QApplication.sendEvent(desk.chat, QDragLeaveEvent())
    QApplication.sendEvent(desk.chat, QDragEnterEvent(QPoint(9, 9), action, mime, button, none))
    assert composer.edit.placeholderText() == "Drop text files here to attach them"
    QApplication.sendEvent(desk.chat, QDragLeaveEvent())
    assert composer.edit.placeholderText() == "Write a message"
    words = QMimeData()
    words.setText("words")
    other = QDragEnterEvent(QPoint(9, 9), action, words, button, none)
    other.ignore()
    QApplication.sendEvent(desk.chat, other)
    assert not other.isAccepted()


def test_files_are_chosen_in_a_dialog(desk: Desk, aio: Async, lease: Path) -> None:
    desk.chat.composer.clip.click()
    (dialog,) = desk.window.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(lease)])
    dialog.reject()
    aio.until(lambda: [row.file.name for row in rows(desk)] == ["lease.txt"])


def test_what_cannot_be_attached_is_a_sentence(desk: Desk, aio: Async, tmp_path: Path) -> None:
    picture, sound = tmp_path / "picture.png", tmp_path / "sound.ogg"
    for file in (picture, sound):
        file.write_bytes(b"\x89\0\1")
    drop(desk.window, picture)
    aio.until(lambda: "picture.png is no text file." in desk.chat.strip.sentence)
    drop(desk.window, picture, sound)
    aio.until(lambda: "2 files are not attached." in desk.chat.strip.sentence)
    assert rows(desk) == []


def test_there_is_a_largest_number_of_files(
    desk: Desk, aio: Async, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST_FILES", 2)
    for name in "abc":
        (tmp_path / name).write_text(name)
    drop(desk.window, *(tmp_path / name for name in "abc"))
    aio.until(lambda: "c is not attached" in desk.chat.strip.sentence)
    assert [row.file.name for row in rows(desk)] == ["a", "b"]


def test_a_slow_disk_does_not_hold_the_window(
    desk: Desk, aio: Async, lease: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read late belongs to the chat for which it was wanted."""
    read, gate = attachments.read_file, threading.Event()

    def slowly(path: Path) -> TextFile:
        gate.wait(20)
        return read(path)

    monkeypatch.setattr(attaching, "read_file", slowly)
    say(desk, "first")
    rest(desk, aio)
    first = desk.parts.chat.open_id
    drop(desk.window, lease)
    QTest.keyClicks(desk.composer, "typed meanwhile")
    assert desk.composer.toPlainText() == "typed meanwhile"
    desk.parts.chat.new_chat()
    gate.set()
    aio.until(lambda: len(desk.parts.chat.drafts.files(first)) == 1)
    assert rows(desk) == []
    desk.parts.chat.open(first)
    aio.until(lambda: len(rows(desk)) == 1)
    assert desk.composer.toPlainText() == "typed meanwhile"


def test_what_is_dropped_before_the_history_is_open_is_attached(
    make_desk: Callable[..., Desk], paths: Paths, aio: Async, lease: Path
) -> None:
    install_model(paths)
    desk = make_desk(before=lambda window: drop(window, lease))
    aio.until(lambda: len(rows(desk)) == 1)


def test_attached_files_are_there_after_a_restart(
    make_desk: Callable[..., Desk], desk: Desk, aio: Async, lease: Path
) -> None:
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    rows(desk)[0].lock.click()
    QTest.keyClicks(desk.composer, "half a question")
    lease.unlink()
    again = make_desk()
    aio.until(lambda: again.chat.is_bound and len(rows(again)) == 1)
    kept = TextFile("lease.txt", LONG, is_confidential=True)
    assert again.chat.composer.draft == Draft("half a question", (kept,))


def test_a_waiting_message_keeps_its_files(
    desk: Desk, aio: Async, engine: FakeEngine, lease: Path
) -> None:
    engine.enqueue(scripted_answer("word " * 400))
    say(desk, "go")
    aio.until(lambda: desk.chat.composer.is_busy and len(desk.said()) == 2)
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    say(desk, "and this?")
    assert (len(desk.parts.queue.waiting), rows(desk)) == (1, [])
    aio.until(lambda: len(desk.said()) == 4)
    assert [len(message.files) for message in rest(desk, aio)] == [0, 0, 1, 0]


def test_the_transcript_folds_a_file_to_one_line(
    desk: Desk, aio: Async, engine: FakeEngine, lease: Path
) -> None:
    engine.enqueue(scripted_answer("Because."))
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    say(desk, "Why?")
    rest(desk, aio)
    row = desk.chat.transcript.board.rows[0]
    assert row.widget is not None
    (line,) = row.widget.findChildren(FileLine)
    assert line.text() == "lease.txt\u200e, 38 kB"
    assert line.accessibleName() == "lease.txt\u200e, 38 kB, folded"
    assert line in row.widget.stops()
    folded = desk.chat.transcript.board.height_of(row)
    assert folded < 200
    line.click()
    aio.until(lambda: row.widget is not None and row.widget.is_drawn and not row.needs_work)
    assert line.body is not None
    assert "Clause 2999." in line.body.text.toPlainText()
    assert desk.chat.transcript.board.height_of(row) > 20_000
    assert line.accessibleName().endswith("unfolded")
    line.click()
    assert desk.chat.transcript.board.height_of(row) == folded


def test_another_wording_keeps_the_files(
    desk: Desk, aio: Async, engine: FakeEngine, lease: Path
) -> None:
    engine.enqueue(scripted_answer("Because."))
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    say(desk, "Why?")
    old = rest(desk, aio)[0]
    widget = desk.chat.transcript.board.rows[0].widget
    assert widget is not None
    widget.start_editing()
    assert widget.editor is not None
    assert widget.editor.field.toPlainText() == "Why?"
    widget.editor.field.setPlainText("Why not?")
    widget.editor.save.click()
    aio.until(lambda: desk.said()[:1] == ["Why not?"])
    new = rest(desk, aio)[0]
    assert (new.id != old.id, new.words, new.files) == (True, "Why not?", old.files)


def test_a_hit_in_a_file_unfolds_it(
    desk: Desk, aio: Async, engine: FakeEngine, lease: Path
) -> None:
    engine.enqueue(scripted_answer("Because."))
    drop(desk.window, lease)
    aio.until(lambda: len(rows(desk)) == 1)
    say(desk, "Why?")
    question = rest(desk, aio)[0]
    view = desk.chat.transcript
    view.show_hit(question.id, "Why")
    assert view.findChildren(FileLine)[0].body is None
    view.show_hit(question.id, "2718")
    line = view.findChildren(FileLine)[0]
    aio.until(lambda: line.body is not None and bool(line.body.text.extraSelections()))
    assert line.body is not None
    (mark,) = line.body.text.extraSelections()
    assert mark.cursor.selectedText() == "2718"
    assert view.verticalScrollBar().value() > 10_000


class TestConfidential:
    """The mark of a file, with a cloud switched on and chosen."""

    @pytest.fixture
    def cloud(self, paths: Paths, keyring: FakeKeyring) -> Iterator[StandInCloud]:
        keyring.kept["anthropic"] = TESTING_KEY
        with StandInCloud() as server:
            settings = {
                "cloud.on": True,
                "cloud.anthropic": True,
                "cloud.anthropic_model": "claude-sonnet-5-5",
                "cloud.anthropic_address": server.address,
            }
            paths.settings_file.write_text(json.dumps(settings))
            yield server

    @pytest.fixture
    def ready(
        self,
        cloud: StandInCloud,
        make_desk: Callable[..., Desk],
        paths: Paths,
        aio: Async,
        lease: Path,
    ) -> Iterator[Desk]:
        """A new chat with the cloud's model, and a file attached."""
        courier = FakeCourier(verbs.handlers())
        install_model(paths)
        desk = make_desk(courier=courier)
        aio.until(lambda: bool(desk.parts.models.usable) and desk.chat.is_bound)
        desk.parts.chat.begin_with("cloud:anthropic:claude-sonnet-5-5")
        drop(desk.window, lease)
        aio.until(lambda: len(rows(desk)) == 1)
        yield desk
        courier.end()

    def test_what_is_not_marked_is_shown_before_it_leaves(
        self, cloud: StandInCloud, ready: Desk, aio: Async
    ) -> None:
        say(ready, "What does it say?")
        aio.until(lambda: bool(ready.window.findChildren(SendingQuestion)))
        (asked,) = ready.window.findChildren(SendingQuestion)
        assert isinstance(asked, SendingQuestion)
        assert "File lease.txt:\n\nClause 0." in asked.text.toPlainText()
        assert cloud.requests == []
        asked.send.click()
        assert rest(ready, aio)[-1].provider == "anthropic"
        (sent,) = cloud.requests
        assert sent.body["messages"][0]["content"].startswith("File lease.txt:\n\nClause 0.")

    def test_nothing_of_it_leaves(self, cloud: StandInCloud, ready: Desk, aio: Async) -> None:
        desk = ready
        rows(desk)[0].lock.click()
        say(desk, "What does it say?")
        question, answer = rest(desk, aio)
        assert "A file that belongs to this question is marked confidential." in answer.error
        assert cloud.requests == []
        button = desk.chat.header.confidential
        assert (button.isVisible(), button.text()) == (True, "Confidential")
        say(desk, "And now?")
        aio.until(lambda: len(desk.said()) == 4)
        assert "confidential" in rest(desk, aio)[-1].error
        assert cloud.requests == []
        # Nor does the mark go away with a click.
        button.click()
        aio.until(lambda: "A file in this chat is confidential" in desk.chat.strip.sentence)
        assert desk.parts.chat.conversation is not None
        assert desk.parts.chat.conversation.mark is Mark.CONFIDENTIAL
        assert question.files[0].is_confidential
