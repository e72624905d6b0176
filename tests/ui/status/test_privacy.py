"""The words of the indicator: for every set of facts, and never more than they allow."""

from __future__ import annotations

import itertools

import pytest

from app.core.egress import CourierStatus, Opening, Purpose
from app.core.privacy import Privacy, PrivacyFacts, SealPart, SealReport, indicate
from app.ui.status.privacy import ICONS, describe, opening_words
from tests.fakes.privacy import CLOUD, DOWNLOAD, FAILED, HOLDS, UNTRIED

LINK = Opening(purpose=Purpose.LINK, host="example.org")
COURIERS = [
    CourierStatus(),
    CourierStatus(pid=7),
    *(
        CourierStatus(pid=7, openings=openings)
        for size in (1, 2)
        for openings in itertools.permutations((CLOUD, DOWNLOAD, LINK), size)
    ),
]
EVERYTHING = [
    PrivacyFacts(window=window, host=host, courier=courier)
    for window in (HOLDS, FAILED, UNTRIED)
    for host in (None, HOLDS, FAILED, UNTRIED)
    for courier in COURIERS
]


@pytest.mark.parametrize("facts", EVERYTHING)
def test_the_words_claim_no_more_than_the_facts_allow(facts: PrivacyFacts) -> None:
    shown, state = indicate(facts), describe(facts)
    words = " ".join((state.word, *state.facts))
    assert state.state is shown.state
    assert state.word
    assert state.short
    assert state.facts
    assert state.check
    assert ("Nothing can leave" in words) == (shown.state is Privacy.SEALED)
    assert ("No connection is open" in words) == (shown.state is Privacy.LOCAL_ONLY)
    is_named = shown.state in (Privacy.CLOUD, Privacy.DOWNLOADING)
    assert all((opening.host in words) == is_named for opening in facts.courier.openings)
    # A missing seal is told in the chip, in the title and in words, whatever else goes on.
    for text in (state.word, state.short, words):
        assert ("not enforced" in text.lower()) == bool(shown.reason)
    if shown.reason:
        assert "Your chats stay" not in words
        assert "the operating system does not refuse it" in words
        assert state.details == shown.reason


def test_no_two_states_look_alike() -> None:
    states = {describe(facts).state: describe(facts) for facts in EVERYTHING}
    assert set(states) == set(Privacy)
    assert len({state.word for state in states.values()}) == len(Privacy)
    assert len({state.short for state in states.values()}) == len(Privacy)
    assert len({state.facts for state in states.values()}) == len(Privacy)
    assert len(set(ICONS.values())) == len(Privacy)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_is_told_with_its_host(purpose: Purpose) -> None:
    words = opening_words(Opening(purpose=purpose, host="host.example", label="A name"))
    assert "A name (host.example)" in words
    assert words.endswith(".")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            SealPart("no network sockets", holds=False, detail="no network sockets: Bad address"),
            "the system did not take the rule",
        ),
        (SealPart("no network sockets", holds=False, detail="thread 9 is not sealed"), "the rule"),
        (SealPart("no network sockets", holds=False), "the system did not take the rule"),
        (
            SealPart("no network sockets", holds=False, detail="Windows has no such lock"),
            "Windows has no such lock",
        ),
        (
            SealPart("no socket from before", holds=False, detail="descriptor 5 is a socket"),
            "a network connection was open before",
        ),
        (SealPart("something new", holds=False), "something new"),
    ],
)
def test_a_reason_is_in_words_that_a_person_understands(part: SealPart, words: str) -> None:
    report = SealReport((SealPart("no socket from before", holds=True), part))
    for facts in (PrivacyFacts(window=report), PrivacyFacts(window=HOLDS, host=report)):
        sentence = describe(facts).facts[0]
        assert sentence.startswith("Not enforced: ")
        assert words in sentence
        assert "Bad address" not in sentence
        assert "thread 9" not in sentence
