"""What this is: its version, where the data lies, and the licences of all that is in it."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, qVersion
from PySide6.QtWidgets import QFrame, QListWidget, QPlainTextEdit

from app import __version__, licences
from app.core.handoff import Worker
from app.core.tasks import Tasks
from app.licences import Work
from app.paths import Paths
from app.settings.update_table import CHECK
from app.ui.appearance import Appearance
from app.ui.pages.rows_page import RowsPage
from app.ui.pages.update_card import UpdateCard
from app.ui.widgets.labels import label
from app.ui.widgets.page import card

T = TypeVar("T")

_LIST_HEIGHT, _TEXT_HEIGHT = 190, 260


class AboutPage(RowsPage):
    """The licences are read when it is shown first, and each text when it is chosen."""

    def __init__(self, look: Appearance, paths: Paths, tasks: Tasks) -> None:
        super().__init__(look, self.tr("About"))
        self._tasks = tasks
        self._works: list[Work] = []
        self._is_read = False
        self.version = label(f"Tacit {__version__}", "heading", selectable=True)
        self.place = label(str(paths.root), wrap=True, selectable=True)
        self.list = QListWidget()
        self.text = QPlainTextEdit()
        self.column.addWidget(self._about_card())
        self._licences = self._licences_card()
        self.column.addWidget(self._licences)
        self.list.currentRowChanged.connect(self._on_chosen)

    def add_updates(self, news: UpdateCard) -> None:
        """The card about new versions, behind what this version is."""
        self.rows[CHECK] = news.row
        self.column.insertWidget(self.column.indexOf(self._licences), news)

    def on_shown(self) -> None:
        """Read what there is, the first time."""
        super().on_shown()
        if not self._is_read:
            self._is_read = True
            self._tasks.start("read the licences", self._read())

    def _about_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(self.version)
        words = self.tr("Private chat with a language model on your own computer.")
        column.addWidget(label(words, "second", wrap=True))
        made = self.tr("With Python {0} and Qt {1}, under the MIT licence.")
        column.addWidget(
            label(made.format(platform.python_version(), qVersion()), "second", wrap=True)
        )
        column.addSpacing(4)
        column.addWidget(label(self.tr("Your data lies in"), "name", wrap=True))
        column.addWidget(self.place)
        return frame

    def _licences_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Licences"), "name", wrap=True))
        words = self.tr("Tacit stands on the work of others, each under its own licence.")
        column.addWidget(label(words, "meta", wrap=True))
        self.list.setProperty("role", "lines")
        self.list.setAccessibleName(self.tr("What Tacit is made of"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(self.look.scaled(_LIST_HEIGHT))
        self.text.setProperty("role", "field")
        self.text.setObjectName("licence")
        self.text.setReadOnly(True)
        self.text.setPlaceholderText(self.tr("Reading the licences..."))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        self.text.setFixedHeight(self.look.scaled(_TEXT_HEIGHT))
        column.addWidget(self.list)
        column.addWidget(self.text)
        return frame

    async def _read(self) -> None:
        self._works = await _on_a_thread(licences.works)
        with QSignalBlocker(self.list):
            self.list.clear()
            for work in self._works:
                named = " ".join(part for part in (work.name, work.version) if part)
                self.list.addItem(f"{named}: {work.licence}" if work.licence else named)
        self.list.setCurrentRow(0)

    def _on_chosen(self, place: int) -> None:
        if 0 <= place < len(self._works):
            self._tasks.start("read a licence", self._show(self._works[place]))

    async def _show(self, work: Work) -> None:
        text = await _on_a_thread(lambda: licences.text_of(work))
        if self._works[self.list.currentRow()] is work:
            named = self.tr("Its licence is {0}; the text does not lie here.")
            self.text.setPlainText(text or named.format(work.licence or self.tr("not named")))


async def _on_a_thread(function: Callable[[], T]) -> T:
    worker = Worker("licences")
    try:
        return await worker.call(function)
    finally:
        worker.close()
