"""The catalogue is compared with a hub: a stand-in on the loopback that lists two repositories."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
COMMIT = "0" * 40
CONFIG = {
    "model": {"decoder": {"num_hidden_layers": 32, "num_key_value_heads": 8, "head_size": 128}}
}
FILES = {
    "README.md": 10,
    "cpu/genai_config.json": 100,
    "cpu/model.onnx": 1_000,
    "cpu/model.onnx.data": 50_000,
    "cpu/configuration_phi3.py": 7_777,
    "cpu/inner/other.json": 5,
}


def variant(**more: Any) -> dict[str, Any]:
    return {
        "id": "cpu-int4", "repository": "org/model", "folder": "cpu", "quantization": "int4",
        "devices": ["cpu"], "download_bytes": 1, "memory_bytes": 1, "token_bytes": 40_000,
        "checked": False, **more,
    }  # fmt: skip


def document(*variants: dict[str, Any], **more: Any) -> dict[str, Any]:
    licence = {"name": "MIT", "url": "https://example.org", "must_accept": False}
    model = {"id": "model", "licence": licence, "layers": 32, "kv_heads": 8, "head_size": 128}
    return {"format": 1, "models": [{**model, **more, "variants": list(variants)}]}


class Answers(BaseHTTPRequestHandler):
    """Plays the hub."""

    gated: Any = False
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.path == "/api/models/org/model?blobs=true":
            listed = [{"rfilename": name, "size": size} for name, size in FILES.items()]
            self._send({"sha": COMMIT, "gated": self.gated, "siblings": listed})
        elif self.path == f"/org/model/resolve/{COMMIT}/cpu/genai_config.json":
            self._send(CONFIG)
        elif self.path == "/api/models/org/odd?blobs=true":
            self._send([1])
        else:
            self.send_error(404)

    def _send(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answers]]:
    class Mine(Answers):
        """The hub of this test."""

    Mine.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    try:
        yield Mine
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(tmp_path: Path, content: dict[str, Any], *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code of the script, and the file as it left it."""
    spec = util.spec_from_file_location("refresh", ROOT / "packaging" / "refresh_catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    script = util.module_from_spec(spec)
    sys.modules["refresh"] = script  # dataclasses look their module up
    spec.loader.exec_module(script)
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    before = list(sys.path)
    try:
        code = script.main(["--file", str(file), *arguments])
    finally:
        sys.path[:] = before
        del sys.modules["refresh"]
    after: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return code, after


@pytest.mark.usefixtures("hub")
def test_news_is_written_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, after = run(tmp_path, document(variant()))
    assert (code, after) == (1, document(variant()))
    code, after = run(tmp_path, document(variant()), "--write")
    assert code == 0
    checked = variant(checked=True, download_bytes=51_100, memory_bytes=51_000, token_bytes=40_000)
    assert after == document(checked)
    assert "news: model cpu-int4: download_bytes 1 -> 51,100" in capsys.readouterr().out
    assert run(tmp_path, document(checked))[0] == 0


def test_a_repository_is_asked_for_once(tmp_path: Path, hub: type[Answers]) -> None:
    run(tmp_path, document(variant(), variant(id="again")))
    assert hub.asked.count("/api/models/org/model?blobs=true") == 1


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (variant(folder="gpu", checked=True), "there is one in “cpu”"),
        (variant(repository="org/gone", checked=True), "the hub answers 404"),
        (variant(repository="org/odd", checked=True), "not what it should be"),
    ],
)
def test_what_is_not_there_is_said_and_no_longer_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any], words: str
) -> None:
    code, after = run(tmp_path, document(wrong), "--write")
    assert code == 1
    assert words in capsys.readouterr().out
    assert after["models"][0]["variants"][0] == {**wrong, "checked": False}


def test_another_shape_or_licence_needs_a_person(
    tmp_path: Path, hub: type[Answers], capsys: pytest.CaptureFixture[str]
) -> None:
    hub.gated = "manual"
    code, _ = run(tmp_path, document(variant(), layers=30), "--write")
    out = capsys.readouterr().out
    assert code == 1
    assert "layers is 32, the catalogue says 30" in out
    assert "asks for its licence to be accepted" in out


def test_a_hub_that_cannot_be_reached_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert run(tmp_path, document(variant()))[0] == 1
    assert "cannot be reached" in capsys.readouterr().out
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    assert run(tmp_path, document(variant()))[0] == 2
