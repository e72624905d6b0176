"""A large pasted text as one line: what it is, how large, and a way to take it back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import ElidedLabel, label

_PREVIEW = 120


class PastedText(QFrame):
    """Keeps `text` as it is; a field would take seconds to lay it out.

    Signals:
        removed: the person does not want to send it.
    """

    removed = Signal()

    def __init__(self, look: Appearance, text: str) -> None:
        super().__init__()
        self.text = text
        self.setProperty("role", "strip")
        self.setProperty("tone", "plain")
        size = f"{len(text):,}"
        self._title = label(self.tr("Pasted text, {0} characters").format(size), "name")
        preview = ElidedLabel(" ".join(text[:_PREVIEW].split()), "meta")
        picture = label("")
        look.set_picture(picture, "file-text", "text_second", 16)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(picture)
        row.addWidget(self._title)
        row.addWidget(preview, 1)
        row.addWidget(
            tool(look, "x", self.tr("Remove the pasted text"), self.removed.emit, size=16)
        )
