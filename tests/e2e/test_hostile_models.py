"""Models from a stranger who means harm: a sentence each, nothing runs, nothing is written.

The real client and the real host; `hostile_folders` says what each folder does.
"""

from __future__ import annotations

import ctypes
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.core.errors import ErrorCode
from app.core.events import Done, Event, Failed
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
from tests.e2e.desktop import Desktop
from tests.e2e.hostile_folders import (
    BROKEN,
    ENDED,
    REFUSED,
    Change,
    linked,
    native_library,
    template,
    with_library,
)
from tests.e2e.test_window import Window, start

IN_TIME_S = 45.0
"""The limits add up to about 12 s for these models; the rest is for a busy machine."""
SECRET = "my secret question"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="makes pipes, links and ELF files")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    """One client for all: after each hostile model it must go on with the next."""
    client = EngineClient(run_dir=tmp_path_factory.mktemp("hostile") / "run")
    yield client
    client.close()


@pytest.fixture(autouse=True)
def ended(client: EngineClient) -> Iterator[None]:
    """The client's threads end with each test."""
    yield
    client.unload()


def question(folder: Path, name: str) -> GenerateJob:
    return GenerateJob(
        model_folder=str(folder),
        model_id=name,
        device="cpu",
        messages=(Message(Role.USER, SECRET),),
        parameters=GenerationParameters(temperature=0, max_tokens=2),
    )


def ask(client: EngineClient, folder: Path, name: str) -> Event:
    return list(client.generate(question(folder, name), CancelToken()))[-1]


def tree(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Everything below `folder`, with what changes when it is written."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_size,
            path.lstat().st_mtime_ns,
        )
        for path in folder.rglob("*")
    }


@contextmanager
def harmless(place: Path, folder: Path) -> Iterator[None]:
    """Nothing ran, nothing was written: neither in the folder nor beside it."""
    before, began = tree(place), time.monotonic()
    yield
    assert time.monotonic() - began < IN_TIME_S
    assert not (place / "PWNED").exists(), "code of the model ran"
    assert tree(place) == before
    assert folder.is_dir()


def sentence(
    client: EngineClient, model_template: Path, place: Path, name: str, change: Change
) -> Failed:
    """What a person is told about the folder that `change` makes."""
    folder = linked(model_template, place / "model")
    change(folder)
    with harmless(place, folder):
        failed = ask(client, folder, name)
        assert list((place.parent / "run").glob("*")) == []
    assert isinstance(failed, Failed), failed
    told = failed.error.sentence
    assert SECRET not in told
    assert str(place) not in told
    assert told.endswith(".")
    assert isinstance(ask(client, model_template, "good"), Done), "the next model works"
    return failed


def test_the_library_would_do_harm(tmp_path: Path) -> None:
    """Without this, that PWNED is nowhere would prove nothing."""
    if shutil.which("gcc") is None:
        pytest.skip("no compiler: the libraries of the other tests are hand-made")
    library = tmp_path / "library"
    library.write_bytes(native_library(tmp_path))
    ctypes.CDLL(str(library))
    assert (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_folder_is_refused(
    client: EngineClient, model_template: Path, tmp_path: Path, name: str
) -> None:
    failed = sentence(client, model_template, tmp_path, name, REFUSED[name])
    assert failed.error.code is ErrorCode.MODEL_UNSUPPORTED
    assert "refused for your safety: it " in failed.error.what


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_a_sentence(
    client: EngineClient, model_template: Path, tmp_path: Path, name: str
) -> None:
    failed = sentence(client, model_template, tmp_path, name, BROKEN[name])
    assert failed.error.code in {ErrorCode.MODEL_BROKEN, ErrorCode.MODEL_UNSUPPORTED}


@pytest.mark.parametrize("name", ENDED)
def test_a_template_that_crashes_or_hangs_is_named(
    client: EngineClient, model_template: Path, tmp_path: Path, name: str
) -> None:
    failed = sentence(client, model_template, tmp_path, name, ENDED[name])
    assert "chat template" in failed.error.what
    assert failed.error.code in {
        ErrorCode.HOST_HUNG,
        ErrorCode.HOST_CRASHED,
        ErrorCode.TEMPLATE_UNUSABLE,
    }


def test_a_template_cannot_take_all_memory(
    client: EngineClient, model_template: Path, tmp_path: Path
) -> None:
    """The host's size is watched from outside while a template doubles a text for ever."""
    doubling = (
        "{% set n = namespace(t='a' * 1000000) %}"
        "{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}{{ n.t }}"
    )
    folder = linked(model_template, tmp_path / "model")
    template(doubling)(folder)
    largest = 0
    job = question(folder, "doubling")
    events: list[Event] = []
    asking = threading.Thread(
        target=lambda: events.extend(client.generate(job, CancelToken())), name="asking"
    )
    asking.start()
    while asking.is_alive():
        largest = max(largest, client.status().rss_bytes)
        asking.join(0.02)
    assert isinstance(events[-1], Failed)
    assert "template" in events[-1].error.what
    assert largest < 4 * 2**30


WORST = {
    "library": (with_library("model.onnx.data.so"), "refused for your safety"),
    "crash": (ENDED["a macro that calls itself"], "chat template"),
    "hang": (ENDED["loops for ever"], "took too long"),
}


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with Desktop() as screen:
        yield screen


@pytest.mark.parametrize("name", WORST)
def test_the_window_lives_and_says_why(
    desktop: Desktop, private_home: Path, model_template: Path, name: str
) -> None:
    change, words = WORST[name]
    folder = linked(model_template, private_home / "models" / "starter")
    (folder / "manifest.json").unlink()  # a stranger's would fit
    change(folder)
    with start(desktop, private_home) as process:
        try:
            one = Window(desktop, private_home, process)
            one.ask("What is the capital of France?")
            _, _, error = one.wait_for_answer(1, "failed")
            assert words in error
            assert [text for text, _, _ in one.questions()] == ["What is the capital of France?"]
            assert not (private_home / "models" / "PWNED").exists()
            assert process.poll() is None
            children = psutil.Process(process.pid).children(recursive=True)
            assert one.close() == 0
            assert psutil.wait_procs(children, timeout=5)[1] == []
        finally:
            if process.poll() is None:
                process.kill()
