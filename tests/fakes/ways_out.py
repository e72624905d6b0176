"""A gateway for tests, its openings noted down, its journal at hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.cancel import CancelToken
from app.core.egress import JournalRecord, Opening, Purpose
from app.network.gateway import Gateway, Passage
from app.network.journal.reader import Journal
from app.network.policy import Policy, ProxyMode, ProxySettings

TABLE = {Purpose.MODEL_LIST: ("hub.example.org", "*.cdn.example.org")}


class WayOut:
    """A gateway that may reach `TABLE` and the endpoints it is given."""

    def __init__(self, folder: Path, *endpoints: str, ca_file: Path | None = None) -> None:
        self.shown: list[tuple[Opening, ...]] = []
        self.gateway = Gateway(self._announce)
        self.gateway.policy = Policy(
            journal=str(folder),
            endpoints=endpoints,
            proxy=ProxySettings(mode=ProxyMode.NONE),
            ca_file=str(ca_file or ""),
        )
        self.journal = Journal(folder)

    def _announce(self, openings: tuple[Opening, ...]) -> Callable[[], None]:
        self.shown.append(openings)
        return lambda: None

    def set(self, **changes: Any) -> None:
        """Change the policy."""
        self.gateway.policy = replace(self.gateway.policy, **changes)

    @contextlib.contextmanager
    def open(self, *wanted: str, cancel: CancelToken | None = None) -> Iterator[Passage]:
        with self.gateway.open(
            TABLE,
            Purpose.MODEL_LIST,
            wanted,
            label="a test",
            allowed_by="a test",
            cancel=cancel or CancelToken(),
        ) as passage:
            yield passage

    @property
    def records(self) -> list[JournalRecord]:
        """Oldest first."""
        return list(self.journal.records())[::-1]
