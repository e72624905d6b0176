"""Makers of Tacit who announce a release: their key, their signed file, and where they put it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.updates.source import Source
from tests.fakes.web import StandIn

PATH = "/tacit/release.json"
NOTES = "## What is new\n\n- Answers come **faster**.\n- [All changes](https://tacit.example/log)\n"
PAGE = "https://tacit.example/releases/0.2.0"
DIGEST = "ab" * 32


def written(version: str = "0.2.0", **changed: Any) -> dict[str, Any]:
    """A release file that is right, but for what is `changed`."""
    now = datetime.now(UTC).replace(microsecond=0)
    document = {
        "format": 1,
        "program": "tacit",
        "version": version,
        "date": (now - timedelta(hours=1)).isoformat(),
        "expires": (now + timedelta(days=90)).isoformat(),
        "notes": NOTES,
        "page": PAGE,
        "files": [
            {"platform": "linux", "name": "tacit_0.2.0_amd64.deb", "size": 200_000_000,
             "sha256": DIGEST},
            {"platform": "windows", "name": "Tacit-0.2.0-windows-x86_64-setup.exe",
             "size": 190_000_000, "sha256": DIGEST[::-1]},
        ],
    }  # fmt: skip
    return {**document, **changed}


@dataclass
class Makers:
    """They sign with `key` and put both files onto `web`."""

    web: StandIn
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def source(self) -> Source:
        """What a build of theirs believes."""
        return Source(
            address=self.web.url(PATH), public_key=self.key.public_key().public_bytes_raw()
        )

    def source_file(self, folder: Path) -> Path:
        """The same as the file that names it."""
        file = folder / "updates.json"
        source = self.source
        key = base64.b64encode(source.public_key).decode()
        file.write_text(json.dumps({"address": source.address, "public_key": key}))
        return file

    def announce(self, version: str = "0.2.0", **changed: Any) -> None:
        """Sign a release file and publish it."""
        self.publish(json.dumps(written(version, **changed)).encode())

    def publish(self, data: bytes, signed: bytes | None = None) -> None:
        """Publish `data`; `signed` is what the signature is of, where not of that."""
        signature = base64.b64encode(self.key.sign(data if signed is None else signed))
        self.web.put(PATH, data)
        self.web.put(f"{PATH}.sig", signature + b"\n")
