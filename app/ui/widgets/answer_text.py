"""An answer outside a conversation: the same drawing, in a widget as high as its words."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.appearance import Appearance
from app.ui.markdown.formats import Formats
from app.ui.transcript.body import Body

_TURN_S = 0.008


class AnswerText(QWidget):
    """Draws what it is given in short turns, so that the window goes on answering.

    Signals:
        link_clicked(str): the address of a link that was clicked or chosen by keyboard.
    """

    link_clicked = Signal(str)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._body = Body(self, as_written=False, shrinks=False)
        self._formats = Formats(look.theme, look.percent)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._work)
        look.changed.connect(self._on_look)
        self._body.text.link_clicked.connect(self.link_clicked)

    def name(self, name: str) -> None:
        """What a screen reader calls it."""
        self._body.text.setAccessibleName(name)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._body.source

    def show_text(self, text: str, *, is_open: bool) -> None:
        """Show `text`; with `is_open` more of it follows."""
        before = self._body.source
        if is_open and before and text.startswith(before):
            self._body.feed(text[len(before) :])
        else:
            self._body.set_source(text, is_open=is_open)
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Laid out again in another width."""
        super().resizeEvent(event)
        self._draw()

    def _on_look(self) -> None:
        self._formats = Formats(self._look.theme, self._look.percent)
        self._draw()

    def _draw(self) -> None:
        if self.width() > 0:
            self._body.set_look(self._formats, self.width())
            self._timer.start()

    def _work(self) -> None:
        if not self._body.work(time.perf_counter() + _TURN_S):
            self._timer.stop()
        height = self._body.height
        if height != self.height():
            self._body.text.resize(self.width(), height)
            self.setFixedHeight(height)
