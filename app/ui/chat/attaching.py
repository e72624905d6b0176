"""Reads the files that the person attaches, beside everything else; holds no widget."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.chat.attachments import read_file, room_for
from app.core.draft import TextFile
from app.core.errors import AppError, ErrorCode
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.ui.chat.chat_controller import ChatController

MOST_FILES = 20


class Attaching(QObject):
    """What is read belongs to the conversation that was in front when it was wanted.

    Signals:
        attached(object TextFile): for what is being written in front.
        failed(object AppError): a file, or several, cannot be attached.
    """

    attached = Signal(object)
    failed = Signal(object)

    def __init__(self, chat: ChatController, tasks: Tasks) -> None:
        super().__init__()
        self._chat = chat
        self._tasks = tasks
        self._worker = Worker("files")

    def attach(self, paths: Sequence[Path]) -> None:
        """Read these files, one after the other."""
        self._tasks.start("attach files", self._attach(list(paths), self._chat.open_id))

    def close(self) -> None:
        """Read nothing more."""
        self._worker.close(timeout_s=1.0)

    async def _attach(self, paths: list[Path], conversation_id: str) -> None:
        errors: list[AppError] = []
        for path in paths:
            try:
                file = await self._worker.call(partial(read_file, path))
                self._take(conversation_id, file)
            except AppError as error:
                errors.append(error)
        if len(errors) == 1:
            self.failed.emit(errors[0])
        elif errors:
            words = self.tr("{0} files are not attached. The first of them: {1}")
            what = words.format(len(errors), errors[0].what)
            self.failed.emit(AppError(what, errors[0].todo, code=errors[0].code))

    def _take(self, conversation_id: str, file: TextFile) -> None:
        drafts = self._chat.drafts
        there = drafts.files(conversation_id or None)
        if file in there:
            return
        if len(there) >= MOST_FILES:
            raise AppError(
                self.tr("{0} is not attached: there are {1} files already.").format(
                    file.name, MOST_FILES
                ),
                self.tr("Ask about these first."),
                code=ErrorCode.USAGE,
            )
        room_for(there, file)
        if self._chat.open_id == conversation_id:
            self.attached.emit(file)
        else:
            drafts.attach(conversation_id or None, file)
