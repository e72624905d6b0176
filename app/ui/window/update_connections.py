"""Connects the card about new versions with what stands behind it."""

from __future__ import annotations

from app.ui.pages.setting_row import RowBinding
from app.ui.pages.update_card import UpdateCard
from app.ui.widgets.page import Page
from app.ui.window.link_opener import LinkOpener
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts


def update_card(window: MainWindow, parts: Parts, page: Page) -> UpdateCard:
    """The card for `page`, which reads what is known whenever the page comes to the front."""
    card = UpdateCard(window.look, parts.updates)
    card.link_wanted.connect(LinkOpener(window, parts, window.strip).ask)
    RowBinding(card.row, parts.settings, parts.tasks)
    parts.privacy.changed.connect(card.show_all)
    page.shown.connect(parts.updates.read)
    return card
