"""Names, references and last uses survive, whatever the files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.models.library import Library
from app.models.records import Records
from app.models.verification import Checks, Verified
from tests.fakes.model_folders import make, make_verified


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(tmp_path: Path, clock: Clock) -> Records:
    return Records(tmp_path / "models.json", tmp_path / "cache" / "use.json", clock=clock)


def test_a_name_is_kept_until_it_is_taken_back(records: Records) -> None:
    records.rename("small", "  My   own ")
    records.rename("other", "Other")
    assert records.names() == {"small": "My own", "other": "Other"}
    records.rename("small", "")
    assert records.names() == {"other": "Other"}


@pytest.mark.parametrize("name", ["x" * 81, "a\x1b[2Jb", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(records: Records, name: str) -> None:
    with pytest.raises(AppError) as refused:
        records.rename("small", name)
    assert refused.value.code is ErrorCode.USAGE
    assert records.names() == {}


def test_forgetting_takes_name_and_reference(records: Records, tmp_path: Path) -> None:
    records.rename("a", "A")
    records.refer("a", tmp_path / "x" / ".." / "a")
    records.refer("b", tmp_path / "b")
    assert records.references() == {"a": tmp_path / "a", "b": tmp_path / "b"}
    records.forget("a")
    assert (records.names(), records.references()) == ({}, {"b": tmp_path / "b"})


def test_the_last_use_is_written_once_a_minute(records: Records, clock: Clock) -> None:
    records.used("a")
    clock.now += 59
    records.used("a")
    records.used("b")
    assert records.uses() == {"a": 1000.0, "b": 1059.0}
    clock.now += 2
    records.used("a")
    assert records.uses()["a"] == 1061.0


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"names": 3, "references": [1]}', '{"references": {"a": "b"}}']
)
def test_broken_files_count_as_empty(records: Records, content: str) -> None:
    records._file.write_text(content)
    records._use_file.parent.mkdir()
    records._use_file.write_text(content)
    assert (records.names(), records.references()) == ({}, {})
    assert all(isinstance(value, float) for value in records.uses().values())
    records.rename("a", "A")
    assert records.names() == {"a": "A"}


def test_a_use_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    Records(tmp_path / "models.json", tmp_path / "file" / "use.json").used("a")


def test_the_library_shows_what_is_remembered(
    records: Records, tmp_path: Path, clock: Clock
) -> None:
    models = tmp_path / "models"
    own = make(models / "own")
    make_verified(models / "kept", repository="org/kept", folder="cuda/int4", commit="c" * 40)
    elsewhere = make(tmp_path / "elsewhere")
    checks = Checks(tmp_path / "checks.json")
    library = Library(lambda: (models,), records=records, checks=checks)
    records.refer("linked", elsewhere)
    records.refer("gone", tmp_path / "nothing")
    records.rename("own", "Mine")
    checks.accept(models / "kept")
    records.used("own")
    found = {model.id: model for model in library.scan()}
    assert list(found) == ["gone", "kept", "linked", "own"]
    assert (found["own"].name, found["own"].last_used) == ("Mine", 1000.0)
    assert found["own"].folder == own
    assert (found["own"].is_reference, found["linked"].is_reference) == (False, True)
    assert found["linked"].folder == elsewhere
    assert found["kept"].verified is Verified.YES
    assert found["own"].verified is Verified.NO_MANIFEST
    assert (found["kept"].repository, found["kept"].variant) == ("org/kept", "cuda/int4")
    assert found["kept"].quantization == "int4"
    problem = found["gone"].problem
    assert problem is not None
    assert "is gone" in problem.what
