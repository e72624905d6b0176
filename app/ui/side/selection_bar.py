"""The bar under the list while several conversations are chosen: what can be done with all."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import label


class SelectionBar(QFrame):
    """Hidden unless several are chosen.

    Signals:
        move_wanted, export_wanted, delete_wanted: do this with all of them.
        let_go_wanted: choose none any more.
    """

    move_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()
    let_go_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        self.setProperty("tone", "plain")
        self.words = label("", "meta")
        self.move_button = tool(look, "folder-input", self.tr("Move to a folder"))
        self.move_button.clicked.connect(self.move_wanted)
        self.export = tool(look, "upload", self.tr("Export"), self.export_wanted.emit)
        self.delete = tool(look, "trash-2", self.tr("Delete"), self.delete_wanted.emit)
        self.close_button = tool(look, "x", self.tr("Choose none"), self.let_go_wanted.emit)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.words, 1)
        for button in (self.move_button, self.export, self.delete, self.close_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 4, 2)
        column.addLayout(row)
        self.hide()

    def show_count(self, count: int, *, shown: bool) -> None:
        """So many are chosen."""
        self.words.setText(self.tr("{0} chosen").format(count))
        for button in (self.move_button, self.export, self.delete):
            button.setEnabled(count > 0)
        self.setVisible(shown)
