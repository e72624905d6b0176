"""Rules, explanations and redaction for the window: files are read and written on a worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.cloud import Cloud
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was put in force: the file `before` and now, and in a sentence what became of it."""

    view: RulesView
    before: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A provider that a rule may name, and the models that it was found to have."""

    name: str
    is_on: bool
    models: tuple[str, ...] = ()


class RoutingController(QObject):
    """Holds no widget.

    Signals:
        rules_loaded(object RulesView): the file was read.
        rules_saved(object Saved): it has been written.
        rules_refused(object AppError): it has not.
        offered(object tuple of Offered): what rules may name besides this computer.
        explained(object Decision): what was tried.
        words_loaded(str folder, object words): a list of the person's own words; the folder is
            an id, or "" for those that hold everywhere.
        redacted(object Redacted): what would leave of the text that was tried.
        done(str): something was kept, in a sentence.
        failed(object AppError): it was not.
    """

    rules_loaded = Signal(object)
    rules_saved = Signal(object)
    rules_refused = Signal(object)
    offered = Signal(object)
    explained = Signal(object)
    words_loaded = Signal(str, object)
    redacted = Signal(object)
    done = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        rules: RulesStore,
        words: OwnWords,
        *,
        history: HistoryWorker,
        router: Router,
        cloud: Cloud,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._history = history
        self._rules = rules
        self._words = words
        self._router = router
        self._cloud = cloud
        self._tasks = tasks
        self._worker = Worker("routing page")

    def load_rules(self) -> None:
        """Read the rules file."""
        self._start("read the rules", self._load_rules, self.rules_loaded.emit)

    def save_rules(self, seen: str, text: str, words: str) -> None:
        """Put `text` in the place of the file as it was `seen`; an empty one takes it away.

        `words` say what that was, for `rules_saved`.
        """
        rules, name = self._rules, self._rules.file.name

        def kept(_: object) -> None:
            view = RulesView(text if text.strip() else "", name)
            self.rules_saved.emit(Saved(view=view, before=seen, words=words))

        self._start(
            "save the rules", lambda: rules.replace(seen, text), kept, self.rules_refused.emit
        )

    def load_offers(self) -> None:
        """Read which providers and models there are besides those of this computer."""
        cloud = self._cloud

        def look() -> tuple[Offered, ...]:
            usable = {service.name for service in cloud.usable()}
            return tuple(
                Offered(
                    name=name,
                    is_on=name in usable,
                    models=tuple(model.id for model in cloud.models(name).models),
                )
                for name in cloud.names()
            )

        self._start("read the providers", look, self.offered.emit)

    def read_text(self, file: Path, take: Callable[[str], object]) -> None:
        """Hand the text of a file that the person chose to `take`."""
        self._start("read a rules file", lambda: read_file(file), take)

    def write_text(self, file: Path, text: str) -> None:
        """Write rules to a file that the person chose."""

        def written(_: object) -> None:
            self.done.emit(self.tr("Written to {0}.").format(file.name))

        self._start("write a rules file", lambda: write_file(file, text), written)

    def explain(self, prompt: str, situation: Situation, *, cloud: bool | None = None) -> None:
        """Say who would answer, without asking anybody; `cloud` as `Router.decide` has it."""
        router = self._router
        request = ChatRequest(messages=(Message(Role.USER, prompt),))
        self._start(
            "explain",
            lambda: router.decide(request, situation, cloud=cloud),
            self.explained.emit,
        )

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

    def _start(
        self,
        name: str,
        job: Callable[[], T],
        told: Callable[[T], object],
        refused: Callable[[AppError], object] | None = None,
    ) -> None:
        self._wait(name, self._worker.call(job), told, refused)

    def _wait(
        self,
        name: str,
        made: Awaitable[T],
        told: Callable[[T], object],
        refused: Callable[[AppError], object] | None = None,
    ) -> None:
        async def run() -> None:
            try:
                result = await made
            except AppError as error:
                (refused or self.failed.emit)(error)
            else:
                told(result)

        self._tasks.start(name, run())


__all__ = ["Decision", "Offered", "RoutingController", "RulesView", "Saved"]
