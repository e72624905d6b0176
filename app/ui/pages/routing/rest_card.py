"""Who answers where no rule holds, and who instead where somebody fails."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.router.rules import Rules
from app.ui.appearance import Appearance
from app.ui.pages.routing.providers import Known, narrow_choice, offer_providers
from app.ui.widgets.choice import Choice
from app.ui.widgets.field_row import FieldRow
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column


class RestCard(QFrame):
    """Shows the default provider and the fall-back chain.

    Signals:
        default_wanted(str): this provider is to be the default.
        chain_wanted(object tuple of str): these are to be asked instead, in this order.
        rearranged: other controls are there now.
    """

    default_wanted = Signal(str)
    chain_wanted = Signal(object)
    rearranged = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._known = Known()
        self._rules = Rules()
        self.default = narrow_choice(look)
        self.default.activated.connect(
            lambda: self.default_wanted.emit(str(self.default.currentData()))
        )
        self.chain: list[Choice] = []
        self._flow = Flow()
        links = QWidget()
        links.setLayout(self._flow)
        links.setAccessibleName(self.tr("Who is asked instead"))
        column = card_column(self)
        column.addWidget(label(self.tr("Otherwise"), "heading"))
        column.addWidget(
            FieldRow(
                look,
                self.tr("Where no rule holds"),
                self.tr("Confidential chats, and what is switched off, stay on this computer."),
                self.default,
            )
        )
        column.addWidget(
            FieldRow(
                look,
                self.tr("Who is asked instead, one after the other"),
                self.tr(
                    "Where the one who was asked fails before the first word, where fall-back is "
                    "switched on, and after you agreed to what is sent."
                ),
                links,
                wide=True,
            )
        )
        self.show_rules(Rules())

    def show_rules(self, rules: Rules) -> None:
        """Show what a file says."""
        self._rules = rules
        offer_providers(self.default, self._known, rules.default_provider)
        self._show_chain(rules.fallback_chain)

    def show_known(self, known: Known) -> None:
        """Which providers there are."""
        self._known = known
        self.show_rules(self._rules)

    def _show_chain(self, chain: Sequence[str]) -> None:
        count = min(len(chain) + 1, len({*self._known.names, *chain}))
        while len(self.chain) < count:
            self._add_link()
        has_others = False
        for place, choice in enumerate(self.chain):
            has_others |= choice.isHidden() != (place >= count)
            choice.setVisible(place < count)
            current = chain[place] if place < len(chain) else ""
            taken = [name for name in chain if name != current]
            nobody = self.tr("Nobody else") if place else self.tr("Nobody")
            offer_providers(choice, self._known, current, but=taken, nobody=nobody)
        if has_others:
            self.rearranged.emit()

    def _add_link(self) -> None:
        place = len(self.chain)
        choice = narrow_choice(self._look)
        choice.setAccessibleName(self.tr("Asked instead, number {0}").format(place + 1))
        choice.activated.connect(lambda: self._want(place))
        choice.hide()
        self.chain.append(choice)
        self._flow.addWidget(choice)

    def _want(self, place: int) -> None:
        chain = list(self._rules.fallback_chain)
        chosen = str(self.chain[place].currentData() or "")
        chain[place : place + 1] = [chosen] if chosen else []
        if tuple(chain) != self._rules.fallback_chain:
            self.chain_wanted.emit(tuple(chain))
