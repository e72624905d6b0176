"""The card on which a model is tried: a button, and what came of it each time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout

from app.models.trials import Trial
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.pages.model.summary_card import moment
from app.ui.status.figures import device_name, seconds, size
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_MOST_SHOWN = 8


class TrialsCard(QFrame):
    """Shows the latest measurements, the newest first.

    Signals:
        trial_wanted: measure now.
    """

    trial_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        column = card_column(self)
        column.addWidget(label(self.tr("Try it"), "heading"))
        self.words = label("", "second", wrap=True)
        column.addWidget(self.words)
        self.rows: list[tuple[str, ...]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(4)
        column.addLayout(self._grid)
        self.measure = push(look, self.tr("Measure now"), icon="gauge")
        self.measure.clicked.connect(self.trial_wanted)
        row = Flow()
        row.addWidget(self.measure)
        column.addLayout(row)

    def show_facts(self, facts: Facts) -> None:
        """Show the history of the model."""
        self.measure.setEnabled(facts.model.problem is None)
        self.words.setText(
            self.tr("The model answers a short question of Tacit's own; the figures are kept.")
        )
        self._clear()
        self.rows = [_cells(trial) for trial in facts.trials[:_MOST_SHOWN]]
        if self.rows:
            self._fill()

    def _fill(self) -> None:
        headings = (
            self.tr("When"), self.tr("Device"), self.tr("First token"), self.tr("Tokens/s"),
            self.tr("Memory"),
        )  # fmt: skip
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        for row, cells in enumerate([headings, *self.rows]):
            for column, cell in enumerate(cells):
                role = "meta" if row else "group"
                self._grid.addWidget(label(cell, role), row, column, left if column < 2 else right)
        self._grid.setColumnStretch(len(headings), 1)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def _cells(trial: Trial) -> tuple[str, ...]:
    return (
        moment(trial.at),
        device_name(trial.device),
        seconds(trial.first_token_s),
        f"{trial.tokens_per_s:.0f}",
        size(trial.memory_bytes),
    )
