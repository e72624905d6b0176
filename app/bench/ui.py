"""The window's smoothness while the real model loads, reads and writes: gaps of its event loop."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.bench.figures import Figure, percentile
from app.bench.texts import prose
from app.core.events import Started, TextDelta, Usage
from app.core.messages import Role
from app.logs import Logging
from app.models.library import InstalledModel
from app.paths import Paths
from app.settings.settings import Settings
from app.store.history import History
from app.store.values import MessageState

if TYPE_CHECKING:
    from app.ui.chat.chat_controller import ChatController
    from app.ui.window.assembly import Assembly
    from app.ui.window.main_window import MainWindow

MESSAGES = 1_000
PROMPT_TOKENS = 2_000
ANSWER_TOKENS = 300
HEARTBEAT_MS = 2
_WAIT_S = 180
QUESTION = "Write a long story about this lease, with a heading for every chapter."


def measure(model: InstalledModel, folder: Path) -> Iterator[Figure]:
    """All figures, with `model` and a conversation of 1,000 messages in a new data folder."""
    if not any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.ui.application import run

    paths = Paths.at(folder)
    paths.create()
    shutil.copytree(model.folder, paths.models / model.folder.name)
    _prepare(paths)
    scenario = Scenario()
    logging = Logging(paths.logs)
    try:
        run(paths, logging, scenario.begin)
    finally:
        logging.close()
    if scenario.failure is not None:
        raise scenario.failure
    return iter(scenario.figures)


def _prepare(paths: Paths) -> None:
    """A history of 1,000 messages in one conversation, which the window opens by itself."""
    history = History(paths.history_file)
    history.open()
    try:
        with history.batch():
            conversation = history.create_conversation(title="A lease")
            parent: str | None = None
            for number in range(MESSAGES):
                role = Role.ASSISTANT if number % 2 else Role.USER
                text = prose(40, number) + (f"\n\n```python\nclause = {number}\n```" * (number % 2))
                message = history.add_message(
                    conversation.id, parent, role, text, MessageState.COMPLETE
                )
                parent = message.id
    finally:
        history.close()
    settings = Settings(paths.settings_file)
    settings.load()
    settings.set("window.last_conversation", conversation.id)
    settings.set("generation.max_tokens", ANSWER_TOKENS)
    settings.set("generation.temperature", 0.0)
    # The engine keeps room for the answer, and drops old turns down to 75 % of the rest.
    settings.set("model.context_limit", PROMPT_TOKENS * 8 // 5)


class Scenario:
    """What a person does, with a heartbeat that notices every gap of the event loop."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.failure: BaseException | None = None
        self._gaps: list[float] = []
        self._last_beat = 0.0

    def begin(self, window: MainWindow, assembly: Assembly) -> None:
        """Start the heartbeat and the scenario; the window closes when it is over."""
        from PySide6.QtCore import Qt, QTimer

        timer = QTimer(window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(HEARTBEAT_MS)
        timer.timeout.connect(self._beat)

        async def run() -> None:
            try:
                await self._run(assembly, timer.start)
            except BaseException as error:  # noqa: BLE001  (raised again by `measure`)
                self.failure = error
            finally:
                timer.stop()
                window.close_wanted.emit()

        assembly.parts.tasks.start("bench", run())

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last_beat:
            self._gaps.append((now - self._last_beat) * 1e3)
        self._last_beat = now

    async def _run(self, assembly: Assembly, start_heartbeat: Callable[[], None]) -> None:
        chat = assembly.parts.chat
        async with asyncio.timeout(_WAIT_S):
            await _shown(chat)
            start_heartbeat()
            read, usage = await self._ask(assembly, stop_after=None)
            gaps, self._gaps = self._gaps, []
            stopped_ms = await self._stop(assembly)
        self.figures += [
            Figure("gui_gap_max_ms", max(gaps), "ms", 50),
            Figure("gui_gap_p99_ms", percentile(gaps, 0.99), "ms", 17),
            Figure("stop_to_idle_ms", stopped_ms, "ms", 300),
            Figure("prompt_tokens", read, "tokens"),
            Figure("answer_tokens", usage.completion_tokens, "tokens"),
            Figure("decode_tokens_per_s", usage.decode_tokens_per_s, "tokens/s"),
            Figure("heartbeats", len(gaps), "count"),
        ]

    async def _ask(self, assembly: Assembly, stop_after: int | None) -> tuple[int, Usage]:
        """Send the question and wait for the end; stop after some deltas where told to."""
        chat = assembly.parts.chat
        read, deltas, usage = 0, 0, None
        idle = asyncio.Event()

        def take(_message_id: str, event: object) -> None:
            nonlocal read, deltas, usage
            if isinstance(event, Started):
                read = event.context.prompt_tokens
            elif isinstance(event, Usage):
                usage = event
            elif isinstance(event, TextDelta):
                deltas += 1
                if deltas == stop_after:
                    self._stopped_at = time.perf_counter()
                    chat.stop()

        def busy(is_busy: bool) -> None:
            if not is_busy:
                idle.set()

        chat.stream_event.connect(take)
        chat.busy_changed.connect(busy)
        try:
            chat.send(QUESTION)
            await idle.wait()
        finally:
            chat.stream_event.disconnect(take)
            chat.busy_changed.disconnect(busy)
        if usage is None:
            raise RuntimeError("an answer ended without its usage")
        return read, usage

    async def _stop(self, assembly: Assembly) -> float:
        """Milliseconds from the wish to stop a streaming answer until the window is idle."""
        await self._ask(assembly, stop_after=10)
        return (time.perf_counter() - self._stopped_at) * 1e3


async def _shown(chat: ChatController) -> None:
    """Wait until the prepared conversation is in front."""
    opened = asyncio.Event()

    def shown(conversation: object, _messages: object) -> None:
        if conversation is not None:
            opened.set()

    chat.shown.connect(shown)
    if not chat.open_id:
        await opened.wait()
    chat.shown.disconnect(shown)
