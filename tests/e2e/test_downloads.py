"""Downloads as a person sees them: the real program, the real model, and what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.downloading import CPU, CUDA, ID, NAME, WEIGHTS, Person, offer
from tests.fakes.hub import STRANGER, TOKEN, FakeHub
from tests.fakes.web import Fault


@pytest.fixture(scope="module")
def offered(starter_model: Path) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        offer(hub, starter_model)
        yield hub


@pytest.fixture
def person(private_home: Path, offered: FakeHub) -> Person:
    """With a hub that has no faults and has seen nothing yet."""
    for server in (offered.hub, offered.cdn):
        server.requests.clear()
    made = Person(private_home, offered, offered.hub.repositories[NAME])
    stored = offered.file(made.repository, WEIGHTS)
    stored.always = Fault()
    stored.faults.clear()
    made.prepare()
    return made


def fault(person: Person, *faults: Fault, always: Fault | None = None) -> None:
    stored = person.hub.file(person.repository, WEIGHTS)
    stored.faults.extend(faults)
    stored.always = always or Fault()


def test_a_model_is_searched_chosen_downloaded_and_answers(person: Person) -> None:
    found = person.document("models", "search", "smollm2")["repositories"]
    assert [(r["repository"], r["folders"]) for r in found] == [(NAME, [CPU, CUDA])]
    unclear = person.tacit("models", "download", NAME)
    assert unclear.returncode == 2
    assert f"has 2 variants: {CPU} (98.1 MB), {CUDA} (98.1 MB)" in unclear.stderr
    assert "--variant" in unclear.stderr
    done = person.download()
    assert done.returncode == 0, done.stderr
    assert f"The hub is {person.hub.address}, as HF_ENDPOINT says." in done.stderr
    assert done.stdout == f"SmolLM2 135M onnx is installed and verified: {ID}\n"
    person.assert_installed()
    person.assert_journal_is_whole()
    assert not any("cuda" in seen.path for seen in person.hub.hub.requests)
    answer = person.document("ask", "Say hello.", "--max-tokens", "4", "--model", ID)
    assert answer["text"]
    again = person.download()
    assert again.returncode == 2
    assert f'on the computer already, as "{ID}"' in again.stderr


def test_an_address_that_was_pasted_is_understood(person: Person) -> None:
    url = f"https://huggingface.co/{NAME}/tree/main/{CPU}"
    done = person.tacit("models", "download", url, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["received_bytes"] > 98_000_000
    person.assert_installed()


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(drop_after=30_000_000), Fault(drop_after=30_000_000)],
        [Fault(reset_after=30_000_000)],
        [Fault(stall_after=30_000_000)],
        [Fault(status=429, headers=("Retry-After: 1",))],
        [Fault(status=503), Fault(status=500)],
        [Fault(bytes_per_s=60_000_000)],
        [Fault(etag='"another"', drop_after=30_000_000)],
        [Fault(etag='"../../../../evil"', drop_after=30_000_000)],
        [Fault(drop_after=30_000_000), Fault(ignores_range=True)],
    ],
    ids=["drop", "reset", "stall", "429", "5xx", "slow", "changing etag", "hostile etag",
         "ignores ranges"],
)  # fmt: skip
def test_a_bad_line_costs_time_only(person: Person, faults: list[Fault]) -> None:
    fault(person, *faults)
    done = person.download()
    assert done.returncode == 0, done.stderr
    person.assert_installed()
    person.assert_journal_is_whole()
    assert not list(person.home.parent.rglob("evil*"))


@pytest.mark.parametrize(
    ("always", "words"),
    [
        (Fault(flip_at=1_000), "model.onnx.data arrived with wrong bytes (its SHA-256"),
        (Fault(short_by=10), "model.onnx.data has another size than it should"),
        (Fault(status=404), "does not have this (404)"),
        (Fault(redirect="https://elsewhere.example/x"), "does not connect to elsewhere.example"),
        (Fault(status=503, headers=("Retry-After: 99999",)), "is busy (503)"),
        (Fault(head=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html"), "another size"),
    ],
    ids=["wrong bytes", "short", "gone", "elsewhere", "busy for ever", "a page to sign in at"],
)
def test_what_cannot_be_downloaded_is_said_and_never_listed(
    person: Person, always: Fault, words: str
) -> None:
    fault(person, always=always)
    done = person.download()
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr.splitlines()[-1]
    person.assert_nothing_is_listed()
    person.assert_journal_is_whole(is_refused=True)
    fault(person)
    assert person.download().returncode == 0
    person.assert_installed()


def test_a_file_that_changes_between_two_requests_is_not_mixed(person: Person) -> None:
    stored = person.hub.file(person.repository, WEIGHTS)
    right, etag = stored.data, stored.etag
    fault(person, Fault(drop_after=30_000_000), Fault(status=503, headers=("Retry-After: 9999",)))
    assert person.download().returncode == 1
    stored.data, stored.etag = right[::-1], '"another"'
    try:
        done = person.download()
    finally:
        stored.data, stored.etag = right, etag
    assert done.returncode == 1
    assert "arrived with wrong bytes" in done.stderr
    person.assert_nothing_is_listed()
    assert person.download().returncode == 0
    person.assert_installed()


def test_offline_is_a_sentence(person: Person, starter_model: Path) -> None:
    with FakeHub() as gone:
        pass
    person.hub = gone
    person.prepare()
    done = person.download()
    assert (done.returncode, done.stdout) == (1, "")
    assert "The connection to 127.0.0.1 failed: connection refused" in done.stderr


def test_ctrl_c_pauses_and_the_same_command_goes_on(person: Person) -> None:
    fault(person, always=Fault(bytes_per_s=20_000_000))
    with person.start("models", "download", NAME, "--variant", CPU) as running:
        _wait_for_bytes(person, 10_000_000)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert "The download pauses at " in err
    assert f"Go on with: tacit models download {NAME} --variant {CPU}" in err
    person.assert_nothing_is_listed()
    there = person.parts()["model.onnx.data"]
    fault(person)
    done = person.download()
    assert done.returncode == 0, done.stderr
    assert "Going on with SmolLM2 135M onnx" in done.stderr
    last = person.hub.requests_for(person.repository, WEIGHTS)[-1]
    assert last.headers["range"] == f"bytes={there}-"
    person.assert_installed()


def _wait_for_bytes(person: Person, count: int) -> None:
    deadline = time.monotonic() + 30
    while person.parts().get("model.onnx.data", 0) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_at_once_do_not_disturb_one_another(person: Person) -> None:
    fault(person, always=Fault(bytes_per_s=30_000_000))
    with person.start("models", "download", NAME, "--variant", CPU) as running:
        _wait_for_bytes(person, 1_000_000)
        second = person.download()
        running.communicate(timeout=60)
    assert second.returncode == 1
    assert "is being downloaded by another window or command" in second.stderr
    assert running.returncode == 0
    person.assert_installed()


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_a_terminal_gets_a_bar_that_moves(person: Person) -> None:
    import pty

    fault(person, always=Fault(bytes_per_s=60_000_000))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        person.command("models", "download", NAME, "--variant", CPU),
        env=person.environment, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65_536):
                shown += piece
        except OSError:  # the other end is closed
            pass
        running.wait(30)
    os.close(ours)
    text = shown.decode()
    assert running.returncode == 0, text
    assert "[#####" in text
    assert "MB/s" in text
    assert " left" in text
    assert "of 98.1 MB" in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (None, "wants its licence to be accepted first"),
        (f"{STRANGER}\n", "may not download"),
        ("hf_wrong\n", "does not know this token"),
        ("\n", "no token on standard input"),
    ],
    ids=["no token", "not granted", "wrong", "empty"],
)
def test_a_gate_leads_to_licence_and_token(
    person: Person, starter_model: Path, typed: str | None, words: str
) -> None:
    gated = person.hub.add("someone/gated", _small(person), gated="manual")
    more = [] if typed is None else ["--token-stdin"]
    done = person.tacit("models", "download", gated.name, *more, typed=typed or "")
    assert done.returncode in {1, 2}
    assert words in done.stderr
    if typed is None:
        assert f"https://huggingface.co/{gated.name}" in done.stderr
    person.assert_nothing_is_listed()


def test_a_granted_token_is_in_no_file_and_no_list_of_processes(person: Person) -> None:
    gated = person.hub.add("someone/gated", _small(person), gated="manual")
    done = person.tacit("models", "download", gated.name, "--token-stdin", typed=f"{TOKEN}\n")
    assert done.returncode == 0, done.stderr
    sent = [s for s in person.hub.hub.requests if "authorization" in s.headers]
    assert sent
    files = [file for file in person.home.rglob("*") if file.is_file()]
    assert not [file for file in files if TOKEN.encode() in file.read_bytes()]


def _small(person: Person) -> dict[str, bytes]:
    """The real model without its weights' size: what a gate guards does not matter here."""
    from tests.fakes.hub import small_model

    return small_model()


def test_hostile_names_are_not_downloaded(person: Person) -> None:
    files = {**_small(person), "../../../evil.json": b"{}", "sub/../evil.json": b"{}",
             "CON": b"x", "run.py": b"print()", "hook.so": b"\x7fELF"}  # fmt: skip
    evil = person.hub.add("someone/evil", files)
    done = person.tacit("models", "download", evil.name)
    assert done.returncode == 0, done.stderr
    [model] = person.models()
    names = {file.name for file in Path(model["folder"]).iterdir()}
    assert names == {*_small(person), "manifest.json"}
    assert not list(person.home.parent.rglob("evil.json"))


def test_an_update_and_a_repair(person: Person) -> None:
    small = person.hub.add("someone/moving", _small(person))
    assert person.tacit("models", "download", small.name).returncode == 0
    checked = person.document("models", "update", "--check")["models"]
    assert [m["state"] for m in checked] == ["newest"]
    newer = person.hub.add("someone/moving", {**_small(person), "tokenizer.json": b'{"a": 1}'})
    assert person.document("models", "update", "--check")["models"][0]["state"] == "newer"
    done = person.tacit("models", "update", "moving")
    assert (done.returncode, done.stdout) == (0, "moving: is updated\n"), done.stderr
    [model] = person.models()
    assert (model["commit"], model["verified"]) == (newer.commit, "yes")
    weights = Path(model["folder"]) / "model.onnx.data"
    weights.write_bytes(weights.read_bytes()[::-1])
    mended = person.tacit("models", "repair", "moving")
    assert mended.stdout == "moving: fetched again: model.onnx.data\n", mended.stderr
    assert person.tacit("models", "repair", "moving").stdout == "moving: whole, nothing to fetch\n"
    assert weights.read_bytes() == small.files["model.onnx.data"]
