"""The personas, presets and prompts for the window, and how the chat in front is answered."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.exchange import personas as exchange
from app.exchange.personas import Collection, Taken
from app.store.history import History
from app.store.personas import Manner, Persona, Preset, SavedPrompt
from app.store.values import Conversation, Folder
from app.store.worker import HistoryWorker

Kept = Persona | Preset | SavedPrompt


class PersonasController(QObject):
    """Knows what was read last; holds no widget.

    `manner` and `instructions` (None: what holds otherwise) are those of the chat in front;
    `folder` is the one around it that has instructions for it.

    Signals:
        changed: `kept` is another one now.
        manner_changed: `manner`, `instructions` or `folder` are others now.
        saved(object): this one was kept, with its id.
        exported(str), imported(object Taken): a file was written, or taken in.
        refused(object AppError): what the person wanted to keep was not taken.
        failed(object AppError): something else did not work.
    """

    changed = Signal()
    manner_changed = Signal()
    saved = Signal(object)
    exported = Signal(str)
    imported = Signal(object)
    refused = Signal(object)
    failed = Signal(object)

    def __init__(self, history: HistoryWorker, tasks: Tasks) -> None:
        super().__init__()
        self._history = history
        self._tasks = tasks
        self._files = Worker("personas-files")
        self._ticket = 0
        self.kept = Collection()
        self.manner = Manner()
        self.instructions: str | None = None
        self.folder: Folder | None = None
        self.conversation_id: str | None = None

    def persona(self, name: str) -> Persona | None:
        """The persona of that name, whatever its case."""
        wanted = name.strip().casefold()
        return next((p for p in self.kept.personas if p.name.casefold() == wanted), None)

    # What is kept ------------------------------------------------------------------------

    def load(self) -> None:
        """Read everything again."""
        self._start("read personas", self._load())

    def save(self, kept: Kept) -> None:
        """Keep a new or a changed one."""

        async def save() -> None:
            try:
                made = await self._history.run(lambda store: store.personas.save(kept))
            except AppError as error:
                self.refused.emit(error)
                return
            await self._load()
            self.saved.emit(made)

        self._start("save persona", save())

    def delete(self, kept: Kept) -> None:
        """Forget one for good."""

        async def delete() -> None:
            await self._history.run(lambda store: store.personas.delete(kept))
            await self._load()

        self._start("delete persona", delete())

    def export_to(self, file: Path) -> None:
        """Write everything into one file."""
        kept = self.kept

        async def export() -> None:
            await self._files.call(lambda: exchange.write(file, kept))
            self.exported.emit(str(file))

        self._start("export personas", export())

    def import_from(self, file: Path) -> None:
        """Take in a file; twice makes no doubles."""

        async def take_in() -> None:
            collection = await self._files.call(lambda: exchange.read(file))
            taken: Taken = await self._history.run(
                lambda store: exchange.take_in(store, collection)
            )
            await self._load()
            self.imported.emit(taken)

        self._start("import personas", take_in())

    # The chat in front -------------------------------------------------------------------

    def show(self, conversation: Conversation | None) -> None:
        """Another conversation (None: one not yet begun) is in front."""
        self.conversation_id = conversation.id if conversation is not None else None
        self.refresh()

    def refresh(self) -> None:
        """Read again how the chat in front is answered: something around it may have changed."""

        async def read() -> None:
            # Where the history cannot be read, the page in front has said so.
            with contextlib.suppress(AppError):
                await self._read_manner()

        self._tasks.start("read manner", read())

    def choose(self, persona_id: str | None) -> None:
        """Let this persona answer in the chat in front, or nobody in particular."""
        chat = self.conversation_id
        self._change(lambda store: store.personas.choose(chat, persona_id))

    def set_parameters(self, parameters: dict[str, Any]) -> None:
        """Give the chat in front parameters of its own; {} takes them back."""
        chat, persona = self.conversation_id, self.manner.persona
        given = persona.id if persona is not None else None
        self._change(lambda store: store.personas.choose(chat, given, parameters))

    def set_instructions(self, text: str | None) -> None:
        """Give the chat in front instructions of its own; None takes them back."""
        chat = self.conversation_id
        if chat is not None:
            self._change(lambda store: store.set_system_prompt(chat, text))

    async def close(self) -> None:
        """End the worker."""
        self._files.close()

    def _change(self, change: Callable[[History], object]) -> None:
        async def run() -> None:
            await self._history.run(change)
            await self._read_manner()

        self._start("choose persona", run())

    async def _load(self) -> None:
        self.kept = await self._history.run(exchange.everything)
        self.changed.emit()
        await self._read_manner()

    async def _read_manner(self) -> None:
        self._ticket += 1
        ticket, chat = self._ticket, self.conversation_id

        def read(store: History) -> tuple[Manner, str | None, Folder | None]:
            if chat is None:
                return store.personas.of(None), None, None
            found = store.conversation(chat)
            return store.personas.of(chat), found.system_prompt, store.folders.instructing(found)

        manner, instructions, folder = await self._history.run(read)
        if ticket == self._ticket:
            self.manner, self.instructions, self.folder = manner, instructions, folder
            self.manner_changed.emit()

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await work
            except AppError as error:
                self.failed.emit(error)

        self._tasks.start(name, run())
