"""Rules, explanations and redaction for the window: files are read and written on a worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.messages import ChatRequest, Message, Role
from app.core.tasks import Tasks
from app.redaction.redactor import Redacted, redact
from app.redaction.words import OwnWords
from app.router.router import Decision, Router
from app.router.situation import Situation
from app.routing import RulesStore, name_lists, read_file, write_file
from app.store.history import History
from app.store.worker import HistoryWorker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RulesView:
    """The rules file as it lies there, and what it is called."""

    text: str
    name: str


class RoutingController(QObject):
    """Holds no widget.

    Signals:
        rules_loaded(object RulesView): the file was read, or has been written.
        explained(object Decision): what was tried.
        words_loaded(str folder, object words): a list of the person's own words; the folder is
            an id, or "" for those that hold everywhere.
        redacted(object Redacted): what would leave of the text that was tried.
        done(str): something was kept, in a sentence.
        failed(object AppError): it was not.
    """

    rules_loaded = Signal(object)
    explained = Signal(object)
    words_loaded = Signal(str, object)
    redacted = Signal(object)
    done = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        rules: RulesStore,
        words: OwnWords,
        history: HistoryWorker,
        router: Router,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._history = history
        self._rules = rules
        self._words = words
        self._router = router
        self._tasks = tasks
        self._worker = Worker("routing page")

    def load_rules(self) -> None:
        """Read the rules file."""
        self._start("read the rules", self._load_rules, self.rules_loaded.emit)

    def save_rules(self, text: str) -> None:
        """Put rules in force; empty ones take the file away."""
        rules, name = self._rules, self._rules.file.name

        def save() -> RulesView:
            if text.strip():
                rules.save(text)
            else:
                rules.remove()
            return RulesView(text if text.strip() else "", name)

        def kept(view: RulesView) -> None:
            self.rules_loaded.emit(view)
            words = self.tr("The rules are in force.") if view.text else self.tr("No rules now.")
            self.done.emit(words)

        self._start("save the rules", save, kept)

    def read_text(self, file: Path, take: Callable[[str], object]) -> None:
        """Hand the text of a file that the person chose to `take`."""
        self._start("read a rules file", lambda: read_file(file), take)

    def write_text(self, file: Path, text: str) -> None:
        """Write rules to a file that the person chose."""

        def written(_: object) -> None:
            self.done.emit(self.tr("Written to {0}.").format(file.name))

        self._start("write a rules file", lambda: write_file(file, text), written)

    def explain(self, prompt: str, situation: Situation) -> None:
        """Say who would answer, without asking anybody."""
        router = self._router
        request = ChatRequest(messages=(Message(Role.USER, prompt),))
        self._start("explain", lambda: router.decide(request, situation), self.explained.emit)

    def load_words(self, folder: str) -> None:
        """Read a list of own words; "" is the one for everywhere."""

        def read(store: History) -> tuple[str, ...]:
            return store.folders.get(folder).words

        found = self._history.run(read) if folder else self._worker.call(self._words.all)
        self._wait("read own words", found, lambda words: self.words_loaded.emit(folder, words))

    def save_words(self, folder: str, text: str) -> None:
        """Keep a list of own words, one on each line."""
        words = self._words

        def save() -> tuple[str, ...]:
            words.set(text.splitlines())
            return words.all()

        def save_in(store: History) -> tuple[str, ...]:
            return store.folders.set_words(folder, text.splitlines()).words

        def kept(found: tuple[str, ...]) -> None:
            self.words_loaded.emit(folder, found)
            self.done.emit(self.tr("{0} words are kept.").format(len(found)))

        saving = self._history.run(save_in) if folder else self._worker.call(save)
        self._wait("save own words", saving, kept)

    def try_redaction(self, text: str, folder: str) -> None:
        """Say what would be replaced in `text`."""
        words = self._words

        async def find() -> Redacted:
            more: tuple[str, ...] = ()
            if folder:
                more = await self._history.run(lambda store: store.folders.words_in(folder))
            message = Message(Role.USER, text)
            return await self._worker.call(
                lambda: redact([message], name_lists(), words=(*words.all(), *more))
            )

        self._wait("try redaction", find(), self.redacted.emit)

    async def close(self) -> None:
        """Finish what is being written, and end the worker."""
        await self._worker.call(lambda: None)
        self._worker.close()

    def _load_rules(self) -> RulesView:
        return RulesView(self._rules.text(), self._rules.file.name)

    def _start(self, name: str, job: Callable[[], T], told: Callable[[T], object]) -> None:
        self._wait(name, self._worker.call(job), told)

    def _wait(self, name: str, made: Awaitable[T], told: Callable[[T], object]) -> None:
        async def run() -> None:
            try:
                result = await made
            except AppError as error:
                self.failed.emit(error)
            else:
                told(result)

        self._tasks.start(name, run())


__all__ = ["Decision", "RoutingController", "RulesView"]
