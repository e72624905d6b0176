"""Under the field for a provider's model: fetch its list, and choose from it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.cloud import Listed
from app.core.errors import AppError
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label


class ModelRow(QWidget):
    """Asks nobody by itself.

    Signals:
        chosen(str id): the person took a model from the list.
    """

    chosen = Signal(str)

    def __init__(self, look: Appearance, name: str) -> None:
        super().__init__()
        self.fetch = push(look, self.tr("Fetch the list of models"), icon="refresh-cw")
        self.fetch.setAccessibleName(f"{self.fetch.text()}: {name}")
        self.list = Choice(look)
        self.list.setAccessibleName(self.tr("Models of the list: {0}").format(name))
        self.list.activated.connect(self._choose)
        self.note = label("", "meta", wrap=True)
        self.trouble = label("", "refused", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.fetch)
        line.addWidget(self.list, 1)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.note)
        column.addWidget(self.trouble)

    def show_waiting(self) -> None:
        """The list is being asked for."""
        self.fetch.setEnabled(False)
        self.note.setText(self.tr("Asking for the list..."))
        self.note.show()
        self.trouble.hide()

    def show_list(self, listed: Listed, error: AppError | None) -> None:
        """Show what was listed last, and why it could not be fetched now."""
        self.fetch.setEnabled(True)
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItem(self.tr("Choose from {0} models").format(len(listed.models)), "")
            for model in listed.models:
                self.list.addItem(model.id, model.id)
        self.list.setVisible(bool(listed.models))
        fetched = self.tr("Fetched on {0}.").format(listed.fetched[:10]) if listed.fetched else ""
        self.note.setText(fetched)
        self.note.setVisible(bool(fetched))
        self.trouble.setText(error.sentence if error is not None else "")
        self.trouble.setVisible(error is not None)

    def _choose(self) -> None:
        if model := self.list.currentData():
            self.chosen.emit(model)
        with QSignalBlocker(self.list):
            self.list.setCurrentIndex(0)
