"""Every way in which a service fails: a sentence with what to do, no word of the question."""

from __future__ import annotations

import time

import pytest

from app.core.cloud import Speech
from app.core.errors import AppError, ErrorCode
from app.core.events import Done, Failed, Started, TextDelta, Usage
from app.network.gateway import Passage
from app.providers.cloud.faults import Refusal
from tests.fakes.cloud_room import PHRASE, CloudRoom
from tests.fakes.clouds import TESTING_KEY, Script

SPEECHES = pytest.mark.parametrize("speech", list(Speech))
QUOTING = f"You said: {PHRASE}, with the key {TESTING_KEY}"


def check_words(error: AppError) -> None:
    assert error.what.endswith(".")
    assert error.todo.endswith(".") or "tacit" in error.todo
    assert "CANARY" not in error.sentence
    assert TESTING_KEY not in error.sentence


REFUSALS = [
    (401, {"type": "authentication_error"}, ErrorCode.ACCESS_REFUSED, "does not accept the key"),
    (402, {"type": "billing_error"}, ErrorCode.NO_CREDIT, "no credit"),
    (400, {"message": "Your credit balance is too low"}, ErrorCode.NO_CREDIT, "no credit"),
    (429, {"code": "insufficient_quota"}, ErrorCode.NO_CREDIT, "no credit"),
    (403, {"type": "permission_error"}, ErrorCode.ACCESS_REFUSED, "does not allow"),
    (404, {"type": "not_found_error"}, ErrorCode.MODEL_MISSING, '"small" is not, or no longer'),
    (400, {"code": "context_length_exceeded"}, ErrorCode.PROMPT_TOO_LONG, "too long"),
    (400, {"message": "prompt is too long: 9"}, ErrorCode.PROMPT_TOO_LONG, "too long"),
    (413, {"type": "request_too_large"}, ErrorCode.PROMPT_TOO_LONG, "too long"),
    (400, {"message": "Unsupported: 'temperature'"}, ErrorCode.USAGE, "temperature"),
    (400, {"message": "no idea"}, ErrorCode.CONNECTION_FAILED, "refused the question (400)"),
    (408, {}, ErrorCode.TIMED_OUT, "ran out of time"),
    (500, {"type": "api_error"}, ErrorCode.OVERLOADED, "fault of its own (500)"),
    (503, {}, ErrorCode.OVERLOADED, "overloaded"),
    (504, {"type": "timeout_error"}, ErrorCode.TIMED_OUT, "ran out of time"),
    (529, {"type": "overloaded_error"}, ErrorCode.OVERLOADED, "overloaded"),
]


@SPEECHES
@pytest.mark.parametrize(
    ("status", "error", "code", "words"), REFUSALS, ids=[f"{r[0]}-{r[2]}" for r in REFUSALS]
)
async def test_a_refusal_is_put_in_words(
    room: CloudRoom,
    speech: Speech,
    status: int,
    error: dict[str, str],
    code: ErrorCode,
    words: str,
) -> None:
    told = {"message": QUOTING, **error}
    room.cloud.enqueue(Script(status=status, error=told))
    events = await room.ask(room.service(speech))
    (failed,) = events
    assert isinstance(failed, Failed)
    assert failed.error.code is code
    assert words in failed.error.what
    check_words(failed.error)
    assert len(room.cloud.requests) == 1, "nothing is tried again behind the person's back"
    assert room.costs.spent() == 0


@SPEECHES
@pytest.mark.parametrize(("header", "words"), [("20", "in 20 seconds"), ("300", "in 5 minutes")])
async def test_a_limit_of_its_rate_says_when_to_come_back(
    room: CloudRoom, speech: Speech, header: str, words: str
) -> None:
    script = Script(status=429, error={"type": "rate_limit_error"}, headers={"Retry-After": header})
    room.cloud.enqueue(script)
    error = await room.failure(room.service(speech))
    assert error.code is ErrorCode.RATE_LIMITED
    assert words in error.todo


@SPEECHES
async def test_a_wrong_key_is_refused(room: CloudRoom, speech: Speech) -> None:
    room.key = "sk-wrong"
    error = await room.failure(room.service(speech))
    assert error.code is ErrorCode.ACCESS_REFUSED
    assert f"tacit keys set {speech}" in error.todo


@SPEECHES
async def test_a_key_that_cannot_stand_in_a_header_is_not_sent(
    room: CloudRoom, speech: Speech
) -> None:
    room.key = "sk\r\nX-Evil: 1"
    assert (await room.failure(room.service(speech))).what == (
        "The key has characters that no key has."
    )
    assert not room.cloud.requests


@SPEECHES
@pytest.mark.parametrize("after", [0, 2])
async def test_a_stream_that_breaks_keeps_what_had_come(
    room: CloudRoom, speech: Speech, after: int
) -> None:
    room.cloud.enqueue(Script(pieces=("one ", "two ", "three"), drop_after=after))
    events = await room.ask(room.service(speech))
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert text == ("one two " if after else "")
    assert isinstance(events[-2], Usage)
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.ANSWER_CUT_OFF
    check_words(events[-1].error)


@SPEECHES
async def test_a_stream_that_ends_too_early_is_no_whole_answer(
    room: CloudRoom, speech: Speech
) -> None:
    room.cloud.enqueue(Script(raw=b": nothing\n\n"))
    error = await room.failure(room.service(speech))
    assert error.code is ErrorCode.ANSWER_CUT_OFF


@SPEECHES
async def test_a_server_that_falls_silent_is_given_up(room: CloudRoom, speech: Speech) -> None:
    room.silence_s = 0.3
    room.cloud.enqueue(Script(pieces=("one ", "two"), stall_after=1))
    began = time.monotonic()
    error = await room.failure(room.service(speech))
    assert error.code is ErrorCode.TIMED_OUT
    assert time.monotonic() - began < 10
    assert room.records()[0].outcome == "timed out"


@SPEECHES
async def test_a_fault_in_the_midst_of_the_stream(room: CloudRoom, speech: Speech) -> None:
    error = {"type": "overloaded_error", "code": 529, "message": QUOTING}
    room.cloud.enqueue(Script(pieces=("one ", "two"), fail_after=1, error=error))
    events = await room.ask(room.service(speech))
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["one "]
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.OVERLOADED
    check_words(events[-1].error)


@SPEECHES
async def test_nobody_at_the_address(room: CloudRoom, speech: Speech) -> None:
    room.cloud.__exit__()
    error = await room.failure(room.service(speech))
    assert error.code is ErrorCode.CONNECTION_FAILED
    check_words(error)
    room.cloud.__init__()  # type: ignore[misc]
    room.cloud.__enter__()


@SPEECHES
@pytest.mark.parametrize("raw", [b"<html>", b"data: {nonsense\n\n", b'data: {"choices": 1}\n\n'])
async def test_nonsense_is_no_answer(room: CloudRoom, speech: Speech, raw: bytes) -> None:
    room.cloud.enqueue(Script(raw=raw))
    error = await room.failure(room.service(speech))
    assert error.code in {ErrorCode.CONNECTION_FAILED, ErrorCode.ANSWER_CUT_OFF}
    check_words(error)


@SPEECHES
async def test_a_redirect_is_not_followed(room: CloudRoom, speech: Speech) -> None:
    script = Script(status=307, raw=b"", headers={"Location": "http://127.0.0.1:9/elsewhere"})
    room.cloud.enqueue(script)
    events = await room.ask(room.service(speech))
    assert isinstance(events[-1], Failed)
    assert len(room.records()) == 1


@SPEECHES
async def test_the_next_answer_is_whole_again(room: CloudRoom, speech: Speech) -> None:
    room.cloud.enqueue(Script(drop_after=1), Script())
    await room.ask(room.service(speech))
    events = await room.ask(room.service(speech))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Done)


@SPEECHES
async def test_a_fault_of_ours_shows_no_word(
    room: CloudRoom,
    speech: Speech,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(QUOTING)

    monkeypatch.setattr(Passage, "connect", broken)
    error = await room.failure(room.service(speech))
    check_words(error)
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize("body", [None, [], "text", {"error": None}, {"error": {"code": None}}])
def test_any_body_can_be_read(body: object) -> None:
    assert Refusal.read(500, body).status == 500
