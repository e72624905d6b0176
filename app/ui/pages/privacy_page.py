"""The page of facts: what runs, what is enforced, where everything lies, how to remove it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from app.ui.appearance import Appearance
from app.ui.status.privacy import ICONS, PrivacyState
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card, empty


@dataclass(frozen=True, slots=True)
class Section:
    """A group of facts under a heading: whole sentences, and pairs of a name and a value."""

    heading: str
    sentences: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()

    def as_text(self) -> str:
        """The section as plain text, for the clipboard."""
        lines = [self.heading, *self.sentences, *(f"{name}: {value}" for name, value in self.pairs)]
        return "\n".join(lines)


class PrivacyPage(Page):
    """Reads the facts each time it comes to the front; all of them can be copied."""

    def __init__(self, look: Appearance, state: PrivacyState) -> None:
        super().__init__(look, self.tr("Privacy"))
        self._state = state
        self._facts: Callable[[], Sequence[Section]] = lambda: ()
        self.copy = push(look, self.tr("Copy as text"), "quiet", icon="copy")
        self.copy.clicked.connect(self._copy)
        self.head.addWidget(self.copy)
        self.on_shown()

    def bind(self, facts: Callable[[], Sequence[Section]]) -> None:
        """Where the facts come from, once the services are there."""
        self._facts = facts
        self.on_shown()

    def on_shown(self) -> None:
        """Read the facts again."""
        super().on_shown()
        empty(self.column)
        self.column.addWidget(self._state_card())
        for section in self._facts():
            self.column.addWidget(self._card(section))

    def as_text(self) -> str:
        """Everything the page says."""
        parts = [
            "\n".join((self._state.word, *self._state.facts, *self._state.check)),
            *(section.as_text() for section in self._facts()),
        ]
        return "\n\n".join(parts)

    def _state_card(self) -> QFrame:
        frame, column = card()
        state = self._state
        head = QGridLayout()
        picture = label("")
        self.look.set_picture(picture, ICONS[state.state], state.state.value, 24)
        head.addWidget(picture, 0, 0)
        head.addWidget(label(state.word, "heading"), 0, 1)
        head.setColumnStretch(1, 1)
        head.setHorizontalSpacing(10)
        column.addLayout(head)
        for sentence in state.facts:
            column.addWidget(_copyable(sentence))
        column.addWidget(label(self.tr("How to check it"), "group"))
        for sentence in state.check:
            column.addWidget(_copyable(sentence, "second"))
        return frame

    def _card(self, section: Section) -> QFrame:
        frame, column = card()
        column.addWidget(label(section.heading, "heading"))
        for sentence in section.sentences:
            column.addWidget(_copyable(sentence))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, (name, value) in enumerate(section.pairs):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(label(name, "second"), row, 0, top)
            grid.addWidget(_copyable(value), row, 1, top)
        column.addLayout(grid)
        return frame

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())


def _copyable(text: str, role: str = "") -> QLabel:
    return label(text, role, wrap=True, selectable=True)
