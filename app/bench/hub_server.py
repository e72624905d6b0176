"""A hub and its CDN on 127.0.0.1 that serve one model, as fast as the system can send.

It knows what huggingface_hub asks for (the listing, HEAD and GET of a file) and has no faults:
a benchmark compares two clients of it. `python -m app.bench.hub_server FILE` prints the two
ports and serves until its input ends.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

REPOSITORY = "bench/model-onnx"
COMMIT = "c0ffee" * 6 + "c0ff"
FOLDER = "cpu"
WEIGHTS = f"{FOLDER}/model.onnx.data"
_CONFIG = {
    "model": {
        "type": "llama",
        "context_length": 2048,
        "eos_token_id": 2,
        "decoder": {"filename": "model.onnx", "session_options": {"provider_options": []}},
    },
    "search": {"max_length": 2048},
}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Repository:
    """The one model: three small files, and the large one that lies in `weights`."""

    def __init__(self, weights: Path) -> None:
        self.weights = weights
        self.size = weights.stat().st_size
        with weights.open("rb") as opened:
            self.sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        self.small = {
            f"{FOLDER}/genai_config.json": json.dumps(_CONFIG).encode(),
            f"{FOLDER}/model.onnx": b"a graph" * 100,
            f"{FOLDER}/tokenizer.json": b'{"added_tokens": []}',
        }

    def info(self) -> dict[str, Any]:
        """What the hub says about it."""
        siblings: list[dict[str, Any]] = [
            {"rfilename": name, "size": len(data), "blobId": _git_sha1(data)}
            for name, data in self.small.items()
        ]
        lfs = {"sha256": self.sha256, "size": self.size, "pointerSize": 134}
        siblings.append(
            {"rfilename": WEIGHTS, "size": self.size, "blobId": _git_sha1(b""), "lfs": lfs}
        )
        tags = ["onnx", "license:mit"]
        return {"id": REPOSITORY, "sha": COMMIT, "tags": tags, "siblings": siblings}


def serve(weights: Path) -> tuple[ThreadingHTTPServer, ThreadingHTTPServer]:
    """The hub and its CDN, which serve on threads until they are shut down."""
    repository = Repository(weights)
    cdn = _server(repository, "")
    return _server(repository, f"http://127.0.0.1:{cdn.server_address[1]}/weights"), cdn


def _server(repository: Repository, cdn: str) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"repository": repository, "cdn": cdn})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="stand-in", daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    """One connection; subclasses say of what, and where large files are."""

    repository: ClassVar[Repository]
    cdn: ClassVar[str]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        with suppress(ConnectionError):
            self._answer(with_body=True)

    def do_HEAD(self) -> None:
        with suppress(ConnectionError):
            self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        file = path.removeprefix(f"/{REPOSITORY}/resolve/{COMMIT}/")
        if path.startswith(f"/api/models/{REPOSITORY}"):
            self._small(json.dumps(self.repository.info()).encode(), with_body)
        elif file in self.repository.small:
            self._small(self.repository.small[file], with_body)
        elif file == WEIGHTS:
            self._redirect()
        elif path == "/weights":
            self._weights(with_body)
        else:
            self._head(404, 0)

    def _small(self, data: bytes, with_body: bool) -> None:
        self._head(200, len(data), etag=_git_sha1(data))
        if with_body:
            self.wfile.write(data)

    def _redirect(self) -> None:
        linked = {"Location": self.cdn, "X-Linked-Etag": f'"{self.repository.sha256}"'}
        self._head(302, 0, **linked, **{"X-Linked-Size": str(self.repository.size)})

    def _weights(self, with_body: bool) -> None:
        start, end = 0, self.repository.size
        if found := _RANGE.fullmatch(self.headers.get("Range", "")):
            start = int(found[1])
            end = int(found[2]) + 1 if found[2] else end
        span = {"Content-Range": f"bytes {start}-{end - 1}/{self.repository.size}"} if found else {}
        self._head(206 if found else 200, end - start, etag=self.repository.sha256, **span)
        if with_body:
            with self.repository.weights.open("rb") as opened:
                self.connection.sendfile(opened, start, end - start)

    def _head(self, status: int, length: int, *, etag: str = "", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        if etag:
            self.send_header("ETag", f'"{etag}"')
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _git_sha1(data: bytes) -> str:
    head = f"blob {len(data)}\0".encode()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


def main() -> None:
    """Serve the file named on the command line until the input ends."""
    servers = serve(Path(sys.argv[1]))
    print(json.dumps([server.server_address[1] for server in servers]), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
