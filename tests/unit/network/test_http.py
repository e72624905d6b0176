"""The small HTTP client: redirects, statuses, bodies, and what may not be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.network import http
from app.network.faults import TransientError
from app.network.url import parse
from tests.fakes.ways_out import WayOut
from tests.fakes.web import Fault, StandIn


def get(way: WayOut, url: str, headers: dict[str, str] | None = None) -> bytes:
    with way.open() as passage, http.request(passage, url, headers, timeout_s=2) as response:
        http.check(response)
        return response.read(1_000_000)


def test_a_body_arrives(way: WayOut, web: StandIn) -> None:
    web.put("/file?page=2", b"hello")
    assert get(way, web.url("/file?page=2")) == b"hello"
    assert web.requests[0].headers["accept-encoding"] == "identity"


def test_a_chunked_body_arrives(way: WayOut, web: StandIn) -> None:
    web.put("/file", b"abc" * 5_000, Fault(chunked=True))
    assert get(way, web.url("/file")) == b"abc" * 5_000


def test_a_key_stays_with_its_origin(way: WayOut, web: StandIn, tmp_path: Path) -> None:
    with StandIn() as other:
        other.put("/moved", b"here")
        web.put("/file", b"", Fault(redirect=web.url("/near")))
        web.put("/near", b"", Fault(redirect=other.url("/moved")))
        way.set(endpoints=(web.endpoint, other.endpoint))
        assert get(way, web.url("/file"), http.bearer("hf_key")) == b"here"
    assert [seen.headers.get("authorization") for seen in web.requests] == ["Bearer hf_key"] * 2
    assert "authorization" not in other.requests[0].headers


def test_a_redirect_to_another_port_is_refused(way: WayOut, web: StandIn) -> None:
    with StandIn() as other:
        other.put("/moved", b"here")
        web.put("/file", b"", Fault(redirect=other.url("/moved")))
        with pytest.raises(AppError) as raised:
            get(way, web.url("/file"))
        assert other.accepted == 0
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert [record.outcome for record in way.records] == ["done", "refused by Tacit"]


@pytest.mark.parametrize(
    "target", ["http://hub.example.org/", "file:///etc/passwd", "ftp://127.0.0.1/", "//evil.test/x"]
)
def test_a_redirect_to_something_else_is_refused(way: WayOut, web: StandIn, target: str) -> None:
    web.put("/file", b"", Fault(redirect=target))
    with pytest.raises(AppError) as raised:
        get(way, web.url("/file"))
    assert raised.value.code is ErrorCode.NOT_ALLOWED


def test_encryption_is_not_given_up_by_a_redirect(
    secure_way: WayOut, secure: StandIn, web: StandIn
) -> None:
    secure_way.set(endpoints=(secure.endpoint, web.endpoint))
    secure.put("/file", b"", Fault(redirect=web.url("/file")))
    with pytest.raises(AppError, match="without encryption"):
        get(secure_way, secure.url("/file"))
    assert web.accepted == 0


def test_redirects_in_a_circle_end(way: WayOut, web: StandIn) -> None:
    web.put("/file", b"").always = Fault(redirect="/file")
    with pytest.raises(AppError, match="without end"):
        get(way, web.url("/file"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_busy_server_is_transient(way: WayOut, web: StandIn, status: int) -> None:
    web.put("/file", b"", Fault(status=status, headers=("Retry-After: 7",)))
    with pytest.raises(TransientError) as raised:
        get(way, web.url("/file"))
    assert raised.value.retry_after_s == 7


def test_a_date_may_stand_for_the_seconds(way: WayOut, web: StandIn) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    web.put("/file", b"", Fault(status=503, headers=(f"Retry-After: {later}",)))
    with pytest.raises(TransientError) as raised:
        get(way, web.url("/file"))
    assert raised.value.retry_after_s is not None
    assert 50 < raised.value.retry_after_s <= 60


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_refusal_is_final(way: WayOut, web: StandIn, status: int) -> None:
    web.put("/file", b"", Fault(status=status))
    with pytest.raises(AppError, match=str(status)) as raised:
        get(way, web.url("/file"))
    assert not isinstance(raised.value, TransientError)


@pytest.mark.parametrize(
    "fault",
    [Fault(drop_after=10), Fault(reset_after=10), Fault(stall_after=10), Fault(head=b""),
     Fault(head=b"no http at all\r\n\r\n"), Fault(chunked=True, drop_after=10)],
)  # fmt: skip
def test_a_lost_connection_is_transient(way: WayOut, web: StandIn, fault: Fault) -> None:
    web.put("/file", b"x" * 1_000, fault)
    with pytest.raises(TransientError):
        get(way, web.url("/file"))


def test_a_body_beyond_the_limit_is_refused(way: WayOut, web: StandIn) -> None:
    web.put("/file", b"x" * 10_000)
    with (
        way.open() as passage,
        http.request(passage, web.url("/file")) as response,
        pytest.raises(AppError, match="more than was expected"),
    ):
        response.read(9_000)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org", "https://", "https://user@example.org/", "x",
     "https://exa mple.org/", "https://example.org:99999/", "https://example.org/\n", "https://é.org",
     "javascript:alert(1)", "https://[::1/"],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(AppError) as raised:
        parse(url)
    assert raised.value.code is ErrorCode.NOT_ALLOWED


def test_addresses_are_taken_apart() -> None:
    one = parse("https://Hub.Example.ORG./a/b?c=d#e")
    assert (one.host, one.port, one.target, one.rule) == (
        "hub.example.org", 443, "/a/b?c=d", "hub.example.org",
    )  # fmt: skip
    assert parse("http://[::1]:8000").rule == "[::1]:8000"


@pytest.mark.parametrize("key", ["hf_key\n", "two words", "schlüssel"])
def test_a_key_that_is_none_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(AppError) as raised:
        http.bearer(key)
    assert key.strip() not in str(raised.value)
