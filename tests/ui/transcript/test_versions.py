"""Versions of a message: stepping, other answers, changed answers, forks, and whole branches."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.store.values import EDITED_FROM, MessageState, Provenance, StoredMessage
from app.ui.appearance import Appearance
from app.ui.transcript.details import Details
from app.ui.transcript.entries import entries
from app.ui.transcript.menu import Entry
from app.ui.transcript.view import TranscriptView
from tests.ui.transcript.talk import (
    answer,
    conversation,
    question,
    row_of,
    settle,
    show,
    watch,
    widget_of,
)

ALT = Qt.KeyboardModifier.AltModifier


def versions(number: str, *ids: str) -> StoredMessage:
    return replace(answer(number, f"Version {number}."), siblings=ids)


def menu(view: TranscriptView, number: str) -> dict[str, Entry]:
    place = widget_of(view, number).mapToGlobal(QPoint(0, 0))
    found = entries(view, row_of(view, number), widget_of(view, number), place)
    return {entry.words: entry for entry in found if entry.words}


def run(entry: Entry) -> None:
    assert entry.run is not None
    entry.run()


def test_the_count_is_seen_without_the_pointer(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), versions("b", "a", "b", "c")])
    stepper = widget_of(view, "b").footer._stepper
    assert stepper is not None
    assert stepper.isVisible()
    assert widget_of(view, "1").footer._stepper is None


def test_alt_and_arrows_step_through_the_versions(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), versions("b", "a", "b", "c")])
    wanted = watch(view.version_requested)
    text = widget_of(view, "b").body.text
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Left, ALT)
    QTest.keyClick(text, Qt.Key.Key_Right, ALT)
    assert wanted == [("a",), ("c",)]
    widget_of(view, "1").body.text.setFocus()
    QTest.keyClick(widget_of(view, "1").body.text, Qt.Key.Key_Left, ALT)
    assert len(wanted) == 2


def test_another_version_stands_where_the_first_one_did(qtbot: QtBot, look: Appearance) -> None:
    before, after = conversation(20), conversation(30)[40:]
    view = show(qtbot, look, [*before, versions("b", "a", "b"), *after])
    view.board.reveal(row_of(view, "b"))
    settle(qtbot, view)
    top = view.board.top_of(row_of(view, "b"))
    widget_of(view, "b").body.text.setFocus()
    QTest.keyClick(widget_of(view, "b").body.text, Qt.Key.Key_Left, ALT)
    assert view.set_messages([*before, versions("a", "a", "b")])
    settle(qtbot, view)
    row = row_of(view, "a")
    room = view.viewport().height()
    # Less may follow it now; it is in sight all the same, with the keyboard in it.
    assert view.board.top_of(row) == top or 0 <= view.board.top_of(row) < room
    assert QApplication.focusWidget() is widget_of(view, "a").body.text
    assert not view.set_messages(before)


def test_no_version_is_stepped_to_while_an_answer_is_written(
    qtbot: QtBot, look: Appearance
) -> None:
    view = show(qtbot, look, [versions("b", "a", "b"), answer("9", "")])
    view.begin_stream("9")
    wanted = watch(view.version_requested)
    widget_of(view, "b").body.text.setFocus()
    QTest.keyClick(widget_of(view, "b").body.text, Qt.Key.Key_Left, ALT)
    stepper = widget_of(view, "b").footer._stepper
    assert stepper is not None
    assert not any(button.isEnabled() for button in stepper.buttons)
    assert wanted == []


def test_the_menu_says_what_else_can_be_done(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "- **That**\n- this")])
    view.models = [("big", "Big model")]
    other = watch(view.other_model_requested)
    forks, branches = watch(view.fork_requested), watch(view.branch_delete_requested)
    lines = menu(view, "2")
    (choice,) = lines["Answer again with"].within
    assert choice.words == "Big model"
    run(choice)
    run(lines["Fork from here"])
    run(lines["Delete from here on"])
    assert (other, forks, branches) == ([("2", "big")], [("2",)], [("2",)])
    run(lines["Copy as plain text"])
    assert QGuiApplication.clipboard().text() == "- That\n- this"
    run(lines["Copy as Markdown"])
    assert QGuiApplication.clipboard().text() == "- **That**\n- this"
    assert "Answer again with" not in menu(view, "1")


def test_an_answer_can_be_written_over(qtbot: QtBot, look: Appearance) -> None:
    view = show(qtbot, look, [question("1", "What?"), answer("2", "That.")])
    changed, asked = watch(view.answer_edit_requested), watch(view.edit_requested)
    run(menu(view, "2")["Edit answer"])
    editor = widget_of(view, "2").editor
    assert editor is not None
    assert editor.save.text() == "Save"
    editor.save.click()
    assert changed == []
    run(menu(view, "2")["Edit answer"])
    editor = widget_of(view, "2").editor
    assert editor is not None
    editor.field.setPlainText("This.")
    editor.save.click()
    assert (changed, asked) == ([("2", "This.")], [])


def test_only_the_last_answer_that_was_cut_goes_on(qtbot: QtBot, look: Appearance) -> None:
    cut = replace(answer("2", "That is"), state=MessageState.CUT)
    view = show(qtbot, look, [question("1", "What?"), cut])
    wanted = watch(view.continue_requested)
    ending = widget_of(view, "2")._ending
    assert ending is not None
    assert ending.retry is not None
    ending.retry.click()
    run(menu(view, "2")["Continue this answer"])
    assert wanted == [("2",), ("2",)]
    view.append(question("3", "And?"))
    assert "Continue this answer" not in menu(view, "2")
    ending = widget_of(view, "2")._ending
    assert ending is not None
    assert ending.retry is None


def test_details_say_what_the_history_knows(qtbot: QtBot, look: Appearance) -> None:
    known = Provenance(
        is_local=True,
        model_hash="ab" * 32,
        cost_usd=0.0,
        ended_at=1_800_000_012.0,
        parameters={"temperature": 0.3, "seed": None, EDITED_FROM: "0"},
    )
    made = replace(answer("2", "That."), provenance=known, created_at=1_800_000_000.0)
    view = show(qtbot, look, [question("1", "What?"), made])
    run(menu(view, "2")["Details..."])
    panel = widget_of(view, "2").findChild(Details)
    assert panel is not None
    facts = dict(panel.facts)
    assert facts["Model"] == "Small (m)"
    assert facts["SHA-256 of its files"] == "ab" * 32
    assert facts["Made"] == "on this computer"
    assert facts["Parameters"] == "Temperature 0.3"
    assert facts["Took"] == "12 s"
    assert facts["Cost"] == "nothing"
    assert "Edited" in facts
    panel.copy.click()
    assert "Tokens written: 300" in QGuiApplication.clipboard().text()
