"""What a search for settings found, as ways to where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.pages.fields import stacked
from app.ui.pages.settings.sections import Hit
from app.ui.widgets.elided_button import ElidedButton
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card, empty, rule


class FoundPage(Page):
    """`buttons` are the ways, in the order in which they stand.

    Signals:
        wanted(object Hit): go there.
    """

    wanted = Signal(object)

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Found settings"))
        self.buttons: list[QPushButton] = []
        self.nothing = label("", "second", wrap=True)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.column.addWidget(self.nothing)
        self.column.addLayout(self._cards)

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show them, the pages in the order of their best hit."""
        empty(self._cards)
        self.buttons = []
        self.nothing.setText(
            self.tr("No setting is called like this. Fewer or shorter words find more.")
        )
        self.nothing.setVisible(not hits)
        order = {name: place for place, name in reversed(list(enumerate(map(_page, hits))))}
        for _name, grouped in groupby(sorted(hits, key=lambda hit: order[_page(hit)]), key=_page):
            listed = list(grouped)
            self._cards.addWidget(label(listed[0].section.title, "group"))
            self._cards.addWidget(self._card(listed))
        self.area.verticalScrollBar().setValue(0)

    def _card(self, hits: Sequence[Hit]) -> QWidget:
        frame, column = card()
        for number, hit in enumerate(hits):
            if number:
                column.addWidget(rule())
            button = ElidedButton("link")
            button.set_text(hit.label)
            button.setAccessibleName(f"{hit.label}, {hit.section.title}")
            button.clicked.connect(lambda _=False, hit=hit: self.wanted.emit(hit))
            lines: list[QWidget] = [button]
            if hit.help:
                lines.append(label(hit.help, "meta", wrap=True))
                lines[-1].setContentsMargins(5, 0, 0, 0)
            column.addLayout(stacked(*lines))
            self.buttons.append(button)
        return frame


def _page(hit: Hit) -> str:
    return hit.section.name
