"""The head of the chat page: the side list's button, the title, the model."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui.appearance import Appearance
from app.ui.chat.confidential import ConfidentialButton
from app.ui.chat.model_picker import ModelPicker
from app.ui.chat.title_edit import TitleEdit
from app.ui.personas.picker import PersonaPicker
from app.ui.widgets.buttons import tool

_PICKER_SHARE = 0.4
_PERSONA_SHARE = 0.25
_NARROW = 680


class Header(QFrame):
    """Shows its two buttons for the side list only while that is folded away.

    Signals:
        side_wanted: unfold the side list.
        new_wanted: a new chat.
    """

    side_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("header")
        self.side = tool(look, "panel-left", self.tr("Show the side list (Ctrl+B)"))
        self.side.clicked.connect(self.side_wanted)
        self.new = tool(look, "square-pen", self.tr("New chat (Ctrl+N)"))
        self.new.clicked.connect(self.new_wanted)
        self.title = TitleEdit()
        self.personas = PersonaPicker(look)
        self.confidential = ConfidentialButton(
            look,
            marked=self.tr(
                "Confidential: nothing of this chat leaves this computer. Click to change."
            ),
            unmarked=self.tr("Mark this chat as confidential"),
        )
        self.picker = ModelPicker(look)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(6)
        row.addWidget(self.side)
        row.addWidget(self.new)
        row.addWidget(self.title, 1)
        row.addWidget(self.confidential)
        row.addWidget(self.personas)
        row.addWidget(self.picker)
        self.set_folded(folded=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The title keeps the larger part of the room."""
        super().resizeEvent(event)
        self.picker.setMaximumWidth(round(self.width() * _PICKER_SHARE))
        self.personas.setMaximumWidth(round(self.width() * _PERSONA_SHARE))
        self.confidential.set_short(short=self.width() < self._look.scaled(_NARROW))

    def set_folded(self, *, folded: bool) -> None:
        """Whether the side list is away."""
        self.side.setVisible(folded)
        self.new.setVisible(folded)
