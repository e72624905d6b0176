"""The settings panel: the list of its pages, the search, and the page in front."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.tasks import Tasks
from app.ui.appearance import Appearance
from app.ui.pages.rows_page import RowsPage
from app.ui.pages.settings.changes import names
from app.ui.pages.settings.found_page import FoundPage
from app.ui.pages.settings.page_list import PageList
from app.ui.pages.settings.sections import GENERAL, Hit, find, sections
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, Screen

_NARROW = 700


class SettingsPanel(Screen):
    """Each page is made by `make` when it is first wanted."""

    def __init__(
        self,
        look: Appearance,
        make: Callable[[str], Page],
        settings: SettingsBridge,
        tasks: Tasks,
    ) -> None:
        super().__init__(look, self.tr("Settings"))
        self._make = make
        self._settings = settings
        self._tasks = tasks
        self._sections = {section.name: section for section in sections()}
        self._made: dict[str, Page] = {}
        self._current = GENERAL
        self.pages = PageList(look, list(self._sections.values()), self.back)
        self.stack = QStackedWidget()
        self.found = FoundPage(look)
        self.found.back.hide()
        self.stack.addWidget(self.found)
        self.notice = label("", "refused", wrap=True)
        self.restart = label("", "caution", wrap=True)
        self._notes = QWidget()
        notes = QVBoxLayout(self._notes)
        notes.setContentsMargins(24, 12, 24, 0)
        for words in (self.notice, self.restart):
            notes.addWidget(words)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._notes)
        column.addWidget(self.stack, 1)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(0)
        self._both.addWidget(self.pages)
        self._both.addWidget(content, 1)
        self._connect()
        self.go_to(GENERAL)
        self._say_what_waits()

    @property
    def part(self) -> Page:
        """The page of the settings that is chosen."""
        return self._made[self._current]

    @property
    def name(self) -> str:
        """Its name."""
        return self._current

    @property
    def is_searching(self) -> bool:
        """Whether what was found stands in the place of the page."""
        return bool(self.pages.search.text().strip())

    def on_shown(self) -> None:
        """The page in front reads its facts again."""
        super().on_shown()
        self.part.on_shown()

    def go_to(self, part: str) -> None:
        """Choose a page; what was searched for is let go of."""
        is_new = part not in self._made
        if is_new:
            self._add(part)
        self._current = part
        self.pages.show_section(part)
        self.pages.search.clear()
        self.stack.setCurrentWidget(self.part)
        if is_new:
            self.rearranged.emit()

    def go_to_setting(self, hit: Hit) -> None:
        """Choose the page of what was found, and give the keyboard to it."""
        self._open(hit.section.name)
        part = self.part
        if isinstance(part, RowsPage) and (place := part.place_of(hit.key)) is not None:
            self._bring_into_sight(part, place)
            if (control := part.control_of(hit.key)) is not None:
                control.setFocus()
        else:
            self._enter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the list becomes a choice above the page."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        way = QBoxLayout.Direction
        narrow = self.width() < self.look.scaled(_NARROW)
        self._both.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        self.pages.set_narrow(narrow=narrow)

    def _connect(self) -> None:
        self.pages.chosen.connect(self._open)
        self.pages.entered.connect(self._enter)
        self.pages.searched.connect(self._search)
        self.pages.down_pressed.connect(self._to_first)
        self.found.wanted.connect(self.go_to_setting)
        self.look.changed.connect(self._share_room)
        self._settings.changed.connect(lambda *_change: self._say_what_waits())

    def _add(self, name: str) -> None:
        page = self._made[name] = self._make(name)
        page.back.hide()  # the panel has one
        page.left.connect(self.left)
        page.rearranged.connect(self.rearranged)
        if isinstance(page, RowsPage):
            page.add_reset(self._sections[name].settings, self._settings, self._tasks)
        self.stack.addWidget(page)

    def _open(self, name: str) -> None:
        self.go_to(name)
        self.part.on_shown()

    def _enter(self) -> None:
        """Give the keyboard to the first control of the page."""
        self.part.setFocus()
        self.part.focusNextChild()

    def _search(self, text: str) -> None:
        if text.strip():
            self.found.show_hits(find(text))
            self.stack.setCurrentWidget(self.found)
            self.rearranged.emit()
        else:
            self.stack.setCurrentWidget(self.part)

    def _to_first(self) -> None:
        if self.is_searching and self.found.buttons:
            self.found.buttons[0].setFocus()

    def _bring_into_sight(self, part: Page, place: QWidget) -> None:
        # A page that is new has no heights yet.
        QCoreApplication.sendPostedEvents(part, QEvent.Type.LayoutRequest)
        part.area.ensureWidgetVisible(place)

    def _say_what_waits(self) -> None:
        notices, waiting = self._settings.notices, self._settings.waiting
        self.notice.setText(" ".join(notices))
        self.notice.setVisible(bool(notices))
        sentence = self.tr("{0} holds after the next start of Tacit.").format(names(waiting))
        self.restart.setText(sentence if waiting else "")
        self.restart.setVisible(bool(waiting))
        self._notes.setVisible(bool(notices or waiting))
