"""A note when a long answer is complete and nobody looks; never a word of the chat in it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from app.ui.window.notifier import NOTIFY, TRAY, Notifier
from tests.ui.conftest import Async, Desk


class Tray(QSystemTrayIcon):
    """Notes what would be shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.notes: list[tuple[str, str]] = []
        self.shown = False

    def show(self) -> None:
        self.shown = True

    def hide(self) -> None:
        self.shown = False

    def showMessage(  # type: ignore[override]  # noqa: N802
        self, title: str, words: str, picture: QIcon, _time_ms: int
    ) -> None:
        assert not picture.isNull()
        self.notes.append((title, words))


class Room:
    def __init__(self, desk: Desk, *, has_tray: bool = True) -> None:
        self.now = 100.0
        self.trays: list[Tray] = []
        self.chat = desk.parts.chat
        self.notifier = Notifier(
            desk.window,
            desk.parts,
            clock=lambda: self.now,
            make_tray=self._make,
            has_tray=lambda: has_tray,
        )

    def _make(self, parent: QObject) -> Tray:
        self.trays.append(Tray(parent))
        return self.trays[-1]

    @property
    def notes(self) -> list[str]:
        return [words for tray in self.trays for _, words in tray.notes]

    def answer(self, seconds: float, *, by_itself: bool = True) -> None:
        self.chat.streaming_changed.emit(frozenset({"c"}))
        self.now += seconds
        self.chat.turn_ended.emit("c", by_itself)


def look_away(desk: Desk, aio: Async) -> None:
    desk.window.hide()
    aio.until(lambda: not desk.window.isActiveWindow())


def test_a_long_answer_that_nobody_sees_is_told(desk: Desk, aio: Async) -> None:
    room = Room(desk)
    look_away(desk, aio)
    room.answer(30)
    assert room.notes == ["The answer is complete."]
    room.answer(30, by_itself=False)
    assert room.notes[1:] == ["The answer has ended."]
    assert room.trays[0].shown
    room.notifier.close()
    assert not room.trays[0].shown


def test_what_is_seen_short_or_unwanted_is_not_told(desk: Desk, aio: Async) -> None:
    room = Room(desk)
    room.answer(30)
    look_away(desk, aio)
    room.answer(2)
    aio.run(desk.parts.settings.set(NOTIFY, False))
    room.answer(30)
    assert room.notes == []


def test_without_a_tray_nothing_fails(desk: Desk, aio: Async) -> None:
    room = Room(desk, has_tray=False)
    look_away(desk, aio)
    room.answer(30)
    assert room.trays == []


def test_the_icon_comes_and_goes_with_the_setting(desk: Desk, aio: Async) -> None:
    room = Room(desk)
    assert room.trays == []
    aio.run(desk.parts.settings.set(TRAY, True))
    aio.until(lambda: bool(room.trays) and room.trays[0].shown)
    look_away(desk, aio)
    room.trays[0].activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert desk.window.isVisible()
    aio.run(desk.parts.settings.set(TRAY, False))
    aio.until(lambda: not room.trays[0].shown)
