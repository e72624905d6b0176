"""What the page of the history says about the job that runs: what, how far, and a way to stop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar

from app.ui.appearance import Appearance
from app.ui.history.storage_controller import StorageController
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column


class JobCard(QFrame):
    """Hidden while nothing runs."""

    def __init__(self, look: Appearance, storage: StorageController) -> None:
        super().__init__()
        self._what = ""
        self.words = label("", "name", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.stop = push(look, self.tr("Stop"))
        self.stop.clicked.connect(storage.cancel)
        column = card_column(self)
        column.addWidget(self.words)
        column.addWidget(self.progress)
        column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        storage.began.connect(self._begin)
        storage.progressed.connect(self._show)
        storage.ended.connect(self.hide)
        self.hide()

    def _begin(self, what: str) -> None:
        self._what = what
        self._show(None, "")
        self.show()

    def _show(self, share: float | None, words: str) -> None:
        self.words.setText(f"{self._what}: {words}" if words else f"{self._what}...")
        self.progress.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.progress.setValue(round(share * 1000))
