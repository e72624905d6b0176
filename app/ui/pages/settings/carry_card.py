"""The card that takes settings along: to a file without secrets, and back."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.setting import Setting
from app.settings.transfer import FILE_NAME, Change, Plan, RefusedImportError
from app.ui.appearance import Appearance
from app.ui.pages.settings.changes import ChangesQuestion, names
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.opening import ask_which
from app.ui.widgets.page import card_column
from app.ui.widgets.saving import ask_where
from app.ui.widgets.strip import Strip


class CarryCard(QFrame):
    """What would let more out is taken over only after a question that names it."""

    def __init__(self, look: Appearance, settings: SettingsBridge, tasks: Tasks) -> None:
        super().__init__()
        self._look = look
        self._settings = settings
        self._tasks = tasks
        self.strip = Strip(look)
        self.problems = label("", "refused", wrap=True, selectable=True)
        self.problems.setAccessibleName(self.tr("What is wrong in the file"))
        self.problems.hide()
        self.export = push(look, self.tr("Export settings..."), icon="upload")
        self.export.clicked.connect(self._ask_where)
        self.bring = push(look, self.tr("Import settings..."), icon="download")
        self.bring.clicked.connect(self._ask_which)
        words = self.tr(
            "To another computer, or to keep them. Keys and passwords are never in the file, nor "
            "is anything of your chats. Your instructions for the model are."
        )
        buttons = Flow()
        for button in (self.export, self.bring):
            buttons.addWidget(button)
        column = card_column(self)
        column.addWidget(label(self.tr("Settings as a file"), "name", wrap=True))
        column.addWidget(label(words, "meta", wrap=True))
        column.addLayout(buttons)
        column.addWidget(self.strip)
        column.addWidget(self.problems)

    def write(self, file: Path) -> None:
        """Export to this file."""
        self._begin("export settings", self._export(file))

    def read(self, file: Path) -> None:
        """Import from this file, after a question where more would be let out."""
        self._begin("import settings", self._import(file))

    def _ask_where(self) -> None:
        kinds = [self.tr("Settings (*.json)")]
        ask_where(self, self.tr("Export settings"), FILE_NAME, kinds, self.write)

    def _ask_which(self) -> None:
        kinds = [self.tr("Settings (*.json)"), self.tr("All files (*)")]
        ask_which(self, self.tr("Import settings"), kinds, self.read)

    def _begin(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        self.strip.clear()
        self.problems.hide()
        self._tasks.start(name, self._told(job))

    async def _told(self, job: Coroutine[Any, Any, None]) -> None:
        try:
            await job
        except RefusedImportError as error:
            self.strip.say(self.tr("Nothing was imported. {0}").format(error.todo), "failure")
            self.problems.setText("\n".join(error.problems))
            self.problems.show()
        except AppError as error:
            self.strip.fail(error)

    async def _export(self, file: Path) -> None:
        left_out = await self._settings.export(file)
        words = self.tr("The settings are in {0}.").format(file.name)
        if left_out:
            more = self.tr("Left out, because a key or a password seems to be in it: {0}.")
            words = f"{words} {more.format(names(left_out))}"
        self.strip.say(words)

    async def _import(self, file: Path) -> None:
        plan = await self._settings.read_import(file)
        if plan.openings:
            self._ask(plan)
        else:
            await self._take(plan, agreed=False)

    def _ask(self, plan: Plan) -> None:
        cancel = push(self._look, self.tr("Import nothing"))
        rest = push(self._look, self.tr("Import the rest"))
        everything = push(self._look, self.tr("Import all"))
        question = ChangesQuestion(
            self._look,
            self,
            heading=self.tr("Let more leave this computer?"),
            words=[self.tr("With this file, more could leave this computer, or go elsewhere:")],
            changes=plan.openings,
            buttons=[cancel, rest, everything],
        )

        def take(*, agreed: bool) -> None:
            question.accept()
            self._begin("import settings", self._take(plan, agreed=agreed))

        cancel.clicked.connect(question.reject)
        rest.clicked.connect(lambda: take(agreed=False))
        everything.clicked.connect(lambda: take(agreed=True))
        question.rejected.connect(lambda: self.strip.say(self.tr("Nothing was imported.")))
        question.open()

    async def _take(self, plan: Plan, *, agreed: bool) -> None:
        taken = await self._settings.take(plan, agreed=agreed)
        left = [change.setting for change in plan.changes if change not in taken]
        self.strip.say(" ".join(self._report(taken, left)))

    def _report(self, taken: Sequence[Change], left: Sequence[Setting]) -> list[str]:
        counted = (
            self.tr("One setting was changed.")
            if len(taken) == 1
            else self.tr("{0} settings were changed.").format(len(taken))
        )
        words = [counted if taken else self.tr("Nothing had to be changed.")]
        if left:
            words.append(self.tr("Left as they are: {0}.").format(names(left)))
        return words
