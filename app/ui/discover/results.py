"""What the hub answered to a search, or why it did not."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.listing import Address, FoundRepository
from app.ui.appearance import Appearance
from app.ui.discover.cards import FoundCard
from app.ui.discover.offer_list import StateOf
from app.ui.discover.values import Search
from app.ui.downloads.gate_panel import MakeToken
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import ElidedLabel, label


class Results(QWidget):
    """Hidden until something was searched for.

    Signals:
        made(object FoundCard): a card that is new here.
        close_wanted: the catalogue alone is wanted again; stops what is waited for.
        rearranged: other controls are there now.
    """

    made = Signal(object)
    close_wanted = Signal()
    rearranged = Signal()

    def __init__(self, look: Appearance, token: MakeToken) -> None:
        super().__init__()
        self._look = look
        self._token = token
        self.cards: dict[str, FoundCard] = {}
        self.title = ElidedLabel("", "group")
        self.close_button = push(look, self.tr("Close the results"), "quiet", icon="x")
        self.close_button.clicked.connect(self.close_wanted)
        self.waiting = label("", "second")
        self.problem = label("", "refused", wrap=True)
        self.nothing = label(
            self.tr(
                "The hub has no model for this program with that in its name. Try a shorter part "
                "of the name, or paste a repository as owner/name."
            ),
            "second",
            wrap=True,
        )
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addLayout(head)
        for widget in (self.waiting, self.problem, self.nothing):
            self._column.addWidget(widget)
        self.hide()

    def show_search(self, search: Search, host: str) -> None:
        """The search as it stands; `host` is who is asked."""
        asked = search.asked
        self.setVisible(bool(search.query))
        self.title.setText(self.tr("At {0}: {1}").format(host, search.query))
        self.waiting.setText(self.tr("Asking {0}...").format(host))
        self.waiting.setVisible(asked.is_busy)
        self.close_button.setText(
            self.tr("Stop") if asked.is_busy else self.tr("Close the results")
        )
        self.problem.setText(asked.problem.sentence if asked.problem is not None else "")
        self.problem.setVisible(asked.problem is not None)
        has_ended = not (asked.is_busy or asked.problem or search.is_address)
        self.nothing.setVisible(has_ended and not search.found)
        self._show_cards(search)

    def show_states(self, state_of: StateOf) -> None:
        """What is under way with the variants that are shown."""
        for card in self.cards.values():
            card.show_states(state_of)

    def _show_cards(self, search: Search) -> None:
        wanted: dict[str, tuple[Address, FoundRepository | None]] = {
            found.repository: (Address(repository=found.repository), found)
            for found in search.found
        }
        if search.is_address:
            wanted |= {name: (looked.where, None) for name, looked in search.looked.items()}
        if list(wanted) != list(self.cards):
            for card in self.cards.values():
                self._column.removeWidget(card)
                card.hide()
                card.deleteLater()
            self.cards = {}
            for name, (where, found) in wanted.items():
                card = self.cards[name] = FoundCard(self._look, where, found, self._token)
                card.rearranged.connect(self.rearranged)
                self._column.addWidget(card)
                self.made.emit(card)
        for name, card in self.cards.items():
            card.show_looked(search.looked.get(name))
        self.rearranged.emit()
