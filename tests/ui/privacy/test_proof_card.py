"""The proof in the window: run, stopped, shown with every answer, saved and copied."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.errors import AppError
from app.core.proof import DescriptorCount, Proof, QuietVariable, TelemetryFile
from app.core.tasks import Tasks
from app.process.proof import text
from app.ui.appearance import Appearance
from app.ui.privacy.proof_card import ProofCard
from app.ui.privacy.proof_controller import ProofController
from app.ui.privacy.proof_result import AttemptRow, CommandLine, Row
from tests.fakes.privacy import FAILED, FakeProof, proof
from tests.ui.conftest import Async

Make = Callable[[FakeProof | None], ProofCard]


@pytest.fixture
def make(qtbot: QtBot, look: Appearance, aio: Async, tasks: Tasks) -> Iterator[Make]:
    controllers: list[ProofController] = []

    def build(prove: FakeProof | None) -> ProofCard:
        controller = ProofController(prove, tasks)
        controllers.append(controller)
        card = ProofCard(look, controller)
        qtbot.addWidget(card)
        card.resize(640, 700)
        if prove is not None:
            card.show()
        return card

    yield build
    for controller in controllers:
        aio.run(controller.close())


def words(card: ProofCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def run(card: ProofCard, aio: Async) -> None:
    card.prove.click()
    aio.until(lambda: not card._proof.is_running)
    QApplication.sendPostedEvents()  # what is new is shown in the next turn


def test_a_proof_that_holds_shows_every_answer(make: Make, aio: Async) -> None:
    card = make(FakeProof(proof()))
    assert not card.save.isVisible()
    run(card, aio)
    said = words(card)
    for part in (
        "Proved: all 5 attempts to get out of 2 processes were refused.",
        "It was tried without a model in memory.",
        "The window, process 100",
        "The process that runs the model, process 101, with small-model in memory",
        "Connecting by TCP over IPv4",
        "Tried by a child process",
        "1 of 1 are filtered",
        "ORT_DISABLE_TELEMETRY",
        "its folder does not exist",
    ):
        assert part in said
    assert said.count("Refused: EACCES") == 5
    assert "NOT" not in said
    assert all(row.holds for row in card.findChildren(Row))


def test_a_proof_that_fails_names_what_was_not_refused(
    make: Make, aio: Async, look: Appearance
) -> None:
    card = make(FakeProof(proof(holds=False)))
    run(card, aio)
    assert "Not proved: \u201cno network sockets\u201d does not hold" in words(card)
    broken = [r for r in card.findChildren(AttemptRow) if "NOT refused" in r.accessibleName()]
    assert [row.accessibleName() for row in broken] == [
        "Looking up a name (DNS): NOT refused: connected. Expected: EACCES"
    ]
    marks = {
        row.findChild(QLabel).property("iconName")  # type: ignore[union-attr]
        for row in card.findChildren(AttemptRow)
    }
    assert marks == {"circle-check", "circle-alert"}


def test_a_report_without_attempts_proves_nothing(make: Make, aio: Async) -> None:
    card = make(FakeProof(Proof(made="", version="", system="", processes=())))
    run(card, aio)
    assert "Not proved: no process could be asked." in words(card)


def test_while_it_runs_it_can_be_stopped(make: Make, aio: Async) -> None:
    fake = FakeProof(proof())
    fake.gate = asyncio.Event().wait
    card = make(fake)
    card.prove.setFocus()
    card.prove.click()
    aio.until(lambda: fake.runs == 1)
    assert card.progress.isVisible()
    assert not card.prove.isVisible()
    card.stop.click()
    aio.until(lambda: not card._proof.is_running)
    assert card.prove.isVisible()
    assert not card.progress.isVisible()
    assert not card.save.isVisible()
    assert card.prove.text() == "Prove it now"


def test_a_proof_that_cannot_be_made_says_why(make: Make, aio: Async) -> None:
    card = make(FakeProof(AppError("The model's process did not answer.", "Try again.")))
    run(card, aio)
    assert card.strip.sentence == "The model's process did not answer. Try again."
    assert not card.save.isVisible()


def test_the_commands_are_there_to_be_copied(make: Make, aio: Async) -> None:
    card = make(FakeProof(proof()))
    run(card, aio)
    lines = card.findChildren(CommandLine)
    assert [line.field.text() for line in lines] == [check.command for check in proof().checks]
    assert all(line.field.isReadOnly() for line in lines)
    lines[1].copy.click()
    assert QGuiApplication.clipboard().text() == proof().checks[1].command
    card.copy.click()
    assert QGuiApplication.clipboard().text() == text.as_text(proof())


@pytest.mark.parametrize("name", ["proof.txt", "proof.json", "proof"])
def test_the_report_is_saved_as_text_or_json(
    make: Make, aio: Async, tmp_path: Path, name: str
) -> None:
    card = make(FakeProof(proof()))
    run(card, aio)
    card.save.click()
    card.dialog.fileSelected.emit(str(tmp_path / name))
    card.dialog.reject()
    aio.until(lambda: "Saved to" in card.strip.sentence)
    saved = (tmp_path / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        assert json.loads(saved) == json.loads(json.dumps(text.as_document(proof())))
    else:
        assert saved == text.as_text(proof())


def test_the_dialog_adds_the_suffix_of_the_chosen_kind(make: Make, aio: Async) -> None:
    card = make(FakeProof(proof()))
    run(card, aio)
    card.save.click()
    assert card.dialog.defaultSuffix() == "txt"
    card.dialog.filterSelected.emit("")
    card.dialog.selectNameFilter("JSON (*.json)")
    card.dialog.filterSelected.emit("JSON (*.json)")
    assert card.dialog.defaultSuffix() == "json"
    card.dialog.reject()


def test_a_folder_that_cannot_be_written_is_a_sentence(
    make: Make, aio: Async, tmp_path: Path
) -> None:
    card = make(FakeProof(proof()))
    run(card, aio)
    card._proof.save(tmp_path / "missing" / "proof.txt")
    aio.until(lambda: "was not saved" in card.strip.sentence)
    assert "Choose another folder." in card.strip.sentence


def test_without_a_proof_there_is_no_card(make: Make) -> None:
    card = make(None)
    assert card.isHidden()
    assert not card._proof.can_prove
    card._proof.start()
    assert not card._proof.is_running


def test_what_is_no_attempt_is_shown_and_can_fail_too(make: Make, aio: Async) -> None:
    window = replace(
        proof().processes[0],
        seal=FAILED,
        memory_is_private=False,
        threads=(replace(proof().processes[0].threads[0], seccomp=0),),
        descriptors=(DescriptorCount(kind="internet sockets", count=1, is_network=True),),
        quiet=(QuietVariable(name="ORT_DISABLE_TELEMETRY", is_set=False),),
    )
    file = TelemetryFile(path="/home/x/usage.db", written="2026-11-25", is_ours=True)
    report = replace(proof(), processes=(window,), telemetry=(file,))
    card = make(FakeProof(report))
    run(card, aio)
    said = words(card)
    for part in ("does NOT hold", "0 of 1 are filtered", "NOT private", "NOT set", "since Tacit"):
        assert part in said
    broken = [row.accessibleName() for row in card.findChildren(Row) if not row.holds]
    # The verdict, what is missing at the top, and each of them at its place.
    assert len(broken) == 1 + 2 * len(report.failures)
