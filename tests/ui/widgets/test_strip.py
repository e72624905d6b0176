"""Strips: one sentence, at most one action, and a way out."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.widgets.strip import Strip


@pytest.fixture
def strip(qtbot: QtBot, look: Appearance) -> Strip:
    made = Strip(look)
    qtbot.addWidget(made)
    return made


def test_it_is_hidden_until_it_has_something_to_say(strip: Strip) -> None:
    assert strip.isHidden()
    assert strip.sentence == ""
    strip.fail(AppError("It failed.", "Do this."))
    assert strip.sentence == "It failed. Do this."
    assert strip.button.isHidden()


def test_the_action_is_taken_once_and_the_strip_goes(strip: Strip) -> None:
    taken: list[int] = []
    closed: list[int] = []
    strip.closed.connect(lambda: closed.append(1))
    strip.say("Deleted.", action="Undo", run=lambda: taken.append(1))
    strip.button.click()
    strip.button.click()
    assert taken == [1]
    assert strip.isHidden()
    assert closed == []


def test_it_leaves_by_itself(qtbot: QtBot, strip: Strip) -> None:
    with qtbot.waitSignal(strip.closed, timeout=5000):
        strip.say("Deleted.", action="Undo", run=lambda: None, seconds=0.02)
    assert strip.isHidden()


def test_a_new_sentence_takes_the_place_of_the_old_one(qtbot: QtBot, strip: Strip) -> None:
    closed: list[int] = []
    strip.closed.connect(lambda: closed.append(1))
    strip.say("One.", seconds=0.02)
    strip.say("Two.")
    qtbot.wait(60)
    assert strip.sentence == "Two."
    assert closed == []
    strip.dismiss()
    assert closed == [1]


def test_its_words_are_never_read_as_markup(strip: Strip) -> None:
    strip.say("<b>bold</b> & <img src='x'>")
    assert strip.sentence == "<b>bold</b> & <img src='x'>"
    assert strip._text.textFormat().name == "PlainText"


@pytest.mark.parametrize(("width", "is_under"), [(900, False), (300, True)])
def test_the_action_goes_under_the_words_where_there_is_little_room(
    qtbot: QtBot, strip: Strip, width: int, is_under: bool
) -> None:
    strip.say("Words that need some room. " * 3, action="Do something about it", run=print)
    strip.resize(width, 300)

    def is_placed() -> bool:
        return (strip.button.y() > strip._text.geometry().bottom()) == is_under

    qtbot.waitUntil(is_placed)
    strip.resize(width, strip.heightForWidth(width))
    qtbot.waitUntil(lambda: strip.rect().contains(strip.button.geometry()))
    assert is_placed()
    assert strip._text.height() >= strip._text.heightForWidth(strip._text.width())
