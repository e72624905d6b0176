"""`tacit privacy journal` and `verify-journal`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.core.egress import Purpose
from app.logs import Logging
from app.network.journal.writer import JournalWriter
from app.paths import Paths
from tests.fakes.protection import unsealed

Run = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Any:
        code = main(["privacy", *arguments], no_window, unsealed)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


@pytest.fixture
def folder(private_home: Path) -> Path:
    """A journal with two connections."""
    folder = private_home / "journal"
    writer = JournalWriter(folder)
    for host, purpose in (("hub.test", Purpose.MODEL_LIST), ("link.test", Purpose.LINK)):
        record = writer.begin(
            purpose=purpose, host=host, port=443, conversation="", allowed_by="you"
        )
        writer.end(
            record,
            seconds=1,
            address="192.0.2.1",
            peer=host,
            sent_bytes=1_500,
            received_bytes=2_000_000,
            outcome="done",
        )
    return folder


def test_an_empty_journal_says_so(run: Run) -> None:
    assert run("journal")[:2] == (0, "There is no such connection in the journal.\n")
    code, out, _ = run("verify-journal")
    assert code == 0
    assert "0 connections" in out


def test_connections_are_listed_newest_first(run: Run, folder: Path) -> None:
    code, out, _ = run("journal")
    assert code == 0
    first, second = out.splitlines()[1:]
    assert "link.test" in first
    assert "1.5 KB" in second
    assert "2.0 MB" in second
    records = json.loads(run("journal", "--json")[1])["records"]
    assert [record["number"] for record in records] == [2, 1]
    assert records[0]["purpose"] == "link"


def test_they_are_filtered(run: Run, folder: Path) -> None:
    def numbers(*arguments: str) -> list[int]:
        records = json.loads(run("journal", "--json", *arguments)[1])["records"]
        return [record["number"] for record in records]

    assert numbers("--purpose", "model-list") == [1]
    assert numbers("--host", "LINK") == [2]
    assert numbers("--month", "1999-12") == []


@pytest.mark.parametrize("arguments", [("--month", "November"), ("--purpose", "spying")])
def test_a_filter_that_is_none_is_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("journal", *arguments)[0] == 2


def test_a_whole_journal_is_verified_and_its_head_printed(run: Run, folder: Path) -> None:
    head = run("journal", "--head")[1].strip()
    assert len(head) == 64
    code, out, _ = run("verify-journal")
    assert (code, head in out, "2 connections" in out) == (0, True, True)
    checked = json.loads(run("verify-journal", "--json")[1])
    assert (checked["whole"], checked["head"], checked["records"]) == (True, head, 2)


def test_a_changed_journal_fails_with_the_line(run: Run, folder: Path) -> None:
    file = folder / "journal.jsonl"
    file.write_bytes(file.read_bytes().replace(b"hub.test", b"hug.test"))
    code, out, err = run("verify-journal")
    assert (code, out) == (1, "")
    assert "not whole" in err
    assert "line 2" in err.lower()
    code, out, _ = run("verify-journal", "--json")
    assert code == 1
    assert json.loads(out)["line"] == 1
    assert run("journal", "--head")[0] == 1


def test_it_is_exported(run: Run, folder: Path, tmp_path: Path) -> None:
    code, out, _ = run("journal", "--export", str(tmp_path / "out.csv"))
    assert code == 0
    assert "out.csv" in out
    assert (tmp_path / "out.csv").read_text().count("\n") == 3
    assert run("journal", "--export", str(tmp_path / "missing" / "out"))[0] == 1
