"""The gateway: shut but for one purpose, to named hosts, with a record of everything."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.core.cancel import CancelToken
from app.core.egress import Opening, Purpose
from app.core.errors import AppError, ErrorCode
from app.network import trust
from app.network.faults import TransientError
from app.network.wire import Connection
from tests.fakes.certificates import Certificates
from tests.fakes.ways_out import WayOut
from tests.fakes.web import StandIn

ASK = b"GET /file HTTP/1.1\r\nHost: test\r\n\r\n"


def exchange(connection: Connection) -> bytes:
    """Ask for the file and read until the server hangs up."""
    connection.sendall(ASK)
    parts = []
    while piece := connection.recv(65_536):
        parts.append(piece)
    connection.close()
    return b"".join(parts)


def test_an_opening_is_visible_while_it_is_open_and_not_after(way: WayOut, web: StandIn) -> None:
    opening = Opening(purpose=Purpose.MODEL_LIST, host=web.endpoint, label="a test")
    with way.open(web.endpoint) as passage:
        assert way.shown == [(opening,)]
        assert web.accepted == 0, "visible before anything is connected"
        passage.connect("127.0.0.1", web.port, tls=False)
        assert way.shown == [(opening,)]
    assert way.shown == [(opening,), ()]
    assert [record.outcome for record in way.records] == ["done"]


def test_the_whole_table_is_open_where_nothing_is_said(way: WayOut, web: StandIn) -> None:
    with way.open():
        hosts = [opening.host for opening in way.shown[-1]]
    assert hosts == ["hub.example.org", "*.cdn.example.org", web.endpoint]


@pytest.mark.parametrize(
    "rule", ["evil.example.org", "*.example.org", "*.org", "hub.example.org:8443", "127.0.0.1:1"]
)
def test_a_rule_outside_the_table_opens_nothing(way: WayOut, rule: str) -> None:
    with pytest.raises(AppError) as raised, way.open(rule):
        pass
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert way.shown == []


def test_a_purpose_that_is_not_the_verbs_opens_nothing(way: WayOut) -> None:
    with (
        pytest.raises(AppError) as raised,
        way.gateway.open(
            {},
            Purpose.CLOUD_ANSWER,
            ["hub.example.org"],
            allowed_by="a test",
            cancel=CancelToken(),
        ),
    ):
        pass
    assert raised.value.code is ErrorCode.NOT_ALLOWED


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("other.example.org", 443),
        ("hub.example.org", 80),
        ("cdn.example.org", 443),
        ("evilcdn.example.org", 443),
        ("127.0.0.1", 1),
        ("hub.example.org.evil.com", 443),
        ("hub.example.org@evil.com", 443),
        ("", 443),
    ],
)
def test_other_hosts_are_refused_and_recorded(
    way: WayOut, monkeypatch: pytest.MonkeyPatch, host: str, port: int
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    with way.open() as passage, pytest.raises(AppError) as raised:
        passage.connect(host, port)
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    [record] = way.records
    assert (record.outcome, record.address, record.sent_bytes) == ("refused by Tacit", "", 0)


def test_nothing_is_connected_after_it_was_shut(way: WayOut, web: StandIn) -> None:
    with way.open() as passage:
        pass
    with pytest.raises(AppError) as raised:
        passage.connect("127.0.0.1", web.port, tls=False)
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert web.accepted == 0


def test_without_a_journal_nothing_is_connected(way: WayOut, web: StandIn) -> None:
    way.set(journal="")
    with way.open() as passage, pytest.raises(AppError, match="no journal"):
        passage.connect("127.0.0.1", web.port, tls=False)
    assert web.accepted == 0


def test_a_journal_that_cannot_be_written_means_no_connection(
    way: WayOut, web: StandIn, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    way.set(journal=str(tmp_path / "file" / "journal"))
    with way.open() as passage, pytest.raises(AppError) as raised:
        passage.connect("127.0.0.1", web.port, tls=False)
    assert raised.value.code is ErrorCode.JOURNAL_FAILED
    assert web.accepted == 0


def test_the_record_is_on_the_disk_before_the_connection_is_made(
    way: WayOut, web: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket.connect_ex
    begun: list[int] = []

    def connect(self: socket.socket, address: Any) -> int:
        begun.append(len(way.records))
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    with way.open() as passage:
        passage.connect("127.0.0.1", web.port, tls=False)
    assert begun == [1]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1",
                "::ffff:127.0.0.1", "64:ff9b::7f00:1", "0.0.0.0", "fd00::1", "100.64.0.1"],
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_refused(
    way: WayOut, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: pytest.fail("connected"))
    with way.open() as passage, pytest.raises(AppError, match="local network"):
        passage.connect("hub.example.org", 443)
    assert [record.outcome for record in way.records] == ["refused by Tacit"]


def test_plain_http_goes_to_this_machine_only(way: WayOut) -> None:
    with way.open() as passage, pytest.raises(AppError, match="without encryption"):
        passage.connect("hub.example.org", 443, tls=False)


def test_bytes_are_those_that_the_server_counted(way: WayOut, web: StandIn) -> None:
    web.put("/file", b"x" * 300_000)
    with way.open() as passage:
        exchange(passage.connect("127.0.0.1", web.port, tls=False))
    [seen], [record] = web.requests, way.records
    assert (record.sent_bytes, record.received_bytes) == (seen.received, seen.sent)
    assert (record.address, record.peer) == ("127.0.0.1", "")


def test_tls_names_the_verified_peer_and_counts_the_wire(
    secure_way: WayOut, secure: StandIn
) -> None:
    secure.put("/file", b"x" * 300_000)
    with secure_way.open() as passage:
        answer = exchange(passage.connect("127.0.0.1", secure.port))
    assert answer.endswith(b"x" * 300_000)
    [record] = secure_way.records
    assert record.peer == "127.0.0.1"
    assert record.sent_bytes > len(ASK) + 200, "the handshake counts"
    assert record.received_bytes > len(answer) + 20 * (len(answer) // 16_384)


def test_an_unknown_authority_is_refused(secure_way: WayOut, secure: StandIn) -> None:
    secure_way.set(ca_file="")
    with secure_way.open() as passage, pytest.raises(AppError, match="prove who it is") as raised:
        passage.connect("127.0.0.1", secure.port)
    assert not isinstance(raised.value, TransientError), "trying again would not help"
    assert [record.outcome for record in secure_way.records] == ["no trusted encryption"]
    assert secure.requests == []


def test_a_certificate_for_another_name_is_refused(
    secure_way: WayOut, secure: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", secure.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    secure_way.set(endpoints=(f"other.test:{secure.port}",))
    with secure_way.open() as passage, pytest.raises(AppError, match="prove who it is"):
        passage.connect("other.test", secure.port)
    assert secure.requests == []


def test_the_system_s_certificate_file_is_heeded(
    secure_way: WayOut, secure: StandIn, certified: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.authority))
    trust._context.cache_clear()
    secure_way.set(ca_file="")
    with secure_way.open() as passage:
        assert passage.connect("127.0.0.1", secure.port).peer == "127.0.0.1"
    trust._context.cache_clear()


def test_encryption_is_never_weakened() -> None:
    context = trust.context("")
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_certificate_file_that_is_none_is_a_sentence(
    secure_way: WayOut, secure: StandIn, tmp_path: Path
) -> None:
    secure_way.set(ca_file=str(tmp_path / "missing.pem"))
    with secure_way.open() as passage, pytest.raises(AppError, match="certificates cannot"):
        passage.connect("127.0.0.1", secure.port)


def test_a_refused_connection_is_transient_and_recorded(way: WayOut) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    way.set(endpoints=(f"127.0.0.1:{port}",))
    with way.open() as passage, pytest.raises(TransientError, match="refused"):
        passage.connect("127.0.0.1", port, tls=False)
    assert [record.outcome for record in way.records] == ["not reached"]


def test_stopping_ends_a_wait_for_the_server(way: WayOut, web: StandIn) -> None:
    cancel = CancelToken()
    with way.open(cancel=cancel) as passage:
        connection = passage.connect("127.0.0.1", web.port, tls=False)
        stopper = threading.Timer(0.1, cancel.cancel)
        stopper.start()
        began = time.monotonic()
        assert connection.recv(1) == b""
        assert time.monotonic() - began < 5
        stopper.join()
        with pytest.raises(AppError) as raised:
            passage.connect("127.0.0.1", web.port, tls=False)
    assert raised.value.code is ErrorCode.CANCELLED
    assert [record.outcome for record in way.records] == ["stopped", "stopped"]


def test_words_for_the_journal_are_bounded(way: WayOut) -> None:
    for words in ("x" * 500, "two\nlines"):
        with (
            pytest.raises(AppError),
            way.gateway.open(
                {Purpose.LINK: ("a.example.org",)},
                Purpose.LINK,
                conversation=words,
                allowed_by="a test",
                cancel=CancelToken(),
            ),
        ):
            pass
    assert way.shown == []


def test_what_is_handed_over_has_a_record_and_opens_nothing(way: WayOut) -> None:
    done: list[str] = []
    way.gateway.hand_over(
        Purpose.LINK, "example.org", 443, allowed_by="you", act=lambda: done.append("shown")
    )

    def fail() -> None:
        raise AppError("No browser.")

    with pytest.raises(AppError):
        way.gateway.hand_over(Purpose.LINK, "example.org", 443, allowed_by="you", act=fail)
    assert (done, way.shown) == (["shown"], [])
    assert [r.outcome for r in way.records] == ["handed to the browser", "failed"]
