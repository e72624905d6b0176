"""A hub on 127.0.0.1 as huggingface_hub 2.4 asks it, with a CDN at a port of its own.

Large files are redirected to the CDN, small ones are served by the hub itself. What goes
wrong with a file is its `StoredFile`'s faults (`FakeHub.file`); with the listing, `api`.
"""

from __future__ import annotations

import hashlib
import json
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.model_folders import CONFIG
from tests.fakes.web import Fault, Seen, StandIn, StoredFile, pattern

LARGE = 100_000
TOKEN = "hf_a_token_that_was_granted"
STRANGER = "hf_a_token_without_access"


@dataclass
class Repository:
    """A repository at one commit."""

    name: str
    commit: str
    files: dict[str, bytes]
    gated: str | bool
    tags: list[str]
    downloads: int

    def info(self) -> dict[str, Any]:
        siblings = [_sibling(name, data) for name, data in self.files.items()]
        return {
            "id": self.name,
            "sha": self.commit,
            "gated": self.gated,
            "tags": self.tags,
            "downloads": self.downloads,
            "lastModified": "2026-09-01T10:00:00.000Z",
            "siblings": siblings,
        }


@dataclass
class FakeHub:
    """Both servers, as a context; `names` are what they are called."""

    context: ssl.SSLContext | None = None
    names: tuple[str, str] = ("127.0.0.1", "127.0.0.1")
    hub: HubServer = field(init=False)
    cdn: StandIn = field(init=False)

    def __post_init__(self) -> None:
        self.cdn = StandIn(self.context)
        self.hub = HubServer(self.context, lambda path: self.cdn.url(path, self.names[1]), self.cdn)

    def __enter__(self) -> Self:
        self.hub.__enter__()
        self.cdn.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.cdn.__exit__()
        self.hub.__exit__()

    @property
    def address(self) -> str:
        return self.hub.url("", self.names[0])

    @property
    def endpoints(self) -> tuple[str, ...]:
        ports = self.hub.port, self.cdn.port
        return tuple(f"{name}:{port}" for name, port in zip(self.names, ports, strict=True))

    @property
    def api(self) -> deque[Fault]:
        """What goes wrong with the next questions about repositories."""
        return self.hub.api_faults

    def add(
        self,
        name: str,
        files: Mapping[str, bytes],
        *,
        gated: str | bool = False,
        licence: str = "apache-2.0",
        downloads: int = 10,
    ) -> Repository:
        """A repository, or its next commit."""
        digest = hashlib.sha1(usedforsecurity=False)
        for path, data in files.items():
            digest.update(path.encode() + hashlib.sha256(data).digest())
        tags = ["onnx", f"license:{licence}"]
        made = Repository(name, digest.hexdigest(), dict(files), gated, tags, downloads)
        self.hub.repositories[name] = made
        for path, data in files.items():
            self.hub.place(made, path, data)
        return made

    def add_folder(self, name: str, folder: Path, *variants: str, **more: Any) -> Repository:
        """A repository with the files of `folder` in each of the folders `variants`."""
        found = {
            file.name: file.read_bytes()
            for file in sorted(folder.iterdir())
            if file.is_file() and file.name != "manifest.json"
        }
        files = {f"{variant}/{key}": data for variant in variants for key, data in found.items()}
        return self.add(name, {"README.md": b"# A model\n", **files}, **more)

    def file(self, repository: Repository, path: str) -> StoredFile:
        """What is served for a file, to put faults into."""
        where = _resolve(repository, path)
        data = repository.files[path]
        if len(data) >= LARGE:
            return self.cdn.files[_blob(data)]
        return self.hub.files[where]

    def requests_for(self, repository: Repository, path: str) -> list[Seen]:
        """The requests for the bytes of a file, in order."""
        data = repository.files[path]
        if len(data) >= LARGE:
            return [seen for seen in self.cdn.requests if seen.path == _blob(data)]
        where = _resolve(repository, path)
        return [seen for seen in self.hub.requests if seen.path == where]


class HubServer(StandIn):
    """The hub itself: questions about repositories, small files, and the gate."""

    def __init__(
        self, context: ssl.SSLContext | None, cdn_url: Callable[[str], str], cdn: StandIn
    ) -> None:
        super().__init__(context)
        self.cdn, self.cdn_url = cdn, cdn_url
        self.repositories: dict[str, Repository] = {}
        self.api_faults: deque[Fault] = deque()

    def place(self, repository: Repository, path: str, data: bytes) -> None:
        where = _resolve(repository, path)
        if len(data) < LARGE:
            etag = f'"{_git_sha1(data)}"'
            self.put(where, data, etag=etag).always = Fault(
                headers=(f"X-Repo-Commit: {repository.commit}",)
            )
            return
        if _blob(data) not in self.cdn.files:
            self.cdn.put(_blob(data), data)
        self.put(where, b"").always = Fault(redirect=self.cdn_url(_blob(data)))

    def find(self, seen: Seen) -> StoredFile | None:
        parts = urlsplit(seen.path)
        if parts.path.startswith("/api/models"):
            if self.api_faults:
                # With a body, without which nothing could stall or be cut.
                return StoredFile(b"[]", "", always=self.api_faults.popleft())
            rest = unquote(parts.path.removeprefix("/api/models").strip("/"))
            return self._about(rest, seen) if rest else self._search(parse_qs(parts.query))
        owner, _, name = parts.path.strip("/").partition("/")
        repository = self.repositories.get(f"{owner}/{name.partition('/')[0]}")
        if repository is not None and (refusal := _refusal(repository, seen)):
            return refusal
        return self.files.get(parts.path)

    def _about(self, rest: str, seen: Seen) -> StoredFile:
        name, _, revision = rest.partition("/revision/")
        repository = self.repositories.get(name)
        if repository is None:
            return _status(401 if "authorization" not in seen.headers else 404, "RepoNotFound")
        if seen.headers.get("authorization", f"Bearer {TOKEN}").removeprefix("Bearer ") not in {
            TOKEN,
            STRANGER,
        }:
            return _status(401, "", "X-Error-Message: Invalid credentials in Authorization header")
        if revision not in {"", "main", repository.commit}:
            return _status(404, "RevisionNotFound")
        return _json(repository.info())

    def _search(self, query: dict[str, list[str]]) -> StoredFile:
        wanted = query.get("search", [""])[0].lower()
        found = [r for r in self.repositories.values() if wanted in r.name.lower()]
        found.sort(key=lambda r: -r.downloads)
        plain = [{**r.info(), "siblings": [{"rfilename": f} for f in r.files]} for r in found]
        return _json(plain)


def _refusal(repository: Repository, seen: Seen) -> StoredFile | None:
    """The shut gate of a repository, None where it is open."""
    if not repository.gated:
        return None
    token = seen.headers.get("authorization", "").removeprefix("Bearer ")
    if token == TOKEN:
        return None
    if not token:
        return _status(401, "GatedRepo")
    if token == STRANGER:
        return _status(403, "GatedRepo")
    return _status(401, "", "X-Error-Message: Invalid credentials in Authorization header")


def _status(status: int, code: str, *headers: str) -> StoredFile:
    lines = (f"X-Error-Code: {code}", *headers) if code else headers
    return StoredFile(b"", "", always=Fault(status=status, headers=lines))


def _json(plain: object) -> StoredFile:
    data = json.dumps(plain).encode()
    return StoredFile(data, "", always=Fault(headers=("Content-Type: application/json",)))


def _sibling(name: str, data: bytes) -> dict[str, Any]:
    plain: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": _git_sha1(data)}
    if len(data) >= LARGE:
        digest = hashlib.sha256(data).hexdigest()
        plain["lfs"] = {"sha256": digest, "size": len(data), "pointerSize": 134}
    return plain


def _resolve(repository: Repository, path: str) -> str:
    return f"/{repository.name}/resolve/{repository.commit}/{path}"


def _blob(data: bytes) -> str:
    return f"/blobs/{hashlib.sha256(data).hexdigest()}"


def _git_sha1(data: bytes) -> str:
    head = f"blob {len(data)}\0".encode()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


def small_model(seed: int = 1, size: int = 300_000) -> dict[str, bytes]:
    """Files that look like a model's to whatever does not load it."""
    return {
        "genai_config.json": json.dumps(CONFIG).encode(),
        "model.onnx": pattern(2_000, seed),
        "model.onnx.data": pattern(size, seed + 1),
        "tokenizer.json": json.dumps({"seed": seed, "added_tokens": []}).encode(),
    }


def in_folder(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files below `folder`."""
    return {f"{folder}/{name}": data for name, data in files.items()}
