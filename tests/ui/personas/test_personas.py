"""Personas in the window: made, chosen, heeded by the answer, passed on, and forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from app.core.draft import Draft
from app.core.messages import Role
from app.engine.fake import FakeEngine, scripted_answer
from app.store.personas import Persona, Preset, SavedPrompt
from app.ui.personas.page import Row
from app.ui.widgets.question import Question
from tests.ui.conftest import Async, Desk
from tests.ui.window.test_accessibility import nameless


def keep(desk: Desk, aio: Async, *kept: Persona | Preset | SavedPrompt) -> list[Any]:
    made = aio.run(
        desk.services.history.run(lambda store: [store.personas.save(one) for one in kept])
    )
    desk.parts.personas.load()
    aio.until(lambda: len(desk.parts.personas.kept) >= len(kept))
    return made


def ask(desk: Desk, aio: Async, text: str) -> None:
    before = len(desk.said())
    desk.chat.send_wanted.emit(Draft(text))
    aio.until(lambda: len(desk.said()) == before + 2 and not desk.parts.chat.is_busy)


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_a_persona_is_written_on_its_page(desk: Desk, aio: Async) -> None:
    page = desk.page("personas")
    page.personas.new.click()
    page.editor.name.setText("Cook")
    page.editor.prompt.setPlainText("Be brief.")
    page.editor.parameters.fields["temperature"].setText("hot")
    page.editor.save.click()
    assert "not a number" in page.editor.refused.text()
    page.editor.parameters.fields["temperature"].setText("0,2")
    page.editor.save.click()
    aio.until(lambda: page.editor is None)
    (made,) = desk.parts.personas.kept.personas
    assert (made.name, made.system_prompt) == ("Cook", "Be brief.")
    assert made.parameters == {"temperature": 0.2}
    assert "Cook" in [row.kept.name for row in page.findChildren(Row)]


def test_a_name_that_is_taken_is_refused_beside_the_field(desk: Desk, aio: Async) -> None:
    keep(desk, aio, Persona(id="", name="Cook"))
    page = desk.page("personas")
    page.personas.new.click()
    page.editor.name.setText("COOK")
    page.editor.save.click()
    aio.until(lambda: "COOK" in page.editor.refused.text())
    assert page.editor.name.text() == "COOK"


def test_the_persona_that_was_chosen_answers(desk: Desk, aio: Async, engine: FakeEngine) -> None:
    (cook,) = keep(
        desk, aio, Persona(id="", name="Cook", system_prompt="Be brief.", parameters={"top_k": 3})
    )
    picker = desk.chat.header.personas
    picker.chosen.emit(cook.id)
    aio.until(lambda: picker.whole_text == "Cook")
    for _ in range(2):
        engine.enqueue(scripted_answer("Soup."))
    ask(desk, aio, "What now?")
    assert engine.jobs[0].messages[0].text == "Be brief."
    assert engine.jobs[0].parameters.top_k == 3
    # It stays with that chat, and the next one has nobody in particular.
    assert picker.whole_text == "Cook"
    desk.parts.chat.new_chat()
    aio.until(lambda: picker.whole_text == "")
    ask(desk, aio, "And now?")
    assert engine.jobs[1].messages[0].role is Role.USER


def test_a_chat_has_instructions_and_parameters_of_its_own(
    desk: Desk, aio: Async, engine: FakeEngine
) -> None:
    keep(desk, aio, Preset(id="", name="Exact", parameters={"temperature": 0.0}))
    for _ in range(3):
        engine.enqueue(scripted_answer("Soup."))
    page = desk.page("this-chat")
    assert not page.text.isEnabled()
    desk.window.show_chat()
    ask(desk, aio, "What now?")
    page = desk.page("this-chat")
    aio.until(page.text.isEnabled)
    page.text.setPlainText("Answer in verse.")
    page.save_now()
    page.preset.setCurrentIndex(1)
    page.preset.activated.emit(1)
    personas = desk.parts.personas
    aio.until(lambda: personas.manner.parameters == {"temperature": 0.0})
    aio.until(lambda: personas.instructions == "Answer in verse.")
    page.parameters.fields["top_k"].setFocus()
    QTest.keyClicks(page.parameters.fields["top_k"], "7")
    aio.until(lambda: personas.manner.parameters == {"temperature": 0.0, "top_k": 7})
    desk.window.show_chat()
    ask(desk, aio, "And now?")
    assert engine.jobs[1].messages[0].text == "Answer in verse."
    assert engine.jobs[1].parameters.top_k == 7
    page = desk.page("this-chat")
    page.as_usual.click()
    page.text.setPlainText("")
    page.save_now()
    aio.until(lambda: not personas.manner.parameters and personas.instructions is None)


def test_deleting_asks_first(desk: Desk, aio: Async) -> None:
    keep(desk, aio, SavedPrompt(id="", name="letter", text="Write."))
    page = desk.page("personas")
    (row,) = page.findChildren(Row)
    row.delete.click()
    (question,) = page.findChildren(Question)
    assert "letter" in words(question)
    delete = next(b for b in question.findChildren(QPushButton) if b.text() == "Delete")
    delete.click()
    aio.until(lambda: not desk.parts.personas.kept.prompts)


def test_a_file_goes_out_and_comes_in(desk: Desk, aio: Async, tmp_path: Path) -> None:
    keep(desk, aio, Persona(id="", name="Cook"), SavedPrompt(id="", name="letter", text="Write."))
    page = desk.page("personas")
    file = tmp_path / "mine.json"
    page.export_wanted.emit(file)
    aio.until(lambda: str(file) in page.strip.sentence)
    page.import_wanted.emit(file)
    aio.until(lambda: page.strip.sentence.startswith("0 new, 2"))
    page.import_wanted.emit(tmp_path / "missing.json")
    aio.until(lambda: "cannot be read" in page.strip.sentence)


def test_the_slash_menu_knows_them(desk: Desk, aio: Async) -> None:
    keep(desk, aio, Persona(id="", name="Cook"))
    QTest.keyClicks(desk.composer, "/coo")
    QTest.keyClick(desk.composer, Qt.Key.Key_Return)
    aio.until(lambda: desk.chat.header.personas.whole_text == "Cook")
    assert desk.composer.toPlainText() == ""
    assert desk.said() == []


@pytest.mark.parametrize("name", ["personas", "this-chat"])
def test_everything_on_the_pages_has_a_name(desk: Desk, aio: Async, name: str) -> None:
    keep(desk, aio, Persona(id="", name="Cook"), Preset(id="", name="Exact"))
    page = desk.page(name)
    if name == "personas":
        page.personas.new.click()
    assert nameless(page) == []
