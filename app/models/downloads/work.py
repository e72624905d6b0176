"""One download from beginning to end; the window's queue and the commands share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models import disk
from app.models.downloads.fetching import Source, fetch, name_of, present
from app.models.downloads.finishing import collecting, discard, finish, folder_of
from app.models.downloads.values import FileProgress, Kind, Plan, Progress, State
from app.models.shelf import Shelf
from app.network.base import Courier
from app.network.transfer.values import TransferLimits

SEALED = AppError(
    "Nothing can be downloaded: no part of Tacit can reach the network.",
    "Restart Tacit with connections allowed; what has arrived is kept.",
    code=ErrorCode.SEALED,
)
PASSING = (ErrorCode.SEALED, ErrorCode.LIBRARY_BUSY)
"""What only lasts a while: there is no courier now, or another window is at it."""


def outcome(error: AppError) -> tuple[State, AppError]:
    """What an error makes of a download: what may go on as it is pauses, the rest failed."""
    pauses = error.code in {ErrorCode.CANCELLED, ErrorCode.DISK_FULL, *PASSING}
    return (State.PAUSED if pauses else State.FAILED), error


@dataclass(frozen=True, kw_only=True)
class Downloader:
    """Carries plans out. `courier` is None where there is no way to the network.

    `hub` gives the hub's address and `token` the person's token ("" for none), both asked
    for at each beginning: they may have changed since the download was planned.
    """

    shelf: Shelf
    courier: Courier | None
    hub: Callable[[], str]
    token: Callable[[], str]
    limits: TransferLimits = field(default_factory=TransferLimits)

    def run(self, plan: Plan, tell: Callable[[Progress], None], cancel: CancelToken) -> str:
        """Fetch what is missing and make a model of it; returns its id. Blocking.

        Raises `AppError`; what has arrived is kept for the next time.
        """
        if self.courier is None:
            raise SEALED
        source = Source(
            courier=self.courier,
            hub=self.hub(),
            token=self.token() if plan.needs_token else "",
            limits=self.limits,
        )
        with collecting(plan, self.shelf) as folder:
            if self._is_there(plan):
                disk.remove_tree(folder)
                return plan.model_id
            files = fetch(plan, folder, source, tell, cancel)
            return finish(plan, self.shelf, folder, files)

    def _is_there(self, plan: Plan) -> bool:
        """Whether another window or command has installed it since it was planned."""
        if plan.kind is Kind.REPAIR:
            return False
        wanted = plan.model_id, plan.repository, plan.commit, plan.folder
        return any(
            (model.id, model.repository, model.commit, model.variant) == wanted
            for model in self.shelf.library.scan()
        )

    def arrived(self, plan: Plan) -> Progress:
        """How much of it lies on the disk while it does not run; blocking, short."""
        try:
            folder = folder_of(plan, self.shelf)
        except AppError:  # the model that it repairs is gone
            sizes = [0 for _file in plan.files]
        else:
            sizes = [present(folder, file) for file in plan.files]
        return Progress(
            files=tuple(
                FileProgress(name=name_of(file), size=file.size, done=done)
                for file, done in zip(plan.files, sizes, strict=True)
            )
        )

    def discard(self, plan: Plan) -> None:
        """Delete what has arrived of a download that does not run; raises `AppError`."""
        discard(plan, self.shelf)
