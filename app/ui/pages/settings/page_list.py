"""The way through the pages of the settings: a list at the side, or a choice where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from app.ui.appearance import Appearance
from app.ui.pages.settings.sections import Section
from app.ui.theme import icon
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label
from app.ui.widgets.restyle import restyle
from app.ui.widgets.search_field import SearchField

_WIDTH = 232
_ICON = 16


class PageList(QWidget):
    """`back` stands before its heading.

    Signals:
        chosen(str name): the person wants this page.
        entered: the person wants the keyboard on the page.
        searched(str text): what stands in the search field now.
        down_pressed: go on to what was found.
    """

    chosen = Signal(str)
    entered = Signal()
    searched = Signal(str)
    down_pressed = Signal()

    def __init__(self, look: Appearance, sections: Sequence[Section], back: QWidget) -> None:
        super().__init__()
        self._look = look
        self._sections = list(sections)
        self.setObjectName("settingsList")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchField()
        self.search.setPlaceholderText(self.tr("Search settings"))
        self.search.setAccessibleName(self.tr("Search settings"))
        self.search.textChanged.connect(self.searched)
        self.search.down_pressed.connect(self.down_pressed)
        self.search.returnPressed.connect(self.down_pressed)
        self.list = _List()
        self.list.setAccessibleName(self.tr("Pages of the settings"))
        self.list.entered_by_key.connect(self.entered)
        self.choice = Choice(look)
        self.choice.setAccessibleName(self.tr("Page of the settings"))
        for section in self._sections:
            self.list.addItem(QListWidgetItem(section.title))
            self.choice.addItem(section.title, section.name)
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemClicked.connect(lambda _item: self._choose(self.list.currentRow()))
        self.choice.activated.connect(self._choose)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(back)
        self._heading = label(self.tr("Settings"), "title")
        head.addWidget(self._heading, 1)
        head.addWidget(self.choice, 1)
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._top.setSpacing(12)
        self._top.addLayout(head, 1)
        self._top.addWidget(self.search, 1)
        column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        column.setSpacing(12)
        column.addLayout(self._top)
        column.addWidget(self.list, 1)
        self._column = column
        look.changed.connect(self._draw_icons)
        self._draw_icons()
        self.set_narrow(narrow=False)

    def show_section(self, name: str) -> None:
        """Mark the page that is in front."""
        place = next(n for n, section in enumerate(self._sections) if section.name == name)
        with QSignalBlocker(self.list), QSignalBlocker(self.choice):
            self.list.setCurrentRow(place)
            self.choice.setCurrentIndex(place)

    def set_narrow(self, *, narrow: bool) -> None:
        """Stand above the page rather than at its side."""
        had_keyboard = self.list.hasFocus() or self.choice.hasFocus()
        way = QBoxLayout.Direction
        self._top.setDirection(way.LeftToRight if narrow else way.TopToBottom)
        self._column.setContentsMargins(*((24, 12, 24, 10) if narrow else (16, 20, 12, 12)))
        self._heading.setVisible(not narrow)
        self.choice.setVisible(narrow)
        self.list.setVisible(not narrow)
        restyle(self, "narrow", "true" if narrow else "false")
        if narrow:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(self._width)
        if had_keyboard:
            (self.choice if narrow else self.list).setFocus()

    @property
    def _width(self) -> int:
        # Half as much wider as the text is larger: the page needs the room.
        return round(_WIDTH * (1 + self._look.percent / 100) / 2)

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._sections):
            self.chosen.emit(self._sections[place].name)

    def _draw_icons(self) -> None:
        size = self._look.scaled(_ICON)
        self.list.setIconSize(QSize(size + 4, size))
        for place, section in enumerate(self._sections):
            picture = icon(section.icon, self._look.theme.text_second, size=size, gap=4)
            self.list.item(place).setIcon(picture)


class _List(QListWidget):
    """Up and Down choose a page at once; Right and Enter go into it.

    Signals:
        entered_by_key: one of those was pressed.
    """

    entered_by_key = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "pages")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.entered_by_key.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
