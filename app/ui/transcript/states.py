"""Small parts of a message: how it ended, and the line above which the model saw nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.events import ContextUse
from app.store.values import MessageState
from app.ui.theme import Theme, pixmap
from app.ui.transcript.row import Row
from app.ui.transcript.words import CONTINUABLE, cut_details, cut_words, state_word


def plain_label(words: str, role: str, parent: QWidget | None = None) -> QLabel:
    """A label that shows `words` as they are, wrapped where the room ends."""
    label = QLabel(words, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


class Ending(QWidget):
    """How a message ended, where it did not end by itself, and what is to be known about it.

    Signals:
        retry_wanted: the answer is to be tried again.
        continue_wanted: the answer is to go on where it ended.
    """

    retry_wanted = Signal()
    continue_wanted = Signal()

    def __init__(self, parent: QWidget, row: Row, theme: Theme) -> None:
        super().__init__(parent)
        self.retry: QPushButton | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.space_2, 0, 0)
        layout.setSpacing(theme.space_1)
        for notice in row.notices:
            layout.addWidget(plain_label(notice, "meta"))
        if row.message.state is MessageState.FAILED:
            layout.addWidget(self._failure(row, theme))
        elif words := state_word(row.message.state):
            layout.addLayout(self._stop(row, words, theme))

    @staticmethod
    def is_needed(row: Row) -> bool:
        """Whether there is anything to say about `row`."""
        state = row.message.state
        failed = state is MessageState.FAILED
        return bool(row.notices) or failed or bool(state_word(state))

    def _stop(self, row: Row, words: str, theme: Theme) -> QHBoxLayout:
        """The state in words, and the way on where there is one."""
        layout = QHBoxLayout()
        layout.setSpacing(theme.space_2)
        layout.addWidget(plain_label(words, "meta"), 1)
        if row.message.state in CONTINUABLE and row.text and row.is_last:
            self.retry = QPushButton(self.tr("Continue"))
            self.retry.setToolTip(self.tr("Let the model go on where this answer ends"))
            self.retry.clicked.connect(self.continue_wanted)
            layout.addWidget(self.retry)
        return layout

    def _failure(self, row: Row, theme: Theme) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "strip")
        frame.setProperty("tone", "failure")
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(theme.space_3, theme.space_2, theme.space_2, theme.space_2)
        layout.setSpacing(theme.space_2)
        picture = QLabel()
        picture.setPixmap(pixmap("circle-alert", theme.error, 16, self.devicePixelRatioF()))
        layout.addWidget(picture)
        sentence = row.message.error or self.tr("The answer could not be given.")
        words = plain_label(sentence, "")
        words.setAccessibleName(self.tr("Error: {sentence}").format(sentence=sentence))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(words, 1)
        self.retry = QPushButton(self.tr("Try again"))
        self.retry.setToolTip(self.tr("Ask for this answer once more"))
        self.retry.clicked.connect(self.retry_wanted)
        layout.addWidget(self.retry)
        return frame


class CutLine(QWidget):
    """A thin line with words: the model did not see what is above; `context` says how much."""

    def __init__(self, parent: QWidget, theme: Theme, context: ContextUse) -> None:
        super().__init__(parent)
        self.context = context
        self._theme = theme
        self.setToolTip(cut_details(context))
        self.setAccessibleDescription(cut_details(context))
        self._words = QLabel(cut_words(), self)
        self._words.setProperty("role", "meta")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self.setAccessibleName(cut_words())

    def height_for(self, width: int) -> int:
        """The height it needs at `width`."""
        room = max(1, width - 2 * self._theme.space_5)
        return self._words.heightForWidth(room) + 2 * self._theme.space_2

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002
        """Keeps the words in the middle."""
        room = max(1, self.width() - 2 * self._theme.space_5)
        hint = self._words.fontMetrics().horizontalAdvance(self._words.text()) + 4
        width = min(room, hint)
        self._words.setGeometry((self.width() - width) // 2, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The line on both sides of the words."""
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._theme.line_strong), 1))
        words, middle, gap = self._words.geometry(), self.height() // 2, self._theme.space_3
        painter.drawLine(QPoint(0, middle), QPoint(words.left() - gap, middle))
        painter.drawLine(QPoint(words.right() + gap, middle), QPoint(self.width(), middle))
