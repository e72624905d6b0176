"""The panel under the search field: which conversations are searched, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from app.store.filters import Filters, Sort
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label

if TYPE_CHECKING:
    from app.store.values import Folder


class Period(StrEnum):
    """How far back one looks."""

    ANY = ""
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def since(self, now: datetime) -> float | None:
        """The beginning of the period in Unix seconds, None for no limit."""
        days = {Period.TODAY: 0, Period.WEEK: 7, Period.MONTH: 30, Period.YEAR: 365}
        if self not in days:
            return None
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight - timedelta(days=days[self])).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the panel says. `folder` is an id, "none" for outside of any, None for all."""

    model: str = ""
    period: Period = Period.ANY
    is_local: bool | None = None
    folder: str | None = None
    tag: str = ""

    @property
    def is_anything(self) -> bool:
        """Whether it leaves anything out."""
        return self != NOTHING

    def filters(self, now: datetime) -> Filters:
        """The same for the store."""
        return Filters(
            model=self.model,
            since=self.period.since(now),
            is_local=self.is_local,
            folder_id="" if self.folder == OUTSIDE else self.folder,
            tag=self.tag,
        )


NOTHING = Chosen()
OUTSIDE = "none"


class FilterPanel(QFrame):
    """Hidden until it is asked for.

    Signals:
        changed: `chosen` is another one.
        sort_changed(str): the list is wanted in this `Sort`.
        jump_wanted(str): go to the heading of this key in the list.
    """

    changed = Signal()
    sort_changed = Signal(str)
    jump_wanted = Signal(str)

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.model = self._choice(self.tr("Model"))
        self.period = self._choice(self.tr("When"))
        self.place = self._choice(self.tr("Answered"))
        self.folder = self._choice(self.tr("Folder"))
        self.tag = self._choice(self.tr("Tag"))
        self.sort = self._choice(self.tr("Order"))
        self.jump = self._choice(self.tr("Go to"))
        self.clear_button = push(look, self.tr("Clear the filters"), "link")
        self.clear_button.clicked.connect(self.clear)
        for name, period in (
            (self.tr("Any time"), Period.ANY),
            (self.tr("Today"), Period.TODAY),
            (self.tr("Last 7 days"), Period.WEEK),
            (self.tr("Last 30 days"), Period.MONTH),
            (self.tr("Last 12 months"), Period.YEAR),
        ):
            self.period.addItem(name, period.value)
        self.place.addItem(self.tr("Anywhere"), None)
        self.place.addItem(self.tr("On this computer only"), True)
        self.place.addItem(self.tr("By a cloud, too"), False)
        for name, sort in (
            (self.tr("Last used"), Sort.ACTIVITY),
            (self.tr("Newest first"), Sort.CREATED),
            (self.tr("By title"), Sort.TITLE),
        ):
            self.sort.addItem(name, sort.value)
        self._arrange()
        self.set_models([])
        self.set_folders([])
        self.set_tags([])
        for choice in (self.model, self.period, self.place, self.folder, self.tag):
            choice.activated.connect(self._on_changed)
        self.sort.activated.connect(lambda: self.sort_changed.emit(self.sort.currentData()))
        self.jump.activated.connect(self._jump)
        self.set_headings([])
        self._show_clear()

    @property
    def chosen(self) -> Chosen:
        """What is asked for."""
        return Chosen(
            model=self.model.currentData() or "",
            period=Period(self.period.currentData() or ""),
            is_local=self.place.currentData(),
            folder=self.folder.currentData(),
            tag=self.tag.currentData() or "",
        )

    def clear(self) -> None:
        """Ask for everything again."""
        for choice in (self.model, self.period, self.place, self.folder, self.tag):
            choice.setCurrentIndex(0)
        self._on_changed()

    def set_models(self, models: Iterable[tuple[str, str]]) -> None:
        """The models that may have answered: ids and names."""
        self._fill(self.model, self.tr("Any model"), [(name, found) for found, name in models])

    def set_folders(self, folders: Iterable[Folder]) -> None:
        """The folders there are."""
        found = list(folders)
        entries: list[tuple[str, str]] = [(self.tr("In no folder"), OUTSIDE)] if found else []
        for folder in found:
            if folder.parent_id is None:
                entries.append((folder.name, folder.id))
                inner = [one for one in found if one.parent_id == folder.id]
                entries += [(f"{folder.name} / {one.name}", one.id) for one in inner]
        self._fill(self.folder, self.tr("All folders"), entries)

    def set_tags(self, tags: Iterable[str]) -> None:
        """The tags in use."""
        self._fill(self.tag, self.tr("Any tag"), [(f"#{tag}", tag) for tag in tags])

    def set_headings(self, headings: Iterable[tuple[str, str]]) -> None:
        """The days and months that the list can go to: keys and names."""
        self._fill(self.jump, self.tr("A day..."), [(name, key) for key, name in headings])
        self.jump.setCurrentIndex(0)

    def set_sort(self, sort: Sort) -> None:
        """Show the order in force."""
        self.sort.setCurrentIndex(max(0, self.sort.findData(sort.value)))

    def _choice(self, name: str) -> Choice:
        choice = Choice(self._look)
        choice.setAccessibleName(name)
        choice.setMinimumContentsLength(6)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return choice

    def _fill(self, choice: Choice, everything: str, entries: Iterable[tuple[str, str]]) -> None:
        """Offer `entries`; what was chosen stays so where it is still there."""
        before = choice.currentData()
        with QSignalBlocker(choice):
            choice.clear()
            choice.addItem(everything, None)
            for name, value in entries:
                choice.addItem(name, value)
            choice.setCurrentIndex(max(0, choice.findData(before)) if before else 0)
        if before and choice.currentData() != before and choice is not self.jump:
            self._on_changed()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        filters = (self.period, self.model, self.place, self.folder, self.tag)
        rows: list[tuple[str, QWidget]] = [
            (one.accessibleName(), one) for one in (*filters, self.sort, self.jump)
        ]
        for number, (name, widget) in enumerate(rows):
            grid.addWidget(label(name, "meta"), number, 0)
            grid.addWidget(widget, number, 1)
        grid.addWidget(self.clear_button, len(rows), 1)
        grid.setColumnStretch(1, 1)

    def _jump(self) -> None:
        key = self.jump.currentData()
        self.jump.setCurrentIndex(0)
        if key:
            self.jump_wanted.emit(key)

    def _on_changed(self) -> None:
        self._show_clear()
        self.changed.emit()

    def _show_clear(self) -> None:
        self.clear_button.setVisible(self.chosen.is_anything)


class FilterArea(QScrollArea):
    """Lets the panel scroll where there is too little room for all of it."""

    def __init__(self, panel: FilterPanel) -> None:
        super().__init__()
        self._panel = panel
        self.setWidget(panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for widget in (panel, self.viewport()):
            widget.setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """All of the panel."""
        return QSize(super().sizeHint().width(), self._panel.sizeHint().height())
