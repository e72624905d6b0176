"""Finding a model: the catalogue and its verdicts, the search, the gate, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.errors import AppError
from app.models.catalogue import Catalogue
from app.models.downloads.values import State
from app.models.fit import Verdict
from app.models.machine import Machine
from app.ui.discover.cards import KnownCard
from app.ui.discover.offer_row import OfferRow
from tests.fakes.hub import FakeHub, in_folder, small_model
from tests.fakes.web import Fault
from tests.ui.discover.conftest import Meet, Person, press, words
from tests.ui.window.test_accessibility import nameless

GIGABYTE = 10**9
NAME = "org/Tiny-onnx"
FAST = Machine(
    memory_total=32 * GIGABYTE,
    memory_available=24 * GIGABYTE,
    disk_free=500 * GIGABYTE,
    disk_total=1000 * GIGABYTE,
    bandwidth=100e9,
    devices=frozenset({"cpu"}),
)
SLOW = Machine(
    memory_total=16 * GIGABYTE,
    memory_available=12 * GIGABYTE,
    disk_free=500 * GIGABYTE,
    disk_total=1000 * GIGABYTE,
    bandwidth=15e9,
    devices=frozenset({"cpu"}),
)
SMALL = Machine(
    memory_total=4 * GIGABYTE,
    memory_available=2 * GIGABYTE,
    disk_free=3 * GIGABYTE,
    disk_total=100 * GIGABYTE,
    bandwidth=15e9,
    devices=frozenset({"cpu"}),
)


class Computer:
    """Says what this computer has, for as long as a test likes."""

    def __init__(self) -> None:
        self.is_now = FAST

    def examine(self, *_where: object) -> Machine:
        return self.is_now


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    made = Computer()
    monkeypatch.setattr("app.bootstrap.machine", made.examine)
    return made


def card(person: Person, model: str) -> KnownCard:
    found: KnownCard = person.page.cards[model]
    return found


def best(person: Person) -> OfferRow:
    """The variant of Phi-4 mini that is recommended."""
    return card(person, "phi-4-mini-instruct").offers.rows[0]


def become(person: Person, computer: Computer, machine: Machine) -> None:
    """Another computer, which the page looks at once it is shown again."""
    computer.is_now = machine
    before = person.desk.parts.discover.known
    person.desk.parts.discover.refresh()
    person.until(lambda: person.desk.parts.discover.known != before)


def test_a_card_says_all_that_one_has_to_know(computer: Computer, person: Person) -> None:
    phi = card(person, "phi-4-mini-instruct")
    text = words(phi)
    for part in (
        "Phi-4 mini instruct",
        "Microsoft",
        "Everyday questions, summaries, letters and translations",
        "Licence: MIT",
        "131,072 tokens of context, of which Tacit uses 4,096",
        "23 languages",
        "4.9 GB - int4 - for the processor",
        "It takes 6.1 GB of memory with a context of 4,096 tokens; 24.0 GB are free.",
        "Not checked against the hub yet",
        "recommended here",
    ):
        assert part in text, part
    assert "thinks before it answers" in words(card(person, "phi-4-mini-reasoning"))


def test_verdicts_are_words_with_numbers(computer: Computer, person: Person) -> None:
    phi = best(person)
    assert phi.verdict.text() == "Fits this computer"
    assert phi.download.text() == "Download"
    become(person, computer, SLOW)
    phi = best(person)
    assert phi.verdict.text() == "Fits, but answers slowly"
    assert "About 2 tokens a second: very slow." in phi.numbers.text()
    assert phi.download.text() == "Download anyway", "a person may insist"
    become(person, computer, SMALL)
    phi = next(
        r for r in card(person, "phi-4-mini-instruct").offers.rows if "cpu" in r.offer.folder
    )
    assert phi.verdict.text() == "Will not fit"
    assert "It is 4.9 GB on the disk, and 2.0 GB can be used" in phi.numbers.text()
    assert not phi.download.isVisible()


def test_a_damaged_list_is_said_and_the_hub_can_be_searched_nevertheless(
    person: Person, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(_file: Path) -> Catalogue:
        raise AppError("The program's list of models is damaged.", "Install Tacit again.")

    monkeypatch.setattr("app.local_models.load_catalogue", damaged)
    person.desk.parts.discover.refresh()
    person.until(person.page.problem.isVisible)
    said = "The program's list of models is damaged. Install Tacit again."
    assert person.page.problem.text() == said
    hub.add(NAME, small_model())
    person.search("tiny")
    assert set(person.page.results.cards) == {NAME}


def test_what_cannot_run_here_comes_last(computer: Computer, person: Person) -> None:
    become(person, computer, SMALL)
    known = person.desk.parts.discover.known
    verdicts = [model.offers[0].fit.verdict is Verdict.WILL_NOT_FIT for model in known]
    assert verdicts == sorted(verdicts)
    assert len(set(verdicts)) == 2
    places = [person.page.list.indexOf(person.page.cards[model.entry.id]) for model in known]
    assert places == list(range(len(known)))


def test_other_variants_are_told_apart(computer: Computer, person: Person) -> None:
    phi = card(person, "phi-4-mini-instruct").offers
    best, other = phi.rows
    assert not other.isVisible()
    assert phi.more.text() == "1 other variant"
    press(phi.more)
    assert other.isVisible()
    assert "3.4 GB - int4 - for NVIDIA cards (CUDA) and graphics cards" in other.variant.text()
    assert other.verdict.text() == "Will not fit"
    assert "it was not found on this computer" in other.numbers.text()
    assert best.place.text() != other.place.text()
    assert nameless(person.page) == []


def test_a_licence_to_accept_is_accepted_knowingly(computer: Computer, person: Person) -> None:
    llama = card(person, "llama-3.2-1b-instruct")
    assert llama.offers.rows[0].download.text() == "Accept the licence and download"
    press(llama.licence)
    question = person.question()
    assert "llama.com" in words(question)
    question.reject()
    assert not card(person, "phi-4").licence.isVisible()


def test_typing_filters_and_asks_nobody(person: Person, hub: FakeHub) -> None:
    QTest.keyClicks(person.page.field, "german phi")
    shown = {name for name, one in person.page.cards.items() if not one.isHidden()}
    assert {"phi-4-mini-instruct", "phi-3.5-mini-instruct"} <= shown
    assert not {"phi-4", "phi-4-mini-reasoning", "mistral-7b-instruct-v0.3"} & shown
    QTest.keyClicks(person.page.field, " nonsense")
    assert "No model in this list has these words." in words(person.page)
    assert hub.hub.requests == []


def test_the_hub_is_searched_and_its_variants_are_told_apart(
    person: Person, hub: FakeHub, library: Path
) -> None:
    files = {**in_folder("cpu/cpu-int4", small_model()), **in_folder("cuda/fp16", small_model(7))}
    hub.add(NAME, files, licence="mit", downloads=4_321)
    hub.add("org/no-model", {"README.md": b"#"})
    hub.add("org/gated-tiny", small_model(), gated="auto")
    person.search("tiny")
    assert set(person.page.results.cards) == {NAME, "org/gated-tiny"}
    found = person.found(NAME)
    assert found.facts.text() == ("2 variants - licence mit - 4,321 downloads - changed 2026-09-01")
    assert person.found("org/gated-tiny").gate.text() == (
        "Its licence has to be accepted at the hub first."
    )
    press(found.toggle)
    person.until(lambda: found.offers.rows)
    cpu, cuda = found.offers.rows
    assert cpu.variant.text() == "302 kB - int4 - for the processor"
    assert cuda.variant.text() == "302 kB - fp16 - for NVIDIA cards (CUDA)"
    assert "Estimated from its size." in cpu.numbers.text()
    assert (cpu.verdict.text(), cuda.verdict.text()) == ("Fits this computer", "Will not fit")
    press(found.toggle)
    person.until(lambda: not found.offers.isVisible())
    press(person.page.results.close_button)
    assert not person.page.results.isVisible()


def test_nothing_found_says_what_else_can_be_tried(person: Person) -> None:
    person.search("unheard-of")
    assert "no model for this program with that in its name" in words(person.page.results)


@pytest.mark.parametrize(
    "pasted",
    [
        NAME,
        f"https://huggingface.co/{NAME}",
        f"https://huggingface.co/{NAME}/tree/main/cpu/cpu-int4",
    ],
)
def test_a_name_or_an_address_is_looked_at(person: Person, hub: FakeHub, pasted: str) -> None:
    repository = hub.add(NAME, in_folder("cpu/cpu-int4", small_model()))
    person.search(pasted)
    assert person.page.search.whole_text == f"Look at {hub.address.removeprefix('http://')}"
    (row,) = person.found(NAME).offers.rows
    press(row.download)
    person.wait_for(State.DONE)
    person.assert_installed(repository, "cpu/cpu-int4")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://elsewhere.example/a/b", "https://elsewhere.example/a/b is no model repository."),
        ("org/unheard-of", "The hub has no model repository org/unheard-of, or it is private."),
        ("org/plain", "org/plain holds no model for this program."),
        ("org/evil", "org/evil holds no model for this program."),
    ],
)
def test_what_is_none_is_said(person: Person, hub: FakeHub, text: str, sentence: str) -> None:
    hub.add("org/plain", {"README.md": b"#"})
    hub.add("org/evil", in_folder("../..", small_model()))
    person.search(text)
    assert sentence in words(person.page.results)


def test_hostile_names_beside_a_model_are_left_there(
    person: Person, hub: FakeHub, library: Path
) -> None:
    files = {**small_model(), "../../../evil.json": b"{}", "run.py": b"print()", "hook.so": b"\x7f"}
    hub.add(NAME, files)
    person.download(NAME)
    person.wait_for(State.DONE)
    (model,) = person.desk.services.library.scan()
    assert {file.name for file in model.folder.iterdir()} == {*small_model(), "manifest.json"}
    assert not list(library.parent.parent.rglob("evil.json"))


def test_what_will_not_fit_is_refused_with_numbers_before_the_first_byte(
    computer: Computer, person: Person, hub: FakeHub
) -> None:
    hub.add(NAME, small_model())
    (row,) = person.open_variants(NAME)
    computer.is_now = Machine(
        memory_total=32 * GIGABYTE,
        memory_available=24 * GIGABYTE,
        disk_free=5_200_000,
        disk_total=100_000_000,
        bandwidth=0,
        devices=frozenset({"cpu"}),
    )
    press(row.download)
    person.until(row.problem.isVisible)
    assert row.problem.text() == (
        "Tiny-onnx will not fit this computer. It is 0 MB on the disk, and 0 MB can be used "
        "(5 MB are free, a reserve stays for the history). Nothing was fetched. Choose a smaller "
        "model or another variant."
    )
    assert not [seen for seen in hub.hub.requests if "/resolve/" in seen.path]
    assert person.desk.parts.downloads.statuses == ()
    person.assert_nothing_is_listed()


def test_what_is_slow_may_be_insisted_on(computer: Computer, person: Person, hub: FakeHub) -> None:
    computer.is_now = Machine(
        memory_total=8 * GIGABYTE,
        memory_available=4 * GIGABYTE,
        disk_free=500 * GIGABYTE,
        disk_total=1000 * GIGABYTE,
        bandwidth=10e6,
        devices=frozenset({"cpu"}),
    )
    repository = hub.add(NAME, small_model())
    (row,) = person.open_variants(NAME)
    assert row.verdict.text() == "Fits, but answers slowly"
    assert row.download.text() == "Download anyway"
    press(row.download)
    person.wait_for(State.DONE)
    person.assert_installed(repository, "")


def test_a_hub_that_does_not_answer_can_be_left(person: Person, hub: FakeHub) -> None:
    hub.api.append(Fault(stall_after=0))
    field = person.page.field
    QTest.keyClicks(field, "tiny")
    QTest.keyClick(field, Qt.Key.Key_Return)
    results = person.page.results
    assert results.waiting.isVisible()
    person.until(lambda: hub.hub.requests)
    QTest.qWait(300)
    assert results.close_button.text() == "Stop", words(results)
    press(results.close_button)
    assert not results.isVisible()
    hub.add(NAME, small_model())
    person.search("tiny")
    assert set(results.cards) == {NAME}


def test_offline_is_a_sentence(person: Person, hub: FakeHub) -> None:
    hub.__exit__()
    try:
        person.search("tiny")
        assert (
            "The connection to 127.0.0.1 failed: connection refused. Check the connection."
            in words(person.page.results)
        )
    finally:
        hub.__enter__()


def test_the_keyboard_stays_with_the_row_that_was_pressed(person: Person, hub: FakeHub) -> None:
    hub.file(hub.add(NAME, small_model()), "model.onnx.data").always = Fault(bytes_per_s=100_000)
    (row,) = person.open_variants(NAME)
    QApplication.processEvents()
    row.download.setFocus()
    QTest.keyClick(row.download, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is row.stop
    person.until(lambda: QApplication.focusWidget() is row.queue)
    press(row.queue)
    assert QApplication.focusWidget() is person.card.pause


def test_sealed_it_says_what_to_do(meet: Meet, computer: Computer, hub: FakeHub) -> None:
    person = meet(sealed=True)
    desk, page = person.desk, person.page
    assert page.sealed.sentence == (
        "Nothing can be searched for or downloaded: no part of Tacit can reach the network. "
        "Allow connections on the Privacy page, and start Tacit again."
    )
    person.search("tiny")
    assert "The hub cannot be asked: no part of Tacit can reach the network." in words(page.results)
    page.field.clear()
    phi = best(person)
    press(phi.download)
    person.until(phi.problem.isVisible)
    assert "no part of Tacit can reach the network" in phi.problem.text()
    press(page.sealed.button)
    assert desk.window.page == "privacy"
    assert hub.hub.requests == []
