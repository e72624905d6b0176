"""One job's limits and its stopping, on a link that is played and a clock that is moved."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import ErrorCode
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Progress,
    Started,
    TextDelta,
)
from app.core.handoff import CancelToken
from app.engine.fake import scripted_answer
from app.engine.jobs import GenerateJob, LoadedModel
from app.engine.link import Item
from app.engine.supervision import Limits, Supervisor
from app.engine.turn import Turn
from app.process.child import ChildEnd
from tests.fakes.hosts import scripted_job

JOB = scripted_job("hello", "model")
MODEL = LoadedModel(
    model_id="model",
    folder=JOB.model_folder,
    device="cpu",
    device_note="",
    context_limit=1,
    load_s=0,
    rss_bytes=1,
)
STARTED = next(event for event in scripted_answer("a") if isinstance(event, Started))
LIMITS = Limits(
    prepare_s=30, load_s=900, read_s=300, decode_s=120, cancel_s=0.2, drain_s=5, leave_s=1
)
CRASH = ChildEnd(exit_code=-11, protocol_broken=False, killed=False, tail=b"")

Step = Item | ChildEnd | Callable[[], None]


class PlayedLink:
    """Reports one step per wait; time passes only where it waits in vain."""

    def __init__(self, *steps: Step, loaded: LoadedModel | None = None) -> None:
        self.now = 0.0
        self.step_s = 0.0
        self.loaded = loaded
        self.end: ChildEnd | None = None
        self.end_told = False
        self.is_draining = False
        self.done: list[str] = []
        self.waits: list[float] = []
        self._steps = deque(steps)
        self._items: list[Item] = []

    @property
    def has_news(self) -> bool:
        return bool(self._items) or self.end is not None

    def wait(self, until: Callable[[], bool], timeout_s: float) -> bool:
        self.waits.append(timeout_s)
        if not until():
            self.now += self.step_s
            self._play()
        if until():
            return True
        self.now += max(0.0, timeout_s)
        return False

    def take(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    def submit(self, job: GenerateJob) -> None:
        self.done.append("submit")
        self.is_draining = True

    def cancel(self) -> None:
        self.done.append("cancel")

    def abandon(self, limit_s: float) -> None:
        self.done.append(f"abandon {limit_s}")

    def kill(self) -> None:
        self.done.append("kill")

    def _play(self) -> None:
        if not self._steps:
            return
        match step := self._steps.popleft():
            case ChildEnd():
                self.end = step
            case Done() | Cancelled() | Failed():
                self.is_draining = False
                self._items.append(step)
            case _ if callable(step):
                step()
            case _:
                self._items.append(step)


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path)


def follow(
    link: PlayedLink, supervisor: Supervisor, cancel: CancelToken | None = None
) -> list[Event]:
    turn = Turn(link, JOB, supervisor=supervisor, limits=LIMITS, clock=lambda: link.now)  # type: ignore[arg-type]
    return list(turn.events(cancel or CancelToken()))


def test_an_answer_passes_through(supervisor: Supervisor, tmp_path: Path) -> None:
    loading = Loading(model="model", device="cpu")
    answer = scripted_answer("a b")
    link = PlayedLink(loading, MODEL, *answer)
    assert follow(link, supervisor) == [loading, *answer]
    assert link.done == ["submit"]
    assert list(tmp_path.iterdir()) == []


def test_each_phase_waits_for_as_long_as_it_may(supervisor: Supervisor) -> None:
    link = PlayedLink(
        Loading(model="model", device="cpu"),
        MODEL,
        STARTED,
        Progress(read=1, total=2),
        TextDelta("a"),
        Done(FinishReason.STOP),
    )
    follow(link, supervisor)
    assert link.waits == [30, 900, 30, 300, 300, 120]


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [Loading(model="model", device="cpu")],
        [MODEL],
        [STARTED],
        [STARTED, TextDelta("a")],
    ],
)
def test_silence_beyond_the_limit_ends_the_host(supervisor: Supervisor, steps: list[Step]) -> None:
    link = PlayedLink(*steps)
    events = follow(link, supervisor)
    assert events[:-1] == [step for step in steps if step != MODEL]
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.HOST_HUNG
    assert link.done[:2] == ["submit", "kill"]
    assert link.end_told


def test_what_was_received_before_a_crash_comes_first(supervisor: Supervisor) -> None:
    link = PlayedLink(STARTED, TextDelta("a"), CRASH)

    def last_words() -> None:
        link._items.append(TextDelta("b"))
        link.end = CRASH

    link._steps.insert(2, last_words)
    events = follow(link, supervisor)
    assert events[:-1] == [STARTED, TextDelta("a"), TextDelta("b")]
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.HOST_CRASHED
    assert supervisor.refusal(JOB) is None


def test_a_crash_while_loading_leaves_its_mark(supervisor: Supervisor, tmp_path: Path) -> None:
    follow(PlayedLink(Loading(model="model", device="cpu"), CRASH), supervisor)
    assert len(list(tmp_path.iterdir())) == 1
    follow(PlayedLink(CRASH), supervisor)
    refusal = supervisor.refusal(JOB)
    assert refusal is not None
    assert refusal.code is ErrorCode.MODEL_NOT_AUTOLOADED


def test_stopping_while_loading_kills_at_once(supervisor: Supervisor, tmp_path: Path) -> None:
    cancel = CancelToken()
    link = PlayedLink(Loading(model="model", device="cpu"), cancel.cancel)
    assert follow(link, supervisor, cancel)[-1] == Cancelled()
    assert link.done == ["submit", "kill"]
    assert link.now == 0.0
    assert link.end_told
    assert list(tmp_path.iterdir()) == []
    assert supervisor.refusal(JOB) is None


def test_stopping_in_mid_answer_asks_and_takes_the_answer(supervisor: Supervisor) -> None:
    cancel = CancelToken()
    link = PlayedLink(STARTED, TextDelta("a"), cancel.cancel, TextDelta("b"), Cancelled())
    events = follow(link, supervisor, cancel)
    assert events == [STARTED, TextDelta("a"), TextDelta("b"), Cancelled()]
    assert link.done == ["submit", "cancel"]


def test_a_host_that_does_not_hear_is_left_to_itself(supervisor: Supervisor) -> None:
    cancel = CancelToken()
    link = PlayedLink(STARTED, cancel.cancel)
    assert follow(link, supervisor, cancel) == [STARTED, Cancelled()]
    assert link.now == pytest.approx(LIMITS.cancel_s)
    assert link.done[0:2] == ["submit", "cancel"]
    assert link.done[-1] == "abandon 5"
    assert "kill" not in link.done


def test_a_host_that_goes_on_talking_is_left_as_well(supervisor: Supervisor) -> None:
    cancel = CancelToken()
    link = PlayedLink(STARTED, cancel.cancel, *[TextDelta("a")] * 1_000)
    link.step_s = 0.01
    events = follow(link, supervisor, cancel)
    assert events[-1] == Cancelled()
    assert link.now < 1
    assert link.done[-1] == "abandon 5"


def test_a_caller_who_leaves_stops_the_answer(supervisor: Supervisor) -> None:
    link = PlayedLink(STARTED, TextDelta("a"), loaded=MODEL)
    turn = Turn(link, JOB, supervisor=supervisor, limits=LIMITS, clock=lambda: link.now)  # type: ignore[arg-type]
    events = turn.events(CancelToken())
    assert next(events) == STARTED
    assert not turn.is_loading
    events.close()  # type: ignore[attr-defined]
    assert link.done == ["submit", "cancel", "abandon 5"]


def test_a_caller_who_leaves_while_loading_ends_the_host(supervisor: Supervisor) -> None:
    link = PlayedLink(Loading(model="model", device="cpu"))
    turn = Turn(link, JOB, supervisor=supervisor, limits=LIMITS, clock=lambda: link.now)  # type: ignore[arg-type]
    events = turn.events(CancelToken())
    next(events)
    assert turn.is_loading
    events.close()  # type: ignore[attr-defined]
    assert link.done == ["submit", "kill"]


def test_a_model_in_memory_is_not_marked(supervisor: Supervisor, tmp_path: Path) -> None:
    link = PlayedLink(lambda: marks.extend(tmp_path.iterdir()), *scripted_answer("a"), loaded=MODEL)
    marks: list[Path] = []
    turn = Turn(link, JOB, supervisor=supervisor, limits=LIMITS, clock=lambda: link.now)  # type: ignore[arg-type]
    for _ in turn.events(CancelToken()):
        marks.extend(tmp_path.iterdir())
    assert marks == []
