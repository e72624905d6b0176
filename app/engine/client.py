"""The engine as this process sees it: starts the host, supervises it, speaks for it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Event, Failed, Loading, Notice, Started, Terminal
from app.core.handoff import CancelToken
from app.core.proof import ProcessProof
from app.core.status import EngineState, EngineStatus
from app.engine.jobs import GenerateJob
from app.engine.link import HostLink
from app.engine.supervision import Limits, Supervisor, crash_error, hung_error
from app.engine.turn import Turn
from app.process.frames import FrameTooLargeError
from app.process.spawn import own_command

RELOADED = "The model had to be loaded again, because its process had ended."
WITHOUT_GRAPHICS = (
    "The answer comes from the processor, because the model's process ended on the graphics."
)
_ENDED = frozenset({ErrorCode.HOST_CRASHED, ErrorCode.HOST_HUNG})


class EngineClient:
    """Answers jobs through a host process, which it starts, watches and ends.

    `command` starts the host (None: this program itself); `run_dir` holds the marks of loads
    in progress and is the host's working folder (None: nothing is marked or written).
    `generate`, `unload` and `close` block and belong to one long-lived worker thread: on Linux
    the host dies with the thread that started it. `status` and the cancelling of a token may
    come from any thread.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        run_dir: Path | None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = list(command or own_command("--engine-host"))
        self._run_dir = run_dir
        self._limits = limits or Limits()
        self._clock = clock
        self._supervisor = Supervisor(run_dir)
        self._link: HostLink | None = None
        self._job: GenerateJob | None = None
        self._turn: Turn | None = None
        self._lost_model = False
        self._device = ""  # where the model is, or is being put
        self._avoids_graphics = False

    def generate(self, job: GenerateJob, cancel: CancelToken) -> Iterator[Event]:
        """The events of one answer; see `app.engine.base.Engine`."""
        if cancel.is_cancelled:
            yield Cancelled()
            return
        if refused := self._supervisor.refusal(job):
            yield Failed(refused)
            return
        avoids = self._avoids_graphics and job.device == "auto"
        if avoids:
            job = replace(job, device="cpu")
        forget = cancel.on_cancel(self._hear_cancel)
        self._job = job
        try:
            with contextlib.closing(self._answer(job, cancel)) as events:
                for event in events:
                    self._learn(event)
                    if isinstance(event, Terminal):
                        self._job = self._turn = None
                        # Whatever ended it at this moment: it was no longer wanted.
                        yield Cancelled() if cancel.is_cancelled else event
                        return
                    yield event
                    if avoids and isinstance(event, Loading):
                        yield Notice(sentence=WITHOUT_GRAPHICS)
        finally:
            forget()
            self._job = self._turn = None

    def _learn(self, event: Event) -> None:
        """A driver that took the model's process down, or never came back, would do so again."""
        match event:
            case Loading(device=device) | Started(device=device):
                self._device = device
            case Failed(error=error) if error.code in _ENDED:
                self._avoids_graphics |= self._device not in {"", "cpu"}
            case _:
                pass

    def prove(self, model_folder: str, device: str, private: Sequence[str]) -> ProcessProof:
        """See `app.engine.base.Engine`."""
        link = self._connect(model_folder, device, CancelToken())
        if link is None:  # only a cancelled token gives none
            raise hung_error()
        link.prove(private)
        answered = link.wait(
            lambda: link.proof is not None or link.end is not None, self._limits.prove_s
        )
        if link.proof is not None:
            return link.proof
        link.kill()
        if answered and link.end is not None:
            raise crash_error(link.end, loading=False)
        raise hung_error()

    def unload(self) -> None:
        """End the host, which gives back all its memory."""
        link, self._link = self._link, None
        if link is not None:
            link.stop(self._limits.leave_s)

    def status(self) -> EngineStatus:
        """What the host does now, from what is known here already."""
        link, job, turn = self._link, self._job, self._turn
        if link is None or link.end is not None:
            return EngineStatus(state=EngineState.ABSENT)
        model = link.loaded
        if job is not None:
            waiting = turn is None or turn.is_loading
            state = EngineState.LOADING if waiting else EngineState.BUSY
            if model is not None and model.folder != job.model_folder:
                model = None  # it is being replaced
        else:
            state = EngineState.IDLE if model is None else EngineState.READY
        known = job or model
        return EngineStatus(
            state=state,
            model_id=known.model_id if known else "",
            device=model.device if model else "",
            device_note=model.device_note if model else "",
            pid=link.pid,
            load_s=model.load_s if model else 0.0,
            rss_bytes=_resident_bytes(link.pid),
            seal=link.seal,
        )

    def close(self) -> None:
        """End the host and everything that belongs to it."""
        self.unload()

    def _hear_cancel(self) -> None:
        """Runs on the thread that cancels, so it may only wake the one that waits."""
        if link := self._link:
            link.wake()

    def _answer(self, job: GenerateJob, cancel: CancelToken) -> Generator[Event, None, None]:
        try:
            link = self._connect(job.model_folder, job.device, cancel)
        except AppError as error:
            yield Failed(error)
            return
        if link is None:
            yield Cancelled()
            return
        self._turn = Turn(
            link, job, supervisor=self._supervisor, limits=self._limits, clock=self._clock
        )
        try:
            for event in self._turn.events(cancel):
                yield event
                if isinstance(event, Started) and self._lost_model:
                    self._lost_model = False
                    yield Notice(sentence=RELOADED)
        except FrameTooLargeError:
            yield Failed(_TOO_LONG)

    def _connect(self, folder: str, device: str, cancel: CancelToken) -> HostLink | None:
        """A host for the model in `folder`; None when cancelled before there is one."""
        link = self._link
        if link is not None and not self._is_usable(link, cancel):
            if cancel.is_cancelled:
                return None
            self._lost_model = link.loaded is not None and not link.end_told
            self.unload()
            link = None
        if link is not None and not link.is_for(folder, device):
            self.unload()  # a seal is never taken off, so another folder needs another host
            link = None
        if link is None:
            link = self._link = self._start(folder, device)
        greeted = link.wait(
            lambda: link.greeted or link.end is not None or cancel.is_cancelled,
            self._limits.start_s,
        )
        if link.greeted:
            return link
        if cancel.is_cancelled:
            return None
        raise self._start_error(link, in_time=greeted)

    def _is_usable(self, link: HostLink, cancel: CancelToken) -> bool:
        """Whether `link` lives and its stopped job, if there was one, has ended."""
        link.wait(
            lambda: not link.is_draining or link.end is not None or cancel.is_cancelled,
            self._limits.drain_s + self._limits.leave_s,
        )
        return link.end is None and not link.is_draining

    def _start(self, folder: str, device: str) -> HostLink:
        try:
            working = self._run_dir or Path(tempfile.gettempdir())
            if self._run_dir is not None:
                working.mkdir(mode=0o700, parents=True, exist_ok=True)
            return HostLink(self._command, working, model_folder=folder, device=device)
        except OSError:
            raise AppError(
                "The model process could not be started.",
                "Close other programs and try again; if that does not help, reinstall Tacit.",
                code=ErrorCode.HOST_CRASHED,
            ) from None

    def _start_error(self, link: HostLink, *, in_time: bool) -> AppError:
        self.unload()
        if link.is_foreign:
            return AppError(
                "The model process belongs to another version of Tacit.",
                "Close Tacit and start it again.",
                code=ErrorCode.HOST_CRASHED,
            )
        if in_time and link.end is not None:
            return crash_error(link.end, loading=False)
        return hung_error()


_TOO_LONG = AppError(
    "This conversation is too long to be given to a model.",
    "Start a new conversation, or shorten what you send.",
    code=ErrorCode.PROMPT_TOO_LONG,
)


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
