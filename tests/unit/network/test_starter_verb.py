"""The build of the starter model: pip reaches its index through us, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import socket
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.verbs import starter
from app.network.verbs.relay import Relay
from app.network.verbs.starter import BUILD_STARTER, BuildProgress, BuildStarter, index_hosts
from tests.fakes.certificates import Certificates
from tests.fakes.ways_out import WayOut
from tests.fakes.web import Fault, StandIn

HELLO = b"\x16\x03\x01" + b"x" * 50


def test_the_servers_of_pip_s_configuration_are_found() -> None:
    configuration = """
        global.index-url='https://anna:secret@index.company.test/simple'
        global.extra-index-url='https://other.test:8443/simple file:///opt/simple http://plain.test'
        :env:.find-links='/opt/wheels'
        install.find-links='https://index.company.test/more'
    """
    assert index_hosts(configuration) == ("index.company.test", "other.test:8443")


class Client:
    """Speaks to the relay as a child program would."""

    def __init__(self, relay: Relay, *, knows_the_word: bool = True) -> None:
        parts = urlsplit(relay.address)
        assert parts.hostname is not None
        assert parts.port is not None
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        word = f"{parts.username}:{parts.password}" if knows_the_word else "tacit:guess"
        self._word = base64.b64encode(word.encode()).decode()

    def ask(self, line: str) -> bytes:
        head = f"{line}\r\nProxy-Authorization: Basic {self._word}\r\n\r\n"
        self.socket.sendall(head.encode())
        return self.socket.recv(1_000)

    def read(self) -> bytes:
        parts = []
        while piece := self.socket.recv(65_536):
            parts.append(piece)
        return b"".join(parts)


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that gives back what it gets, once; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                while data := client.recv(65_536):
                    client.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_encrypted_bytes_pass_and_are_counted(tmp_path: Path, echo: int) -> None:
    way = WayOut(tmp_path / "journal", f"127.0.0.1:{echo}")
    with way.open() as passage, Relay(passage) as relay:
        client = Client(relay)
        with client.socket:
            assert b" 200 " in client.ask(f"CONNECT 127.0.0.1:{echo} HTTP/1.1")
            client.socket.sendall(HELLO)
            received = b""
            while len(received) < len(HELLO) and (piece := client.socket.recv(1_000)):
                received += piece
            assert received == HELLO
    [record] = way.records
    assert (record.sent_bytes, record.received_bytes) == (len(HELLO), len(HELLO))


def test_what_is_not_encrypted_does_not_pass(tmp_path: Path, echo: int) -> None:
    way = WayOut(tmp_path / "journal", f"127.0.0.1:{echo}")
    with way.open() as passage, Relay(passage) as relay:
        client = Client(relay)
        with client.socket:
            client.ask(f"CONNECT 127.0.0.1:{echo} HTTP/1.1")
            client.socket.sendall(b"GE")
            assert client.read() == b""
    [record] = way.records
    assert (record.sent_bytes, record.outcome) == (0, "refused by Tacit")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("CONNECT evil.test:443 HTTP/1.1", b" 403 "),
        ("CONNECT 127.0.0.1:22 HTTP/1.1", b" 403 "),
        ("GET http://hub.example.org/ HTTP/1.1", b" 403 "),
        ("CONNECT nonsense HTTP/1.1", b" 403 "),
        ("", b" 403 "),
    ],
)
def test_other_wishes_are_refused(tmp_path: Path, line: str, answer: bytes) -> None:
    way = WayOut(tmp_path / "journal")
    with way.open() as passage, Relay(passage) as relay:
        client = Client(relay)
        with client.socket:
            assert answer in client.ask(line)


def test_another_program_does_not_get_through(tmp_path: Path, echo: int) -> None:
    way = WayOut(tmp_path / "journal", f"127.0.0.1:{echo}")
    with way.open() as passage, Relay(passage) as relay:
        client = Client(relay, knows_the_word=False)
        with client.socket:
            assert b" 407 " in client.ask(f"CONNECT 127.0.0.1:{echo} HTTP/1.1")
    assert way.records == []


def make_builder(file: Path, body: str) -> Path:
    head = """
        import argparse, json, os, subprocess, sys, time
        from pathlib import Path
        parser = argparse.ArgumentParser()
        for name in ("--out", "--cache", "--progress"):
            parser.add_argument(name)
        options = parser.parse_args()
    """
    file.write_text(textwrap.dedent(head) + textwrap.dedent(body))
    return file


def courier_with(builder: Path, tmp_path: Path) -> FakeCourier:
    policy = Policy(
        journal=str(tmp_path / "journal"),
        writable=(str(tmp_path / "models"), str(tmp_path / "cache")),
        proxy=ProxySettings(mode=ProxyMode.NONE),
    )
    return FakeCourier([starter.handler(builder)], policy)


def wish(tmp_path: Path) -> BuildStarter:
    (tmp_path / "models").mkdir(exist_ok=True)
    (tmp_path / "cache").mkdir(exist_ok=True)
    return BuildStarter(
        out=str(tmp_path / "models" / "starter"),
        cache=str(tmp_path / "cache" / "starter"),
        allowed_by="a test",
    )


def test_pip_fetches_through_the_courier_from_its_index_alone(
    tmp_path: Path, secure: StandIn, certified: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = b"not really a wheel"
    digest = hashlib.sha256(wheel).hexdigest()
    name = "thing-1.0-py3-none-any.whl"
    page = f'<a href="/files/{name}#sha256={digest}">{name}</a>'.encode()
    secure.put("/simple/thing/", page, Fault(headers=("Content-Type: text/html",)))
    secure.put(f"/files/{name}", wheel)
    monkeypatch.setenv("PIP_INDEX_URL", secure.url("/simple"))
    monkeypatch.setenv("PIP_CERT", str(certified.authority))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for variable in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "REQUESTS_CA_BUNDLE",
                     "CURL_CA_BUNDLE"):  # fmt: skip
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "executable", _python_with_pip())
    body = """
        print(json.dumps({"step": 2, "steps": 4, "label": "Fetching", "fraction": 0.5}), flush=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "thing"]
        done = subprocess.run([*command, "-d", options.out], capture_output=True, text=True)
        Path(options.cache).write_text(done.stdout + done.stderr)
    """
    courier = courier_with(make_builder(tmp_path / "build.py", body), tmp_path)
    told: list[BuildProgress] = []
    courier.run(BUILD_STARTER, wish(tmp_path), CancelToken(), told.append)
    courier.end()
    assert told == [BuildProgress(label="Fetching (step 2 of 4)", share=0.375)]
    assert [seen.path for seen in secure.requests] == ["/simple/thing/", f"/files/{name}"]
    records = list(Journal(tmp_path / "journal").records())
    assert records
    for record in records:
        assert (record.purpose, record.host) == (Purpose.STARTER_MODEL, "127.0.0.1")
        assert record.sent_bytes > 0
        assert record.received_bytes > 0


def _python_with_pip() -> str:
    """The base Python's pip, where the environment of the tests has none."""
    base = Path(sys.base_prefix) / "bin" / "python3"
    return str(base) if base.exists() else sys.executable


def test_a_builder_that_fails_gives_its_last_sentence(tmp_path: Path) -> None:
    body = 'print("noise\\nThe disk is full. Free some.", file=sys.stderr); sys.exit(1)'
    courier = courier_with(make_builder(tmp_path / "build.py", body), tmp_path)
    with pytest.raises(AppError) as raised:
        courier.run(BUILD_STARTER, wish(tmp_path), CancelToken())
    courier.end()
    assert raised.value.sentence == "The disk is full. Free some."


def test_stopping_ends_the_builder_and_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    body = f"""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path({str(pids)!r}).write_text(f"{{os.getpid()}} {{child.pid}}")
        print(json.dumps({{"step": 1, "steps": 1, "label": "x", "fraction": 0}}), flush=True)
        time.sleep(60)
    """
    courier = courier_with(make_builder(tmp_path / "build.py", body), tmp_path)
    cancel = CancelToken()
    with pytest.raises(AppError) as raised:
        courier.run(BUILD_STARTER, wish(tmp_path), cancel, lambda _item: cancel.cancel())
    assert raised.value.code is ErrorCode.CANCELLED
    courier.end()
    deadline = time.monotonic() + 10
    running = [int(pid) for pid in pids.read_text().split()]
    while any(_runs(pid) for pid in running):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nothing_is_built_outside_the_folders_for_it(tmp_path: Path) -> None:
    courier = courier_with(make_builder(tmp_path / "build.py", ""), tmp_path)
    outside = BuildStarter(out=str(tmp_path / "out"), cache=str(tmp_path / "c"), allowed_by="")
    with pytest.raises(AppError, match="may not write"):
        courier.run(BUILD_STARTER, outside, CancelToken())
    courier.end()
