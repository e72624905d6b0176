"""Connects the cards of encryption and lock of the settings with what stands behind them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.pages.settings.encryption_card import EncryptionCard
from app.ui.pages.settings.lock_card import LockCard
from app.ui.widgets.page import Page
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts


def protection_cards(window: MainWindow, parts: Parts, page: Page) -> list[QWidget]:
    """The cards, which show what holds whenever `page` comes to the front."""
    encryption = parts.encryption
    card = EncryptionCard(window.look)
    card.on_wanted.connect(encryption.begin)
    card.off_wanted.connect(encryption.switch_off)
    card.stop_wanted.connect(encryption.give_up)
    card.save_wanted.connect(encryption.save)
    card.confirmed.connect(encryption.confirm)
    encryption.changed.connect(lambda: card.show_view(encryption.view))
    page.shown.connect(encryption.look)
    card.show_view(encryption.view)
    encryption.look()
    return [card, _lock_card(window, parts)]


def _lock_card(window: MainWindow, parts: Parts) -> LockCard:
    lock = parts.lock
    card = LockCard(window.look)

    def show() -> None:
        card.show_state(has_passphrase=lock.has_passphrase, problem=lock.problem)

    card.lock_wanted.connect(lock.lock)
    card.set_wanted.connect(lock.set_passphrase)
    card.remove_wanted.connect(lock.remove_passphrase)
    lock.changed.connect(show)
    lock.done.connect(card.close_fields)
    show()
    return card
