"""Connects the pages of routing and redaction, and the mark "confidential", to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.pages.settings.sections import REDACTION, RULES, SETTINGS_PAGE
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.pages.routing.redaction_page import RedactionPage
    from app.ui.pages.routing.rules_page import RulesPage


class RoutingConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        window.add_part(SETTINGS_PAGE, RULES, self._make_rules)
        window.add_part(SETTINGS_PAGE, REDACTION, self._make_redaction)
        window.chat.header.confidential.toggled_by_person.connect(self._mark_open)
        window.side.wishes.marked.connect(self._mark)

    def _make_rules(self) -> RulesPage:
        from app.ui.pages.routing.rules_page import RulesPage

        page = RulesPage(self._window.look, self._parts.routing)
        models = self._parts.models

        def show_models() -> None:
            if models.is_known:
                page.show_models(models.usable)

        models.changed.connect(show_models)
        show_models()
        page.shown.connect(lambda: self._parts.actions.tell_folders(page.show_folders))
        return page

    def _make_redaction(self) -> RedactionPage:
        from app.ui.pages.routing.redaction_page import RedactionPage

        page = RedactionPage(
            self._window.look, self._parts.routing, self._parts.settings, self._parts.tasks
        )
        page.shown.connect(lambda: self._parts.actions.tell_folders(page.show_folders))
        return page

    def _mark(self, ids: list[str], on: bool) -> None:
        for conversation_id in ids:
            self._parts.actions.mark(conversation_id, on)

    def _mark_open(self, on: bool) -> None:
        if self._parts.chat.open_id:
            self._parts.actions.mark(self._parts.chat.open_id, on)
