"""The cards of what was found: a model of the catalogue, and a repository of the hub."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel

from app.models.listing import Address, FoundRepository, Gate
from app.models.offers import KnownModel
from app.ui.appearance import Appearance
from app.ui.discover import words
from app.ui.discover.offer_list import OfferList, StateOf
from app.ui.discover.values import GATED, Looked
from app.ui.downloads.gate_panel import GatePanel, MakeToken
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import card_column


class KnownCard(QFrame):
    """One model of the catalogue; `offers` says what the person wants of its variants.

    Signals:
        link_wanted(str): show this page in the browser.
    """

    link_wanted = Signal(str)

    def __init__(self, look: Appearance, known: KnownModel, token: MakeToken) -> None:
        super().__init__()
        entry = known.entry
        self.entry = entry
        self.setAccessibleName(entry.name)
        self.facts = label(words.facts(entry), "meta", wrap=True)
        self.facts.setToolTip(", ".join(words.language(code) for code in entry.languages))
        self.licence = push(look, self.tr("Read the licence"), "link")
        self.licence.setAccessibleName(self.tr("Read the licence of {0}").format(entry.name))
        self.licence.clicked.connect(lambda: self.link_wanted.emit(entry.licence.url))
        self.unchecked = label(
            self.tr(
                "Not checked against the hub yet: the size may differ. The hub's own list "
                "counts when it is downloaded."
            ),
            "meta",
            wrap=True,
        )
        self.offers = OfferList(look, entry.name, token, must_accept=entry.licence.must_accept)
        links = Flow()
        links.addWidget(self.licence)
        column = card_column(self)
        column.addWidget(ElidedLabel(entry.name, "heading"))
        column.addWidget(label(entry.publisher, "meta", wrap=True))
        column.addWidget(label(entry.good_at, wrap=True))
        column.addWidget(self.facts)
        column.addLayout(links)
        column.addWidget(self.offers)
        column.addWidget(self.unchecked)
        self.offers.link_wanted.connect(self.link_wanted)
        self.licence.setVisible(entry.licence.must_accept)
        self.show_known(known)

    def show_known(self, known: KnownModel) -> None:
        """The same model, judged anew."""
        self.offers.show_offers(known.offers)
        self.unchecked.setVisible(not all(offer.is_checked for offer in known.offers))

    def holds(self, text: str) -> bool:
        """Whether it is meant by every word of a filter."""
        entry = self.entry
        parts = [entry.name, entry.publisher, entry.good_at, entry.licence.name]
        parts += [words.language(code) for code in entry.languages]
        parts += [row.offer.repository for row in self.offers.rows]
        described = " ".join(parts).casefold()
        return all(word in described for word in text.casefold().split())


class FoundCard(QFrame):
    """One repository of the hub; its variants are shown once they were asked for.

    Signals:
        look_wanted(object Address), close_wanted(object Address): show its variants, or not.
        link_wanted(str): show this page in the browser.
        rearranged: other controls are there now.
    """

    look_wanted = Signal(object)
    close_wanted = Signal(object)
    link_wanted = Signal(str)
    rearranged = Signal()

    def __init__(
        self, look: Appearance, where: Address, found: FoundRepository | None, token: MakeToken
    ) -> None:
        super().__init__()
        self._look = look
        self._token = token
        self.where = where
        self._has_asked = False
        self.setAccessibleName(where.repository)
        self.facts = label(words.found(found) if found is not None else "", "meta", wrap=True)
        self.gate = label("", "caution", wrap=True)
        self.waiting = label(self.tr("Asking the hub for its variants..."), "second")
        self.problem = label("", "refused", wrap=True)
        self.toggle = push(look, "", icon="chevron-right")
        self.toggle.clicked.connect(self._on_toggle)
        self.offers = OfferList(look, where.repository, token, folds=False)
        self.offers.link_wanted.connect(self.link_wanted)
        self.offers.rearranged.connect(self.rearranged)
        self.panel: GatePanel | None = None
        row = Flow()
        row.addWidget(self.toggle)
        self._column = card_column(self)
        self._column.addWidget(ElidedLabel(where.repository, "heading"))
        for widget in (self.facts, self.gate):
            self._column.addWidget(widget)
        self._column.addLayout(row)
        for widget in (self.waiting, self.problem):
            self._column.addWidget(widget)
        self._column.addWidget(self.offers)
        self._say(self.gate, words.gate(found.gate if found is not None else Gate.OPEN))
        self.facts.setVisible(found is not None)
        self.show_looked(None)

    def show_looked(self, looked: Looked | None) -> None:
        """What is known of its variants; None where they were not asked for."""
        self._has_asked = looked is not None
        asked = looked.asked if looked is not None else None
        problem = asked.problem if asked is not None else None
        is_gated = problem is not None and problem.code in GATED
        self.waiting.setVisible(asked is not None and asked.is_busy)
        self._say(self.problem, problem.sentence if problem is not None and not is_gated else "")
        self._show_panel(looked if is_gated else None)
        offered = looked.offered if looked is not None else None
        self.offers.setVisible(offered is not None)
        if offered is not None:
            if self.facts.isHidden():
                self._say(self.facts, self.tr("licence {0}").format(offered.licence or "unknown"))
                self._say(self.gate, words.gate(offered.gate))
            self.offers.show_offers(offered.offers)
        icon = "chevron-down" if self._has_asked else "chevron-right"
        text = self.tr("Hide the variants") if self._has_asked else self.tr("Show the variants")
        if asked is not None and asked.is_busy:
            text = self.tr("Stop")
        self._look.set_icon(self.toggle, icon, "text_second", gap=4)
        self.toggle.setText(text)
        self.toggle.setAccessibleName(f"{text}: {self.where.repository}")
        self.rearranged.emit()

    def show_states(self, state_of: StateOf) -> None:
        """What is under way with its variants."""
        self.offers.show_states(state_of)

    def _show_panel(self, looked: Looked | None) -> None:
        if self.panel is not None:
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None
        if looked is None or looked.asked.problem is None:
            return
        problem = looked.asked.problem
        self.panel = GatePanel(self._look, self.where.repository, problem, self._token)
        self.panel.link_wanted.connect(self.link_wanted)
        self.panel.again_wanted.connect(lambda: self.look_wanted.emit(self.where))
        self._column.addWidget(self.panel)

    def _say(self, where: QLabel, text: str) -> None:
        where.setText(text)
        where.setVisible(bool(text))

    def _on_toggle(self) -> None:
        (self.close_wanted if self._has_asked else self.look_wanted).emit(self.where)
