"""A loop that Qt and asyncio share, services with a scripted engine, and windows over them."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from app.bootstrap import Services, build
from app.core.privacy import PrivacyFacts
from app.core.tasks import Tasks
from app.engine.fake import FakeEngine
from app.network.base import Courier
from app.paths import Paths
from app.settings.secrets import Secrets
from app.ui.appearance import Appearance
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.message_edit import MessageEdit
from app.ui.models_controller import Starter
from app.ui.pages.settings.panel import SettingsPanel
from app.ui.privacy.sources import PrivacySources
from app.ui.status.privacy import describe
from app.ui.window.assembly import Assembly
from app.ui.window.main_window import MainWindow
from tests.fakes.keyring import FakeKeyring

T = TypeVar("T")
WAIT_MS = 20_000


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """A screen with room for the window; the offscreen one of Qt is 800 x 800."""
    screen = Path(__file__).parent / "screen.json"
    return ["tacit", "-platform", f"offscreen:configfile={screen}"]


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Appearance]:
    """The light theme at its usual size."""
    qapp.setStyle("Fusion")
    appearance = Appearance(qapp)
    appearance.use("light", 100)
    yield appearance
    qapp.setStyleSheet("")
    appearance.deleteLater()


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[QEventLoop]:
    """asyncio over the Qt loop that `qtbot` spins; what a test leaves running fails it."""
    # See app/ui/garbage.py: there are workers now, and cycles with Qt objects in them.
    gc.collect()
    gc.disable()
    made = QEventLoop(qapp, already_running=True)
    faults: list[dict[str, Any]] = []
    made.set_exception_handler(lambda _loop, context: faults.append(context))
    yield made
    left = [task.get_name() for task in asyncio.all_tasks(made)]
    asyncio.events._set_running_loop(None)
    # Its own `stop` would tell the application to quit, for all tests that follow.
    made._QEventLoop__is_running = False
    made.close()
    gc.enable()
    assert not left, f"tasks left running: {left}"
    assert not faults, f"the loop complained: {faults}"


class Async:
    """Runs coroutines from a test that is not one itself."""

    def __init__(self, qtbot: QtBot, loop: QEventLoop) -> None:
        self._qtbot = qtbot
        self._loop = loop

    def run(self, awaitable: Awaitable[T]) -> T:
        """The result of `awaitable`, while Qt goes on."""

        async def wait() -> T:
            return await awaitable

        task: asyncio.Task[T] = self._loop.create_task(wait())
        self._qtbot.waitUntil(task.done, timeout=WAIT_MS)
        return task.result()

    def until(self, holds: Callable[[], bool]) -> None:
        """Spin until `holds()`."""
        self._qtbot.waitUntil(holds, timeout=WAIT_MS)


@pytest.fixture
def aio(qtbot: QtBot, loop: QEventLoop) -> Async:
    return Async(qtbot, loop)


@pytest.fixture
def tasks(aio: Async) -> Iterator[Tasks]:
    """Background tasks; one that fails, fails the test."""
    faults: list[BaseException] = []
    made = Tasks(faults.append)
    yield made
    aio.run(made.close())
    assert not faults, f"tasks failed: {faults}"


@pytest.fixture
def paths(private_home: Path) -> Paths:
    made = Paths.at(private_home)
    made.create()
    return made


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def keyring() -> Iterator[FakeKeyring]:
    """The keyring of the window; nothing touches the developer's."""
    made = FakeKeyring()
    yield made
    made.thaw()


@pytest.fixture
def secrets(keyring: FakeKeyring) -> Secrets:
    return Secrets(lambda: keyring)


@pytest.fixture
def services(paths: Paths, engine: FakeEngine, aio: Async) -> Iterator[Services]:
    """Everything behind the window, over a scripted engine; the history is open."""
    made = build(paths, engine=engine)
    aio.run(made.open_history())
    yield made
    aio.run(made.close())


def install_model(paths: Paths, name: str = "small-model") -> Path:
    """A folder that the library takes for a model."""
    folder = paths.models / name
    folder.mkdir(parents=True)
    config = {"model": {"type": "llama", "context_length": 4096}}
    (folder / "genai_config.json").write_text(json.dumps(config))
    for file in ("model.onnx", "tokenizer.json", "tokenizer_config.json"):
        (folder / file).write_text("{}")
    return folder


@pytest.fixture
def chat(services: Services, tasks: Tasks, aio: Async, paths: Paths) -> Iterator[ChatController]:
    """A controller without a window, in a new chat."""
    install_model(paths)
    made = ChatController(services.session, services.history, tasks)
    made.new_chat()
    yield made
    aio.run(made.close())


class Desk:
    """A window with everything behind it, as `app.ui.serving` puts it together."""

    def __init__(self, window: MainWindow, services: Services, assembly: Assembly) -> None:
        self.window = window
        self.services = services
        self.assembly = assembly
        self.parts = assembly.parts
        self.chat = window.chat
        self.side = window.side

    @property
    def composer(self) -> MessageEdit:
        return self.chat.composer.edit

    def page(self, name: str) -> Any:
        """The page of that name, or the part of one, in front."""
        self.window.show_page(name)
        page: QWidget | None = self.window.stack.currentWidget()
        if isinstance(page, SettingsPanel) and name == page.name:
            return page.part
        return page

    def titles(self) -> list[str]:
        """The rows of the side list, headings too."""
        model = self.side.model
        return [str(model.index(row).data()) for row in range(model.rowCount())]

    def said(self) -> list[str]:
        """What the transcript holds, in its order."""
        return [row.text for row in self.chat.transcript.board.rows]


@pytest.fixture
def make_desk(
    qtbot: QtBot,
    look: Appearance,
    paths: Paths,
    engine: FakeEngine,
    aio: Async,
    secrets: Secrets,
) -> Iterator[Callable[..., Desk]]:
    """Opens windows over the same data folder, one after the other."""
    faults: list[BaseException] = []
    open_desks: list[Desk] = []

    def close(desk: Desk) -> None:
        if desk in open_desks:
            open_desks.remove(desk)
            aio.run(desk.assembly.close(desk.window.geometry_text()))
            desk.window.close_for_good()
            desk.window.deleteLater()
            QApplication.sendPostedEvents()

    def make(
        *,
        starter: Starter | None = None,
        before: Callable[[MainWindow], object] | None = None,
        privacy: PrivacySources | None = None,
        titles: bool = False,
        courier: Courier | None = None,
    ) -> Desk:
        for desk in list(open_desks):
            close(desk)
        window = MainWindow(look, describe(PrivacyFacts()))
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.chat.setFocus()
        if before is not None:
            before(window)
        services = build(paths, engine=engine, secrets=secrets, courier=courier)
        # Tests of titles by the model switch them on: elsewhere they would be further answers.
        if not services.settings.notices:
            services.settings.set("history.model_titles", value=titles)
        sources = privacy or PrivacySources(courier=courier)
        assembly = Assembly(window, services, sources, faults.append, starter=starter)
        desk = Desk(window, services, assembly)
        open_desks.append(desk)
        assembly.begin()
        return desk

    yield make
    for desk in list(open_desks):
        close(desk)
    assert not faults, f"tasks failed: {faults}"


@pytest.fixture
def desk(make_desk: Callable[..., Desk], paths: Paths, aio: Async) -> Desk:
    """A window with one model and an empty history, ready to be used."""
    install_model(paths)
    made: Desk = make_desk()
    aio.until(lambda: bool(made.parts.models.usable) and made.chat.is_bound)
    return made
