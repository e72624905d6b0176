"""Brings the services behind a window that is shown already, and takes them away again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.bootstrap import Services
from app.core.errors import AppError, ErrorCode
from app.core.opening import Opening
from app.core.tasks import Tasks
from app.paths import Paths
from app.settings.passphrase import LockPassphrase
from app.store.errors import GoneError
from app.ui.chat.attaching import Attaching
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.history_actions import HistoryActions
from app.ui.chat.message_queue import MessageQueue
from app.ui.cloud_controller import CloudController
from app.ui.discover.controller import DiscoverController
from app.ui.downloads.controller import DownloadsController
from app.ui.encryption.controller import EncryptionController
from app.ui.encryption.lock_controller import LockController
from app.ui.history.naming_controller import NamingController
from app.ui.history.search_controller import SearchController
from app.ui.history.shelf_controller import ShelfController
from app.ui.history.storage_controller import StorageController
from app.ui.history.trash_controller import TrashController
from app.ui.models_controller import ModelsController, Starter
from app.ui.pages.routing.controller import RoutingController
from app.ui.personas.controller import PersonasController
from app.ui.privacy.connecting import sources_of
from app.ui.privacy.controller import PrivacyController
from app.ui.privacy.journal_controller import JournalController
from app.ui.privacy.proof_controller import ProofController
from app.ui.privacy.sources import PrivacySources
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.status.privacy import describe
from app.ui.transcript.view import TranscriptView
from app.ui.update_controller import UpdateController
from app.ui.window.chat_connections import ChatConnections
from app.ui.window.cloud_connections import CloudConnections
from app.ui.window.discover_connections import DiscoverConnections
from app.ui.window.folder_connections import FolderConnections
from app.ui.window.history_connections import HistoryConnections
from app.ui.window.locking import connect_lock
from app.ui.window.main_window import MainWindow
from app.ui.window.model_connections import ModelConnections
from app.ui.window.notifier import Notifier
from app.ui.window.opened_files import OpenedFiles
from app.ui.window.page_connections import PageConnections
from app.ui.window.parts import Parts
from app.ui.window.persona_connections import PersonaConnections
from app.ui.window.privacy_connections import PrivacyConnections
from app.ui.window.routing_connections import RoutingConnections
from app.ui.window.settings_connections import SettingsConnections
from app.ui.window.side_connections import SideConnections
from app.ui.window.temporary import TemporaryWindows

if TYPE_CHECKING:
    from app.ui.encryption.unlocking import Unlocking
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
            encryption=EncryptionController(services.history, services.history_keys, tasks),
            lock=LockController(_passphrase(services.paths), settings, tasks),
            models=models,
            downloads=downloads,
            discover=DiscoverController(services.offers, downloads, models, tasks),
            chat=chat,
            queue=MessageQueue(chat),
            attaching=Attaching(chat, tasks),
            actions=actions,
            personas=PersonasController(services.history, tasks),
            search=SearchController(services.history, tasks),
            shelf=ShelfController(chat, services.history, tasks),
            trash=TrashController(chat, services.history, tasks),
            storage=StorageController(
                services.history,
                services.paths,
                tasks,
                before_closing=chat.close,
                after_opening=self._read_again,
            ),
            naming=NamingController(
                services.naming, tasks, lambda: settings.is_on("history.model_titles")
            ),
            privacy=PrivacyController(privacy, services.engine_status, tasks),
            proof=ProofController(privacy.prove, tasks),
            journal=JournalController(privacy.journal, tasks),
            routing=RoutingController(
                services.rules,
                services.words,
                history=services.history,
                router=services.router,
                cloud=services.cloud,
                tasks=tasks,
            ),
            updates=UpdateController(services.updates, settings, tasks),
        )
        window.chat.add_transcript(
            TranscriptView(window.look.theme, window.look.percent, model_name=models.name_of)
        )
        window.side.complete()
        connect_lock(window, self.parts)
        self.tools = ModelConnections(window, self.parts, services)
        self._pages = PageConnections(window, self.parts, services.paths, self.tools)
        self._settings = SettingsConnections(window, self.parts, services.paths)
        self._discover = DiscoverConnections(
            window, self.parts, is_private=services.paths.keeps_nothing
        )
        self._privacy = PrivacyConnections(window, self.parts, services.paths)
        self._chat = ChatConnections(window, self.parts)
        self._personas = PersonaConnections(window, self.parts, services.settings)
        self._side = SideConnections(window, self.parts)
        self._folders = FolderConnections(window, self.parts, services.settings)
        self._history = HistoryConnections(window, self.parts)
        self.opened = OpenedFiles(window, self.parts, lambda: self.is_history_open)
        self.temporary = TemporaryWindows(
            window,
            services,
            tasks,
            lambda other, theirs: Assembly(other, theirs, sources_of(theirs), report),
        )
        window.side.temporary_wanted.connect(self._open_temporary)
        self.cloud = CloudController(
            services.cloud, services.away, services.history, settings, tasks
        )
        self._cloud = CloudConnections(window, self.parts, self.cloud)
        self._routing = RoutingConnections(window, self.parts)
        self._notifier = Notifier(window, self.parts)
        self._problem: StoreProblemPage | None = None
        self._unlocking: Unlocking | None = None
        self._was_locked = False
        self._is_new_wanted = False

    def begin(self) -> None:
        """Look for models and open the history; what fails says so where it stands."""
        self.parts.tasks.start("look for models", self.parts.models.look())
        self.parts.tasks.start("open the history", self._open_history())
        if not self._services.paths.keeps_nothing:
            self.parts.tasks.start("go on with downloads", self.parts.downloads.start())
            self.parts.updates.begin()

    def open(self, opening: Opening) -> None:
        """Do what a start of the program was for, as soon as the history is there."""
        if opening.file is not None:
            self.opened.open(opening.file)
        if opening.new_chat and not self.parts.lock.is_locked:
            self._is_new_wanted = not self.is_history_open
            if self.is_history_open:
                self._window.key_pressed.emit("new")

    async def close(self, geometry: str) -> None:
        """Stop every answer, keep all of it, and end every thread and process."""
        parts = self.parts
        await self.temporary.close()
        self._notifier.close()
        await self._remember(geometry)
        parts.naming.stop()
        parts.queue.give_back()
        parts.attaching.close()
        await parts.chat.close()
        await parts.discover.close()
        await parts.downloads.close()
        for part in (parts.lock, parts.encryption, parts.secrets, parts.personas, parts.storage):
            await part.close()
        await parts.routing.close()
        await parts.updates.close()
        for showing in (parts.privacy, parts.proof, parts.journal):
            await showing.close()
        if self._unlocking is not None:
            await self._unlocking.close()
        await self.tools.close()
        await self.cloud.close()
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
        self.parts.personas.load()
        await self.parts.chat.drafts.load_new()
        await self._open_last()
        await self.parts.shelf.load()
        await self.parts.actions.load()
        await self.parts.actions.erase()
        self.opened.go_on()

    async def _read_again(self) -> None:
        """The history is another one now, or has more in it."""
        self.is_history_open = True
        await self.parts.settings.refresh()
        await self.parts.shelf.load()
        await self.parts.actions.load()
        if self.parts.chat.open_id and not await self._is_there(self.parts.chat.open_id):
            self.parts.chat.new_chat()
        else:
            await self.parts.chat.reload()

    def _open_temporary(self) -> None:
        self.temporary.open(describe(self.parts.privacy.facts))

    def _show_problem(self, error: AppError) -> None:
        from app.ui.pages.store_problem_page import StoreProblemPage

        if self._problem is None:
            page = self._problem = StoreProblemPage(self._window.look)
            page.retry_wanted.connect(self._retry)
            page.fresh_wanted.connect(self._start_fresh)
            self._unlocking = self._behind(page)
            page.recover_wanted.connect(self._recover)
            self._window.add_page(_PROBLEM, lambda: page)
        self._was_locked = error.code is ErrorCode.STORE_LOCKED
        self._problem.show_problem(error)
        self._window.show_page(_PROBLEM)

    async def _open_last(self) -> None:
        chat, last = self.parts.chat, self.parts.settings.text(_LAST)
        is_there = bool(last) and await self._is_there(last)
        if chat.is_busy or chat.open_id:
            return  # the person was faster
        if is_there and not self._is_new_wanted:
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

    def _behind(self, page: StoreProblemPage) -> Unlocking:
        from app.ui.encryption.unlocking import Unlocking

        async def open_history() -> bool:
            await self._open_history()
            return self.is_history_open

        services = self._services
        return Unlocking(
            page,
            services.history,
            services.history_keys,
            self.parts.tasks,
            open_history=open_history,
            say=self._window.say,
        )

    def _retry(self) -> None:
        self.parts.tasks.start("open the history", self._open_history())

    def _recover(self) -> None:
        async def recover() -> None:
            try:
                await self.parts.storage.recover_now()
            except AppError as error:
                self._show_problem(error)
                return
            await self._open_history()

        self.parts.tasks.start("save what can be saved", recover())

    async def _say_if_plain(self) -> None:
        """Whoever left encrypted chats behind has to know that new ones are not."""
        if self._was_locked and self.is_history_open:
            self._was_locked = False
            if await self._services.history.run(lambda store: store.encryption.key) is None:
                self._window.say(
                    self._window.tr("New chats are not encrypted; in the settings they can be.")
                )

    def _start_fresh(self) -> None:
        async def start_fresh() -> None:
            try:
                await self._services.history.run(lambda store: store.set_aside())
            except AppError as error:
                self._show_problem(error)
                return
            await self._open_history()
            await self._say_if_plain()

        self.parts.tasks.start("set the history aside", start_fresh())


def _passphrase(paths: Paths) -> LockPassphrase:
    return LockPassphrase(paths.lock_file, keep=not paths.keeps_nothing)
