"""What is said of downloads, in people's units."""

from __future__ import annotations

import pytest

from app.core.errors import AppError
from app.models.downloads.values import DownloadStatus, FileProgress, Kind, Plan, Progress, State
from app.ui.downloads import words

GIGABYTE = 10**9


def status(
    state: State = State.RUNNING,
    done: int = 0,
    *,
    kind: Kind = Kind.INSTALL,
    speed: float = 0.0,
    remaining_s: float | None = None,
    problem: AppError | None = None,
) -> DownloadStatus:
    plan = Plan(
        id="1", kind=kind, model_id="phi", name="Phi", repository="a/b", commit="c" * 40,
        folder="", licence="mit", needs_token=False, files=(),
    )  # fmt: skip
    progress = Progress(
        files=(FileProgress(name="model.onnx", size=4 * GIGABYTE, done=done),),
        bytes_per_s=speed,
        remaining_s=remaining_s,
    )
    return DownloadStatus(plan=plan, state=state, progress=progress, problem=problem)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "a few seconds left"),
        (12, "10 seconds left"),
        (88, "90 seconds left"),
        (180, "3 minutes left"),
        (5_000, "83 minutes left"),
        (9_000, "2.5 hours left"),
        (86_400, "24 hours left"),
    ],
)
def test_what_remains_is_rounded_as_people_do(seconds: float, text: str) -> None:
    assert words.remaining(seconds) == text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (status(), "0 % - 0 of 4.0 GB"),
        (
            status(done=GIGABYTE, speed=12e6, remaining_s=250),
            "25 % - 1.0 GB of 4.0 GB - 12 MB/s - 4 minutes left",
        ),
        (status(done=4 * GIGABYTE - 1), "99 % - 4.0 GB of 4.0 GB"),
        (status(done=4 * GIGABYTE), "4.0 GB of 4.0 GB, being put in its place"),
        (status(State.QUEUED), "Waits for its turn, 4.0 GB"),
        (status(State.QUEUED, GIGABYTE), "Waits for its turn, 1.0 GB of 4.0 GB"),
        (status(State.PAUSED, GIGABYTE), "Paused at 1.0 GB of 4.0 GB"),
        (status(State.FAILED, GIGABYTE), "Failed at 1.0 GB of 4.0 GB"),
        (status(State.DONE, 4 * GIGABYTE), "Installed and verified, 4.0 GB"),
    ],
)
def test_each_state_in_one_line(shown: DownloadStatus, text: str) -> None:
    assert words.state(shown) == text


@pytest.mark.parametrize(
    ("shown", "summary"),
    [
        ([], ("", "")),
        ([status(State.DONE)], ("Download finished", "done")),
        ([status(State.DONE), status(State.QUEUED)], ("Download waits", "")),
        ([status(State.QUEUED), status(State.PAUSED)], ("Download paused", "")),
        ([status(State.PAUSED), status(State.FAILED)], ("Download failed", "error")),
        ([status(State.FAILED), status(done=GIGABYTE)], ("25 %", "downloading")),
        ([status(done=GIGABYTE, remaining_s=20)], ("25 %, 20 seconds left", "downloading")),
    ],
)
def test_the_foot_of_the_window_says_what_matters_most(
    shown: list[DownloadStatus], summary: tuple[str, str]
) -> None:
    assert words.summary(shown) == summary


def test_an_update_and_a_repair_say_so() -> None:
    assert words.name(status()) == "Phi"
    assert words.name(status(kind=Kind.UPDATE)) == "Phi, newer version"
    assert words.name(status(kind=Kind.REPAIR)) == "Phi, damaged files"
