"""The page for finding and downloading models: the queue, the hub, the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout

from app.core.errors import AppError
from app.models.offers import KnownModel
from app.ui.appearance import Appearance
from app.ui.discover.cards import FoundCard, KnownCard
from app.ui.discover.offer_list import OfferList, StateOf
from app.ui.discover.results import Results
from app.ui.discover.values import OfferState, Search
from app.ui.downloads.gate_panel import MakeToken
from app.ui.downloads.queue_view import QueueView
from app.ui.widgets.buttons import GAP
from app.ui.widgets.elided_button import ElidedButton
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page
from app.ui.widgets.strip import Strip
from app.ui.widgets.tab_order import visit_in_order

_AT_ONCE = 2
_FIELD = 200


class DiscoverPage(Page):
    """Shows what it is told; says what the person wants and does none of it.

    Signals:
        search_wanted(str), close_wanted: ask the hub; show the catalogue alone again.
        look_wanted(object Address), close_look_wanted(object Address): a repository's variants.
        download_wanted(object Offer), stop_wanted(object Offer): fetch it; stop asking.
        chat_wanted(str id): talk to a model that is here.
        link_wanted(str): show a page in the browser.
        connections_wanted: go to where connections are allowed.
        installed_wanted: go to the models on this computer.
    """

    search_wanted = Signal(str)
    close_wanted = Signal()
    look_wanted = Signal(object)
    close_look_wanted = Signal(object)
    download_wanted = Signal(object)
    stop_wanted = Signal(object)
    chat_wanted = Signal(str)
    link_wanted = Signal(str)
    connections_wanted = Signal()
    installed_wanted = Signal()

    def __init__(self, look: Appearance, token: MakeToken) -> None:
        super().__init__(look, self.tr("Find models"))
        self._token = token
        self._host = ""
        self._known: Sequence[KnownModel] = ()
        self._state_of: StateOf = lambda _offer: OfferState()
        self.cards: dict[str, KnownCard] = {}
        self.installed = _button(look, "quiet", "box")
        self.installed.set_text(self.tr("Models on this computer"))
        self.installed.setAccessibleName(self.installed.whole_text)
        self.installed.clicked.connect(self.installed_wanted)
        self.head.addWidget(self.installed)
        self.strip = Strip(look)
        self.sealed = Strip(look)
        self.queue = QueueView(look, token)
        self.field = QLineEdit()
        self.field.setMinimumWidth(_FIELD)
        self.field.setPlaceholderText(self.tr("Name, or owner/name, or an address of the hub"))
        self.field.setAccessibleName(self.tr("Filter the list, or search the hub"))
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._search)
        self.search = _button(look, "", "search")
        self.search.clicked.connect(self._search)
        self.results = Results(look, token)
        self.queue.link_wanted.connect(self.link_wanted)
        self.results.made.connect(self._connect_found)
        self.results.close_wanted.connect(self.close_wanted)
        self.waiting = label(self.tr("Looking at what this computer has..."), "second")
        self.problem = label("", "refused", wrap=True)
        self.problem.hide()
        self.nothing = label(self.tr("No model in this list has these words."), "second", wrap=True)
        self.nothing.hide()
        self.list_title = label(self.tr("Models that Tacit knows"), "group")
        self.list = QVBoxLayout()
        self.list.setSpacing(12)
        self._lay_out()
        # Many cards change in one go; the order of Tab is made once for all of them.
        self._ordering = QTimer(self)
        self._ordering.setSingleShot(True)
        self._ordering.timeout.connect(self._order)
        self._making = QTimer(self)
        self._making.setSingleShot(True)
        self._making.timeout.connect(self._make_some)
        for part in (self.queue, self.results):
            part.rearranged.connect(self._ordering.start)
        self.show_host("")

    def show_host(self, host: str) -> None:
        """Who is asked by a search."""
        self._host = host
        self._name_search()

    def show_connections(self, *, has_courier: bool, is_private: bool) -> None:
        """Say what can be done where nothing can reach the network, or nothing is to be left."""
        if is_private:
            self.sealed.say(
                self.tr(
                    "A private session leaves nothing on this computer, so it downloads no model. "
                    "Do that in an ordinary window."
                ),
                "notice",
            )
        elif has_courier:
            self.sealed.clear()
        elif not self.sealed.sentence:
            self.sealed.say(
                self.tr(
                    "Nothing can be searched for or downloaded: no part of Tacit can reach the "
                    "network. Allow connections on the Privacy page, and start Tacit again."
                ),
                "notice",
                action=self.tr("Go to Privacy"),
                run=self.connections_wanted.emit,
            )

    def show_known(self, models: Sequence[KnownModel], problem: AppError | None) -> None:
        """The catalogue, judged for this computer."""
        self.problem.setText(problem.sentence if problem is not None else "")
        self.problem.setVisible(problem is not None)
        self.waiting.setVisible(problem is None and not models)
        self._known = models
        for model in models:
            if (card := self.cards.get(model.entry.id)) is not None:
                card.show_known(model)
        self._make_some()

    def show_search(self, search: Search) -> None:
        """What the hub was asked, and what it answered."""
        self.results.show_search(search, self._host)

    def show_states(self, state_of: StateOf) -> None:
        """What is under way with everything on offer; asked of what is made later, too."""
        self._state_of = state_of
        for card in self.cards.values():
            card.offers.show_states(state_of)
        self.results.show_states(state_of)

    def show_queue(self) -> None:
        """Bring the downloads into sight."""
        self.area.ensureVisible(0, 0)
        for card in self.queue.cards.values():
            card.take_focus()
            return

    def on_shown(self) -> None:
        """See `Page`; what was made out of sight has its place from now on."""
        super().on_shown()
        self._ordering.start()

    def _lay_out(self) -> None:
        self.column.addWidget(self.strip)
        self.column.addWidget(self.sealed)
        self.column.addWidget(self.queue)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.search)
        self.column.addLayout(row)
        self.column.addWidget(self.results)
        self.column.addWidget(self.list_title)
        self.column.addWidget(self.waiting)
        self.column.addWidget(self.problem)
        self.column.addWidget(self.nothing)
        self.column.addLayout(self.list)

    def _make_some(self) -> None:
        """Make a few cards that are missing: all at once would hold the window up."""
        missing = [model for model in self._known if model.entry.id not in self.cards]
        for model in missing[:_AT_ONCE]:
            card = self.cards[model.entry.id] = self._make(model)
            card.offers.show_states(self._state_of)
        self._arrange()
        if len(missing) > _AT_ONCE:
            self._making.start()
        self._filter()

    def _arrange(self) -> None:
        """Each card in its place; what cannot run here may do so once memory is free."""
        listed = [self.cards[m.entry.id] for m in self._known if m.entry.id in self.cards]
        for place, card in enumerate(listed):
            if self.list.indexOf(card) != place:
                self.list.removeWidget(card)
                self.list.insertWidget(place, card)

    def _make(self, model: KnownModel) -> KnownCard:
        card = KnownCard(self.look, model, self._token)
        card.link_wanted.connect(self.link_wanted)
        self._connect_offers(card.offers)
        return card

    def _connect_found(self, card: FoundCard) -> None:
        card.look_wanted.connect(self.look_wanted)
        card.close_wanted.connect(self.close_look_wanted)
        card.link_wanted.connect(self.link_wanted)
        self._connect_offers(card.offers)

    def _connect_offers(self, offers: OfferList) -> None:
        offers.download_wanted.connect(self.download_wanted)
        offers.stop_wanted.connect(self.stop_wanted)
        offers.chat_wanted.connect(self.chat_wanted)
        offers.queue_wanted.connect(self.show_queue)
        offers.rearranged.connect(self._ordering.start)

    def _search(self) -> None:
        if self.field.text().strip():
            self.search_wanted.emit(self.field.text())
        else:
            self.field.setFocus()

    def _filter(self) -> None:
        text = self.field.text()
        # A repository is looked for at the hub alone.
        words = "" if "/" in text else text
        shown = 0
        for card in self.cards.values():
            holds = card.holds(words)
            card.setVisible(holds)
            shown += holds
        self.nothing.setVisible(bool(self.cards) and not shown)
        self._name_search()
        self._ordering.start()

    def _name_search(self) -> None:
        text = self.field.text()
        named = self.tr("Look at {0}") if "/" in text else self.tr("Search {0}")
        self.search.set_text(named.format(self._host))
        self.search.setAccessibleName(self.search.whole_text)

    def _order(self) -> None:
        visit_in_order(self)
        self.rearranged.emit()


def _button(look: Appearance, role: str, icon: str) -> ElidedButton:
    """A button that gives way where there is little room."""
    button = ElidedButton(role)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    look.set_icon(button, icon, "text_second", gap=GAP)
    return button
