"""The engine with its real host and a real model, while things go wrong around them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from app.core.errors import ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Loading,
    Progress,
    Started,
)
from app.core.handoff import CancelToken, Worker
from app.core.messages import ChatRequest, GenerationParameters, Message, Role
from app.core.status import EngineState
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
from app.engine.supervision import Limits
from app.process.spawn import child_environment
from app.providers.local import LocalProvider
from tests.fakes.hosts import host_of_code, text_of

WAIT_S = 30
SOON_S = 3.0
STORY = "Tell a very long story about a fisherman, his boat and a storm."
posix_only = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


@dataclass
class Chain:
    """A client with its real host, and the model it runs."""

    client: EngineClient
    folder: Path
    run_dir: Path

    def job(self, text: str, max_tokens: int = 24) -> GenerateJob:
        return GenerateJob(
            model_folder=str(self.folder),
            model_id="starter",
            device="cpu",
            messages=(Message(Role.USER, text),),
            parameters=GenerationParameters(temperature=0, max_tokens=max_tokens),
        )

    def stream(
        self, text: str, max_tokens: int = 24, cancel: CancelToken | None = None
    ) -> Iterator[Event]:
        return self.client.generate(self.job(text, max_tokens), cancel or CancelToken())

    def ask(self, text: str = STORY) -> list[Event]:
        return list(self.stream(text))

    @property
    def host(self) -> psutil.Process:
        pid = self.client.status().pid
        assert pid is not None
        return psutil.Process(pid)


@pytest.fixture
def chain(starter_model: Path, tmp_path: Path) -> Iterator[Chain]:
    run_dir = tmp_path / "run"
    client = EngineClient(run_dir=run_dir, limits=Limits(decode_s=5.0))
    yield Chain(client, starter_model, run_dir)
    client.close()


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def interrupted(
    chain: Chain, interrupt: Callable[[psutil.Process], None], max_tokens: int = 4_000
) -> list[Event]:
    """A long answer; `interrupt` is called with the host once there are some words."""
    events: list[Event] = []
    is_done = False
    for event in chain.stream(STORY, max_tokens):
        events.append(event)
        if not is_done and len(text_of(events).split()) >= 5:
            interrupt(chain.host)
            is_done = True
    return events


@posix_only
def test_a_killed_host_leaves_the_text_and_is_started_again(chain: Chain) -> None:
    events = interrupted(chain, psutil.Process.kill)
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.HOST_CRASHED
    kept = text_of(events)
    assert len(kept.split()) >= 5
    again = chain.ask()
    assert isinstance(again[0], Loading)
    assert isinstance(again[-1], Done)
    assert text_of(again).startswith(kept) or kept.startswith(text_of(again))


@posix_only
def test_no_word_of_a_conversation_is_left_on_disk_by_a_crash(chain: Chain) -> None:
    interrupted(chain, lambda host: host.send_signal(signal.SIGSEGV))
    files = [file for file in chain.run_dir.rglob("*") if file.is_file()]
    assert not [file for file in files if b"fisherman" in file.read_bytes()]
    assert not [file for file in files if "core" in file.name]


@posix_only
def test_a_frozen_host_is_ended(chain: Chain) -> None:
    events = interrupted(chain, psutil.Process.suspend)
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.HOST_HUNG
    assert isinstance(chain.ask()[-1], Done)


@posix_only
def test_an_interrupt_from_the_terminal_does_not_reach_the_answer(chain: Chain) -> None:
    events = interrupted(chain, lambda host: host.send_signal(signal.SIGINT), max_tokens=24)
    assert isinstance(events[-1], Done)


def test_stopping_while_a_long_question_is_read(chain: Chain) -> None:
    chain.ask("Hello.")
    cancel, events, cancelled_at = CancelToken(), [], 0.0
    for event in chain.stream("word " * 3_000, cancel=cancel):
        events.append(event)
        if isinstance(event, Progress) and 0 < event.read < event.total and not cancelled_at:
            cancel.cancel()
            cancelled_at = time.monotonic()
    assert events[-1] == Cancelled()
    assert time.monotonic() - cancelled_at < SOON_S
    assert not text_of(events)
    pid = chain.host.pid
    assert isinstance(chain.ask("Hello.")[-1], Done)
    assert chain.host.pid == pid


def test_stopping_while_the_model_loads_ends_its_process(chain: Chain) -> None:
    cancel, events, pid = CancelToken(), [], 0
    for event in chain.stream(STORY, cancel=cancel):
        events.append(event)
        if isinstance(event, Loading):
            pid = chain.host.pid
            cancel.cancel()
    assert events[-1] == Cancelled()
    wait_until(lambda: not is_running(pid))
    assert list(chain.run_dir.iterdir()) == []


def test_unloading_ends_the_process_that_holds_the_model(chain: Chain) -> None:
    chain.ask()
    host = chain.host
    assert chain.client.status().rss_bytes > 50_000_000
    chain.client.unload()
    assert not is_running(host.pid)
    assert chain.client.status().state is EngineState.ABSENT


def test_nothing_in_the_working_folder_is_imported(chain: Chain) -> None:
    chain.run_dir.mkdir()
    for name in ("json", "numpy", "onnxruntime_genai", "app", "sitecustomize"):
        (chain.run_dir / f"{name}.py").write_text(
            f"open({str(chain.run_dir / 'injected')!r}, 'w').close()"
        )
    assert isinstance(chain.ask()[-1], Done)
    assert not (chain.run_dir / "injected").exists()


PARENT = """
import os, sys, time
from pathlib import Path
from app.core.events import *
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
client = EngineClient(run_dir=Path(sys.argv[1]))
job = GenerateJob(
    model_folder=sys.argv[2],
    model_id="starter",
    device="cpu",
    messages=(Message(Role.USER, "Tell a very long story about a storm."),),
    parameters=GenerationParameters(temperature=0, max_tokens=4000),
)
for event in client.generate(job, CancelToken()):
    if type(event).__name__ == sys.argv[3]:
        print(client.status().pid, flush=True)
        time.sleep(600)  # the host goes on
"""


@posix_only
@pytest.mark.parametrize("moment", ["Loading", "Progress", "TextDelta"])
def test_the_host_ends_with_a_program_that_is_killed(
    starter_model: Path, tmp_path: Path, moment: str
) -> None:
    parent = subprocess.Popen(
        [*host_of_code(PARENT), str(tmp_path / "run"), str(starter_model), moment],
        env=child_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    wait_until(lambda: not is_running(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="reads the Linux kernel's own tables")
def test_the_host_writes_no_core_dump(chain: Chain) -> None:
    chain.ask()
    limits = Path("/proc", str(chain.host.pid), "limits").read_text(encoding="utf-8")
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    # To the kernel that is none, and none to a handler that it pipes dumps to either.
    assert core.split()[4:6] == ["1", "1"]


async def test_the_whole_chain_under_a_loop(chain: Chain) -> None:
    @dataclass(frozen=True)
    class Installed:
        id: str
        folder: Path

    worker = Worker("test-engine")
    provider = LocalProvider(
        chain.client,
        library=lambda model: Installed("starter", chain.folder),
        worker=worker,
        device=lambda: "auto",
        idle_unload_s=lambda: 0.2,
    )
    request = ChatRequest(
        messages=(Message(Role.USER, "What is the capital of France?"),),
        parameters=GenerationParameters(temperature=0, max_tokens=24),
    )
    events = [event async for event in provider.stream(request, CancelToken())]
    assert "Paris" in text_of(events)
    assert any(isinstance(event, Started) for event in events)
    async with asyncio.timeout(WAIT_S):
        while provider.status().state is not EngineState.ABSENT:  # noqa: ASYNC110  (no event)
            await asyncio.sleep(0.02)
    await provider.close()
    assert worker.close(WAIT_S)
