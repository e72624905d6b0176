"""The line above the composer that says where the next message goes, when it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui.appearance import Appearance
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.restyle import restyle

if TYPE_CHECKING:
    from app.core.cloud import Service


class AwayNote(QFrame):
    """Hidden while a model of the library answers."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._picture = label("")
        self._text = ElidedLabel("", "cloud")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self._picture)
        row.addWidget(self._text, 1)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says, "" while hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_service(self, service: Service | None) -> None:
        """Say that what is sent goes to this service; None says nothing."""
        self.setVisible(service is not None)
        if service is None:
            return
        words = self.tr("Cloud: what you send goes to {0} ({1}).")
        if service.is_local:
            words = self.tr("What you send goes to {0} ({1}), another program.")
        self._text.setText(words.format(service.label, service.host))
        restyle(self._text, "role", "meta" if service.is_local else "cloud")
        self.setAccessibleName(self._text.text())
        token, name = ("text_second", "monitor") if service.is_local else ("cloud", "cloud")
        self._look.set_picture(self._picture, name, token, 16)
