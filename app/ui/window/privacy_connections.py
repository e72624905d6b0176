"""Connects the privacy chip, the Privacy page and the links of answers with what stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.privacy import PrivacyFacts
from app.paths import Paths
from app.settings.table import SETTINGS
from app.ui.status.privacy import describe
from app.ui.window.link_opener import LinkOpener
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # imported when it is first wanted
    from app.ui.pages.privacy_page import PrivacyPage

_PAGE = "privacy"
_LEVEL = "privacy.level"


class PrivacyConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts, paths: Paths) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._paths = paths
        self._page: PrivacyPage | None = None
        window.add_page(_PAGE, self._make_page)
        window.status.can_prove = parts.proof.can_prove
        window.status.proof_wanted.connect(self._prove)
        window.status.chip.clicked.connect(parts.privacy.look)
        opener = LinkOpener(window, parts, window.chat.strip)
        window.chat.transcript.link_clicked.connect(opener.ask)
        parts.privacy.changed.connect(self._show)
        # The engine tells of its host by what it does, and each may bring another seal.
        parts.chat.stream_event.connect(lambda *_event: parts.privacy.refresh())
        parts.models.changed.connect(parts.privacy.refresh)
        self._show(parts.privacy.facts)

    def _show(self, facts: PrivacyFacts) -> None:
        self._window.show_privacy(describe(facts))

    def _make_page(self) -> PrivacyPage:
        from app.ui.pages.privacy_facts import gather
        from app.ui.pages.privacy_page import PrivacyPage
        from app.ui.pages.setting_row import RowBinding, SettingRow
        from app.ui.privacy.journal_card import JournalCard
        from app.ui.privacy.proof_card import ProofCard
        from app.ui.privacy.state_card import StateCard

        look, parts = self._window.look, self._parts
        privacy = parts.privacy
        card = StateCard(look, describe(privacy.facts))
        level = SettingRow(look, SETTINGS[_LEVEL])
        RowBinding(level, parts.settings, parts.tasks)
        page = PrivacyPage(
            look,
            state=card,
            level=level,
            proof=ProofCard(look, parts.proof),
            journal=JournalCard(look, parts.journal),
            facts=lambda: gather(self._paths, parts.models.status(), privacy.facts),
        )
        card.seal_wanted.connect(privacy.end_courier)
        privacy.failed.connect(card.strip.fail)

        def show(facts: PrivacyFacts) -> None:
            page.show_state(describe(facts), has_courier=privacy.has_courier)
            if page.isVisible() and not facts.courier.openings:
                parts.journal.refresh()  # what has ended is in it now

        privacy.changed.connect(show)
        privacy.ending_changed.connect(lambda: card.show_ending(is_ending=privacy.is_ending))
        page.shown.connect(privacy.look)
        page.shown.connect(parts.journal.refresh)
        parts.proof.changed.connect(page.rearranged)
        # A proof may have started the model's process.
        parts.proof.changed.connect(privacy.look)
        parts.proof.changed.connect(page.refresh)
        show(privacy.facts)
        self._page = page
        return page

    def _prove(self) -> None:
        self._window.show_page(_PAGE)
        self._parts.proof.start()
        if self._page is not None:
            self._page.show_proof()
