"""A child process is heard, ends as it should, and leaves no thread and no zombie."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.process.child import Child, ChildEnd
from app.process.plain import Plain, ProtocolError
from app.process.spawn import child_environment, with_pipes
from tests.fakes.hosts import host_of_code

WAIT_S = 20

ECHO = """
import sys
from app.process import frames
while (frame := frames.read(sys.stdin.buffer)) is not None:
    frames.FrameWriter(sys.stdout.buffer).write(frame)
"""


class Watched:
    """A child and everything it reported."""

    def __init__(
        self, code: str, folder: Path, on_frame: Callable[[Plain], None] | None = None
    ) -> None:
        self.frames: list[Plain] = []
        self.end: ChildEnd | None = None
        self.order: list[str] = []
        self._changed = threading.Condition()
        self._on_frame = on_frame
        self.child = Child(
            "test-child",
            with_pipes(host_of_code(code), child_environment(), folder),
            on_frame=self._take,
            on_end=self._take_end,
        )

    def wait(self, until: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(until, WAIT_S)

    def wait_end(self) -> ChildEnd:
        self.wait(lambda: self.end is not None)
        assert self.end is not None
        return self.end

    def _take(self, frame: Plain) -> None:
        if self._on_frame:
            self._on_frame(frame)
        with self._changed:
            self.frames.append(frame)
            self.order.append("frame")
            self._changed.notify_all()

    def _take_end(self, end: ChildEnd) -> None:
        with self._changed:
            self.end = end
            self.order.append("end")
            self._changed.notify_all()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    watched: list[Watched] = []

    def make(code: str, on_frame: Callable[[Plain], None] | None = None) -> Watched:
        watched.append(Watched(code, tmp_path, on_frame))
        return watched[-1]

    yield make
    for each in watched:
        each.child.kill()
        each.child.stop(WAIT_S)
        assert not psutil.pid_exists(each.child.pid)


def test_frames_go_there_and_back_in_order(watch: Callable[..., Watched]) -> None:
    watched = watch(ECHO)
    sent = [{"number": number, "text": "x" * number} for number in range(300)]
    for frame in sent:
        watched.child.send(frame)
    watched.wait(lambda: len(watched.frames) == len(sent))
    assert watched.frames == sent


def test_closing_its_input_lets_a_child_end_in_order(watch: Callable[..., Watched]) -> None:
    watched = watch(ECHO)
    watched.child.send({"last": 1})
    watched.child.stop(WAIT_S)
    assert watched.frames == [{"last": 1}]
    assert watched.end == ChildEnd(exit_code=0, protocol_broken=False, killed=False, tail=b"")
    assert watched.order == ["frame", "end"]


def test_a_child_that_does_not_want_to_end_is_killed(watch: Callable[..., Watched]) -> None:
    watched = watch("import time; time.sleep(600)")
    watched.child.stop(0.05)
    end = watched.wait_end()
    assert end.killed
    assert end.exit_code != 0


def test_killing_is_told_from_dying(watch: Callable[..., Watched]) -> None:
    died = watch("import os, signal; os.kill(os.getpid(), signal.SIGTERM)").wait_end()
    assert (died.exit_code, died.killed) == (-signal.SIGTERM, False)
    watched = watch("import time; time.sleep(600)")
    watched.child.kill()
    assert watched.wait_end().killed


@pytest.mark.parametrize(
    "code",
    [
        "print('Loading the model...', flush=True); import time; time.sleep(600)",
        "import os; os.write(1, b'\\0\\0\\0\\2[]'); import time; time.sleep(600)",
        "import os; os.write(1, b'\\0\\0\\1\\0half')",
    ],
    ids=["text", "no object", "half a frame"],
)
def test_garbage_ends_the_child(watch: Callable[..., Watched], code: str) -> None:
    assert watch(code).wait_end().protocol_broken


def test_a_frame_that_its_reader_refuses_ends_the_child(watch: Callable[..., Watched]) -> None:
    def refuse(frame: Plain) -> None:
        raise ProtocolError("unknown")

    watched = watch(ECHO, refuse)
    watched.child.send({"unknown": 1})
    assert watched.wait_end().protocol_broken


def test_a_child_that_only_closes_its_output_is_ended(watch: Callable[..., Watched]) -> None:
    end = watch("import os, time; os.close(1); time.sleep(600)").wait_end()
    assert end.killed


def test_much_standard_error_neither_blocks_nor_piles_up(watch: Callable[..., Watched]) -> None:
    end = watch(
        "import sys; sys.stderr.write('x' * 3_000_000 + 'the end'); sys.stderr.flush()"
    ).wait_end()
    assert end.exit_code == 0
    assert end.tail.endswith(b"the end")
    assert len(end.tail) <= 4096


LEAVING_ONE_BEHIND = """
import subprocess, sys
from app.process import frames
left = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(600)"],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
)
frames.FrameWriter(sys.stdout.buffer).write({"pid": left.pid})
sys.stdin.buffer.read()
"""


def test_who_still_holds_the_standard_error_of_a_child_that_ended_is_not_waited_for(
    watch: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.process.child._REAP_S", 600)
    watched = watch(LEAVING_ONE_BEHIND)
    watched.wait(lambda: bool(watched.frames))
    left = psutil.Process(int(watched.frames[0]["pid"]))
    try:
        stopping = threading.Thread(target=watched.child.stop, args=[WAIT_S])
        stopping.start()
        stopping.join(WAIT_S)
        assert not stopping.is_alive()
        assert left.is_running()
        assert watched.wait_end().exit_code == 0
    finally:
        left.kill()
        stopping.join()


def test_sending_never_blocks_and_a_full_pipe_does_not_stop_the_end(
    watch: Callable[..., Watched],
) -> None:
    watched = watch("import time; time.sleep(600)")
    for _ in range(4):
        watched.child.send({"text": "x" * 1_000_000})
    watched.child.stop(0.05)
    assert watched.wait_end().killed


def test_sending_to_a_child_that_has_ended_does_no_harm(watch: Callable[..., Watched]) -> None:
    watched = watch("")
    watched.wait_end()
    watched.child.send({"late": 1})
    watched.child.kill()


def test_a_program_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such"):
        with_pipes([str(tmp_path / "no-such-program")], {}, tmp_path)


def test_a_child_gets_the_environment_it_is_given_and_no_more(tmp_path: Path) -> None:
    ends: list[ChildEnd] = []
    done = threading.Event()

    def take(end: ChildEnd) -> None:
        ends.append(end)
        done.set()

    code = "import os, sys; sys.exit(7 if os.environ.get('HOME') is None else 0)"
    child = Child(
        "test-child",
        with_pipes([sys.executable, "-I", "-c", code], {}, tmp_path),
        on_frame=lambda frame: None,
        on_end=take,
    )
    assert done.wait(WAIT_S)
    child.stop(WAIT_S)
    assert ends[0].exit_code == 7
