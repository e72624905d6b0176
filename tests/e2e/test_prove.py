"""`tacit privacy prove`: it holds, as anybody; it fails and names the part that is left out."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.process.proof.sockets import PORT
from app.process.seal import seal
from tests.e2e.somebody import give, ways_to_be_somebody

ROOT = Path(__file__).parents[2]
PROVE = ("privacy", "prove", "--json")
LEFT_OUT = Path(__file__).with_name("left_out.py")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")


class Listener:
    """Whatever arrives at the port that the proof aims at, on this machine."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for opened in (self._tcp, self._udp):
            opened.bind(("127.0.0.1", PORT))
            opened.settimeout(0.1)
        self._tcp.listen()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=wait) for wait in (self._accept, self._receive)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._tcp.close()
        self._udp.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                self._tcp.accept()[0].close()
                self.arrived.append("TCP")

    def _receive(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                self._udp.recv(100)
                self.arrived.append("UDP")


@pytest.fixture
def listener() -> Iterator[Listener]:
    try:
        listening = Listener()
    except OSError as error:
        if error.errno != errno.EACCES:
            raise
        pytest.skip("only root may listen there")
    yield listening
    listening.close()


def prove(
    home: Path, *command: str, user: tuple[str, ...] = (), more: tuple[str, ...] = PROVE
) -> tuple[int, dict[str, Any], str]:
    kept = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("XDG_")}
    done = subprocess.run(
        [*user, sys.executable, *(command or ("-m", "app")), *more],
        cwd=ROOT,
        env={**kept, "TACIT_HOME": str(home), "HOME": str(home.parent), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    document = json.loads(done.stdout) if "--json" in more else {"text": done.stdout}
    return done.returncode, document, done.stderr


@pytest.mark.parametrize("who", ["who I am", "somebody"])
def test_it_holds_and_nothing_arrives(home_with_model: Path, listener: Listener, who: str) -> None:
    user: tuple[str, ...] = ()
    if who == "somebody":
        if not ways_to_be_somebody():
            pytest.skip("only root can try it as another user")
        user = tuple(ways_to_be_somebody()[0])
        give(home_with_model)
    code, proof, err = prove(home_with_model, user=user)
    assert (code, err, proof["failures"]) == (0, "", [])
    assert proof["holds"] is True
    command, host = proof["processes"]
    assert host["model"] == "starter"
    tried = {(attempt["by"], attempt["name"]) for attempt in command["attempts"]}
    assert {"Python", "native code", "a child process", "Qt", "a thread from before the seal"} <= {
        by for by, _ in tried
    }
    assert ("Qt", "HTTP by QNetworkAccessManager") in tried
    assert ("Python", "look up the address of a name") in tried
    names = {attempt["name"] for attempt in host["attempts"]}
    assert {
        "a local (Unix) socket",
        "start a program",
        "write a file in the model's folder",
    } <= names
    for process in (command, host):
        assert all(thread["seccomp"] == 2 for thread in process["threads"])
        assert all(variable["is_set"] for variable in process["quiet"])
        assert not any(kind["is_network"] for kind in process["descriptors"])
    assert listener.arrived == []
    assert not list(home_with_model.rglob(".tacit-proof*"))


@pytest.mark.parametrize(
    "part",
    [seal.PRIVATE_MEMORY, seal.NO_NETWORK, seal.NOTHING_INHERITED, seal.FILES, seal.NO_SOCKETS],
)
def test_without_a_part_it_fails_and_names_that_part(
    home_with_model: Path, listener: Listener, part: str
) -> None:
    code, proof, err = prove(home_with_model, str(LEFT_OUT), part)
    assert code == 1
    assert proof["holds"] is False
    assert part in proof["sentence"]
    assert f"“{part}” does not hold" in err
    # Threads are what the network part seals; nothing else may be blamed.
    assert {failure["part"] for failure in proof["failures"]} <= {part, "threads"}
    failed = [
        attempt
        for process in proof["processes"]
        for attempt in process["attempts"]
        if not attempt["holds"]
    ]
    if part in {seal.NO_NETWORK, seal.NO_SOCKETS, seal.FILES}:
        assert failed, "an attempt got through, and the report alone is not believed"
    if part == seal.NOTHING_INHERITED:
        assert any(kind["is_network"] for kind in proof["processes"][0]["descriptors"])
    # The host inherits the filter of the process that started it, whatever its own lacks.
    assert bool(listener.arrived) is (part == seal.NO_NETWORK)
    assert not list(home_with_model.rglob(".tacit-proof*"))


def test_the_window_proves_itself_while_it_runs(home_with_model: Path, listener: Listener) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("proving_window.py")), str(home_with_model)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    proof = json.loads(done.stdout)
    assert proof["failures"] == []
    window, host = proof["processes"]
    assert window["role"] == "the window"
    assert {"Qt", "a thread from before the seal"} <= {a["by"] for a in window["attempts"]}
    assert len(window["threads"]) > 2
    assert host["model"] == "starter"
    # It is open by now, and the host may not read a word of it.
    assert any(attempt["name"] == "read history.db" for attempt in host["attempts"])
    assert listener.arrived == []


def test_it_is_read_and_saved_as_text_and_as_json(home_with_model: Path, tmp_path: Path) -> None:
    (home_with_model / "history.db").write_text("a secret word")
    saved = tmp_path / "proof.txt"
    more = ("privacy", "prove", "--save", str(saved))
    code, said, _ = prove(home_with_model, more=more)
    assert code == 0
    assert saved.read_text() == said["text"]
    assert said["text"].startswith("Proved: all ")
    assert "refused: read history.db (EACCES)" in said["text"]
    for word in ("grep Seccomp: /proc/", "sudo ss -tuanp", "strace -f", "unshare -rn tacit"):
        assert word in said["text"]
    document = tmp_path / "proof.json"
    prove(home_with_model, more=("privacy", "prove", "--save", str(document)))
    assert json.loads(document.read_text())["holds"] is True
    nowhere = ("privacy", "prove", "--save", str(tmp_path / "nowhere" / "proof"))
    code, _, err = prove(home_with_model, more=nowhere)
    assert code == 1
    assert "could not be saved" in err


def test_without_a_model_its_process_is_tried_all_the_same(private_home: Path) -> None:
    code, proof, _ = prove(private_home)
    assert code == 0
    _, host = proof["processes"]
    assert host["model"] == ""
    assert host["attempts"]
    assert any("without a model in memory" in note for note in proof["notes"])


def test_usage_data_of_the_runtime_is_noted_and_told_from_our_own(private_home: Path) -> None:
    folder = private_home.parent / ".cache" / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    folder.mkdir(parents=True)
    old = folder / "deviceid"
    old.write_text("of another program")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    code, proof, _ = prove(private_home)
    assert code == 0
    assert [(file["is_ours"], file["written"][:4]) for file in proof["telemetry"]] == [
        (False, "2001")
    ]
    os.utime(old, (2_000_000_000_0, 2_000_000_000_0))
    code, proof, err = prove(private_home)
    assert code == 1
    assert "quiet libraries" in err
