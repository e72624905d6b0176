"""A rule is written in a form; what makes no sense is refused beside its field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.router.rules import Condition, Rule
from app.router.situation import Need, Preference
from app.ui.appearance import Appearance
from app.ui.pages.routing.controller import Offered
from app.ui.pages.routing.providers import Known
from app.ui.pages.routing.rule_form import RuleForm
from app.ui.pages.routing.rules_page import RulesPage
from app.ui.widgets.question import Question
from tests.ui.conftest import Async, Desk
from tests.ui.pages.routing.conftest import (
    EXAMPLE,
    THREE,
    OpenPage,
    choose,
    press,
    reasons,
    write,
)

FULL = Rule(
    condition=Condition(
        privacy=Need.MEDIUM,
        local_only=False,
        confidential=False,
        folder="Clients",
        attachments=True,
        prompt_tokens_above=100,
        prompt_tokens_below=2000,
        context_overflow=True,
        model_missing=False,
        expected_seconds_above=12.5,
        expected_cost_above=1,
        prefer=Preference.QUALITY,
    ),
    provider="anthropic",
    model="claude",
    reason="Because.",
)
KNOWN = Known(
    services=(Offered(name="anthropic", is_on=True, models=("claude",)),),
    models={"small": "Small model"},
)


def form_of(page: RulesPage) -> RuleForm:
    assert page.list.form is not None
    return page.list.form


def is_writing(page: RulesPage) -> bool:
    return page.list.form is not None


def field(form: RuleForm, name: str) -> Any:
    return form.when.rows[name].field


@pytest.fixture
def full(look: Appearance, qtbot: Any) -> RuleForm:
    form = RuleForm(look, FULL, KNOWN)
    qtbot.addWidget(form)
    return form


def test_everything_that_a_rule_can_ask_is_shown_and_given_back(full: RuleForm) -> None:
    assert set(full.when.rows) == set(Condition.__dataclass_fields__)
    assert full.made() == FULL
    assert not full.is_changed
    assert full.summary.text().startswith("When privacy is at least medium, it may leave,")
    assert full.summary.text().endswith("quality is preferred: Anthropic answers with claude.")


def test_one_left_alone_asks_for_nothing(look: Appearance, qtbot: Any) -> None:
    form = RuleForm(look, None, KNOWN)
    qtbot.addWidget(form)
    made = form.made()
    assert made is not None
    assert made.condition == Condition()
    assert form.summary.text() == "Always: This computer answers."


def test_other_providers_have_other_models(full: RuleForm) -> None:
    choose(full.provider, "onnx")
    assert full.local_model.isVisibleTo(full)
    assert not full.model.isVisibleTo(full)
    assert full.local_model.currentText() == "The usual one"
    choose(full.local_model, "small")
    made = full.made()
    assert made is not None
    assert (made.provider, made.model) == ("onnx", "small")
    choose(full.provider, "anthropic")
    assert full.model.text() == ""
    completer = full.model.completer()
    assert completer.model().rowCount() == 1


def test_what_is_not_known_yet_stays_chosen(look: Appearance, qtbot: Any) -> None:
    rule = Rule(condition=Condition(), provider="openai-compatible/x", model="m", reason="R.")
    form = RuleForm(look, rule, Known())
    qtbot.addWidget(form)
    assert form.made() == rule
    form.show_known(KNOWN)
    assert form.made() == rule
    assert form.provider.currentText() == "Your own server x (not set up)"
    form.show_folders(["A", "B"])
    assert form.made() == rule
    assert field(form, "folder").count() == 3


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("prompt_tokens_above", "many", "a whole number between 0 and 1,000,000"),
        ("prompt_tokens_above", "1.5", "a whole number"),
        ("prompt_tokens_below", "0", "between 1 and 1,000,000"),
        ("expected_seconds_above", "-1", "such as 30 or 0.5"),
        ("expected_cost_above", "nan", "such as 30 or 0.5"),
        ("expected_cost_above", "1e999", "such as 30 or 0.5"),
    ],
)
def test_a_wrong_number_is_refused_beside_its_field(
    full: RuleForm, name: str, text: str, words: str
) -> None:
    write(field(full, name), text)
    assert full.summary.text() == "A number is missing or wrong."
    assert full.made(refuse=True) is None
    assert words in full.when.rows[name].refusal
    assert full.go_to_refusal() is full.when.rows[name]
    write(field(full, name), "3000" if name == "prompt_tokens_below" else "7")
    full.clear_refusals()
    assert full.made(refuse=True) is not None
    assert full.when.rows[name].refusal == ""


def test_numbers_are_taken_as_people_write_them(full: RuleForm) -> None:
    write(field(full, "prompt_tokens_below"), "10,000")
    write(field(full, "expected_cost_above"), "0,25")
    made = full.made()
    assert made is not None
    assert made.condition.prompt_tokens_below == 10_000
    assert made.condition.expected_cost_above == 0.25


def test_a_rule_is_added_by_keys_alone(open_page: OpenPage, file: Path, aio: Async) -> None:
    page = open_page(EXAMPLE)
    page.list.add.setFocus()
    QTest.keyClick(page.list.add, Qt.Key.Key_Space)
    form = form_of(page)
    assert QApplication.focusWidget() is field(form, "privacy")
    QTest.keyClick(field(form, "privacy"), Qt.Key.Key_Down)
    write(form.reason, "New.")
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    aio.until(lambda: len(reasons(file)) == 2)
    aio.until(lambda: page.list.form is None)
    added = (
        ',\n      {\n        "condition": { "privacy": "low" },\n'
        '        "action": { "provider": "onnx" },\n        "reason": "New."\n      }\n    ]'
    )
    assert added in file.read_text("utf-8")
    assert file.read_text("utf-8").replace(added, "\n    ]") == EXAMPLE
    assert QApplication.focusWidget() is page.list.rows[1].edit
    assert page.strip.sentence == "Rule 2 is in force."


def test_a_new_rule_comes_before_what_would_leave_it_nothing(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    press(page.list.add)
    form = form_of(page)
    choose(field(form, "confidential"), "yes")
    write(form.reason, "New.")
    press(form.save)
    aio.until(lambda: reasons(file) == ["First.", "Second.", "New.", "Last."])
    aio.until(lambda: page.list.form is None)


def test_only_the_rule_that_was_changed_is_written_anew(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    press(page.list.rows[0].edit)
    form = form_of(page)
    assert not page.list.rows[0].isVisible()
    write(form.reason, "Changed.")
    press(form.save)
    aio.until(lambda: file.read_text("utf-8") == THREE.replace("First.", "Changed."))
    aio.until(lambda: page.list.form is None)
    assert page.list.rows[0].isVisible()


def test_what_matters_is_scrolled_to(
    open_page: OpenPage, desk: Desk, file: Path, aio: Async
) -> None:
    desk.window.resize(640, 480)
    page = open_page(THREE)
    press(page.list.rows[0].edit)
    form = form_of(page)
    aio.until(lambda: not form.title.visibleRegion().isEmpty())
    page.area.ensureWidgetVisible(form.save)
    write(field(form, "prompt_tokens_above"), "x")
    press(form.save)
    row = form.when.rows["prompt_tokens_above"]
    aio.until(lambda: not row.visibleRegion().isEmpty())
    field(form, "prompt_tokens_above").clear()
    write(form.reason, "Changed.")
    page.area.ensureWidgetVisible(form.save)
    press(form.save)
    aio.until(lambda: page.list.form is None)
    aio.until(lambda: page.list.rows[0].visibleRegion().boundingRect().height() > 40)


def test_the_example_goes_there_and_back(open_page: OpenPage, file: Path, aio: Async) -> None:
    page = open_page(EXAMPLE)
    press(page.list.rows[0].edit)
    form = form_of(page)
    choose(field(form, "local_only"), "")
    press(form.save)
    changed = EXAMPLE.replace('"high",\n          "localOnly": true', '"high"')
    aio.until(lambda: file.read_text("utf-8") == changed)
    aio.until(lambda: page.list.form is None)
    assert json.loads(changed)["routing"]["rules"][0]["condition"] == {"privacy": "high"}


def test_contradictions_are_refused_where_they_are(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    press(page.list.rows[1].edit)
    form = form_of(page)
    choose(field(form, "privacy"), "high")
    choose(form.provider, "anthropic")
    write(field(form, "prompt_tokens_above"), "9")
    write(field(form, "prompt_tokens_below"), "9")
    write(form.reason, " ")
    press(form.save)
    assert "Rule 2 would never apply: rule 1 comes first" in form.contradiction.text()
    assert "No question has more than 9" in form.when.rows["prompt_tokens_below"].refusal
    assert "never leaves this computer" in form._provider_row.refusal
    assert "what this rule is for" in form._reason_row.refusal
    assert QApplication.focusWidget() is field(form, "prompt_tokens_below")
    assert file.read_text("utf-8") == THREE


def test_escape_closes_a_form_and_asks_for_what_would_be_lost(
    open_page: OpenPage, desk: Desk, file: Path
) -> None:
    page = open_page(THREE)
    press(page.list.rows[0].edit)
    QTest.keyClick(field(form_of(page), "privacy"), Qt.Key.Key_Escape)
    assert not is_writing(page)
    assert page.isVisible()
    assert QApplication.focusWidget() is page.list.rows[0].edit
    press(page.list.rows[0].edit)
    form = form_of(page)
    write(form.reason, "Other.")
    QTest.keyClick(form.reason, Qt.Key.Key_Escape)
    question = page.findChild(Question)
    assert isinstance(question, Question)
    question.reject()
    assert page.list.form is form
    assert form.reason.text() == "Other."
    press(page.list.rows[1].edit)
    assert "Save or cancel the rule" in page.strip.sentence
    press(form.cancel)
    page.findChildren(Question)[-1].accept()
    assert not is_writing(page)
    assert file.read_text("utf-8") == THREE


def test_what_was_written_survives_a_file_that_changed_meanwhile(
    open_page: OpenPage, file: Path, aio: Async
) -> None:
    page = open_page(THREE)
    press(page.list.rows[1].edit)
    form = form_of(page)
    write(form.reason, "Mine.")
    other = THREE.replace('"privacy": "high"', '"privacy": "low"')
    file.write_text(other, "utf-8")
    press(form.save)
    aio.until(lambda: "changed by another program" in form.failure.text())
    aio.until(lambda: page.text.saved == other and form.save.isEnabled())
    assert page.list.form is form
    press(form.save)
    aio.until(lambda: file.read_text("utf-8") == other.replace("Second.", "Mine."))
    aio.until(lambda: page.list.form is None)
