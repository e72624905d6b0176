"""What a selection gives to the clipboard."""

from __future__ import annotations

import pytest

from app.ui.markdown.copying import selected_text
from app.ui.markdown.document import MessageDocument
from tests.ui.markdown.drawing import draw

pytestmark = pytest.mark.usefixtures("qapp")


def everything(document: MessageDocument) -> str:
    return selected_text(document, 0, document.characterCount() - 1)


@pytest.mark.parametrize(
    ("source", "copied"),
    [
        ("a **b** c\n\nsecond", "a b c\n\nsecond"),
        ("one\ntwo", "one\ntwo"),
        ("- a\n  - b\n- c\n\ntext", "- a\n  - b\n- c\n\ntext"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("- [x] done", "- [x] done"),
        ("```py\nx = 1\n\n    y = 2\n```", "x = 1\n\n    y = 2"),
        ("| a | b |\n|---|---|\n| c | d |\n\nafter", "a\tb\nc\td\n\nafter"),
        ("a\n\n---\n\nb", "a\n\n---\n\nb"),
        ("# h\n\ntext", "h\n\ntext"),
        ("\U0001f600 x\n\n\U0001f600", "\U0001f600 x\n\n\U0001f600"),
    ],
)
def test_everything(source: str, copied: str) -> None:
    assert everything(draw(source)) == copied


def test_signs_added_for_display_are_not_copied() -> None:
    assert everything(draw("a" * 5000)) == "a" * 5000


def test_a_sign_of_that_kind_in_the_text_is_copied() -> None:
    assert everything(draw("a\u200bb")) == "a\u200bb"


def test_a_paragraph_that_was_cut_is_one_again() -> None:
    text = ("word " * 5000).strip()
    assert everything(draw(text)) == text


def test_long_code_that_was_cut_is_one_again() -> None:
    code = "\n".join(f"x{i} = {i}" for i in range(3000))
    assert everything(draw(f"```\n{code}\n```")) == code


def test_a_question_is_copied_as_written() -> None:
    text = "# no\n\n  heading\n- x"
    assert everything(draw(text, as_written=True)) == text


def test_a_part() -> None:
    document = draw("first words\n\nsecond words")
    assert selected_text(document, 6, 18) == "words\n\nsecond"
    assert selected_text(document, 0, 5) == "first"
    assert selected_text(document, 3, 3) == ""


def test_the_marker_only_with_the_beginning_of_its_item() -> None:
    document = draw("- alpha\n- beta")
    assert selected_text(document, 2, 10) == "pha\n- beta"


def test_a_part_of_a_table() -> None:
    document = draw("| a | b |\n|---|---|\n| c | d |\n")
    start = document.find("b").selectionStart()
    end = document.find("c").selectionEnd()
    assert selected_text(document, start, end) == "b\nc"
