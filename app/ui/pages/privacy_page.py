"""The page of privacy: the state, the proof, the journal, and the facts about this computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from app.ui.appearance import Appearance
from app.ui.pages.setting_row import SettingRow
from app.ui.privacy.journal_card import JournalCard
from app.ui.privacy.proof_card import ProofCard
from app.ui.privacy.state_card import StateCard
from app.ui.status.privacy import PrivacyState
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card, empty, rule

_LONGEST_NAME = 20


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
    """Puts the cards under each other; the facts of the last one are read when it is shown."""

    def __init__(
        self,
        look: Appearance,
        *,
        state: StateCard,
        level: SettingRow,
        proof: ProofCard,
        journal: JournalCard,
        facts: Callable[[], Sequence[Section]],
    ) -> None:
        super().__init__(look, self.tr("Privacy"))
        self.state = state
        self.level = level
        self.proof = proof
        self.journal = journal
        self._facts = facts
        self.copy = push(look, self.tr("Copy as text"), "quiet", icon="copy")
        self.copy.clicked.connect(self._copy)
        self.head.addWidget(self.copy)
        state.under.addWidget(rule())
        state.under.addWidget(level)
        for part in (state, proof, journal):
            self.column.addWidget(part)
        frame, self._sections = self._facts_card()
        self.column.addWidget(frame)

    def on_shown(self) -> None:
        """Read the facts again."""
        super().on_shown()
        self.refresh()

    def refresh(self) -> None:
        """Show the facts of now."""
        empty(self._sections)
        for section in self._facts():
            self._add(section)

    def show_state(self, state: PrivacyState, *, has_courier: bool) -> None:
        """Something else holds now."""
        self.state.show_state(state, has_courier=has_courier)
        if self.isVisible():
            self.refresh()

    def show_proof(self) -> None:
        """Bring the proof into sight."""
        self.area.ensureWidgetVisible(self.proof)

    def as_text(self) -> str:
        """Everything the page says, but for the journal, which is exported."""
        state = self.state.state
        parts = [
            "\n".join((state.word, *state.facts, *state.check)),
            *([self.state.details_text] if state.details else []),
            *([self.proof.as_text()] if self.proof.as_text() else []),
            *(section.as_text() for section in self._facts()),
        ]
        return "\n\n".join(parts)

    def _facts_card(self) -> tuple[QFrame, QVBoxLayout]:
        frame, column = card()
        column.addWidget(label(self.tr("Facts about this computer"), "heading"))
        sections = QVBoxLayout()
        sections.setSpacing(4)
        column.addLayout(sections)
        return frame, sections

    def _add(self, section: Section) -> None:
        frame = QFrame()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        column.addWidget(label(section.heading, "group"))
        for sentence in section.sentences:
            column.addWidget(_copyable(sentence))
        pairs = section.pairs
        if any(len(name) > _LONGEST_NAME for name, _value in pairs):
            for name, value in pairs:
                column.addWidget(_copyable(f"{name}: {value}", "meta"))
            pairs = ()
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for row, (name, value) in enumerate(pairs):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(label(name, "second"), row, 0, top)
            grid.addWidget(_copyable(value), row, 1, top)
        column.addLayout(grid)
        self._sections.addWidget(frame)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())


def _copyable(text: str, role: str = "") -> QLabel:
    return label(text, role, wrap=True, selectable=True)
