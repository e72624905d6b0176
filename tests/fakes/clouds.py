"""A provider on 127.0.0.1 that speaks the three published protocols, with all their faults.

Written from their documentation: Anthropic's Messages (events of a stream, errors as
{"type": "error", "error": {"type", "message"}}), OpenAI's Chat Completions (chunks, the usage in
a last chunk without choices, "[DONE]"), OpenRouter's additions (cost, comments while it works,
errors in a chunk), and the list of Hugging Face's router. `TESTING_KEY` is the key it knows.
"""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TESTING_KEY = "sk-testing-key-of-a-stand-in"


@dataclass(kw_only=True)
class Script:
    """One answer, or what goes wrong instead. Counts are pieces of the text.

    `tells_usage` False is a server that keeps the figures to itself, `pause_s` the time between
    two pieces. `status` with `error` and `headers` refuses. After so many pieces: `drop_after`
    ends the connection, `stall_after` says nothing more, `fail_after` sends `error` in the stream.
    """

    pieces: tuple[str, ...] = ("Hello", " there.")
    reasoning: str = ""
    finish: str = ""
    tells_usage: bool = True
    usage: tuple[int, int, int] = (12, 4, 5)
    cost: float | None = None
    pause_s: float = 0.0
    status: int = 200
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop_after: int | None = None
    stall_after: int | None = None
    fail_after: int | None = None
    raw: bytes | None = None


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class StandInCloud:
    """The server, as a context; `scripts` are its next answers, `always` all others.

    With `echoes` it repeats the last message instead; `is_broken` is for its users alone.
    """

    def __init__(self) -> None:
        self.scripts: deque[Script] = deque()
        self.always = Script()
        self.models: list[dict[str, Any]] = [{"id": "small"}, {"id": "large"}]
        self.requests: list[Asked] = []
        self.hung_up = threading.Event()
        self.over = threading.Event()
        self.key = TESTING_KEY
        self.echoes = self.is_broken = False
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def enqueue(self, *scripts: Script) -> None:
        self.scripts.extend(scripts)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, cloud: StandInCloud) -> None:
        self.cloud = cloud
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """The other side hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        cloud = self._note(None)
        if not self._is_known(cloud):
            return
        script = cloud.scripts.popleft() if cloud.scripts else Script()
        if script.status != 200:
            self._refuse(script)
        elif "anthropic-version" in self.headers:
            self._json({"data": cloud.models, "has_more": False})
        else:
            listed = [{"object": "model", "created": 1, "owned_by": "x", **m} for m in cloud.models]
            self._json({"object": "list", "data": listed})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        cloud = self._note(body)
        if not self._is_known(cloud):
            return
        script = cloud.scripts.popleft() if cloud.scripts else cloud.always
        if cloud.echoes and script is cloud.always:
            script = Script(pieces=tuple(re.findall(r"\S+\s*", body["messages"][-1]["content"])))
        if script.status != 200:
            self._refuse(script)
            return
        make = _anthropic if self.path.endswith("/messages") else _openai
        with contextlib.suppress(OSError):
            self._stream(script, make(script, body))

    def _note(self, body: Any) -> StandInCloud:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.cloud.requests.append(Asked(self.command, self.path, headers, body))
        return self.server.cloud

    def _is_known(self, cloud: StandInCloud) -> bool:
        if not cloud.key or self.headers.get("Authorization") == f"Bearer {cloud.key}":
            return True
        kind = {"type": "authentication_error", "code": "invalid_api_key"}
        self._refuse(Script(status=401, error={**kind, "message": "Incorrect key: sk-te***"}))
        return False

    def _refuse(self, script: Script) -> None:
        body = script.raw
        if body is None:
            body = json.dumps({"type": "error", "error": script.error}).encode()
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, document: Any) -> None:
        self._refuse(Script(raw=json.dumps(document).encode()))

    def _stream(self, script: Script, events: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if script.raw is not None:
            self._chunk(script.raw)
            self._chunk(b"")
            return
        pieces = 0
        for event in events:
            is_piece = b'"PIECE' in event
            if is_piece and pieces in {script.drop_after, script.stall_after}:
                if script.stall_after is not None:
                    self._stall()
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if is_piece and pieces == script.fail_after:
                self._chunk(_failure(script, anthropic=self.path.endswith("/messages")))
                self._chunk(b"")
                return
            pieces += is_piece
            self._chunk(event.replace(b'"PIECE', b'"'))
            if script.pause_s:
                time.sleep(script.pause_s)
                self._look()
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        except OSError:
            self.server.cloud.hung_up.set()
            raise

    def _look(self) -> None:
        """Whether the other side has hung up."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            self.server.cloud.hung_up.set()
            raise ConnectionResetError

    def _stall(self) -> None:
        deadline = time.monotonic() + 20
        while not self.server.cloud.over.is_set() and time.monotonic() < deadline:
            time.sleep(0.02)
            self._look()


def _anthropic(script: Script, body: Any) -> Iterator[bytes]:
    def event(kind: str, **more: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()

    read, cached, written = script.usage
    usage = {"input_tokens": read - cached, "cache_read_input_tokens": cached, "output_tokens": 1}
    yield event(
        "message_start",
        message={
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
            "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage,
        },
    )  # fmt: skip
    yield event("ping")
    if script.reasoning:
        thinking = {"type": "thinking_delta", "thinking": script.reasoning}
        yield event("content_block_delta", index=0, delta=thinking)
    yield event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    for piece in script.pieces:
        delta = {"type": "text_delta", "text": f"PIECE{piece}"}
        yield event("content_block_delta", index=1, delta=delta)
    yield event("content_block_stop", index=1)
    ended = {"stop_reason": script.finish or "end_turn", "stop_sequence": None}
    yield event("message_delta", delta=ended, usage={"output_tokens": written})
    yield event("message_stop")


def _openai(script: Script, body: Any) -> Iterator[bytes]:
    def chunk(*choices: Any, **more: Any) -> bytes:
        made = {
            "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": body["model"],
            "choices": list(choices), **more,
        }  # fmt: skip
        return f"data: {json.dumps(made)}\n\n".encode()

    def choice(finish: str | None = None, **delta: str) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "finish_reason": finish}

    yield b": OPENROUTER PROCESSING\n\n"
    yield chunk(choice(role="assistant", content=""))
    if script.reasoning:
        yield chunk(choice(reasoning=script.reasoning))
    for piece in script.pieces:
        yield chunk(choice(content=f"PIECE{piece}"))
    yield chunk(choice(script.finish or "stop"))
    wanted = body.get("stream_options", {}).get("include_usage")
    if script.tells_usage and wanted:
        read, cached, written = script.usage
        usage: dict[str, Any] = {
            "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        }  # fmt: skip
        if script.cost is not None and body.get("usage", {}).get("include"):
            usage["cost"] = script.cost
        yield chunk(usage=usage)
    yield b"data: [DONE]\n\n"


def _failure(script: Script, *, anthropic: bool) -> bytes:
    document = json.dumps({"type": "error", "error": script.error})
    return f"{'event: error' + chr(10) if anthropic else ''}data: {document}\n\n".encode()
