"""Looking for a newer version through the courier: what is believed, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.updates import looking
from app.updates.known import KnownFile
from app.updates.looking import BY_SETTING, Updates
from tests.fakes.announcing import PAGE, PATH, Makers, written
from tests.fakes.web import Fault

Make = Callable[..., Updates]


@pytest.fixture
def known(tmp_path: Path) -> KnownFile:
    return KnownFile(tmp_path / "known.json")


@pytest.fixture
def make(makers: Makers, courier: FakeCourier, known: KnownFile) -> Make:
    def updates(**changed: Any) -> Updates:
        how = {"current": "0.1.0", **changed}
        return Updates(how.pop("courier", courier), lambda: makers.source, known, **how)

    return updates


def refusal(updates: Updates) -> AppError:
    with pytest.raises(AppError) as raised:
        updates.look(CancelToken())
    return raised.value


def test_a_newer_version_is_found_and_remembered(
    makers: Makers, make: Make, known: KnownFile
) -> None:
    makers.announce()
    found = make().look(CancelToken())
    assert (found.is_newer, found.release.version, found.release.page) == (True, "0.2.0", PAGE)
    kept = known.read()
    assert kept is not None
    assert kept.version == "0.2.0"
    assert datetime.now(UTC) - kept.looked_at < timedelta(minutes=1)


def test_the_version_that_runs_is_not_newer_than_itself(makers: Makers, make: Make) -> None:
    makers.announce("0.1.0")
    assert not make().look(CancelToken()).is_newer


def test_every_connection_is_in_the_journal_with_who_allowed_it(
    makers: Makers, make: Make, tmp_path: Path
) -> None:
    makers.announce()
    make().look(CancelToken())
    make().look(CancelToken(), allowed_by=BY_SETTING)
    records = list(Journal(tmp_path / "journal").records())
    assert {record.purpose for record in records} == {Purpose.UPDATE_CHECK}
    assert [record.allowed_by for record in records] == [BY_SETTING] * 2 + [looking.BY_PERSON] * 2
    assert {record.port for record in records} == {makers.web.port}


def test_nothing_is_sent_but_the_question(makers: Makers, make: Make) -> None:
    makers.announce()
    make().look(CancelToken())
    assert [seen.path for seen in makers.web.requests] == [PATH, f"{PATH}.sig"]
    assert {frozenset(seen.headers) for seen in makers.web.requests} == {
        frozenset({"host", "user-agent", "accept-encoding", "connection"})
    }
    assert {seen.headers["user-agent"] for seen in makers.web.requests} == {"tacit"}


def test_a_file_that_was_changed_on_its_way_is_not_believed(
    makers: Makers, make: Make, known: KnownFile
) -> None:
    right = json.dumps(written()).encode()
    makers.publish(right.replace(b"0.2.0", b"0.3.0"), signed=right)
    assert "not signed by the makers" in refusal(make()).what
    assert known.read() is None


def test_the_signature_of_somebody_else_is_not_believed(makers: Makers, make: Make) -> None:
    Makers(makers.web).announce()
    assert refusal(make()).code is ErrorCode.DOWNLOAD_CORRUPT


def test_a_signed_file_that_is_none_is_refused_in_words(makers: Makers, make: Make) -> None:
    makers.publish(b"{}")
    assert "cannot read it" in refusal(make()).what


def test_an_older_version_does_not_follow_a_newer_one(makers: Makers, make: Make) -> None:
    makers.announce("0.3.0")
    make().look(CancelToken())
    makers.announce("0.2.0")
    assert "version 0.3.0 was announced already" in refusal(make()).what
    makers.announce("0.3.0")
    assert make().look(CancelToken()).is_newer


def test_an_older_announcement_of_the_same_version_is_refused(makers: Makers, make: Make) -> None:
    makers.announce()
    make().look(CancelToken())
    before = datetime.now(UTC) - timedelta(days=2)
    makers.announce(date=before.isoformat())
    assert "older than what is known" in refusal(make()).what


def test_a_version_older_than_the_one_that_runs_is_refused(makers: Makers, make: Make) -> None:
    makers.announce("0.2.0")
    assert "this is version 0.3.0" in refusal(make(current="0.3.0")).what


def test_an_announcement_that_has_expired_tells_nothing(
    makers: Makers, make: Make, known: KnownFile
) -> None:
    makers.announce()
    later = datetime.now(UTC) + timedelta(days=91)
    problem = refusal(make(now=lambda: later))
    assert "tells nothing any more" in problem.what
    assert "clock" in problem.todo
    assert known.read() is None


def test_an_announcement_of_the_future_speaks_of_the_clock(makers: Makers, make: Make) -> None:
    makers.announce()
    earlier = datetime.now(UTC) - timedelta(days=400)
    problem = refusal(make(now=lambda: earlier))
    assert "still to come" in problem.what
    assert problem.todo == "Set the clock, then look again."


@pytest.mark.parametrize(("path", "data"), [(PATH, b" " * 65_537), (f"{PATH}.sig", b"A" * 1_025)])
def test_more_than_expected_is_not_read(makers: Makers, make: Make, path: str, data: bytes) -> None:
    makers.announce()
    makers.web.put(path, data)
    assert "sent more than was expected" in refusal(make()).what


def test_a_server_that_leads_elsewhere_is_not_followed(makers: Makers, make: Make) -> None:
    makers.announce()
    makers.web.files[PATH].always = Fault(redirect="https://elsewhere.example/release.json")
    problem = refusal(make())
    assert problem.code is ErrorCode.NOT_ALLOWED
    assert "elsewhere.example" in problem.what


def test_a_server_without_the_file_says_so(make: Make) -> None:
    assert "does not have this (404)" in refusal(make()).what


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"is_sealed": lambda: True}, looking.SEALED),
        ({"courier": None}, looking.ENDED),
        ({"courier": None, "is_private": True}, looking.PRIVATE),
    ],
)
def test_where_nothing_can_leave_nothing_is_asked(
    makers: Makers, make: Make, changed: dict[str, Any], problem: AppError
) -> None:
    makers.announce()
    updates = make(**changed)
    assert updates.obstacle() == problem
    assert refusal(updates) == problem
    assert not makers.web.accepted


def test_a_courier_that_has_ended_is_an_obstacle(
    makers: Makers, make: Make, courier: FakeCourier
) -> None:
    updates = make()
    assert updates.obstacle() is None
    courier.end()
    assert updates.obstacle() == looking.ENDED
    assert refusal(updates).code is ErrorCode.SEALED


def test_a_build_without_a_source_asks_nobody(courier: FakeCourier, known: KnownFile) -> None:
    updates = Updates(courier, lambda: None, known, current="0.1.0")
    assert refusal(updates).code is ErrorCode.NO_UPDATE_SOURCE


def test_it_can_be_stopped(makers: Makers, make: Make) -> None:
    makers.announce()
    makers.web.files[PATH].always = Fault(stall_after=5)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as raised:
        make().look(cancel)
    assert raised.value.code is ErrorCode.CANCELLED
