"""The list of downloads: shared by processes, kept through crashes, never a reason to fail."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.models.downloads.ledger import Ledger
from app.models.downloads.values import Kind, Plan, State
from app.models.listing import ListedFile


def plan(number: int = 1, repository: str = "org/name", folder: str = "cpu") -> Plan:
    return Plan(
        id=f"id-{number}",
        kind=Kind.INSTALL,
        model_id="name-cpu",
        name="Name",
        repository=repository,
        commit="c" * 40,
        folder=folder,
        licence="mit",
        needs_token=False,
        files=(ListedFile(path="cpu/model.onnx", size=5, sha256="a" * 64),),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "root" / "downloads.json"


def test_downloads_are_remembered_in_their_order(file: Path) -> None:
    problem = AppError("It is full.", "Free some.", code=ErrorCode.DISK_FULL)
    Ledger(file).put(plan(1), State.PAUSED, problem)
    Ledger(file).put(plan(2), State.QUEUED)
    Ledger(file).put(plan(1), State.FAILED, problem)
    entries = Ledger(file).entries()
    assert [(e.plan, e.state, e.problem) for e in entries] == [
        (plan(1), State.FAILED, problem),
        (plan(2), State.QUEUED, None),
    ]
    Ledger(file).drop("id-1")
    assert [e.plan.id for e in Ledger(file).entries()] == ["id-2"]


def test_what_an_ended_program_left_running_is_queued(file: Path) -> None:
    Ledger(file).put(plan(), State.RUNNING)
    assert Ledger(file).entries()[0].state is State.QUEUED


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"downloads": 5}', '{"downloads": [1, {"plan": {}}]}', "[" * 100_000]
)
def test_a_broken_file_counts_as_empty_and_is_replaced(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    assert Ledger(file).entries() == []
    Ledger(file).put(plan(), State.QUEUED)
    assert len(Ledger(file).entries()) == 1


def test_an_entry_that_cannot_be_understood_costs_no_other(file: Path) -> None:
    Ledger(file).put(plan(), State.QUEUED)
    plain = json.loads(file.read_text())
    plain["downloads"].insert(0, {"plan": {"id": "from a later version"}})
    file.write_text(json.dumps(plain))
    assert [e.plan.id for e in Ledger(file).entries()] == ["id-1"]


def test_unfinished_ones_are_found_by_where_they_come_from(file: Path) -> None:
    ledger = Ledger(file)
    ledger.put(plan(1), State.PAUSED)
    ledger.put(plan(2, folder="cuda"), State.QUEUED)
    ledger.put(plan(3, repository="other/name"), State.QUEUED)
    assert [e.plan.id for e in ledger.find("ORG/name")] == ["id-1", "id-2"]
    assert [e.plan.id for e in ledger.find("org/name", "cuda")] == ["id-2"]


def test_writers_do_not_undo_one_another(file: Path) -> None:
    def write(number: int) -> None:
        Ledger(file).put(plan(number), State.QUEUED)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Ledger(file).entries()) == 12


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file where the folder should be")
    with pytest.raises(AppError, match="list of downloads"):
        Ledger(tmp_path / "root" / "downloads.json").put(plan(), State.QUEUED)
