"""What is replaced, that placeholders stay the same, and that everything comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.redaction import FILE, HELD_OUT, UNSEEN, VARIED, load
from app.core.events import Done, Event, FinishReason, ReasoningDelta, TextDelta
from app.core.messages import ChatRequest, Message, Role
from app.redaction.redactor import Pseudonyms, Redacted, Redactor, redact
from app.redaction.restoring import Filling
from app.redaction.values import Kind
from app.routing import name_lists

LISTS = name_lists()
TEXTS = [one.text for file in (FILE, HELD_OUT, VARIED, UNSEEN) for one in load(file)]


def redacted(*texts: str, words: tuple[str, ...] = ()) -> Redacted:
    return redact([Message(Role.USER, text) for text in texts], LISTS, words=words)


def only(text: str, **how: tuple[str, ...]) -> str:
    return redacted(text, **how).messages[0].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Maria Schmidt,", "Dear [NAME_1],"),
        ("Frau Dr. Yildirim sagt nein.", "Frau Dr. [NAME_1] sagt nein."),
        ("mail max@example.org now", "mail [EMAIL_1] now"),
        ("DE89 3704 0044 0532 0130 00 bitte", "[IBAN_1] bitte"),
        ("DE00 1234 5678 9012 3456 78 x", "DE00 1234 5678 9012 3456 78 x"),
        ("card 4111 1111 1111 1111.", "card [CARD_1]."),
        ("order 4111 1111 1111 1112.", "order 4111 1111 1111 1112."),
        ("call +49 30 1234567 today", "call [PHONE_1] today"),
        ("Am Montag 12 Uhr, 12000 Euro.", "Am Montag 12 Uhr, 12000 Euro."),
        ("geboren am 12.03.1984", "geboren am [BIRTH_DATE_1]"),
        ("Rechnung vom 12.03.2024", "Rechnung vom 12.03.2024"),
        ("Hauptstraße 5, 10115 Berlin", "[ADDRESS_1]"),
        ("password: hunter2!", "password: [SECRET_1]"),
        ("the password is wrong", "the password is wrong"),
        ("Will the rose grow in May?", "Will the rose grow in May?"),
    ],
)
def test_what_is_replaced(text: str, expected: str) -> None:
    assert only(text) == expected


def test_own_words_are_found_in_any_case_and_whole() -> None:
    assert only("FALCON, falcon and falconry", words=("Falcon",)) == (
        "[TERM_1], [TERM_2] and falconry"
    )
    assert only("project  falcon", words=("Project Falcon",)) == "[TERM_1]"


def test_a_name_of_one_message_is_found_by_its_parts_in_the_others() -> None:
    found = redacted("Herr Ngozi Brandstätter kommt.", "Was will Brandstätter?")
    assert found.messages[1].text == "Was will [NAME_2]?"


def test_what_sticks_out_of_a_surer_piece_is_replaced_as_well() -> None:
    assert "Schmidt" not in only("Maria Project Schmidt", words=("Project",))


class TestPlaceholders:
    def test_the_same_words_get_the_same_one_throughout_a_conversation(self) -> None:
        redactor = Redactor(lists=lambda: LISTS)
        first = ChatRequest(messages=(Message(Role.USER, "a@x.org b@x.org"),), conversation="c")
        # The oldest message has fallen out of what is sent.
        later = replace(first, messages=(Message(Role.USER, "b@x.org c@x.org"),))
        assert redactor(first, ()) is not None
        found = redactor(later, ())
        assert found is not None
        assert found.messages[0].text == "[EMAIL_2] [EMAIL_3]"
        other = redactor(replace(later, conversation="d"), ())
        assert other is not None
        assert other.messages[0].text == "[EMAIL_1] [EMAIL_2]"

    def test_one_that_the_person_wrote_is_left_to_them(self) -> None:
        found = redacted("What does [EMAIL_1] mean? Ask me@x.org.")
        assert found.messages[0].text == "What does [EMAIL_1] mean? Ask [EMAIL_2]."
        assert Filling(found.originals).feed("[EMAIL_1] [EMAIL_2] ") == "[EMAIL_1] me@x.org "

    def test_the_switch_and_the_words_of_the_conversation_count(self) -> None:
        request = ChatRequest(messages=(Message(Role.USER, "falcon and eagle"),))
        assert Redactor(lists=lambda: LISTS, is_on=lambda: False)(request, ("falcon",)) is None
        redactor = Redactor(lists=lambda: LISTS, words=lambda: ("eagle",))
        found = redactor(request, ("falcon",))
        assert found is not None
        assert found.messages[0].text == "[TERM_1] and [TERM_2]"


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_taken_out_comes_back_exactly(text: str) -> None:
    found = redacted(text)
    assert Filling(found.originals).feed(found.messages[0].text + " ").removesuffix(" ") == text
    assert "".join(piece.text for piece in found.pieces[0]) == text


@given(st.sampled_from(TEXTS), st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_in_whatever_pieces_the_answer_comes(text: str, sizes: list[int]) -> None:
    found = redacted(text)
    answer, at, number = found.messages[0].text, 0, 0
    restorer = found.restorer()
    events: list[Event] = []
    while at < len(answer):
        size = sizes[number % len(sizes)]
        events += restorer.take(TextDelta(answer[at : at + size]))
        at, number = at + size, number + 1
    events += restorer.take(Done(FinishReason.STOP))
    assert events[-1] == Done(FinishReason.STOP)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == text
    assert all(event.text for event in events if isinstance(event, TextDelta))


def test_thoughts_are_filled_before_the_answer_begins() -> None:
    restorer = redacted("me@x.org").restorer()
    events = [*restorer.take(ReasoningDelta("say [EMA")), *restorer.take(ReasoningDelta("IL_1]"))]
    events += [*restorer.take(ReasoningDelta(" [")), *restorer.take(TextDelta("[x] [EMAIL_1]"))]
    events += restorer.take(Done(FinishReason.STOP))
    assert events == [
        ReasoningDelta("say "),
        ReasoningDelta("me@x.org"),
        ReasoningDelta(" "),
        ReasoningDelta("["),
        TextDelta("[x] me@x.org"),
        Done(FinishReason.STOP),
    ]


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_no_text_breaks_it(text: str, words: list[str]) -> None:
    found = redacted(text, words=tuple(words))
    assert "".join(piece.text for piece in found.pieces[0]) == text


@given(st.lists(st.tuples(st.sampled_from(list(Kind)), st.text(min_size=1)), max_size=30))
def test_no_two_wordings_share_a_placeholder(wordings: list[tuple[Kind, str]]) -> None:
    names = Pseudonyms()
    given_out = {wording: names.of(*wording, set()) for wording in wordings}
    assert len(set(given_out.values())) == len(given_out)
