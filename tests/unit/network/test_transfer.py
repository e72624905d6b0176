"""Transfers: every fault of a server and of a line, and nothing wrong is kept."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.network.faults import TransientError
from app.network.transfer import transfer as module
from tests.fakes.desk import DATA, QUICK, SHA256, Desk
from tests.fakes.web import Fault, pattern, repeated


def test_a_file_arrives_whole_and_hashed(desk: Desk) -> None:
    desk.web.put("/file", DATA)
    result = desk.fetch()
    assert (result.size, result.sha256) == (len(DATA), SHA256)
    assert (result.resumed_from, result.received_bytes) == (0, len(DATA))
    desk.assert_whole()
    assert (desk.told[-1].done, desk.told[-1].total) == (len(DATA), len(DATA))


def test_an_empty_file_arrives(desk: Desk) -> None:
    desk.web.put("/file", b"")
    desk.fetch(size=0, sha256=hashlib.sha256().hexdigest())
    desk.assert_whole(b"")


def test_a_file_of_unknown_size_arrives_in_chunks(desk: Desk) -> None:
    desk.web.put("/file", DATA, Fault(chunked=True))
    desk.fetch(size=None)
    desk.assert_whole()


def test_git_s_digest_will_do(desk: Desk) -> None:
    desk.web.put("/file", DATA)
    digest = hashlib.sha1(b"blob %d\0" % len(DATA) + DATA).hexdigest()
    desk.fetch(sha256="", git_sha1=digest)
    desk.assert_whole()
    with pytest.raises(AppError) as raised:
        desk.fetch(sha256="", git_sha1="0" * 40)
    assert raised.value.code is ErrorCode.DOWNLOAD_CORRUPT


LINE_FAULTS = {
    "dropped": Fault(drop_after=1_000_000),
    "reset": Fault(reset_after=1_500_000),
    "stalled": Fault(stall_after=1_000_000),
    "dropped in the head": Fault(head=b""),
    "503": Fault(status=503),
    "500": Fault(status=500),
    "nonsense": Fault(head=b"<html>sign in</html>\r\n\r\n"),
    "half chunked": Fault(chunked=True, drop_after=500_000),
}


@pytest.mark.parametrize("fault", LINE_FAULTS.values(), ids=LINE_FAULTS.keys())
def test_a_bad_line_is_got_over(desk: Desk, fault: Fault) -> None:
    desk.web.put("/file", DATA, fault)
    desk.fetch()
    desk.assert_whole()
    assert any(progress.waiting_s and progress.problem for progress in desk.told)


def test_a_lost_connection_is_gone_on_from_where_it_was(desk: Desk) -> None:
    desk.web.put("/file", DATA, *repeated(Fault(drop_after=700_000), 3))
    result = desk.fetch()
    assert desk.web.ranges == ["", "bytes=700000-", "bytes=1400000-", "bytes=2100000-"]
    assert result.received_bytes == len(DATA), "no byte came twice"
    desk.assert_whole()


def test_progress_gives_new_patience(desk: Desk) -> None:
    desk.web.put("/file", DATA, *repeated(Fault(drop_after=200_000), 14))
    desk.fetch()
    desk.assert_whole()


def test_without_progress_it_gives_up_and_keeps_the_part(desk: Desk) -> None:
    stored = desk.web.put("/file", DATA, Fault(drop_after=700_000))
    stored.always = Fault(status=503)
    with pytest.raises(TransientError):
        desk.fetch()
    assert len(desk.web.requests) == 1 + QUICK.tries
    assert desk.part.stat().st_size == 700_000
    assert not desk.target.exists()
    stored.always = Fault()
    result = desk.fetch()
    assert (result.resumed_from, result.received_bytes) == (700_000, len(DATA) - 700_000)
    desk.assert_whole()


def test_a_server_that_drops_and_ignores_ranges_is_given_up(desk: Desk) -> None:
    desk.web.put("/file", DATA).always = Fault(drop_after=700_000, ignores_range=True)
    with pytest.raises(TransientError):
        desk.fetch()
    assert len(desk.web.requests) == QUICK.tries + 1


def test_a_server_that_ignores_ranges_sends_it_all_again(desk: Desk) -> None:
    desk.web.put("/file", DATA, Fault(drop_after=700_000), Fault(ignores_range=True))
    result = desk.fetch()
    assert result.received_bytes == len(DATA) + 700_000
    desk.assert_whole()


def test_the_server_s_wish_to_wait_is_heeded(desk: Desk) -> None:
    desk.web.put("/file", DATA, Fault(status=429, headers=("Retry-After: 1",)))
    began = time.monotonic()
    desk.fetch()
    assert time.monotonic() - began >= 1
    assert [round(p.waiting_s) for p in desk.told if p.waiting_s] == [1]


def test_a_wish_to_wait_for_hours_ends_it(desk: Desk) -> None:
    desk.web.put("/file", DATA, Fault(status=429, headers=("Retry-After: 86400",)))
    with pytest.raises(TransientError):
        desk.fetch()
    assert len(desk.web.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_not_asked_again(desk: Desk, status: int) -> None:
    desk.web.put("/file", DATA).always = Fault(status=status)
    with pytest.raises(AppError, match=str(status)):
        desk.fetch()
    assert len(desk.web.requests) == 1


def test_a_file_that_changed_is_fetched_anew(desk: Desk) -> None:
    old = desk.web.put("/file", pattern(len(DATA), 2), Fault(drop_after=700_000), etag='"old"')
    old.always = Fault(status=503)
    with pytest.raises(TransientError):
        desk.fetch()
    desk.web.put("/file", DATA)
    result = desk.fetch()
    assert desk.web.requests[-1].headers["if-range"] == '"old"'
    assert result.received_bytes == len(DATA)
    desk.assert_whole()


def test_a_changed_file_behind_a_server_that_ignores_if_range(desk: Desk) -> None:
    desk.web.put("/file", DATA, Fault(drop_after=700_000), Fault(headers=('ETag: "new"',), etag=""))
    desk.web.files["/file"].faults[1] = Fault(
        head=b'HTTP/1.1 206 P\r\nContent-Length: 1\r\nETag: "x"\r\n'
        b"Content-Range: bytes 700000-700000/3000000\r\n\r\nx"
    )
    desk.fetch()
    desk.assert_whole()


def test_a_file_that_keeps_changing_is_given_up(desk: Desk) -> None:
    faults = [Fault(drop_after=700_000, etag=f'"{number}"') for number in range(10)]
    desk.web.put("/file", DATA, *faults)
    with pytest.raises(AppError, match="keeps changing"):
        desk.fetch()


def test_wrong_bytes_are_not_kept(desk: Desk) -> None:
    desk.web.put("/file", DATA).always = Fault(flip_at=5)
    with pytest.raises(AppError, match="wrong bytes") as raised:
        desk.fetch()
    assert raised.value.code is ErrorCode.DOWNLOAD_CORRUPT
    assert list(desk.folder.iterdir()) == []
    assert len(desk.web.requests) == 1


def test_a_spoilt_part_is_replaced(desk: Desk) -> None:
    stored = desk.web.put("/file", DATA, Fault(drop_after=700_000))
    stored.always = Fault(status=503)
    with pytest.raises(TransientError):
        desk.fetch()
    with desk.part.open("r+b") as part:
        part.write(b"spoilt")
    stored.always = Fault()
    assert desk.fetch().resumed_from == 0
    desk.assert_whole()


@pytest.mark.parametrize(("size", "fault"), [(2_000_000, Fault()), (4_000_000, Fault())])
def test_another_size_than_the_listing_s_is_refused(desk: Desk, size: int, fault: Fault) -> None:
    desk.web.put("/file", DATA).always = fault
    with pytest.raises(AppError, match="another size"):
        desk.fetch(size=size)
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize("fault", [Fault(chunked=True), Fault(chunked=True, short_by=10)])
def test_a_size_that_only_the_end_shows_is_refused(desk: Desk, fault: Fault) -> None:
    desk.web.put("/file", DATA).always = fault
    with pytest.raises(AppError, match="another size"):
        desk.fetch(size=len(DATA) - 5, limits=QUICK)
    assert list(desk.folder.iterdir()) == []


def test_an_unknown_size_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.web.put("/file", DATA).always = Fault(chunked=True)
    real, written = module._write, [0]

    def write(file: Any, data: memoryview) -> None:
        written[0] += len(data)
        real(file, data)

    monkeypatch.setattr(module, "_write", write)
    with pytest.raises(AppError, match="another size"):
        desk.fetch(size=None, max_size=100_000)
    assert list(desk.folder.iterdir()) == []
    assert written[0] <= 100_000
