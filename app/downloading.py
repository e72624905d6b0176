"""How downloads are put together: what asks the hub, what plans, and what fetches.

Apart from `bootstrap`, because commands need it without everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.courier import hub_address
from app.models.asking import Hub
from app.models.catalogue import Catalogue
from app.models.downloads.ledger import Ledger
from app.models.downloads.planning import Planner
from app.models.downloads.queue import DownloadQueue
from app.models.downloads.work import Downloader
from app.models.shelf import Shelf
from app.network.base import Courier
from app.network.transfer.values import TransferLimits
from app.paths import Paths
from app.settings.secrets import Secrets
from app.settings.settings import Settings

LEDGER = "downloads.json"

Token = Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Downloading:
    """Everything that a download goes through, from the question to the model."""

    hub: Hub
    planner: Planner
    ledger: Ledger
    downloader: Downloader

    def queue(self) -> DownloadQueue:
        """A queue for a program that stays; `start` and `close` it."""
        return DownloadQueue(self.downloader, self.ledger)


def put_together(
    paths: Paths,
    settings: Settings,
    shelf: Shelf,
    *,
    catalogue: Callable[[], Catalogue],
    courier: Courier | None,
    token: Token,
) -> Downloading:
    """Nothing is asked or fetched yet. `token` gives the person's token for the hub."""
    limits = TransferLimits(
        silence_s=float(settings.get("network.silence_s")),
        tries=int(settings.get("network.tries")),
    )
    return Downloading(
        hub=Hub(courier, token),
        planner=Planner(shelf, catalogue),
        ledger=Ledger(paths.root / LEDGER),
        downloader=Downloader(
            shelf=shelf,
            courier=courier,
            hub=lambda: hub_address(settings),
            token=token,
            limits=limits,
        ),
    )


def hub_token(secrets: Secrets) -> str:
    """The person's token for the hub, "" where none is kept; blocking. Raises `AppError`."""
    kept = secrets.get("huggingface", may_ask=True)
    return "" if kept is None else kept.text
