"""The journal: what it keeps, and that nothing can be changed in it unnoticed."""

from __future__ import annotations

import csv
import errno
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.egress import JournalRecord, Purpose
from app.core.errors import AppError, ErrorCode
from app.network.journal import chain, writer
from app.network.journal.chain import NOTHING_BEFORE, Begin, Note
from app.network.journal.files import JournalFiles
from app.network.journal.reader import UNFINISHED, Journal
from app.network.journal.writer import JournalWriter

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> Journal:
    return Journal(folder)


def begin(folder: Path, host: str = "example.org", purpose: Purpose = Purpose.MODEL_LIST) -> int:
    return JournalWriter(folder).begin(
        purpose=purpose, host=host, port=443, conversation="", allowed_by="a test"
    )


def end(folder: Path, record: int, received: int = 200) -> None:
    JournalWriter(folder).end(
        record,
        seconds=1.25,
        address="192.0.2.7",
        peer="example.org",
        sent_bytes=100,
        received_bytes=received,
        outcome="done",
    )


def fill(folder: Path, count: int = 3) -> None:
    for number in range(count):
        end(folder, begin(folder, f"host{number}.example.org"))


def lines(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def write(folder: Path, changed: list[bytes]) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(changed))


def test_a_connection_is_one_record(folder: Path, journal: Journal) -> None:
    record = begin(folder)
    [open_one] = journal.records()
    assert (open_one.seconds, open_one.outcome) == (None, UNFINISHED)
    end(folder, record)
    [closed] = journal.records()
    assert closed == JournalRecord(
        number=1,
        began=open_one.began,
        seconds=1.25,
        purpose=Purpose.MODEL_LIST,
        host="example.org",
        port=443,
        address="192.0.2.7",
        peer="example.org",
        sent_bytes=100,
        received_bytes=200,
        conversation="",
        allowed_by="a test",
        outcome="done",
    )
    assert journal.check().is_whole


def test_only_its_owner_can_read_it(folder: Path) -> None:
    fill(folder, 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_records_come_newest_first_and_overlapping_ones_keep_their_ends(
    folder: Path, journal: Journal
) -> None:
    first, second = begin(folder, "one.example.org"), begin(folder, "two.example.org")
    end(folder, second, received=2)
    end(folder, first, received=1)
    found = [(r.number, r.host, r.received_bytes) for r in journal.records()]
    assert found == [(2, "two.example.org", 2), (1, "one.example.org", 1)]


def test_records_are_filtered(folder: Path, journal: Journal) -> None:
    fill(folder)
    begin(folder, "links.example.org", Purpose.LINK)
    assert [r.number for r in journal.records(purpose=Purpose.LINK)] == [4]
    assert [r.number for r in journal.records(host="HOST1.")] == [2]
    month = chain.now()[:7]
    assert len(list(journal.records(month=month))) == 4
    assert list(journal.records(month="1999-01")) == []


def test_totals_add_up_by_month_and_purpose(folder: Path, journal: Journal) -> None:
    fill(folder)
    begin(folder, purpose=Purpose.LINK)
    totals = {t.purpose: (t.connections, t.sent_bytes, t.received_bytes) for t in journal.totals()}
    assert totals == {Purpose.MODEL_LIST: (3, 300, 600), Purpose.LINK: (1, 0, 0)}


def test_a_journal_that_never_was_is_whole_and_empty(folder: Path, journal: Journal) -> None:
    check = journal.check()
    assert (check.is_whole, check.records, check.head) == (True, 0, NOTHING_BEFORE)
    assert list(journal.records()) == []
    assert not folder.exists()


def test_the_head_changes_with_each_line_and_comes_back_in_the_next(folder: Path) -> None:
    fill(folder, 1)
    noted = Journal(folder).check().head
    begin(folder)
    following = chain.decode(lines(folder)[2])
    assert following is not None
    assert following.before == noted


Meddle = Callable[[list[bytes]], list[bytes]]


def changed(found: list[bytes]) -> list[bytes]:
    return [*found[:2], found[2].replace(b"host1", b"hostX"), *found[3:]]


def last_changed(found: list[bytes]) -> list[bytes]:
    return [*found[:-1], found[-1].replace(b'"received_bytes":200', b'"received_bytes":100')]


def removed(found: list[bytes]) -> list[bytes]:
    return [*found[:2], *found[3:]]


def first_removed(found: list[bytes]) -> list[bytes]:
    return found[1:]


def reordered(found: list[bytes]) -> list[bytes]:
    return [*found[:2], found[3], found[2], *found[4:]]


def inserted(found: list[bytes]) -> list[bytes]:
    return [*found[:2], found[1], *found[2:]]


def appended(found: list[bytes]) -> list[bytes]:
    """By hand, with the right number and the right digest before it."""
    entry = Note(
        line=len(found) + 1,
        before=chain.digest(found[-1]),
        at=chain.now(),
        words="mine",
        is_fault=False,
    )
    return [*found, chain.encode(entry)]


def cut_by_one(found: list[bytes]) -> list[bytes]:
    return found[:-1]


def cut_by_many(found: list[bytes]) -> list[bytes]:
    return found[:2]


def cut_inside_a_line(found: list[bytes]) -> list[bytes]:
    return [*found[:-1], found[-1][:20]]


def garbage(found: list[bytes]) -> list[bytes]:
    return [*found[:3], b"\x00\xff not json\n", *found[4:]]


def emptied(found: list[bytes]) -> list[bytes]:
    return []


@pytest.mark.parametrize(
    ("meddle", "line"),
    [
        (changed, 3),
        (last_changed, 6),
        (removed, 3),
        (first_removed, 1),
        (reordered, 3),
        (inserted, 3),
        (appended, 7),
        (cut_by_one, 6),
        (cut_by_many, 3),
        (cut_inside_a_line, 6),
        (garbage, 4),
        (emptied, 1),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_check_finds_and_names_the_line(
    folder: Path, journal: Journal, meddle: Meddle, line: int
) -> None:
    fill(folder)
    assert journal.check().is_whole
    write(folder, meddle(lines(folder)))
    check = journal.check()
    assert not check.is_whole
    assert (check.line, str(line) in check.problem) == (line, True), check.problem
    list(journal.records())  # reading goes on


@pytest.mark.parametrize("meddle", [changed, cut_by_one, cut_by_many, appended, emptied, removed])
def test_writing_on_does_not_hide_what_was_done(
    folder: Path, journal: Journal, meddle: Meddle
) -> None:
    fill(folder)
    write(folder, meddle(lines(folder)))
    fill(folder, 2)
    check = journal.check()
    assert not check.is_whole, "found although records followed"
    assert len(list(journal.records())) >= 2


def test_a_head_that_was_removed_is_found(folder: Path, journal: Journal) -> None:
    fill(folder)
    (folder / "head.json").unlink()
    assert "head" in journal.check().problem
    fill(folder, 1)
    assert not journal.check().is_whole


def test_a_removed_journal_is_found_by_its_head(folder: Path, journal: Journal) -> None:
    fill(folder)
    (folder / "journal.jsonl").unlink()
    assert "cut off" in journal.check().problem


class CrashError(BaseException):
    """The program ends here."""


def crash_at(monkeypatch: pytest.MonkeyPatch, name: str, call: int) -> None:
    """End the program at the `call`th use of a step of the writer."""
    real, count = getattr(JournalFiles, name), [0]

    def step(*arguments: object) -> object:
        count[0] += 1
        if count[0] == call:
            raise CrashError
        return real(*arguments)

    monkeypatch.setattr(JournalFiles, name, step)


@pytest.mark.parametrize("call", [1, 2])
def test_a_crash_between_line_and_head_is_no_fault(
    folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    fill(folder)
    with monkeypatch.context() as patch:
        crash_at(patch, "set_head", call)
        with pytest.raises(CrashError):
            begin(folder)
    assert journal.check().is_whole, journal.check().problem
    assert begin(folder) == 3 + call
    assert journal.check().is_whole


def test_half_a_line_is_removed_and_noted(
    folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder)
    with monkeypatch.context() as patch:
        crash_at(patch, "set_head", 2)
        with pytest.raises(CrashError):
            begin(folder)
    whole = b"".join(lines(folder))
    (folder / "journal.jsonl").write_bytes(whole[:-30])
    assert journal.check().is_whole, journal.check().problem
    assert begin(folder) == 4
    assert journal.check().is_whole
    notes = [e for line in lines(folder) if isinstance(e := chain.decode(line), Note)]
    assert [note.is_fault for note in notes] == [False]


def test_a_full_disk_allows_no_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder)

    def full(_file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "sync", full)
        with pytest.raises(AppError, match="disk is full") as raised:
            begin(folder)
    assert raised.value.code is ErrorCode.DISK_FULL
    assert begin(folder) >= 4
    assert Journal(folder).check().is_whole


def test_a_folder_that_cannot_be_made_allows_no_connection(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError, match="no connection is made"):
        begin(tmp_path / "file" / "journal")


def test_two_programs_write_one_chain(folder: Path, journal: Journal) -> None:
    code = (
        "import sys; from pathlib import Path; from app.core.egress import Purpose\n"
        "from app.network.journal.writer import JournalWriter\n"
        "for _ in range(25):\n"
        "    JournalWriter(Path(sys.argv[1])).begin(purpose=Purpose.LINK, host='h', port=443,\n"
        "        conversation='', allowed_by='')\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    for running in [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]:
        assert running.wait(60) == 0
    assert journal.check().is_whole
    assert sorted(record.number for record in journal.records()) == list(range(1, 51))


def test_exports_are_the_chain_or_a_table(folder: Path, journal: Journal, tmp_path: Path) -> None:
    fill(folder)
    journal.export(tmp_path / "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_bytes().splitlines(keepends=True) == lines(folder)
    journal.export(tmp_path / "copy.csv")
    with (tmp_path / "copy.csv").open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["host"] for row in rows] == [f"host{n}.example.org" for n in (2, 1, 0)]
    with pytest.raises(AppError, match="could not be written"):
        journal.export(tmp_path / "nowhere" / "copy.csv")


def test_many_records_are_read_without_holding_them(folder: Path, journal: Journal) -> None:
    folder.mkdir()
    before = NOTHING_BEFORE
    with (folder / "journal.jsonl").open("wb") as file:
        for number in range(1, 20_001):
            entry = Begin(
                line=number,
                before=before,
                at="2026-11-25T09:00:00.000Z",
                record=number,
                purpose=Purpose.LINK,
                host="example.org",
                port=443,
                conversation="",
                allowed_by="a test",
            )
            line = chain.encode(entry)
            before = chain.digest(line)
            file.write(line)
    assert next(journal.records()).number == 20_000
    assert sum(1 for _ in journal.records()) == 20_000
    assert "head" in journal.check().problem


def test_no_line_has_room_for_a_conversation(folder: Path) -> None:
    fill(folder, 1)
    known = {"is", "line", "before", "at", "record", "purpose", "host", "port", "conversation"}
    known |= {"allowed_by", "seconds", "address", "peer", "sent_bytes", "received_bytes", "outcome"}
    assert {name for line in lines(folder) for name in json.loads(line)} == known
