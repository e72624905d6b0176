"""A row that goes on below where the room ends; questions that are as high as their words."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question


@pytest.mark.parametrize("at_right", [False, True])
def test_widgets_go_on_below_where_the_room_ends(qtbot: QtBot, at_right: bool) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = Flow(at_right=at_right)
    holder.setLayout(flow)
    buttons = [QPushButton(f"Button {number}") for number in range(4)]
    for button in buttons:
        flow.addWidget(button)
    wide = flow.sizeHint().width()
    holder.resize(wide, 200)
    holder.show()
    assert len({button.y() for button in buttons}) == 1
    assert flow.heightForWidth(wide) == buttons[0].height()
    narrow = wide // 2
    holder.resize(narrow, 200)
    assert len({button.y() for button in buttons}) > 1
    assert flow.heightForWidth(narrow) > flow.heightForWidth(wide)
    assert all(holder.rect().contains(button.geometry()) for button in buttons)
    if at_right:
        assert max(button.geometry().right() for button in buttons) == holder.rect().right()
    buttons[1].hide()
    assert flow.heightForWidth(flow.sizeHint().width()) == buttons[0].height()
    assert flow.sizeHint().width() < wide
    flow.takeAt(0)
    assert flow.count() == 3
    assert flow.itemAt(9) is None
    assert flow.takeAt(9) is None


@pytest.mark.parametrize(("width", "percent"), [(1000, 100), (640, 200), (360, 150)])
def test_a_question_shows_all_its_words(
    qtbot: QtBot, look: Appearance, width: int, percent: int
) -> None:
    look.use("light", percent)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, 480)
    window.show()
    text = label("Words that need some room to be read by anybody. " * 3, wrap=True)
    yes, no = QPushButton("Yes, do that now"), QPushButton("No")
    question = Question(
        look, window, title="Title", heading="A heading?", words=[text], buttons=(no, yes)
    )
    question.open()
    qtbot.waitUntil(question.isVisible)
    assert question.width() <= max(width, 320)
    assert text.height() >= text.heightForWidth(text.width())
    assert question.rect().contains(yes.geometry())
    question.reject()
