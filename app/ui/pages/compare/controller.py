"""Has two models answer one question, and holds what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.comparing import Comparison
from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Loading,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.core.handoff import CancelToken
from app.core.tasks import Tasks

_SHOW_MS = 50


@dataclass(kw_only=True)
class Side:
    """One of the two answers; `doing` says what is waited for, "" while words come."""

    model_id: str = ""
    text: str = ""
    device: str = ""
    doing: str = ""
    usage: Usage | None = None
    problem: AppError | None = None
    is_over: bool = False


class CompareController(QObject):
    """Holds no widget. `make` makes a comparison of two models, a question, and whether they
    answer one after the other in any case.

    Signals:
        changed: `sides`, `sentence` or `is_running` are others now; at most 20 times a second.
    """

    changed = Signal()

    def __init__(
        self, make: Callable[[tuple[str, str], str, bool], Comparison], tasks: Tasks
    ) -> None:
        super().__init__()
        self._make = make
        self._tasks = tasks
        self._cancel: CancelToken | None = None
        self.sides = (Side(), Side())
        self.sentence = ""
        self.problem: AppError | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOW_MS)
        self._timer.timeout.connect(self.changed)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still being written."""
        return self._cancel is not None

    def ask(self, models: tuple[str, str], question: str, *, one_by_one: bool) -> None:
        """Begin; ignored while another question is being answered."""
        if self._cancel is not None or not question.strip():
            return
        self._cancel = CancelToken()
        self.sides = (Side(model_id=models[0]), Side(model_id=models[1]))
        self.sentence, self.problem = "", None
        comparison = self._make(models, question.strip(), one_by_one)
        self._tasks.start("compare two models", self._run(comparison, self._cancel))
        self.changed.emit()

    def stop(self) -> None:
        """Stop both answers; what is there stays."""
        if self._cancel is not None:
            self._cancel.cancel()

    async def _run(self, comparison: Comparison, cancel: CancelToken) -> None:
        try:
            arrangement = await comparison.arrange()
            self.sentence = arrangement.sentence
            waiting = self.tr("Waiting for its turn")
            self.sides[1].doing = "" if arrangement.together else waiting
            self.changed.emit()
            async with aclosing(comparison.events(arrangement, cancel)) as events:
                async for side, event in events:
                    self._take(self.sides[side], event)
        except AppError as error:
            self.problem = error
        finally:
            self._cancel = None
            self._timer.stop()
            self.changed.emit()

    def _take(self, side: Side, event: Event) -> None:
        match event:
            case TextDelta(text=text):
                side.text, side.doing = side.text + text, ""
            case Usage():
                side.usage = event
            case Failed(error=error):
                side.problem, side.is_over, side.doing = error, True, ""
            case Cancelled():
                side.is_over, side.doing = True, self.tr("Stopped")
            case Done():
                side.is_over, side.doing = True, ""
            case _:
                self._wait(side, event)
        if not self._timer.isActive():
            self._timer.start()

    def _wait(self, side: Side, event: Event) -> None:
        """What is waited for before words come."""
        match event:
            case Loading():
                side.doing = self.tr("Loading the model")
            case Started():
                side.device, side.doing = event.device, self.tr("Reading the question")
            case Progress(read=read, total=total):
                side.doing = self.tr("Reading {0} of {1} tokens").format(read, total)
            case ReasoningDelta():
                side.doing = self.tr("Thinking")
            case _:
                pass
