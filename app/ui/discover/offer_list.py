"""The variants of one model: the recommended one in sight, the others unfolded on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.models.fit import Verdict
from app.models.offers import Offer
from app.ui.appearance import Appearance
from app.ui.discover.offer_row import OfferRow
from app.ui.discover.values import OfferState
from app.ui.downloads.gate_panel import MakeToken
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.flow import Flow
from app.ui.widgets.page import empty, rule

StateOf = Callable[[Offer], OfferState]


class OfferList(QWidget):
    """Keeps its rows while the variants and their order stay the same.

    Signals:
        download_wanted(object Offer), stop_wanted(object Offer): fetch it; stop asking the hub.
        chat_wanted(str id), queue_wanted, link_wanted(str): see `OfferRow`.
        rearranged: other controls are there now.
    """

    download_wanted = Signal(object)
    stop_wanted = Signal(object)
    chat_wanted = Signal(str)
    queue_wanted = Signal()
    link_wanted = Signal(str)
    rearranged = Signal()

    def __init__(
        self,
        look: Appearance,
        name: str,
        token: MakeToken,
        *,
        must_accept: bool = False,
        folds: bool = True,
    ) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._token = token
        self._must_accept = must_accept
        self._folds = folds
        self._is_open = not folds
        self.rows: list[OfferRow] = []
        self._rules: list[QFrame] = []
        self.more = push(look, "", "link", icon="chevron-right", colour="link")
        self.more.clicked.connect(self._toggle)
        more = Flow()
        more.addWidget(self.more)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._rows)
        column.addLayout(more)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """These variants, the recommended one first."""
        if [offer.key for offer in offers] != [row.offer.key for row in self.rows]:
            self._make(offers)
        is_choice = len(offers) > 1
        for number, (row, offer) in enumerate(zip(self.rows, offers, strict=True)):
            row.show_offer(offer)
            is_best = number == 0 and is_choice and offer.fit.verdict is not Verdict.WILL_NOT_FIT
            row.mark.setVisible(is_best)

    def show_states(self, state_of: StateOf) -> None:
        """What is under way with each."""
        for row in self.rows:
            row.show_state(state_of(row.offer))

    def _make(self, offers: Sequence[Offer]) -> None:
        empty(self._rows)
        self.rows, self._rules = [], []
        for offer in offers:
            row = OfferRow(self._look, offer, self._token, must_accept=self._must_accept)
            row.download_wanted.connect(lambda row=row: self.download_wanted.emit(row.offer))
            row.stop_wanted.connect(lambda row=row: self.stop_wanted.emit(row.offer))
            row.chat_wanted.connect(self.chat_wanted)
            row.queue_wanted.connect(self.queue_wanted)
            row.link_wanted.connect(self.link_wanted)
            row.rearranged.connect(self.rearranged)
            if self.rows:
                self._rules.append(rule())
                self._rows.addWidget(self._rules[-1])
            self.rows.append(row)
            self._rows.addWidget(row)
        self._fold()

    def _toggle(self) -> None:
        self._is_open = not self._is_open
        self._fold()

    def _fold(self) -> None:
        others = len(self.rows) - 1
        self.more.setVisible(self._folds and others > 0)
        text = self.tr("1 other variant") if others == 1 else self.tr("{0} other variants")
        self.more.setText(text.format(others))
        action = (
            self.tr("Hide the other variants of {0}")
            if self._is_open
            else self.tr("Show the other variants of {0}")
        )
        self.more.setAccessibleName(action.format(self._name))
        icon = "chevron-down" if self._is_open else "chevron-right"
        self._look.set_icon(self.more, icon, "link", gap=GAP)
        for widget in (*self.rows[1:], *self._rules):
            widget.setVisible(self._is_open)
        self.rearranged.emit()
