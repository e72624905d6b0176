"""Whatever a model writes: drawing, hovering and clicking opens no file, no share, no connection.

The conversation is drawn in a process under strace, while a server on the loopback counts its
visitors and the files that must not be opened lie where the texts point.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.e2e import hostile_markdown

ROOT = Path(__file__).parent.parent.parent
CALLS = "openat,openat2,open,stat,lstat,newfstatat,statx,access,faccessat,faccessat2,readlink"
SOCKETS = "socket,connect"
TIMEOUT_S = 240

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="strace is there on Linux only"
)


class Server(HTTPServer):
    """On the loopback; notes every path that is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hits: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing on the terminal."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, name="server")
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "nobody-opens-this"
    made.mkdir()
    for name in ("picture.png", "style.css", "page.html"):
        (made / name).write_bytes(b"\x89PNG\r\n\x1a\n nothing to be seen")
    return made


class Drawn:
    """What drawing came to: the clicks, and the system calls that it has no business with."""

    def __init__(self, clicked: dict[str, list[str]], log: Path) -> None:
        self.clicked = clicked
        share = re.escape(hostile_markdown.SHARE.split("/")[0])
        forbidden = re.compile(rf"picture\.png|style\.css|page\.html|{share}")
        calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
        self.files = [call for call in calls if forbidden.search(call)]
        self.sockets = [call for call in calls if re.search(r"AF_INET|AF_NETLINK", call)]


def draw(texts: dict[str, str], tmp_path: Path, folder: Path, how: str = "ours") -> Drawn:
    assert shutil.which("strace"), "Install strace: without it nothing proves the silence."
    log = tmp_path / "calls.txt"
    watch = ["strace", "-f", "-qq", "--seccomp-bpf", "-s", "300", "-o", str(log)]
    viewer = [sys.executable, "-m", "tests.e2e.markdown_viewer"]
    done = subprocess.run(
        [*watch, "-e", f"trace={CALLS},{SOCKETS}", "--", *viewer],
        input=json.dumps({"texts": texts, "how": how}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        # A relative address would be looked for here.
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Drawn(json.loads(done.stdout), log)


def test_no_text_reaches_a_file_a_share_or_the_network(
    tmp_path: Path, folder: Path, server: Server
) -> None:
    texts = hostile_markdown.samples(server.address, str(folder))
    drawn = draw(texts, tmp_path, folder)
    assert set(drawn.clicked) == set(texts)
    assert drawn.files == []
    assert drawn.sockets == []
    assert server.hits == []
    # A click asks about web addresses, and about nothing else.
    asked = {address for addresses in drawn.clicked.values() for address in addresses}
    assert {f"{server.address}/{path}" for path in ("link", "auto", "bare", "t")} <= asked
    assert all(address.startswith(("http:", "https:", "mailto:")) for address in asked)
    for name in ("links", "raw link", "share", "code", "frames"):
        assert drawn.clicked[name] == [] or all(
            address.startswith(server.address) for address in drawn.clicked[name]
        )


def test_the_watch_sees_what_qt_itself_would_open(
    tmp_path: Path, folder: Path, server: Server
) -> None:
    texts = hostile_markdown.samples(server.address, str(folder))
    chosen = {name: texts[name] for name in ("file image", "share")}
    drawn = draw(chosen, tmp_path, folder, "qt")
    assert any("picture.png" in call for call in drawn.files)
    assert any(hostile_markdown.SHARE in call for call in drawn.files)
