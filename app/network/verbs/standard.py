"""The verbs that every courier knows, put together."""

from __future__ import annotations

from pathlib import Path

from app.network.verb import AnyHandler
from app.network.verbs import download, fetch, folders, links, starter


def handlers(starter_builder: Path) -> list[AnyHandler]:
    """Their handlers; `starter_builder` is the script that builds the starter model."""
    return [
        links.handler(),
        folders.handler(),
        fetch.handler(),
        download.handler(),
        starter.handler(starter_builder),
    ]
