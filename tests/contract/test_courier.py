"""What every courier promises: the one in this process and the real one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.egress import CourierStatus, Opening, Purpose
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.network import client
from app.network.base import Courier
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy, ProxyMode, ProxySettings
from tests.fakes import courier_program
from tests.fakes.courier_program import (
    COUNT,
    DEAF,
    FAULT,
    GET,
    REFUSE,
    UNKNOWN,
    WAIT,
    Answer,
    Count,
    Wish,
)
from tests.fakes.web import Fault, StandIn

WAIT_S = 10


@dataclass
class Subject:
    """A courier under test, a server it may reach, and its journal."""

    courier: Courier
    web: StandIn
    journal: Journal


def fake(policy: Policy, _folder: Path) -> Courier:
    return FakeCourier(courier_program.handlers(), policy)


def real(policy: Policy, folder: Path) -> Courier:
    return client.start(policy, folder, courier_program.command())


@pytest.fixture(params=[fake, real], ids=lambda make: make.__name__)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    make: Callable[[Policy, Path], Courier] = request.param
    with StandIn() as web:
        policy = Policy(
            journal=str(tmp_path / "journal"),
            endpoints=(web.endpoint,),
            proxy=ProxySettings(mode=ProxyMode.NONE),
        )
        courier = make(policy, tmp_path / "run")
        yield Subject(courier, web, Journal(tmp_path / "journal"))
        courier.end()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_items_come_in_order_and_the_result_is_last(subject: Subject) -> None:
    wish = Wish(items=100, words="done")
    stream = subject.courier.stream(COUNT, wish, CancelToken())
    assert list(stream) == [*(Count(number=n) for n in range(100)), Answer(words="done")]


def test_run_gives_the_result_and_tells_the_items(subject: Subject) -> None:
    told: list[Count] = []
    wish = Wish(items=3, words="done")
    assert subject.courier.run(COUNT, wish, CancelToken(), told.append) == Answer(words="done")
    assert [item.number for item in told] == [0, 1, 2]


def test_an_item_is_told_when_it_comes(subject: Subject) -> None:
    cancel = CancelToken()
    with pytest.raises(AppError) as raised:
        subject.courier.run(WAIT, Wish(), cancel, lambda _item: cancel.cancel())
    assert raised.value.code is ErrorCode.CANCELLED


def test_an_error_comes_as_the_sentence_it_was(subject: Subject) -> None:
    with pytest.raises(AppError) as raised:
        subject.courier.run(REFUSE, Wish(words="Try another."), CancelToken())
    assert raised.value == AppError("It was refused.", "Try another.")


def test_a_fault_is_a_sentence_that_quotes_nothing(subject: Subject) -> None:
    with pytest.raises(AppError, match="fault in Tacit") as raised:
        subject.courier.run(FAULT, Wish(words="sk-secret"), CancelToken())
    assert "secret" not in str(raised.value)


def test_an_unknown_verb_is_a_sentence(subject: Subject) -> None:
    with pytest.raises(AppError, match="does not know"):
        subject.courier.run(UNKNOWN, Wish(), CancelToken())


def test_an_opening_is_visible_before_the_connection_and_gone_after_it(subject: Subject) -> None:
    subject.web.put("/file", b"hello", Fault(stall_after=2))
    cancel, calls = CancelToken(), list[tuple[Opening, ...]]()
    forget = subject.courier.on_change(lambda: calls.append(subject.courier.status().openings))
    opening = Opening(purpose=Purpose.MODEL_LIST, host=subject.web.endpoint, label="a test")
    stream = subject.courier.stream(GET, Wish(url=subject.web.url("/file")), cancel)
    assert next(stream) == Count(number=0)
    assert subject.courier.status().openings == (opening,)
    wait_until(lambda: subject.web.accepted == 1)
    cancel.cancel()
    with pytest.raises(AppError) as raised:
        next(stream)
    assert raised.value.code is ErrorCode.CANCELLED
    wait_until(lambda: calls == [(opening,), ()])
    assert subject.courier.status().openings == ()
    forget()
    [record] = subject.journal.records()
    assert (record.outcome, record.host) == ("stopped", "127.0.0.1")


def test_what_is_fetched_arrives_and_is_in_the_journal(subject: Subject) -> None:
    subject.web.put("/file", b"hello")
    wish = Wish(url=subject.web.url("/file"))
    assert subject.courier.run(GET, wish, CancelToken()) == Answer(words="hello")
    [record], [seen] = subject.journal.records(), subject.web.requests
    assert (record.sent_bytes, record.received_bytes) == (seen.received, seen.sent)
    assert subject.journal.check().is_whole


def test_another_server_is_not_reached(subject: Subject) -> None:
    with StandIn() as other:
        with pytest.raises(AppError) as raised:
            subject.courier.run(GET, Wish(url=other.url("/file")), CancelToken())
        assert other.accepted == 0
    assert raised.value.code is ErrorCode.NOT_ALLOWED


def test_what_is_configured_later_counts(subject: Subject) -> None:
    subject.courier.configure(Policy())
    with pytest.raises(AppError):
        subject.courier.run(GET, Wish(url=subject.web.url("/file")), CancelToken())


def test_several_calls_go_on_at_once(subject: Subject) -> None:
    cancel = CancelToken()
    waiting = subject.courier.stream(WAIT, Wish(), cancel)
    next(waiting)
    for _ in range(3):
        assert subject.courier.run(COUNT, Wish(words="x"), CancelToken()) == Answer(words="x")
    cancel.cancel()
    with pytest.raises(AppError) as raised:
        next(waiting)
    assert raised.value.code is ErrorCode.CANCELLED


def test_closing_the_iterator_stops_the_call(subject: Subject) -> None:
    subject.web.put("/file", b"hello", Fault(stall_after=2))
    stream = subject.courier.stream(GET, Wish(url=subject.web.url("/file")), CancelToken())
    next(stream)
    stream.close()
    wait_until(lambda: subject.courier.status().openings == ())


def test_a_token_cancelled_before_starts_nothing(subject: Subject) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as raised:
        subject.courier.run(COUNT, Wish(items=1), cancel)
    assert raised.value.code is ErrorCode.CANCELLED


async def test_it_works_across_the_seam(subject: Subject) -> None:
    worker = Worker("test")
    wish = Wish(items=3, words="done")
    stream = worker.iterate(lambda c: subject.courier.stream(COUNT, wish, c), CancelToken())
    assert [type(item) async for item in stream] == [Count, Count, Count, Answer]
    worker.close()


def test_after_the_end_there_is_no_process_and_every_verb_says_so(subject: Subject) -> None:
    changes: list[int | None] = []
    assert subject.courier.status().pid is not None
    subject.courier.on_change(lambda: changes.append(subject.courier.status().pid))
    subject.courier.end()
    assert subject.courier.status().pid is None
    assert changes[-1] is None
    for call in (
        lambda: subject.courier.run(COUNT, Wish(), CancelToken()),
        lambda: subject.courier.open_link("https://example.org/", allowed_by="a test"),
        lambda: subject.courier.open_folder("/"),
    ):
        with pytest.raises(AppError, match="Tacit is sealed") as raised:
            call()
        assert raised.value.code is ErrorCode.SEALED
    subject.courier.end()


def test_ending_stops_what_goes_on(subject: Subject) -> None:
    stream = subject.courier.stream(WAIT, Wish(), CancelToken())
    next(stream)
    began = time.monotonic()
    subject.courier.end()
    assert time.monotonic() - began < WAIT_S
    with pytest.raises(AppError) as raised:
        next(stream)
    assert raised.value.code in {ErrorCode.SEALED, ErrorCode.CANCELLED}


def test_ending_leaves_no_record_open(subject: Subject) -> None:
    subject.web.put("/file", b"hello", Fault(stall_after=2))
    stream = subject.courier.stream(GET, Wish(url=subject.web.url("/file")), CancelToken())
    next(stream)
    wait_until(lambda: subject.web.requests != [])
    subject.courier.end()
    assert [record.outcome for record in subject.journal.records()] == ["stopped"]
    assert subject.courier.status() == CourierStatus()


def test_what_does_not_hear_is_no_longer_waited_for(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_CANCEL_S", 0.2)
    cancel = CancelToken()
    began = time.monotonic()
    with pytest.raises(AppError) as raised:
        subject.courier.run(DEAF, Wish(), cancel, lambda _item: cancel.cancel())
    assert raised.value.code is ErrorCode.CANCELLED
    assert time.monotonic() - began < 1.5


def test_a_watcher_that_fails_silences_nothing(subject: Subject) -> None:
    def fail() -> None:
        raise RuntimeError

    subject.courier.on_change(fail)
    subject.web.put("/file", b"hello")
    wish = Wish(url=subject.web.url("/file"))
    assert subject.courier.run(GET, wish, CancelToken()) == Answer(words="hello")
