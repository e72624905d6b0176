"""What one host reports is kept in order, and waiting for it wakes up when it should."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.events import Cancelled, Done, Event, Terminal, TextDelta
from app.engine.jobs import LoadedModel
from app.engine.link import HostLink
from app.process.frames import FrameTooLargeError
from tests.fakes.hosts import scripted_host, scripted_job, text_of

WAIT_S = 20


@pytest.fixture
def link(tmp_path: Path) -> Iterator[HostLink]:
    link = HostLink(scripted_host(), tmp_path, model_folder="/m", device="auto")
    yield link
    link.stop(0.1)
    assert link.end is not None


def events_of(link: HostLink) -> list[Event]:
    events: list[Event] = []
    while not events or not isinstance(events[-1], Terminal):
        assert link.wait(lambda: link.has_news, WAIT_S)
        events += [item for item in link.take() if not isinstance(item, LoadedModel)]
    return events


def test_a_host_greets_and_answers(link: HostLink) -> None:
    assert link.wait(lambda: link.greeted, WAIT_S)
    draining = [link.is_draining]
    link.submit(scripted_job("count 50"))
    draining.append(link.is_draining)
    events = events_of(link)
    assert text_of(events).split() == [str(number) for number in range(50)]
    assert isinstance(events[-1], Done)
    assert [*draining, link.is_draining] == [False, True, False]
    assert link.loaded is not None
    assert link.loaded.model_id == "scripted"


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_host_asks_the_c_library_for_huge_pages(link: HostLink) -> None:
    assert link.wait(lambda: link.greeted, WAIT_S)
    environment = Path(f"/proc/{link.pid}/environ").read_bytes().split(b"\0")
    assert b"GLIBC_TUNABLES=glibc.malloc.hugetlb=1" in environment


def test_waiting_ends_with_its_time(link: HostLink) -> None:
    assert not link.wait(lambda: False, 0.01)


def test_waiting_is_woken_by_another_thread(link: HostLink) -> None:
    called = threading.Event()

    def call() -> None:
        called.set()
        link.wake()

    threading.Timer(0.05, call).start()
    started = time.monotonic()
    assert link.wait(called.is_set, WAIT_S)
    assert time.monotonic() - started < WAIT_S / 2


def test_what_a_job_before_still_says_is_not_taken_for_the_present_one(link: HostLink) -> None:
    link.submit(scripted_job("forever"))
    link.wait(lambda: TextDelta("more ") in link.take(), WAIT_S)
    link.cancel()
    link.submit(scripted_job("second"))
    events = events_of(link)
    assert Cancelled() not in events
    assert text_of(events) == "second"


def test_an_abandoned_job_that_ends_in_time_leaves_the_host(link: HostLink) -> None:
    link.submit(scripted_job("forever"))
    link.cancel()
    link.abandon(WAIT_S)
    assert link.wait(lambda: not link.is_draining, WAIT_S)
    assert link.end is None


def test_an_abandoned_job_that_does_not_end_takes_the_host_with_it(link: HostLink) -> None:
    link.submit(scripted_job("hang"))
    link.wait(lambda: TextDelta("before the hang") in link.take(), WAIT_S)
    link.cancel()
    link.abandon(0.1)
    link.abandon(0.1)
    assert link.wait(lambda: link.end is not None, WAIT_S)
    assert link.end is not None
    assert link.end.killed


def test_a_job_that_cannot_be_sent_does_not_occupy_the_host(link: HostLink) -> None:
    with pytest.raises(FrameTooLargeError):
        link.submit(scripted_job("x" * 17_000_000))
    assert not link.is_draining


def test_a_host_ends_by_itself_when_its_input_ends_even_in_mid_answer(link: HostLink) -> None:
    link.submit(scripted_job("forever"))
    link.wait(lambda: TextDelta("more ") in link.take(), WAIT_S)
    link.stop(WAIT_S)
    assert link.end is not None
    assert (link.end.exit_code, link.end.killed) == (0, False)
