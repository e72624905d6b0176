"""The client with real host processes that behave as badly as they can."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Loading,
    Notice,
    Started,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.core.messages import Message, Role
from app.core.status import EngineState
from app.engine.client import RELOADED, EngineClient
from app.engine.supervision import Limits
from tests.fakes.hosts import host_of_code, scripted_host, scripted_job, text_of

WAIT_S = 20
# Far more than the 300 ms that are promised, far less than any limit of the engine's.
SOON_S = 3.0
GREETING = f"""
import os, time
from app.core.privacy import SealReport
from app.engine import protocol
from app.process import frames
os.write(1, frames.encode(protocol.greeting(SealReport())))
time.sleep({WAIT_S * 30})
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., EngineClient]]:
    clients: list[EngineClient] = []

    def build(command: Sequence[str] | None = None, **limits: float) -> EngineClient:
        clients.append(
            EngineClient(
                command or scripted_host(), run_dir=tmp_path / "run", limits=Limits(**limits)
            )
        )
        return clients[-1]

    yield build
    for client in clients:
        client.close()
        assert client.status().state is EngineState.ABSENT
    assert [child for child in psutil.Process().children() if "-P" in child.cmdline()] == []


@pytest.fixture
def client(make: Callable[..., EngineClient]) -> EngineClient:
    return make()


def ask(client: EngineClient, text: str, model: str = "scripted", **more: bool) -> list[Event]:
    return list(client.generate(scripted_job(text, model, **more), CancelToken()))


def failure(events: list[Event]) -> ErrorCode:
    assert isinstance(events[-1], Failed)
    assert events[-1].error.what.endswith(".")
    assert events[-1].error.todo.endswith(".")
    return events[-1].error.code


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pid_of(client: EngineClient) -> int:
    pid = client.status().pid
    assert pid is not None
    return pid


def test_a_crash_in_mid_answer_keeps_the_text_and_the_next_question_starts_anew(
    client: EngineClient,
) -> None:
    events = ask(client, "crash")
    assert text_of(events) == "before the crash"
    assert failure(events) is ErrorCode.HOST_CRASHED
    assert client.status().state is EngineState.ABSENT
    events = ask(client, "again")
    assert isinstance(events[0], Loading)
    assert isinstance(events[-1], Done)
    assert not any(isinstance(event, Notice) for event in events)


def test_a_model_that_crashed_twice_is_loaded_only_by_force(client: EngineClient) -> None:
    for _ in range(2):
        assert failure(ask(client, "killed")) is ErrorCode.HOST_CRASHED
    assert failure(ask(client, "hello")) is ErrorCode.MODEL_NOT_AUTOLOADED
    assert isinstance(ask(client, "hello", "another")[-1], Done)
    assert isinstance(ask(client, "hello", force_load=True)[-1], Done)
    assert isinstance(ask(client, "hello")[-1], Done)


def test_an_answer_between_two_crashes_forgives(client: EngineClient) -> None:
    ask(client, "killed")
    assert isinstance(ask(client, "hello")[-1], Done)
    ask(client, "killed")
    assert isinstance(ask(client, "hello")[-1], Done)


@pytest.mark.parametrize("model", ["load-killed", "load-starve"])
def test_an_end_while_loading_for_want_of_memory_is_said(client: EngineClient, model: str) -> None:
    assert failure(ask(client, "hello", model)) is ErrorCode.OUT_OF_MEMORY


def test_a_crash_while_loading_is_remembered_by_the_next_run(
    make: Callable[..., EngineClient],
) -> None:
    assert failure(ask(make(), "hello", "load-crash")) is ErrorCode.HOST_CRASHED
    later = make()
    assert failure(ask(later, "hello", "load-crash")) is ErrorCode.MODEL_NOT_AUTOLOADED
    assert failure(ask(later, "hello", "load-crash")) is ErrorCode.HOST_CRASHED


def test_a_broken_model_fails_in_words_and_leaves_the_host_usable(client: EngineClient) -> None:
    assert failure(ask(client, "hello", "broken")) is ErrorCode.MODEL_BROKEN
    pid = pid_of(client)
    assert failure(ask(client, "hello", "broken")) is ErrorCode.MODEL_BROKEN
    assert pid_of(client) == pid


@pytest.mark.parametrize("change", [{"model_folder": "/models/other"}, {"device": "cuda"}])
def test_another_folder_or_device_gets_a_host_of_its_own(
    client: EngineClient, change: dict[str, Any]
) -> None:
    job = scripted_job("hello")
    assert isinstance(list(client.generate(job, CancelToken()))[-1], Done)
    first = pid_of(client)
    events = list(client.generate(replace(job, **change), CancelToken()))
    assert isinstance(events[-1], Done)
    assert not any(isinstance(event, Notice) for event in events)
    assert pid_of(client) != first
    assert not is_running(first)


def test_the_device_that_is_in_use_needs_no_other_host(client: EngineClient) -> None:
    job = scripted_job("hello")
    list(client.generate(job, CancelToken()))
    first = pid_of(client)
    list(client.generate(replace(job, device="cpu"), CancelToken()))
    assert pid_of(client) == first


def test_a_host_that_ends_or_hangs_while_it_is_proved_is_a_sentence(
    make: Callable[..., EngineClient],
) -> None:
    client = make(host_of_code(GREETING), prove_s=0.3)
    with pytest.raises(AppError) as hung:
        client.prove("/models/scripted", "auto", [])
    assert hung.value.code is ErrorCode.HOST_HUNG
    client = make(host_of_code(GREETING.replace(f"time.sleep({WAIT_S * 30})", "os.read(0, 9999)")))
    with pytest.raises(AppError) as ended:
        client.prove("/models/scripted", "auto", [])
    assert ended.value.code is ErrorCode.HOST_CRASHED


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")
def test_a_private_file_is_named_as_unreadable(client: EngineClient, tmp_path: Path) -> None:
    private = tmp_path / "history.db"
    private.write_text("secret")
    proof = client.prove("/models/scripted", "auto", [str(private), str(tmp_path / "nowhere")])
    read = {attempt.name: attempt for attempt in proof.attempts if attempt.name.startswith("read ")}
    assert read["read history.db"].said == "EACCES"
    assert "read nowhere" not in read
    assert "secret" not in str(proof)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")
def test_the_status_tells_how_the_host_is_sealed(client: EngineClient) -> None:
    assert client.status().seal is None
    ask(client, "hello")
    seal = client.status().seal
    assert seal is not None
    assert seal.enforced, seal.reason
    client.unload()
    assert client.status().seal is None


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["/no/such/program"], ErrorCode.HOST_CRASHED),
        (host_of_code("import sys; sys.exit(1)"), ErrorCode.HOST_CRASHED),
        (host_of_code("print('Hello?', flush=True); input()"), ErrorCode.HOST_CRASHED),
        (host_of_code("import time; time.sleep(600)"), ErrorCode.HOST_HUNG),
        (host_of_code(GREETING), ErrorCode.HOST_HUNG),
        # A frame, but none that a host may send.
        (
            host_of_code(GREETING.replace("greeting(SealReport())", "cancel(1)")),
            ErrorCode.HOST_CRASHED,
        ),
    ],
    ids=["missing", "ends", "garbage", "never greets", "never answers", "nonsense"],
)
def test_a_host_that_is_none_fails_in_words(
    make: Callable[..., EngineClient], command: list[str], code: ErrorCode
) -> None:
    client = make(command, start_s=1.5, prepare_s=0.3)
    events = ask(client, "hello")
    assert failure(events) is code
    assert len(events) == 1
    wait_until(lambda: client.status().state is EngineState.ABSENT)


def test_a_host_of_another_version_is_named(make: Callable[..., EngineClient]) -> None:
    client = make(
        host_of_code(
            GREETING.replace("protocol.greeting(SealReport())", "{'is': 'hello', 'version': 1}")
        )
    )
    events = ask(client, "hello")
    assert failure(events) is ErrorCode.HOST_CRASHED
    assert "another version" in str(events[-1])


def test_a_hang_ends_the_host_and_keeps_the_text(make: Callable[..., EngineClient]) -> None:
    client = make(decode_s=0.4)
    events = ask(client, "hang")
    assert text_of(events) == "before the hang"
    assert failure(events) is ErrorCode.HOST_HUNG
    assert isinstance(ask(client, "hello")[-1], Done)


def test_a_hanging_load_ends_the_host(make: Callable[..., EngineClient]) -> None:
    client = make(load_s=0.4, read_s=0.4, decode_s=0.4)
    assert failure(ask(client, "hello", "load-hang")) is ErrorCode.HOST_HUNG
    assert isinstance(ask(client, "hello")[-1], Done)


def stop_at(client: EngineClient, text: str, model: str, kind: type[Event]) -> list[Event]:
    """Ask, cancel from another thread behind the first event of `kind`."""
    cancel = CancelToken()
    events: list[Event] = []
    cancelled_at = 0.0
    canceller = threading.Timer(0.05, cancel.cancel)
    for event in client.generate(scripted_job(text, model), cancel):
        events.append(event)
        if isinstance(event, kind) and not cancelled_at:
            cancelled_at = time.monotonic()
            canceller.start()
    assert time.monotonic() - cancelled_at < SOON_S
    canceller.join()
    return events


def test_stopping_while_native_code_blocks_the_load(client: EngineClient) -> None:
    events = stop_at(client, "hello", "load-hang", Loading)
    assert events[-1] == Cancelled()
    assert isinstance(ask(client, "hello")[-1], Done)


def test_stopping_while_native_code_blocks_the_answer_ends_the_host_later(
    make: Callable[..., EngineClient],
) -> None:
    client = make(drain_s=0.5)
    events = stop_at(client, "hang", "scripted", TextDelta)
    assert events[-1] == Cancelled()
    pid = pid_of(client)
    wait_until(lambda: not is_running(pid))  # although nobody asks for anything
    events = ask(client, "hello")
    assert isinstance(events[0], Loading)
    assert isinstance(events[-1], Done)


def test_a_stopped_answer_may_end_in_its_own_time(make: Callable[..., EngineClient]) -> None:
    client = make(cancel_s=0.0, drain_s=WAIT_S)
    assert stop_at(client, "forever", "scripted", TextDelta)[-1] == Cancelled()
    pid = pid_of(client)
    events = ask(client, "hello")
    assert text_of(events) == "hello"
    assert pid_of(client) == pid


def test_stopping_before_the_host_has_greeted(make: Callable[..., EngineClient]) -> None:
    client = make(host_of_code("import time; time.sleep(600)"))
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    started = time.monotonic()
    assert list(client.generate(scripted_job("hello"), cancel)) == [Cancelled()]
    assert time.monotonic() - started < SOON_S


def test_stopping_while_a_long_question_fills_the_pipe(make: Callable[..., EngineClient]) -> None:
    client = make(host_of_code(GREETING))
    cancel = CancelToken()
    threading.Timer(0.3, cancel.cancel).start()
    started = time.monotonic()
    assert list(client.generate(scripted_job("x" * 5_000_000), cancel)) == [Cancelled()]
    assert time.monotonic() - started < SOON_S


def test_a_host_that_ended_unused_is_started_again_and_that_is_said(client: EngineClient) -> None:
    ask(client, "hello")
    psutil.Process(pid_of(client)).kill()
    wait_until(lambda: client.status().state is EngineState.ABSENT)
    events = ask(client, "hello")
    started = next(at for at, event in enumerate(events) if isinstance(event, Started))
    assert events[started + 1] == Notice(sentence=RELOADED)
    assert isinstance(events[-1], Done)
    assert not any(isinstance(event, Notice) for event in ask(client, "hello"))


def test_what_native_code_prints_does_not_reach_the_protocol(client: EngineClient) -> None:
    assert text_of(ask(client, "print")) == "printed"
    assert text_of(ask(client, "chatter")) == "chattered"


def test_a_question_beyond_the_largest_frame_is_refused_in_words(client: EngineClient) -> None:
    assert failure(ask(client, "x" * 17_000_000)) is ErrorCode.PROMPT_TOO_LONG
    assert text_of(ask(client, "hello")) == "hello"


def test_a_long_question_arrives_whole(client: EngineClient) -> None:
    text = "Grüße 🌍 " * 50_000
    assert text_of(ask(client, text)) == text


def test_the_whole_conversation_arrives(client: EngineClient) -> None:
    job = scripted_job("hello")
    many = tuple(Message(Role.USER, str(number)) for number in range(500))
    events = list(client.generate(replace(job, messages=many), CancelToken()))
    started = next(event for event in events if isinstance(event, Started))
    assert started.context.prompt_tokens == 500


def test_the_host_sees_no_key_of_the_person(
    client: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("HF_TOKEN", "secret")
    names = text_of(ask(client, "environment")).split()
    assert "ORT_DISABLE_TELEMETRY" in names
    assert not {"ANTHROPIC_API_KEY", "HF_TOKEN"} & set(names)


def test_unloading_ends_the_process(client: EngineClient) -> None:
    ask(client, "hello")
    pid = pid_of(client)
    client.unload()
    assert not is_running(pid)


def test_a_hanging_host_does_not_keep_the_program_from_closing(
    make: Callable[..., EngineClient],
) -> None:
    client = make(leave_s=0.1, drain_s=WAIT_S)
    assert stop_at(client, "hang", "scripted", TextDelta)[-1] == Cancelled()
    pid = pid_of(client)
    client.close()
    assert not is_running(pid)


def test_the_status_tells_of_a_device_that_is_not_the_wanted_one(client: EngineClient) -> None:
    job = scripted_job("hello")
    list(client.generate(replace(job, device="cuda"), CancelToken()))
    status = client.status()
    assert (status.device, status.device_note) == ("cpu", "There is no such device.")
    assert status.load_s == 0.25
