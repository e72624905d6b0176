"""From tokens to deltas: whole characters, hidden tokens, stop strings, reasoning."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import ReasoningDelta, TextDelta
from app.engine.text_stream import REASONING_TAGS, AnswerText, opened_reasoning
from tests.fakes.runtime import END, MARKERS, FakeModel, encode


def deltas(
    pieces: Sequence[str], *, stop: tuple[str, ...] = (), opened: str | None = None
) -> tuple[list[TextDelta | ReasoningDelta], bool]:
    """What is shown of an answer whose tokens decode to `pieces`; whether a stop ended it."""
    text = AnswerText(lambda token: pieces[token], stop=stop, reasoning_tag=opened)
    shown: list[TextDelta | ReasoningDelta] = []
    for token in range(len(pieces)):
        shown += text.feed(token)
        if text.stopped:
            break
    return shown + text.finish(), text.stopped


def split(pieces: Sequence[str], **options: object) -> tuple[str, str]:
    """The reasoning and the answer in all."""
    shown, _ = deltas(pieces, **options)  # type: ignore[arg-type]
    reasoning = "".join(d.text for d in shown if isinstance(d, ReasoningDelta))
    return reasoning, "".join(d.text for d in shown if isinstance(d, TextDelta))


def test_every_delta_is_shown_as_it_comes() -> None:
    assert deltas(["Hel", "lo", " there"])[0] == [
        TextDelta("Hel"),
        TextDelta("lo"),
        TextDelta(" there"),
    ]


def test_a_character_split_over_tokens_comes_whole() -> None:
    model = FakeModel()
    text = AnswerText(model.new_stream())
    shown = [delta for token in encode("a😀é👩‍👧b") for delta in text.feed(token)]
    assert "".join(delta.text for delta in shown) == "a😀é👩‍👧b"
    assert all("\ufffd" not in delta.text and delta.text for delta in shown)


def test_half_a_character_at_the_end_is_left_out() -> None:
    model = FakeModel()
    text = AnswerText(model.new_stream())
    shown = [delta for token in encode("a😀")[:-1] for delta in text.feed(token)]
    assert [*shown, *text.finish()] == [TextDelta("a")]


def test_a_replacement_character_waits_for_what_follows() -> None:
    assert deltas(["a", "\ufffd"])[0] == [TextDelta("a")]
    assert split(["a", "\ufffd", "b"]) == ("", "a\ufffdb")


def test_a_row_of_broken_characters_is_not_held_for_ever() -> None:
    assert split(["\ufffd"] * 6)[1] == "\ufffd" * 5


def test_special_tokens_are_never_shown() -> None:
    names = dict(enumerate(MARKERS))
    text = AnswerText(lambda token: names.get(token, "x"), special_tokens=names)
    assert text.feed(END) == []
    assert text.feed(MARKERS.index("<|user|>")) == []
    assert text.feed(99) == [TextDelta("x")]


def test_a_reasoning_tag_that_is_a_special_token_still_counts() -> None:
    names = dict(enumerate(MARKERS))
    text = AnswerText(lambda token: "" if token in names else "x", special_tokens=names)
    tokens = [MARKERS.index("<think>"), 99, MARKERS.index("</think>"), 99]
    assert [d for t in tokens for d in text.feed(t)] == [ReasoningDelta("x"), TextDelta("x")]


@pytest.mark.parametrize(("open_tag", "close"), REASONING_TAGS)
def test_reasoning_comes_apart(open_tag: str, close: str) -> None:
    assert split([f"{open_tag}\nhm", f"m{close}\n\n", "Yes."]) == ("hmm", "Yes.")


@given(st.lists(st.integers(1, 45), max_size=12))
def test_tags_are_found_wherever_the_tokens_break(cuts: list[int]) -> None:
    whole = "\n<think>one < two</thin no>\n</think>\n\nThree <think> four"
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    assert split(pieces) == ("one < two</thin no>\n", "Three <think> four")


def test_reasoning_is_shown_before_it_is_closed() -> None:
    text = AnswerText(lambda token: ["<think>", "so", " far"][token])
    assert [text.feed(token) for token in range(3)] == [
        [],
        [ReasoningDelta("so")],
        [ReasoningDelta(" far")],
    ]
    assert text.finish() == []


def test_an_unclosed_block_is_reasoning_to_the_end() -> None:
    assert split(["<think>", "wait</th"]) == ("wait</th", "")


def test_a_tag_that_the_template_opened() -> None:
    tag = opened_reasoning("<|assistant|><think>\n")
    assert tag == "<think>"
    assert split(["hm", "</think>", "\n\nYes."], opened=tag) == ("hm", "Yes.")


def test_a_template_that_closes_its_block_opens_none() -> None:
    assert opened_reasoning("<|assistant|><think>\n\n</think>\n\n") is None


def test_tags_inside_the_answer_are_text() -> None:
    assert split(["Write ", "<think>", "x</think>"]) == ("", "Write <think>x</think>")


def test_the_start_of_a_tag_that_is_none_is_text() -> None:
    assert split(["<", "thin", "g"]) == ("", "<thing")
    assert split(["<thi"]) == ("", "<thi")


def test_leading_space_of_an_answer_without_reasoning_is_kept() -> None:
    assert split(["\n", " Hello"]) == ("", "\n Hello")


def test_a_stop_string_across_tokens_is_not_shown() -> None:
    shown, stopped = deltas(["One", " ##", "# End", " more"], stop=("### End",))
    assert (shown, stopped) == ([TextDelta("One"), TextDelta(" ")], True)


def test_what_looked_like_a_stop_string_is_shown_after_all() -> None:
    assert split(["a#", "#b", "#"], stop=("###",)) == ("", "a##b#")


def test_the_earliest_of_several_stop_strings_counts() -> None:
    assert split(["one END two STOP"], stop=("STOP", "END")) == ("", "one ")


def test_stop_strings_do_not_count_in_reasoning() -> None:
    assert split(["<think>a\n\nb</think>c\n\nd"], stop=("\n\n",)) == ("a\n\nb", "c")


@given(st.text("ab#\n", max_size=30), st.lists(st.integers(1, 29), max_size=8))
def test_stop_strings_are_found_wherever_the_tokens_break(whole: str, cuts: list[int]) -> None:
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    expected, found, _ = whole.partition("##a")
    shown, stopped = deltas(pieces, stop=("##a",))
    assert "".join(d.text for d in shown) == expected
    assert stopped == bool(found)
