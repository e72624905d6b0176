"""The release file: what is read of it, and what makes it no release file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import AppError, ErrorCode
from app.updates.release import ReleaseFile, order, parse
from tests.fakes.announcing import DIGEST, NOTES, PAGE, written


def test_everything_in_it_is_read() -> None:
    document = written(date="2026-12-01T10:00:00+01:00", expires="2027-03-01T00:00:00+00:00")
    release = parse(json.dumps(document).encode())
    assert (release.version, release.notes, release.page) == ("0.2.0", NOTES, PAGE)
    assert release.made == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert release.expires == datetime(2027, 3, 1, tzinfo=UTC)
    (deb,) = release.for_platform("linux")
    assert deb == ReleaseFile(
        platform="linux", name="tacit_0.2.0_amd64.deb", size=200_000_000, sha256=DIGEST
    )


def _file(**changed: Any) -> list[dict[str, Any]]:
    return [{"platform": "linux", "name": "a", "size": 1, "sha256": DIGEST, **changed}]


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"program": "other"},
        {"version": "0.2"},
        {"version": "0.2.0-rc1"},
        {"version": 2},
        {"date": "yesterday"},
        {"date": "2026-12-01T10:00:00"},
        {"date": "9999-12-31T23:59:59-23:59"},
        {"expires": "2020-01-01T00:00:00+00:00"},
        {"notes": "x" * 20_001},
        {"notes": None},
        {"page": "http://tacit.example/"},
        {"page": "javascript:alert(1)"},
        {"page": "https://tacit.example/" + "x" * 500},
        {"files": _file() * 21},
        {"files": _file(name="../a")},
        {"files": _file(name="")},
        {"files": _file(size=0)},
        {"files": _file(size=True)},
        {"files": _file(sha256="AB" * 32)},
        {"files": _file(platform="plan9")},
        {"files": _file(more=1)},
        {"more": 1},
    ],
)
def test_what_is_not_as_agreed_is_not_read_at_all(changed: dict[str, Any]) -> None:
    with pytest.raises(AppError) as raised:
        parse(json.dumps(written(**changed)).encode())
    assert raised.value.code is ErrorCode.DOWNLOAD_CORRUPT
    assert "cannot read it" in raised.value.what


@given(st.binary(max_size=300))
def test_bytes_that_are_no_such_file_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(AppError):
        parse(data)


def test_deep_nesting_is_refused_in_words() -> None:
    with pytest.raises(AppError):
        parse(b"[" * 60_000)


@pytest.mark.parametrize(
    ("older", "newer"), [("0.9.0", "0.10.0"), ("0.1.9", "0.2.0"), ("9.9.9", "10.0.0")]
)
def test_versions_are_compared_number_by_number(older: str, newer: str) -> None:
    assert order(older) < order(newer)
    assert order("0.2.0.dev1") == order("0.2.0")
