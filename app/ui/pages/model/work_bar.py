"""The foot of a page of models: what is done now, how far it is, and how it ended."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.pages.model.work import Work
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.page import Page
from app.ui.widgets.strip import Strip


class WorkBar(QFrame):
    """Stays in sight while the page scrolls; away where there is nothing to say."""

    def __init__(self, look: Appearance, work: Work) -> None:
        super().__init__()
        self._work = work
        self.strip = Strip(look)
        self.title = ElidedLabel("", "name")
        self.what = ElidedLabel("", "meta")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.cancel = push(look, self.tr("Cancel"))
        self.cancel.clicked.connect(work.stop)
        words = QVBoxLayout()
        words.setSpacing(4)
        for widget in (self.title, self.what, self.progress):
            words.addWidget(widget)
        self.running = QFrame()
        self.running.setProperty("role", "card")
        row = QHBoxLayout(self.running)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 4, 24, 8)
        column.addWidget(self.strip)
        column.addWidget(self.running)
        work.changed.connect(self._show)
        work.done.connect(self._say)
        work.failed.connect(self._fail)
        self.strip.closed.connect(self._show)
        self._show()

    def _show(self) -> None:
        work = self._work
        if work.is_running and not self.running.isVisible():
            self.strip.clear()
        self.running.setVisible(work.is_running)
        self.title.setText(work.title)
        self.what.setText(work.what)
        self.progress.setRange(0, 0 if work.share is None else 1000)
        if work.share is not None:
            self.progress.setValue(round(work.share * 1000))
        self.setVisible(work.is_running or bool(self.strip.sentence))

    def _say(self, sentence: str) -> None:
        if sentence:
            self.strip.say(sentence, seconds=12)
        self._show()

    def _fail(self, error: AppError) -> None:
        self.strip.fail(error)
        self._show()


def add_to(page: Page, work: Work) -> WorkBar:
    """Put the bar under everything else on a page."""
    bar = WorkBar(page.look, work)
    layout = page.layout()
    assert layout is not None, "a page has one"
    layout.addWidget(bar)
    return bar
