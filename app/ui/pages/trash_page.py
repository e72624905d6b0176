"""The page of the trash: take things out again, erase them, and how long it keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.settings.table import SETTINGS
from app.ui.appearance import Appearance
from app.ui.history.trash_controller import TrashItem
from app.ui.history.trash_list import TrashList, TrashModel
from app.ui.pages.setting_row import SettingRow
from app.ui.side.dialogs import SureQuestion
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card
from app.ui.widgets.strip import Strip

DAYS = "history.trash_days"


class TrashPage(Page):
    """Shows what it is told; says what the person wants and does none of it.

    Signals:
        restore_wanted(list of TrashItem), erase_wanted(list of TrashItem): with these.
        empty_wanted: erase everything.
    """

    restore_wanted = Signal(list)
    erase_wanted = Signal(list)
    empty_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Trash"))
        self.strip = Strip(look)
        self.model = TrashModel()
        self.list = TrashList(look, self.model)
        self.restore = push(look, self.tr("Restore"), "primary")
        self.erase = push(look, self.tr("Delete for good..."), icon="trash-2")
        self.empty = push(look, self.tr("Empty the trash..."))
        self.nothing = label(
            self.tr("The trash is empty. What you delete comes here first."), "second", wrap=True
        )
        self.limit = SettingRow(look, SETTINGS[DAYS])
        self._lay_out()
        self.restore.clicked.connect(lambda: self.restore_wanted.emit(self.list.chosen))
        self.erase.clicked.connect(self._ask_erase)
        self.list.erase_wanted.connect(self._ask_erase)
        self.empty.clicked.connect(self._ask_empty)
        self.list.selectionModel().selectionChanged.connect(self._show_buttons)
        self.show_items([], 0)

    def show_items(self, items: Sequence[TrashItem], days: int) -> None:
        """What is in the trash, and for how many days it is kept."""
        self.model.set_items(items, days)
        self._filled.setVisible(bool(items))
        self.nothing.setVisible(not items)
        self._show_buttons()
        self.rearranged.emit()

    def _lay_out(self) -> None:
        self.column.addWidget(self.strip)
        self.column.addWidget(self.nothing)
        self._filled = QWidget()
        filled = QVBoxLayout(self._filled)
        filled.setContentsMargins(0, 0, 0, 0)
        filled.setSpacing(12)
        buttons = Flow()
        for button in (self.restore, self.erase, self.empty):
            buttons.addWidget(button)
        filled.addLayout(buttons)
        filled.addWidget(self.list)
        self.column.addWidget(self._filled)
        frame, column = card()
        column.addWidget(self.limit)
        self.column.addWidget(frame)

    def _show_buttons(self) -> None:
        has_chosen = bool(self.list.chosen)
        self.restore.setEnabled(has_chosen)
        self.erase.setEnabled(has_chosen)

    def _ask_erase(self) -> None:
        items = self.list.chosen
        if not items:
            return
        heading = self.tr("Delete this for good?")
        if len(items) > 1:
            heading = self.tr("Delete {0} things for good?").format(len(items))
        self._ask(heading, lambda: self.erase_wanted.emit(items))

    def _ask_empty(self) -> None:
        self._ask(self.tr("Empty the trash?"), self.empty_wanted.emit)

    def _ask(self, heading: str, confirmed: Callable[[], object]) -> None:
        words = self.tr(
            "The words are erased from the history, from what searches it and from every copy "
            "that Tacit made. Backups and exports that you made yourself stay as they are."
        )
        SureQuestion(
            self.look,
            self,
            heading,
            words=words,
            action=self.tr("Delete for good"),
            confirmed=confirmed,
        ).open()
