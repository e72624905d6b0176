"""The sum of several files: bytes, a smooth speed, and the time that is left."""

from __future__ import annotations

from app.models.downloads.meter import Meter
from app.models.downloads.values import FileProgress
from app.network.transfer.values import TransferProgress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(done: int, **more: object) -> TransferProgress:
    return TransferProgress(done=done, total=None, **more)  # type: ignore[arg-type]


def test_bytes_are_summed_and_the_rest_estimated() -> None:
    clock = Clock()
    meter = Meter({"a": 800, "b": 200}, clock)
    assert meter.read().remaining_s is None
    for second in range(1, 5):
        clock.now += 1
        meter.take("a", told(second * 100))
    meter.take("b", told(100))
    progress = meter.read()
    assert progress.files == (
        FileProgress(name="a", size=800, done=400),
        FileProgress(name="b", size=200, done=100),
    )
    assert (progress.done, progress.total) == (500, 1000)
    assert progress.bytes_per_s == 125
    assert progress.remaining_s == 4


def test_what_was_there_before_is_no_speed() -> None:
    clock = Clock()
    meter = Meter({"a": 1000}, clock)
    meter.read()
    clock.now += 1
    meter.found("a", 900)
    meter.read()
    clock.now += 2
    meter.take("a", told(920))
    assert meter.read().bytes_per_s == 10


def test_the_speed_forgets_what_is_long_ago() -> None:
    clock = Clock()
    meter = Meter({"a": 10_000}, clock)
    meter.take("a", told(5_000))
    for _ in range(20):
        clock.now += 1
        meter.take("a", told(5_000))
    assert meter.read().bytes_per_s == 0
    assert meter.read().remaining_s is None


def test_a_file_that_begins_anew_is_no_negative_speed() -> None:
    clock = Clock()
    meter = Meter({"a": 1000}, clock)
    meter.take("a", told(800))
    clock.now += 1
    meter.take("a", told(0))
    assert meter.read().bytes_per_s == 0


def test_what_is_waited_for_is_told_until_bytes_arrive() -> None:
    meter = Meter({"a": 1000})
    meter.take("a", told(10, waiting_s=12.4, problem="The hub is busy (503)."))
    assert meter.read().note == "The hub is busy (503). Next try in 12 s."
    meter.take("a", told(20))
    assert meter.read().note == ""
