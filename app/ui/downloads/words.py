"""What is said of a download: how far it is, how long it takes, what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.models.downloads.values import DownloadStatus, Kind, Progress, State
from app.ui.status.figures import size

_MINUTE, _HOUR = 60, 3600


def name(status: DownloadStatus) -> str:
    """What is downloaded."""
    words = {
        Kind.INSTALL: "{0}",
        Kind.UPDATE: _tr("{0}, newer version"),
        Kind.REPAIR: _tr("{0}, damaged files"),
    }
    return words[status.plan.kind].format(status.plan.name)


def percent(progress: Progress) -> int:
    """How far it is, 100 only at the end."""
    return 100 if not progress.total else int(100 * progress.done / progress.total)


def amount(done: int, total: int) -> str:
    """For example "1.2 GB of 4.9 GB"."""
    there = size(done) if done else "0"
    return _tr("{0} of {1}").format(there, size(total))


def remaining(seconds: float) -> str:
    """For example "3 minutes left"."""
    if seconds < 10:
        return _tr("a few seconds left")
    if seconds < 90:
        return _tr("{0} seconds left").format(round(seconds / 10) * 10)
    if seconds < 90 * _MINUTE:
        return _tr("{0} minutes left").format(round(seconds / _MINUTE))
    hours = seconds / _HOUR
    return _tr("{0} hours left").format(f"{hours:.1f}" if hours < 10 else f"{hours:.0f}")


def state(status: DownloadStatus) -> str:
    """What it does now, in one line."""
    progress = status.progress
    there = amount(progress.done, progress.total)
    if status.state is State.QUEUED:
        return (
            _tr("Waits for its turn, {0}").format(there)
            if progress.done
            else _tr("Waits for its turn, {0}").format(size(progress.total))
        )
    if status.state is State.PAUSED:
        return _tr("Paused at {0}").format(there)
    if status.state is State.FAILED:
        return _tr("Failed at {0}").format(there)
    if status.state is State.DONE:
        return _tr("Installed and verified, {0}").format(size(progress.total))
    if progress.total and progress.done >= progress.total:
        return _tr("{0}, being put in its place").format(there)
    parts = [f"{percent(progress)} %", there]
    if progress.bytes_per_s:
        parts.append(f"{size(round(progress.bytes_per_s))}/s")
    if progress.remaining_s is not None:
        parts.append(remaining(progress.remaining_s))
    return " - ".join(parts)


def summary(statuses: Sequence[DownloadStatus]) -> tuple[str, str]:
    """All downloads in two or three words for the window's foot, and what they are: "error",
    "downloading", "done", or "" for what only waits. Both are "" where there is nothing to say."""
    running = [status for status in statuses if status.state is State.RUNNING]
    if running:
        progress = running[0].progress
        words = f"{percent(progress)} %"
        if progress.remaining_s is not None:
            words = f"{words}, {remaining(progress.remaining_s)}"
        return words, "downloading"
    failed = [status for status in statuses if status.state is State.FAILED]
    if failed:
        return _tr("Download failed"), "error"
    if any(status.state is State.PAUSED for status in statuses):
        return _tr("Download paused"), ""
    if any(status.state is State.QUEUED for status in statuses):
        return _tr("Download waits"), ""
    if any(status.state is State.DONE for status in statuses):
        return _tr("Download finished"), "done"
    return "", ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Downloads", text)
