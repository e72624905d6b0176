"""The composer: which key sends, what is never lost, and texts too large to edit."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.draft import Draft, TextFile
from app.ui.appearance import Appearance
from app.ui.chat.composer import Composer
from app.ui.chat.file_row import FileRow
from app.ui.chat.pasted import PastedText

KEY = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def composer(qtbot: QtBot, look: Appearance) -> Composer:
    made = Composer(look)
    qtbot.addWidget(made)
    made.resize(600, 60)
    made.show()
    qtbot.waitExposed(made)
    made.edit.setFocus()
    return made


def sent(composer: Composer) -> list[str]:
    texts: list[str] = []
    composer.send_wanted.connect(texts.append)
    return texts


def test_enter_sends_and_the_text_stays_until_it_is_taken(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    QTest.keyClicks(composer.edit, "Hello there")
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert texts == ["Hello there"]
    assert composer.text == "Hello there"
    assert composer.take() == Draft("Hello there")
    assert composer.text == ""


def test_shift_enter_breaks_the_line(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    QTest.keyClicks(composer.edit, "one")
    QTest.keyClick(composer.edit, KEY.Key_Return, SHIFT)
    QTest.keyClicks(composer.edit, "two")
    assert composer.text == "one\ntwo"
    assert texts == []


def test_the_setting_swaps_enter_and_control_enter(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    composer.set_enter_sends(False)
    assert "Ctrl+Enter" in composer.button.toolTip()
    QTest.keyClicks(composer.edit, "one")
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert (composer.edit.toPlainText(), texts) == ("one\n", [])
    QTest.keyClick(composer.edit, KEY.Key_Return, CONTROL)
    assert len(texts) == 1


def test_enter_on_the_keypad_sends_too(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    composer.set_text("x")
    QTest.keyClick(composer.edit, KEY.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert texts == ["x"]


def test_enter_that_confirms_a_composed_word_does_not_send(
    qtbot: QtBot, composer: Composer
) -> None:
    texts = sent(composer)
    QApplication.sendEvent(composer.edit, QInputMethodEvent("にほん", []))
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert texts == []
    done = QInputMethodEvent("", [])
    done.setCommitString("日本")
    QApplication.sendEvent(composer.edit, done)
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert [text.strip() for text in texts] == ["日本"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(qtbot: QtBot, composer: Composer, text: str) -> None:
    texts = sent(composer)
    composer.set_text(text)
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert texts == []
    assert not composer.button.isEnabled()


def test_without_a_model_the_text_stays(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    composer.set_sendable(False)
    QTest.keyClicks(composer.edit, "kept")
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert (composer.text, texts) == ("kept", [])


def test_the_button_sends_and_then_stops(qtbot: QtBot, composer: Composer) -> None:
    texts, stops = sent(composer), []
    composer.stop_wanted.connect(lambda: stops.append(1))
    composer.set_text("Hello")
    composer.button.click()
    assert texts == ["Hello"]
    composer.take()
    composer.set_busy(True)
    assert composer.button.isEnabled()
    assert "Stop" in composer.button.accessibleName()
    composer.button.click()
    assert stops == [1]


def test_while_an_answer_is_written_enter_does_not_send(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    later: list[str] = []
    composer.queue_wanted.connect(later.append)
    composer.set_busy(True)
    assert composer.later.isHidden()
    QTest.keyClicks(composer.edit, "next question")
    assert not composer.later.isHidden()
    QTest.keyClick(composer.edit, KEY.Key_Return)
    composer.later.click()
    assert (composer.text, texts) == ("next question", [])
    assert later == ["next question", "next question"]


def test_it_grows_with_its_text_up_to_its_limit(qtbot: QtBot, composer: Composer) -> None:
    composer.set_largest_height(150)
    one_line = composer.edit.height()
    composer.set_text("a\nb\nc")
    assert one_line < composer.edit.height() <= 150
    composer.set_text("\n".join("line" for _ in range(100)))
    assert composer.edit.height() == 150
    composer.take()
    assert composer.edit.height() == one_line


def test_a_long_line_wraps_and_grows_it(qtbot: QtBot, composer: Composer) -> None:
    one_line = composer.edit.height()
    composer.set_text("word " * 100)
    assert composer.edit.height() > one_line


def test_rich_text_is_pasted_as_words(qtbot: QtBot, composer: Composer) -> None:
    mime = QMimeData()
    mime.setHtml("<b>bold</b><img src='file:///etc/hostname'>")
    mime.setText("bold")
    composer.edit.insertFromMimeData(mime)
    assert composer.text == "bold"


def test_a_megabyte_is_pasted_at_once_and_sent_whole(qtbot: QtBot, composer: Composer) -> None:
    texts = sent(composer)
    large = "x" * 1_000_000
    QGuiApplication.clipboard().setText(large)
    QTest.keyClicks(composer.edit, "Sum this up:")
    began = time.monotonic()
    composer.edit.paste()
    QApplication.processEvents()
    assert time.monotonic() - began < 5, "one line of a megabyte in the field takes minutes"
    assert len(composer.findChildren(PastedText)) == 1
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert texts == [f"Sum this up:\n\n{large}"]


def test_many_pastes_do_not_add_up_to_a_frozen_field(qtbot: QtBot, composer: Composer) -> None:
    QGuiApplication.clipboard().setText("y" * 15_000)
    for _ in range(6):
        composer.edit.paste()
    assert len(composer.edit.toPlainText()) <= composer.edit.LARGEST_TEXT
    assert len(composer.text.replace("\n\n", "")) == 90_000


def test_a_pasted_text_can_be_removed(qtbot: QtBot, composer: Composer) -> None:
    composer.edit.large_paste.emit("z" * 50_000)
    (pasted,) = composer.findChildren(PastedText)
    pasted.removed.emit()
    assert composer.text == ""


def test_a_large_draft_comes_back_whole(composer: Composer) -> None:
    draft = "d" * 200_000
    composer.set_text(draft)
    assert composer.draft == Draft(draft)
    composer.set_text("short")
    assert composer.draft == Draft("short")


def test_setting_a_text_is_not_editing(composer: Composer) -> None:
    edits: list[int] = []
    composer.edited.connect(lambda: edits.append(1))
    composer.set_text("from the store")
    composer.set_text("d" * 200_000)
    composer.take()
    assert edits == []


def test_a_text_that_could_not_be_sent_goes_before_what_was_typed_since(
    qtbot: QtBot, composer: Composer
) -> None:
    QTest.keyClicks(composer.edit, "since")
    composer.put_back(Draft("failed"))
    assert composer.text == "failed\n\nsince"


def test_tab_leaves_the_field(qtbot: QtBot, composer: Composer) -> None:
    composer.set_text("x")
    QTest.keyClick(composer.edit, KEY.Key_Tab)
    assert composer.edit.toPlainText() == "x"


def test_it_shows_that_it_has_the_focus(qtbot: QtBot, composer: Composer) -> None:
    composer.edit.focus_changed.emit(True)
    assert composer.property("active") == "true"
    composer.edit.focus_changed.emit(False)
    assert composer.property("active") == "false"


def rows(composer: Composer) -> list[FileRow]:
    return [row for row in composer.pile.rows if isinstance(row, FileRow)]


def mime_of(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def test_pasted_files_are_wanted_and_not_written_as_text(composer: Composer) -> None:
    wanted: list[list[Path]] = []
    composer.files_wanted.connect(wanted.append)
    composer.edit.insertFromMimeData(mime_of("/home/a b.txt", "/home/два.md"))
    assert wanted == [[Path("/home/a b.txt"), Path("/home/два.md")]]
    assert composer.text == ""
    link = QMimeData()
    link.setUrls([QUrl("https://example.org/a.txt")])
    link.setText("https://example.org/a.txt")
    composer.edit.insertFromMimeData(link)
    assert (len(wanted), composer.text) == (1, "https://example.org/a.txt")


def test_a_file_is_a_row_that_can_be_removed(composer: Composer) -> None:
    edits: list[int] = []
    composer.edited.connect(lambda: edits.append(1))
    composer.attach(TextFile("lease.txt", "x" * 3_500))
    (row,) = rows(composer)
    assert composer.edit.placeholderText() == "Write a question about what is attached"
    words = [label.text() for label in row.findChildren(QLabel)]
    assert "lease.txt" in words
    assert "4 kB, about 1,000 tokens" in words
    assert row.cross.accessibleName() == "Remove lease.txt"
    composer.attach(TextFile("lease.txt", "x" * 3_500))
    assert len(rows(composer)) == 1, "the same file is not sent twice"
    row.cross.click()
    assert (composer.files, edits) == ((), [1, 1])
    assert composer.pile.isHidden()
    assert composer.edit.hasFocus()


def test_a_file_is_marked_by_a_lock_that_says_so(composer: Composer) -> None:
    composer.attach(TextFile("pay.csv", "1"))
    (row,) = rows(composer)
    assert row.lock.accessibleName() == "Mark pay.csv as confidential"
    row.lock.click()
    assert row.lock.text() == "Confidential"
    assert row.lock.accessibleName().startswith("Confidential: pay.csv")
    assert composer.draft == Draft("", (TextFile("pay.csv", "1", is_confidential=True),))
    row.lock.click()
    assert not composer.files[0].is_confidential


def test_files_need_a_question(composer: Composer) -> None:
    texts = sent(composer)
    composer.attach(TextFile("a.txt", "a"))
    assert not composer.button.isEnabled()
    QTest.keyClick(composer.edit, KEY.Key_Return)
    assert texts == []
    QTest.keyClicks(composer.edit, "why?")
    assert composer.button.isEnabled()
    assert composer.take() == Draft("why?", (TextFile("a.txt", "a"),))
    assert composer.files == ()


def test_many_files_leave_room_for_the_words(qtbot: QtBot, composer: Composer) -> None:
    for number in range(20):
        composer.attach(TextFile(f"{number} {'long ' * 40}.txt", "x"))
    assert composer.pile.height() < 6 * rows(composer)[0].height()
    assert composer.pile.minimumSizeHint().width() == 0
    for row in rows(composer):
        assert row.width() <= composer.width()


def test_a_draft_with_files_is_put_back_whole(composer: Composer) -> None:
    one, two = TextFile("one", "1"), TextFile("two", "2")
    composer.set_draft(Draft("since", (two,)))
    composer.put_back(Draft("failed", (one,)))
    assert composer.draft == Draft("failed\n\nsince", (one, two))


def test_the_clip_is_reached_by_keyboard(qtbot: QtBot, composer: Composer) -> None:
    wanted: list[int] = []
    composer.choose_wanted.connect(lambda: wanted.append(1))
    QTest.keyClick(composer.edit, KEY.Key_Tab)
    assert composer.clip.hasFocus()
    QTest.keyClick(composer.clip, KEY.Key_Space)
    assert wanted == [1]
