"""What the commands that download share: the token, the way to the hub, and the progress."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cli.command import Context
from app.cli.models_view import manager
from app.cli.output import Console, size
from app.cli.work import run_long
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.models.asking import Hub
    from app.models.downloads.ledger import Ledger
    from app.models.downloads.planning import Planner
    from app.models.downloads.values import Plan, Progress
    from app.models.listing import Listing

_BAR = 20
_LONGEST_TOKEN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished download; `received` bytes came in this run."""

    model_id: str
    received: int


class Desk:
    """Asks, plans and downloads for one command; says on standard error which hub is meant."""

    def __init__(self, context: Context, options: argparse.Namespace) -> None:
        from app.courier import hub_address
        from app.downloading import put_together
        from app.local_models import catalogue
        from app.models.listing import HUB

        self._console = context.console
        self._options = options
        self._token: str | None = None
        settings = context.settings()
        self.hub_address = hub_address(settings)
        parts = put_together(
            context.paths,
            settings,
            manager(context).shelf,
            catalogue=catalogue,
            courier=context.courier,
            token=self.token,
        )
        self.hub: Hub = parts.hub
        self.planner: Planner = parts.planner
        self.ledger: Ledger = parts.ledger
        self._downloader = parts.downloader
        if self.hub_address != HUB:
            why = "HF_ENDPOINT" if os.environ.get("HF_ENDPOINT") else "the setting network.hub"
            self._console.note(f"The hub is {self.hub_address}, as {why} says.")

    def token(self) -> str:
        """The person's token where the command was told to use one, else ""; asked for once."""
        if self._token is None:
            self._token = _token(self._options)
        return self._token

    def listing(self, repository: str, revision: str) -> Listing:
        """The variants of a repository; Ctrl-C stops asking."""
        return run_long(
            self._console,
            lambda _tell, cancel: self.hub.variants(
                repository, cancel, revision=revision, with_token=has_token(self._options)
            ),
        )

    def require_access(self, listing: Listing) -> None:
        """Raise `AppError` before the first byte where the publisher's gate wants a token."""
        from app.models.listing import Gate, access_refused

        if listing.gate is not Gate.OPEN and not self.token():
            raise access_refused(listing.repository, token="")

    def carry_out(self, plan: Plan, *, again: str) -> Result:
        """Download it, or note why not; `again` is the command that goes on with it."""
        from app.models.downloads.values import State
        from app.models.downloads.work import outcome

        self.ledger.put(plan, State.RUNNING)
        view = _View(self._console, plan)
        try:
            import asyncio

            model_id = asyncio.run(self._run(plan, view))
        except AppError as error:
            state, problem = outcome(error)
            is_stopped = error.code is ErrorCode.CANCELLED
            self.ledger.put(plan, state, None if is_stopped else problem)
            if is_stopped:
                raise view.paused(again) from None
            raise
        finally:
            self._console.clear_status()
        self.ledger.drop(plan.id)
        return Result(model_id=model_id, received=view.received)

    async def _run(self, plan: Plan, view: _View) -> str:
        from app.cli.interrupt import cancelling
        from app.core.handoff import CancelToken, Worker

        token, worker = CancelToken(), Worker("download")
        try:
            with cancelling(token):
                return await worker.call(lambda: self._downloader.run(plan, view.show, token))
        finally:
            token.cancel()
            worker.close()


class _View:
    """Shows a download: one moving line on a terminal, two lines in a file."""

    def __init__(self, console: Console, plan: Plan) -> None:
        self._console = console
        self._plan = plan
        self._first: int | None = None
        self._last: Progress | None = None
        self._note = ""

    @property
    def received(self) -> int:
        """Bytes that came since it began."""
        return 0 if self._last is None else max(0, self._last.done - (self._first or 0))

    def show(self, progress: Progress) -> None:
        """Take in how far it is, on the thread that downloads."""
        if self._first is None:
            self._first = progress.done
            self._console.note(f"Downloading {self._plan.name}, {_amount(progress)} ...")
        self._last = progress
        if progress.note != self._note:
            self._note = progress.note
            if progress.note:
                self._console.note(progress.note)
        self._console.status(_line(progress))

    def paused(self, again: str) -> AppError:
        """What Ctrl-C means to a download."""
        there = "" if self._last is None else f" at {_amount(self._last)}"
        return AppError(
            f"The download pauses{there}; what has arrived is kept.",
            f"Go on with: {again}",
            code=ErrorCode.CANCELLED,
        )


def has_token(options: argparse.Namespace) -> bool:
    """Whether the command was told to send a token."""
    return bool(options.token_from_keyring or options.token_stdin)


def _token(options: argparse.Namespace) -> str:
    if options.token_stdin:
        token = sys.stdin.readline(_LONGEST_TOKEN).strip()
        if not token:
            raise AppError(
                "There is no token on standard input.",
                "Type or pipe it there, on one line.",
                code=ErrorCode.USAGE,
            )
        return token
    if options.token_from_keyring:
        from app.downloading import hub_token
        from app.settings.secrets import Secrets

        kept = hub_token(Secrets())
        if not kept:
            raise AppError(
                "The keyring holds no token for the hub.",
                "Keep one there with: tacit keys set huggingface",
                code=ErrorCode.USAGE,
            )
        return kept
    return ""


def _line(progress: Progress) -> str:
    share = progress.done / progress.total if progress.total else 1.0
    bar = "#" * round(share * _BAR)
    words = [f"[{bar.ljust(_BAR)}] {share:.0%}, {_amount(progress)}"]
    if progress.bytes_per_s:
        words.append(f"{size(progress.bytes_per_s)}/s")
    if progress.remaining_s is not None:
        words.append(f"{_duration(progress.remaining_s)} left")
    return ", ".join(words)


def _amount(progress: Progress) -> str:
    return f"{size(progress.done)} of {size(progress.total)}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
