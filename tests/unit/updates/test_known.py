"""What is remembered of announcements, and what happens to it on a disk."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.updates.known import Known, KnownFile

MADE, LOOKED = datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 2, 8, tzinfo=UTC)


def test_it_is_kept_for_the_next_program(tmp_path: Path) -> None:
    KnownFile(tmp_path / "new" / "known.json").write("0.2.0", MADE, LOOKED)
    known = KnownFile(tmp_path / "new" / "known.json").read()
    assert known == Known(
        version="0.2.0", made="2026-12-01T09:00:00+00:00", looked="2026-12-02T08:00:00+00:00"
    )
    assert known is not None
    assert (known.made_at, known.looked_at) == (MADE, LOOKED)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["known.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"version": "x", "made": "2026-12-01T09:00:00+00:00", "looked": "2026-12-01"}',
        '{"version": "0.2.0", "made": "2026-12-01T09:00:00", "looked": "2026-12-01T09:00:00"}',
    ],
)
def test_what_cannot_be_understood_counts_as_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "known.json"
    file.write_text(text)
    assert KnownFile(file).read() is None


def test_where_nothing_is_to_be_kept_nothing_is_written(tmp_path: Path) -> None:
    KnownFile(tmp_path / "known.json", keep=False).write("0.2.0", MADE, LOOKED)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_refuses_is_noted_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        KnownFile(tmp_path / "file" / "known.json").write("0.2.0", MADE, LOOKED)
    assert "could not be kept" in caplog.text
