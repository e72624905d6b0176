"""What was spent: this month against its limit, and each month by provider."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.core.cloud import MonthCost
from app.ui.appearance import Appearance
from app.ui.cloud_controller import Spent
from app.ui.privacy.journal_words import month_words
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_MOST_ROWS = 24


def dollars(amount: float) -> str:
    """An amount of money; of little, what there is of it."""
    return f"${amount:.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


class CostsCard(QFrame):
    """Empty until `show_spent`; `column_of_rows` takes the row of the limit."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        column = card_column(self)
        self.month = label("", "name", wrap=True)
        self.here = label("", "meta", wrap=True)
        self.trouble = label("", "refused", wrap=True)
        self.empty = label(self.tr("No answer has come from elsewhere yet."), "meta", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        for widget in (self.month, self.here, self.trouble, self.empty):
            column.addWidget(widget)
        column.addLayout(self._grid)
        self.column_of_rows = QVBoxLayout()
        column.addLayout(self.column_of_rows)
        self.show_spent(Spent())

    def show_spent(self, spent: Spent) -> None:
        """Show what was spent."""
        limit = self.tr("of at most ${0}").format(f"{spent.limit_usd:.2f}")
        limit = limit if spent.limit_usd else self.tr("without a limit")
        self.month.setText(self.tr("This month: {0} {1}").format(dollars(spent.spent_usd), limit))
        self.here.setVisible(bool(spent.here))
        if spent.here:
            words = self.tr(
                "The answers of this month that were given on this computer would have cost "
                "{0} with {1}."
            )
            self.here.setText(words.format(dollars(spent.here), spent.compared))
        self.trouble.setText(spent.problem.sentence if spent.problem is not None else "")
        self.trouble.setVisible(spent.problem is not None)
        self.empty.setVisible(not spent.months and spent.problem is None)
        self._show_months(spent.months[:_MOST_ROWS])

    def _show_months(self, months: tuple[MonthCost, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not months:
            return
        heads = (
            self.tr("Month"),
            self.tr("Provider"),
            self.tr("Answers"),
            self.tr("Tokens read"),
            self.tr("Written"),
            self.tr("US dollars"),
        )
        for place, text in enumerate(heads):
            self._put(0, place, text, "group")
        for number, month in enumerate(months, 1):
            cost = f"{month.cost_usd:.4f}"
            if month.unpriced:
                cost = self.tr("{0} + unknown").format(cost)
            elif month.estimated_usd:
                cost = self.tr("about {0}").format(cost)
            cells = (
                month_words(month.month),
                month.provider,
                f"{month.answers:,}",
                f"{month.prompt_tokens:,}",
                f"{month.completion_tokens:,}",
                cost,
            )
            for place, text in enumerate(cells):
                self._put(number, place, text, "")

    def _put(self, row: int, place: int, text: str, role: str) -> None:
        side = Qt.AlignmentFlag.AlignLeft if place < 2 else Qt.AlignmentFlag.AlignRight
        self._grid.addWidget(label(text, role, selectable=True), row, place, side)
