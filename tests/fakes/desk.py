"""A folder to download into, a server to download from, and the way between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.cancel import CancelToken
from app.network import http
from app.network.transfer.transfer import transfer
from app.network.transfer.values import (
    FileWanted,
    TransferLimits,
    TransferProgress,
    TransferResult,
)
from tests.fakes.ways_out import WayOut
from tests.fakes.web import StandIn, pattern

DATA = pattern(3_000_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
QUICK = TransferLimits(silence_s=0.5, pause_s=0.01, longest_pause_s=0.05, tries=4, reserve=0)


@dataclass
class Desk:
    """A folder to download into, from `web`, through `way`."""

    folder: Path
    way: WayOut
    web: StandIn
    told: list[TransferProgress] = field(default_factory=list)

    @property
    def target(self) -> Path:
        return self.folder / "model.onnx.data"

    @property
    def part(self) -> Path:
        return self.folder / "model.onnx.data.part"

    def wanted(self, **changes: Any) -> FileWanted:
        usual: dict[str, Any] = {"target": str(self.target), "size": len(DATA), "sha256": SHA256}
        return FileWanted(**{**usual, **changes})

    def fetch(
        self,
        cancel: CancelToken | None = None,
        limits: TransferLimits = QUICK,
        tell: Callable[[TransferProgress], None] | None = None,
        **changes: Any,
    ) -> TransferResult:
        url, token = self.web.url("/file"), cancel or CancelToken()
        with self.way.open(cancel=token) as passage:
            return transfer(
                self.wanted(**changes),
                lambda headers: http.request(passage, url, headers, timeout_s=limits.silence_s),
                tell=tell or self.told.append,
                cancel=token,
                limits=limits,
            )

    def assert_whole(self, data: bytes = DATA) -> None:
        assert self.target.read_bytes() == data
        assert [file.name for file in self.folder.iterdir()] == [self.target.name]
