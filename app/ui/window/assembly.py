"""Brings the services behind a window that is shown already, and takes them away again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.store.errors import GoneError
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.history_actions import HistoryActions
from app.ui.discover.controller import DiscoverController
from app.ui.downloads.controller import DownloadsController
from app.ui.models_controller import ModelsController, Starter
from app.ui.privacy.controller import PrivacyController
from app.ui.privacy.journal_controller import JournalController
from app.ui.privacy.proof_controller import ProofController
from app.ui.privacy.sources import PrivacySources
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.transcript.view import TranscriptView
from app.ui.window.chat_connections import ChatConnections
from app.ui.window.discover_connections import DiscoverConnections
from app.ui.window.main_window import MainWindow
from app.ui.window.page_connections import PageConnections
from app.ui.window.parts import Parts
from app.ui.window.privacy_connections import PrivacyConnections

if TYPE_CHECKING:
    from app.ui.pages.store_problem_page import StoreProblemPage

_LAST = "window.last_conversation"
_GEOMETRY = "window.geometry"
_SIDE = "window.sidebar"
_PROBLEM = "store-problem"


class Assembly:
    """One window with its services, from the start to the end of both.

    `privacy` is where the facts about privacy come from, `report` receives what nobody
    expected. Make it in the running loop.
    """

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        privacy: PrivacySources,
        report: Callable[[BaseException], None],
        *,
        starter: Starter | None = None,
    ) -> None:
        self._window = window
        self._services = services
        self.is_history_open = False
        tasks = Tasks(report)
        settings = SettingsBridge(services.settings, asyncio.get_running_loop())
        chat = ChatController(services.session, services.history, tasks)
        models = ModelsController(
            services.models, services.local, starter or services.starter, settings, tasks
        )
        downloads = DownloadsController(services.downloads, tasks)
        actions = HistoryActions(chat, services.history, tasks)
        self.parts = Parts(
            tasks=tasks,
            settings=settings,
            secrets=SecretsController(services.secrets, tasks),
            models=models,
            downloads=downloads,
            discover=DiscoverController(services.offers, downloads, models, tasks),
            chat=chat,
            actions=actions,
            privacy=PrivacyController(privacy, services.engine_status, tasks),
            proof=ProofController(privacy.prove, tasks),
            journal=JournalController(privacy.journal, tasks),
        )
        window.chat.add_transcript(
            TranscriptView(window.look.theme, window.look.percent, model_name=models.name_of)
        )
        self._pages = PageConnections(window, self.parts, services.paths)
        self._discover = DiscoverConnections(
            window, self.parts, is_private=services.paths.keeps_nothing
        )
        self._privacy = PrivacyConnections(window, self.parts, services.paths)
        self._chat = ChatConnections(window, self.parts)
        self._problem: StoreProblemPage | None = None

    def begin(self) -> None:
        """Look for models and open the history; what fails says so where it stands."""
        self.parts.tasks.start("look for models", self.parts.models.look())
        self.parts.tasks.start("open the history", self._open_history())
        if not self._services.paths.keeps_nothing:
            self.parts.tasks.start("go on with downloads", self.parts.downloads.start())

    async def close(self, geometry: str) -> None:
        """Stop every answer, keep all of it, and end every thread and process."""
        parts = self.parts
        await self._remember(geometry)
        await parts.chat.close()
        await parts.discover.close()
        await parts.downloads.close()
        for part in (parts.secrets, parts.privacy, parts.proof, parts.journal):
            await part.close()
        await parts.models.close()
        await parts.tasks.close()
        if self.is_history_open:
            await parts.actions.erase()
        parts.settings.close()
        await self._services.close()

    async def _open_history(self) -> None:
        try:
            await self._services.open_history()
        except AppError as error:
            if not self._window.chat.is_bound:
                self.parts.chat.new_chat()
            self._show_problem(error)
            return
        self.is_history_open = True
        self._window.show_chat()
        await self.parts.chat.drafts.load_new()
        await self._open_last()
        await self.parts.actions.load()
        await self.parts.actions.erase()

    def _show_problem(self, error: AppError) -> None:
        from app.ui.pages.store_problem_page import StoreProblemPage

        if self._problem is None:
            page = self._problem = StoreProblemPage(self._window.look)
            page.retry_wanted.connect(self._retry)
            page.fresh_wanted.connect(self._start_fresh)
            self._window.add_page(_PROBLEM, lambda: page)
        self._problem.show_problem(error)
        self._window.show_page(_PROBLEM)

    async def _open_last(self) -> None:
        chat, last = self.parts.chat, self.parts.settings.text(_LAST)
        is_there = bool(last) and await self._is_there(last)
        if chat.is_busy or chat.open_id:
            return  # the person was faster
        if is_there:
            chat.open(last)
        else:
            chat.new_chat()

    async def _is_there(self, conversation_id: str) -> bool:
        try:
            await self._services.history.run(lambda store: store.conversation(conversation_id))
        except GoneError:
            return False
        return True

    async def _remember(self, geometry: str) -> None:
        settings = self.parts.settings
        for key, value in (
            (_LAST, self.parts.chat.open_id),
            (_GEOMETRY, geometry),
            (_SIDE, self._window.shell.side_wanted),
        ):
            try:
                if settings.get(key) != value:
                    await settings.set(key, value)
            except AppError:
                # Where the window stood is not worth keeping anyone from closing it.
                return

    def _retry(self) -> None:
        self.parts.tasks.start("open the history", self._open_history())

    def _start_fresh(self) -> None:
        async def start_fresh() -> None:
            try:
                await self._services.history.run(lambda store: store.set_aside())
            except AppError as error:
                self._show_problem(error)
                return
            await self._open_history()

        self.parts.tasks.start("set the history aside", start_fresh())
