"""A strip that stands where something happened: a sentence, at most one action, a way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label
from app.ui.widgets.restyle import restyle

UNDO_SECONDS = 12
_NARROW = 420
Tone = Literal["failure", "notice", "plain"]
_ICONS: dict[Tone, tuple[str, str]] = {
    "failure": ("circle-alert", "error"),
    "notice": ("triangle-alert", "not_enforced"),
    "plain": ("info", "text_second"),
}


class Strip(QFrame):
    """Hidden until it has something to say.

    Signals:
        closed: it was dismissed, by the person or because its time had passed; not emitted
            when its action was taken or another sentence took its place.
    """

    closed = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._action: Callable[[], object] | None = None
        self.setProperty("role", "strip")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._picture = label("")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = label("", wrap=True)
        self.button = push(look, "", "strip")
        self.button.setAccessibleName(self.tr("Action"))
        self.button.clicked.connect(self._act)
        self._close = tool(look, "x", self.tr("Dismiss"), self.dismiss, size=16)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        self._words = QHBoxLayout()
        self._words.setSpacing(8)
        self._words.addWidget(self._text, 1)
        self._words.addWidget(self.button)
        row.addWidget(self._picture)
        row.addLayout(self._words, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says, "" while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(
        self,
        sentence: str,
        tone: Tone = "plain",
        *,
        action: str = "",
        run: Callable[[], object] | None = None,
        seconds: float = 0,
    ) -> None:
        """Show `sentence`, with a button `action` that calls `run`, for `seconds` (0: no end)."""
        self._action = run
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._look.set_picture(self._picture, *_ICONS[tone], 16)
        self._picture.setVisible(tone != "plain")
        self.button.setText(action)
        self.button.setAccessibleName(action or self.tr("Action"))
        self.button.setVisible(bool(action))
        restyle(self, "tone", tone)
        self._timer.stop()
        if seconds:
            self._timer.start(round(seconds * 1000))
        self.show()

    def fail(
        self, error: AppError, *, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Say what happened and what to do."""
        self.say(error.sentence, "failure", action=action, run=run)

    def dismiss(self) -> None:
        """Leave, without the action."""
        if not self.isHidden():
            self.clear()
            self.closed.emit()

    def clear(self) -> None:
        """Leave without a word to anyone."""
        self._timer.stop()
        self._action = None
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the action goes under the words."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        is_narrow = self.width() < self._look.scaled(_NARROW)
        self._words.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)
        left = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignVCenter
        self._words.setAlignment(self.button, left)

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
