"""Where everything lies that Tacit keeps on this computer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QGridLayout

from app.paths import Paths
from app.ui.widgets.labels import label
from app.ui.widgets.page import card


def places_card(paths: Paths) -> QFrame:
    """The card of folders and files; nothing of it is looked at."""
    frame, column = card()
    column.addWidget(label(_tr("Where your data lies"), "name", wrap=True))
    words = _tr("Everything is below one folder. Only your account can read it.")
    if paths.keeps_nothing:
        words = _tr("This session keeps nothing. An ordinary one keeps everything below a folder.")
    column.addWidget(label(words, "meta", wrap=True))
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for row, (name, place) in enumerate(
        (
            (_tr("Folder"), str(paths.root)),
            (_tr("Chats"), paths.history_file.name),
            (_tr("Settings"), paths.settings_file.name),
            (_tr("Models"), paths.models.name),
            (_tr("Journal"), paths.journal.name),
            (_tr("Log"), paths.logs.name),
        )
    ):
        grid.addWidget(label(name, "second"), row, 0)
        grid.addWidget(label(place, wrap=True, selectable=True), row, 1)
    column.addLayout(grid)
    return frame


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
