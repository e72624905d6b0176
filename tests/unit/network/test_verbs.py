"""The courier's own verbs: links, documents, downloads."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.serving import Serving
from app.network.transfer.values import FileWanted, TransferProgress
from app.network.verb import Nothing, VerbContext
from app.network.verbs import download, fetch, folders, hub, links
from app.network.verbs.download import DOWNLOAD, Download
from app.network.verbs.fetch import FETCH, Fetch
from app.network.verbs.folders import OpenFolder
from app.network.verbs.links import OpenLink
from tests.fakes.web import Fault, StandIn, pattern

YOU = "you"
DATA = pattern(500_000)


@pytest.fixture
def policy(tmp_path: Path, web: StandIn) -> Policy:
    (tmp_path / "models").mkdir()
    return Policy(
        journal=str(tmp_path / "journal"),
        writable=(str(tmp_path / "models"),),
        endpoints=(web.endpoint,),
        proxy=ProxySettings(mode=ProxyMode.NONE),
    )


@pytest.fixture
def courier(policy: Policy) -> Iterator[FakeCourier]:
    made = FakeCourier([fetch.handler(), download.handler()], policy)
    yield made
    made.end()


def test_a_document_is_fetched_with_its_key(courier: FakeCourier, web: StandIn) -> None:
    web.put("/api/models/x", b'{"id": "x"}', Fault(headers=("Link: </next>", "Content-Type: a/b")))
    wish = Fetch(
        url=web.url("/api/models/x"), purpose=Purpose.MODEL_LIST, allowed_by=YOU, token="hf_key"
    )
    document = courier.run(FETCH, wish, CancelToken())
    assert document.data == b'{"id": "x"}'
    assert (document.link, document.content_type) == ("</next>", "a/b")
    assert web.requests[0].headers["authorization"] == "Bearer hf_key"
    assert "hf_key" not in repr(wish)


def test_a_document_is_bounded_and_its_status_checked(courier: FakeCourier, web: StandIn) -> None:
    web.put("/large", b"x" * 2_000)
    wish = Fetch(url=web.url("/large"), purpose=Purpose.MODEL_LIST, allowed_by=YOU, max_bytes=1_000)
    with pytest.raises(AppError, match="more than was expected"):
        courier.run(FETCH, wish, CancelToken())
    with pytest.raises(AppError, match="404"):
        courier.run(FETCH, replace(wish, url=web.url("/missing")), CancelToken())


@pytest.mark.parametrize(
    ("url", "purpose"),
    [
        ("https://evil.example.org/", Purpose.MODEL_LIST),
        ("https://huggingface.co.evil.org/", Purpose.MODEL_LIST),
        ("https://huggingface.co/", Purpose.CLOUD_ANSWER),
        ("http://huggingface.co/", Purpose.MODEL_LIST),
    ],
)
def test_only_the_hub_is_reached_and_only_for_models(
    courier: FakeCourier, policy: Policy, url: str, purpose: Purpose
) -> None:
    wish = Fetch(url=url, purpose=purpose, allowed_by=YOU)
    with pytest.raises(AppError) as raised:
        courier.run(FETCH, wish, CancelToken())
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert list(Journal(Path(policy.journal)).records()) == []


def test_the_server_that_is_asked_comes_first(policy: Policy) -> None:
    from app.network.url import parse

    where = parse("https://cdn-lfs.hf.co/x")
    assert hub.way_to(where, Purpose.MODEL_LIST, policy)[0] == "cdn-lfs.hf.co"


def test_a_download_arrives_with_progress_and_a_record(
    courier: FakeCourier, web: StandIn, tmp_path: Path
) -> None:
    web.put("/model", DATA)
    target = tmp_path / "models" / "model.onnx"
    wanted = FileWanted(target=str(target), size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    wish = Download(
        url=web.url("/model"), file=wanted, purpose=Purpose.MODEL_DOWNLOAD, allowed_by=YOU,
        label="A model",
    )  # fmt: skip
    told: list[TransferProgress] = []
    result = courier.run(DOWNLOAD, wish, CancelToken(), told.append)
    assert result.size == len(DATA)
    assert target.read_bytes() == DATA
    assert told[-1].done == len(DATA)
    [record] = Journal(tmp_path / "journal").records()
    assert (record.purpose, record.allowed_by) == (Purpose.MODEL_DOWNLOAD, YOU)
    assert record.received_bytes == web.requests[0].sent


@pytest.mark.parametrize("where", ["elsewhere/model", "models/../outside", "link/model"])
def test_nothing_is_written_outside_the_folders_for_it(
    courier: FakeCourier, web: StandIn, tmp_path: Path, where: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "models" / "inner").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    web.put("/model", DATA)
    wish = Download(
        url=web.url("/model"),
        file=FileWanted(target=str(tmp_path / where)),
        purpose=Purpose.MODEL_DOWNLOAD,
        allowed_by=YOU,
    )
    with pytest.raises(AppError, match="may not write"):
        courier.run(DOWNLOAD, wish, CancelToken())
    assert web.requests == []


class Browser:
    """Stands in for xdg-open on the path, and writes down what it was started with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, body: str = "") -> None:
        self.told = folder / "told"
        program = folder / "bin" / "xdg-open"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" > {self.told}\nenv > {folder}/env\n{body}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        self.environment = folder / "env"


@pytest.fixture
def opening(policy: Policy) -> VerbContext[Nothing]:
    serving = Serving(lambda _frame: None, [])
    serving.gateway.policy = policy
    from app.network.serving import _Context

    return _Context(serving, 1, links.handler(), CancelToken())


def open_link(context: VerbContext[Nothing], url: str) -> None:
    links.handler().run(OpenLink(url=url, allowed_by=YOU), context)


@pytest.mark.skipif(os.name != "posix", reason="xdg-open")
def test_a_link_is_shown_in_the_browser_of_the_session(
    opening: VerbContext[Nothing],
    policy: Policy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = Browser(tmp_path, monkeypatch)
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("PYTHONPATH", "/ours")
    open_link(opening, "https://example.org/a?b=$(id)&c='")
    assert browser.told.read_text() == "https://example.org/a?b=$(id)&c='\n"
    environment = browser.environment.read_text()
    assert "DISPLAY=:7" in environment
    assert "/ours" not in environment
    [record] = Journal(Path(policy.journal)).records()
    assert (record.purpose, record.host, record.outcome) == (
        Purpose.LINK, "example.org", "handed to the browser",
    )  # fmt: skip
    assert b"$(id)" not in (Path(policy.journal) / "journal.jsonl").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="xdg-open")
def test_a_folder_is_shown_and_nothing_else(
    opening: VerbContext[Nothing], policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = Browser(tmp_path, monkeypatch)
    models, program = tmp_path / "models", tmp_path / "x.app"
    program.mkdir()  # the policy has made the other
    open_folder = folders.handler().run
    open_folder(OpenFolder(path=str(models)), opening)
    assert manager.told.read_text() == f"{models}\n"
    assert not list(Journal(Path(policy.journal)).records()), "nothing was connected"
    manager.told.unlink()
    for wrong in (program, tmp_path / "gone", Path("models"), Path("https://example.org")):
        with pytest.raises(AppError):
            open_folder(OpenFolder(path=str(wrong)), opening)
    assert not manager.told.exists()
    (tmp_path / "bin" / "xdg-open").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(AppError, match="No file manager"):
        open_folder(OpenFolder(path=str(models)), opening)


@pytest.mark.skipif(os.name != "posix", reason="xdg-open")
def test_a_browser_that_stays_is_left_alone(
    opening: VerbContext[Nothing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_QUICK_S", 0.2)
    pid = tmp_path / "pid"
    Browser(tmp_path, monkeypatch, f"echo $$ > {pid}; exec sleep 30")
    open_link(opening, "https://example.org/")
    running = int(pid.read_text())
    assert os.getsid(running) != os.getsid(0), "it does not end with Tacit's terminal"
    os.kill(running, signal.SIGKILL)
    time.sleep(0.1)


@pytest.mark.skipif(os.name != "posix", reason="xdg-open")
def test_without_a_browser_there_is_a_sentence(
    opening: VerbContext[Nothing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Browser(tmp_path, monkeypatch, "exit 3")
    with pytest.raises(AppError, match="No browser"):
        open_link(opening, "https://example.org/")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AppError, match="No browser"):
        open_link(opening, "https://example.org/")


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "file:///etc/passwd", "javascript:alert(1)", "https://", "smb://x/y",
     "--help", "https://user:pw@example.org/", "https://example.org/" + "x" * 5_000,
     "http://localhost:8000/"],
)  # fmt: skip
def test_other_addresses_are_not_shown(
    opening: VerbContext[Nothing], policy: Policy, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(links, "hand_to_desktop", lambda *_: pytest.fail("it was shown"))
    with pytest.raises(AppError) as raised:
        open_link(opening, url)
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert list(Journal(Path(policy.journal)).records()) == []
