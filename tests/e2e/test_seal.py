"""The running program is sealed: every thread of it, as root and as anybody, and it works."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
from app.process.seal import facts
from tests.e2e.desktop import Desktop, wait_until
from tests.e2e.somebody import SOMEBODY, as_somebody, give, ways_to_be_somebody
from tests.e2e.test_silence import TYPING
from tests.fakes.hosts import text_of

ROOT = Path(__file__).parents[2]
LONG = "Write a very long story about a lighthouse. Do not stop early."
ASK = ("-m", "app", "ask", LONG, "--temperature", "0", "--max-tokens", "400")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's seal is Linux's")


@pytest.fixture(params=["as who I am", "as somebody"])
def user(request: pytest.FixtureRequest, home_with_model: Path) -> list[str]:
    """What stands in front of a command, and a data folder that belongs to that user."""
    if request.param == "as who I am":
        return []
    if not ways_to_be_somebody():
        pytest.skip("only root can try it as another user")
    give(home_with_model)
    return ways_to_be_somebody()[0]


@contextlib.contextmanager
def program(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            for one in family(process.pid):
                with contextlib.suppress(psutil.Error):
                    one.kill()


def family(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]
    return []


def host_at_work(pid: int) -> psutil.Process | None:
    """The engine host below `pid`, once the runtime's own threads are there."""
    for process in family(pid):
        with contextlib.suppress(psutil.Error):
            if "--engine-host" in process.cmdline() and process.memory_info().rss > 150e6:
                return process
    return None


def assert_sealed(pid: int) -> None:
    found = facts.read(pid)
    assert found.threads > 1
    assert found.unsealed_threads == (), f"{found.threads} threads of {pid}"
    assert internet_sockets(pid) == []


def internet_sockets(pid: int) -> list[str]:
    return [str(c) for c in psutil.Process(pid).net_connections(kind="inet")]


def settings(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("XDG_")}
    return kept | {"TACIT_HOME": str(home), "HOME": str(home.parent)}


def test_a_question_is_answered_by_two_sealed_processes(
    user: list[str], home_with_model: Path
) -> None:
    environment = settings(home_with_model)
    command = [
        *user,
        sys.executable,
        "-m",
        "app",
        "ask",
        LONG,
        "--temperature",
        "0",
        "--max-tokens",
        "400",
    ]
    with program(*command, environment=environment) as asking:
        host = wait_until(lambda: host_at_work(asking.pid), 60, "no model was loaded")
        assert host is not None
        assert_sealed(asking.pid)
        assert_sealed(host.pid)
        if user:
            assert host.uids().real == SOMEBODY
        out, _ = asking.communicate(timeout=120)
    assert asking.returncode == 0
    assert out.strip()


def test_the_window_answers_and_is_sealed(user: list[str], home_with_model: Path) -> None:
    environment = {**settings(home_with_model), "QT_QPA_PLATFORM": "offscreen"}
    with program(*user, sys.executable, "-c", TYPING, environment=environment) as window:
        host = wait_until(lambda: host_at_work(window.pid), 60, "no model was loaded")
        assert host is not None
        assert_sealed(window.pid)
        assert_sealed(host.pid)
        # The kernel gives the files of a process that nobody may look into to root.
        assert Path(f"/proc/{window.pid}/environ").stat().st_uid == 0
        window.terminate()
        assert window.wait(30) == 0


def test_a_window_on_a_screen_is_sealed(home_with_model: Path) -> None:
    with Desktop() as desktop:
        environment = {**desktop.environment, "TACIT_HOME": str(home_with_model)}
        with program(sys.executable, "-m", "app", environment=environment) as window:
            desktop.wait_for_window(window.pid)
            wait_until((home_with_model / "history.db").exists, 30, "no history was opened")
            assert_sealed(window.pid)
            window.terminate()
            assert window.wait(30) == 0


def test_a_model_in_a_folder_that_is_a_link_is_answered(
    tmp_path: Path, model_template: Path
) -> None:
    link = tmp_path / "by-reference"
    link.symlink_to(model_template, target_is_directory=True)
    job = GenerateJob(
        model_folder=str(link),
        model_id="linked",
        device="cpu",
        messages=(Message(Role.USER, "Say yes."),),
        parameters=GenerationParameters(temperature=0, max_tokens=8),
    )
    client = EngineClient(run_dir=tmp_path / "run")
    try:
        events = list(client.generate(job, CancelToken()))
        seal = client.status().seal
    finally:
        client.close()
    assert text_of(events).strip()
    assert seal is not None
    assert seal.enforced


def test_the_memory_of_a_command_is_not_for_others(home_with_model: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "app",
        "ask",
        LONG,
        "--temperature",
        "0",
        "--max-tokens",
        "400",
    ]
    with program(*command, environment=settings(home_with_model)) as asking:
        host = wait_until(lambda: host_at_work(asking.pid), 60, "no model was loaded")
        assert host is not None
        for pid in (asking.pid, host.pid):
            limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
            core = next(line for line in limits.splitlines() if line.startswith("Max core"))
            assert int(core.split()[4]) <= 1, "which is none to the kernel"
            # The kernel gives the files of a process that is not dumpable to root.
            if os.geteuid() == 0:
                readable = [*as_somebody(), "cat", f"/proc/{pid}/environ"]
                assert subprocess.run(readable, capture_output=True, check=False).returncode != 0
