"""Makes the settings panel and its pages when they are wanted, and connects what is behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.paths import Paths
from app.ui.pages.settings import sections
from app.ui.pages.settings.sections import SETTINGS_PAGE, Section
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.pages.settings.about_page import AboutPage
    from app.ui.pages.settings.panel import SettingsPanel
    from app.ui.pages.settings.section_page import SectionPage
    from app.ui.pages.settings.shortcuts_page import ShortcutsPage


class SettingsConnections(QObject):
    """One per window and its services; the pages of cloud and routing have their own."""

    def __init__(self, window: MainWindow, parts: Parts, paths: Paths) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._paths = paths
        window.add_page(SETTINGS_PAGE, self._make_panel)
        makers = {
            sections.GENERAL: self._make_general,
            sections.DEVICES: self._make_devices,
            sections.ANSWERS: self._make_answers,
            sections.PROTECTION: self._make_protection,
            sections.STORAGE: self._make_storage,
            sections.APPEARANCE: self._make_rows,
        }
        for section in sections.sections():
            if (make := makers.get(section.name)) is not None:
                window.add_part(SETTINGS_PAGE, section.name, partial(make, section))
        window.add_part(SETTINGS_PAGE, sections.SHORTCUTS, self._make_shortcuts)
        window.add_part(SETTINGS_PAGE, sections.ABOUT, self._make_about)

    def _make_panel(self) -> SettingsPanel:
        from app.ui.pages.settings.panel import SettingsPanel

        parts = self._parts
        return SettingsPanel(self._window.look, self._window.make_part, parts.settings, parts.tasks)

    def _make_rows(self, section: Section) -> SectionPage:
        from app.ui.pages.settings.section_page import SectionPage

        page, parts = SectionPage(self._window.look, section), self._parts
        page.bind(parts.settings, parts.secrets, parts.tasks)
        return page

    def _make_general(self, section: Section) -> SectionPage:
        from app.ui.pages.settings.carry_card import CarryCard

        page, parts = self._make_rows(section), self._parts
        page.column.addWidget(CarryCard(self._window.look, parts.settings, parts.tasks))
        return page

    def _make_devices(self, section: Section) -> SectionPage:
        page, models = self._make_rows(section), self._parts.models
        models.changed.connect(lambda: page.show_models(models.found))
        page.show_models(models.found)
        page.add_ways(
            (self.tr("Models on this computer"), "box", self._way("models")),
            (self.tr("Find models"), "search", self._way("discover")),
        )
        return page

    def _make_answers(self, section: Section) -> SectionPage:
        page = self._make_rows(section)
        page.add_ways((self.tr("Personas and prompts"), "brain", self._way("personas")))
        return page

    def _make_protection(self, section: Section) -> SectionPage:
        from app.ui.window.protection import protection_cards

        page = self._make_rows(section)
        for card in protection_cards(self._window, self._parts, page):
            page.column.addWidget(card)
        page.add_ways((self.tr("Proof and journal"), "shield", self._way("privacy")))
        return page

    def _make_storage(self, section: Section) -> SectionPage:
        from app.ui.pages.settings.storage_cards import places_card

        page = self._make_rows(section)
        page.column.addWidget(places_card(self._paths))
        page.add_ways(
            (self.tr("Exports and backups"), "history", self._way("history")),
            (self.tr("Trash"), "trash-2", self._way("trash")),
            (self.tr("Models on this computer"), "box", self._way("models")),
        )
        return page

    def _make_shortcuts(self) -> ShortcutsPage:
        from app.ui.pages.settings.shortcuts_page import ShortcutsPage

        return ShortcutsPage(self._window.look)

    def _make_about(self) -> AboutPage:
        from app.ui.pages.settings.about_page import AboutPage
        from app.ui.window.update_connections import update_card

        page = AboutPage(self._window.look, self._paths, self._parts.tasks)
        page.add_updates(update_card(self._window, self._parts, page))
        return page

    def _way(self, page: str) -> Callable[[], None]:
        return lambda: self._window.show_page(page)
