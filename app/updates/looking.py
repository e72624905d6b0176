"""Looks for a newer version when it is told to, and believes only what is signed and fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.network.base import Courier
from app.updates import release, signature
from app.updates.fetching import FETCH_RELEASE, NO_SOURCE, FetchRelease
from app.updates.known import Known, KnownFile
from app.updates.release import Release, order
from app.updates.source import Source

BY_PERSON = "you, looking for a new version"
BY_SETTING = "you, by the setting updates.check"
_CLOCKS_DIFFER = timedelta(days=1)

_CANNOT = "Tacit cannot look for new versions"
SEALED = AppError(
    f"{_CANNOT}: by your settings nothing can leave this computer.",
    'Under Privacy, set "What Tacit may connect to" to "Only what you ask for", and start Tacit '
    "again.",
    code=ErrorCode.SEALED,
)
ENDED = AppError(
    f"{_CANNOT}: no part of it is left that could connect.",
    "Start Tacit again; it connects to nothing until you ask for something.",
    code=ErrorCode.SEALED,
)
PRIVATE = AppError(
    f"{_CANNOT} in a private session, which connects to nothing.",
    "Look in an ordinary window.",
    code=ErrorCode.SEALED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The release that is announced now, and the version `current` that runs."""

    release: Release
    current: str

    @property
    def is_newer(self) -> bool:
        """Whether it is newer than the one that runs."""
        return order(self.release.version) > order(self.current)


class Updates:
    """Everything blocks; nothing is asked before `look`.

    `source` gives where to look, and may raise `AppError`; `is_sealed` says whether the person
    has set that nothing may leave, `is_private` that this is a private session, which has no
    courier; `now` is the clock.
    """

    def __init__(
        self,
        courier: Courier | None,
        source: Callable[[], Source | None],
        known: KnownFile,
        *,
        current: str,
        is_sealed: Callable[[], bool] = lambda: False,
        is_private: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._courier = courier
        self._source = source
        self._known = known
        self._is_sealed = is_sealed
        self._is_private = is_private
        self._now = now
        self.current = current

    def obstacle(self) -> AppError | None:
        """Why nothing can be asked now, None where it can; cheap, from any thread."""
        if self._is_sealed():
            return SEALED
        if self._courier is None:
            return PRIVATE if self._is_private else ENDED
        return ENDED if self._courier.status().pid is None else None

    def source(self) -> Source | None:
        """Where this build looks, None where nowhere; raises `AppError` for a damaged file."""
        return self._source()

    def known(self) -> Known | None:
        """What was believed last."""
        return self._known.read()

    def look(self, cancel: CancelToken, *, allowed_by: str = BY_PERSON) -> Found:
        """Ask through the courier, and check the answer.

        Raises `AppError`: `SEALED` where nothing can leave, `CANCELLED` when stopped,
        `DOWNLOAD_CORRUPT` for what is not to be believed.
        """
        source = self._source()
        if source is None:
            raise NO_SOURCE
        came = self._reached().run(FETCH_RELEASE, FetchRelease(allowed_by=allowed_by), cancel)
        signature.check(source.public_key, came.data, came.signed)
        announced = release.parse(came.data)
        now = self._now()
        _check_time(announced, now)
        known = self._known.read()
        self._check_order(announced, known)
        self._known.write(announced.version, announced.made, now)
        return Found(release=announced, current=self.current)

    def _reached(self) -> Courier:
        if (obstacle := self.obstacle()) is not None:
            raise obstacle
        assert self._courier is not None, "an obstacle otherwise"
        return self._courier

    def _check_order(self, announced: Release, known: Known | None) -> None:
        if known is not None and _is_older(announced, known):
            raise _old(f"version {known.version} was announced already")
        if order(announced.version) < order(self.current):
            raise _old(f"this is version {self.current}")


def _is_older(announced: Release, known: Known) -> bool:
    return announced.made < known.made_at or order(announced.version) < order(known.version)


def _check_time(announced: Release, now: datetime) -> None:
    if announced.made > now + _CLOCKS_DIFFER:
        raise AppError(
            f"The announcement is of {announced.made:%Y-%m-%d}, which is still to come by this "
            "computer's clock.",
            "Set the clock, then look again.",
            code=ErrorCode.DOWNLOAD_CORRUPT,
        )
    if announced.expires < now:
        raise AppError(
            f"The announcement held until {announced.expires:%Y-%m-%d} and tells nothing any more.",
            "Try again later. If this computer's clock is right, somebody may keep newer ones "
            "from you: look where you got Tacit.",
            code=ErrorCode.DOWNLOAD_CORRUPT,
        )


def _old(why: str) -> AppError:
    return AppError(
        f"The announcement is older than what is known: {why}.",
        "Try again later. If it stays so, somebody may keep newer ones from you: look where you "
        "got Tacit.",
        code=ErrorCode.DOWNLOAD_CORRUPT,
    )
