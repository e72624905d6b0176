"""The settings, one row for each line of the table; a change holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.core.tasks import Tasks
from app.models.library import InstalledModel
from app.settings.setting import Setting
from app.settings.table import SECRETS, SETTINGS
from app.settings.update_table import UPDATES
from app.ui.appearance import Appearance
from app.ui.pages.fields import ChoiceField
from app.ui.pages.secret_row import SecretBinding, SecretRow
from app.ui.pages.setting_row import MODEL, RowBinding, SettingRow
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card
from app.ui.widgets.tab_order import visit_after

_BEFORE_PROTECTION = "Privacy"
CLOUD = "Cloud"


class SettingsPage(Page):
    """Built before anything is read; `bind` connects it to the settings."""

    def __init__(self, look: Appearance, tasks: Tasks) -> None:
        super().__init__(look, self.tr("Settings"))
        self._tasks = tasks
        self.rows: dict[str, SettingRow] = {}
        self.secrets: dict[str, SecretRow] = {}
        self._bindings: dict[str, RowBinding] = {}
        self._protection = 0
        self.notice = label("", "refused", wrap=True)
        self.notice.hide()
        self.column.addWidget(self.notice)
        # The cloud has a page of its own, which shows what was spent as well; versions a card.
        shown = [s for s in SETTINGS.values() if not s.hidden and s.group not in {CLOUD, UPDATES}]
        for group, settings in groupby(shown, key=lambda setting: setting.group):
            self.column.addSpacing(4)
            self.column.addWidget(label(group, "group"))
            listed = list(settings)
            self.column.addWidget(self._card(listed))
            if group == _BEFORE_PROTECTION:
                self._protection = self.column.count()
                self._last_before: QWidget = self.rows[listed[-1].key].reset
        self.cloud = push(look, self.tr("Cloud providers"), "quiet", icon="cloud")
        self.column.addWidget(self.cloud, 0, Qt.AlignmentFlag.AlignLeft)
        self.rules = push(look, self.tr("Rules: who answers"), "quiet", icon="sliders-horizontal")
        self.redaction = push(look, self.tr("Redaction"), "quiet", icon="shield")
        self.shortcuts = push(look, self.tr("Keyboard shortcuts"), "quiet", icon="keyboard")
        for button in (self.rules, self.redaction, self.shortcuts):
            self.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def bind(self, settings: SettingsBridge, secrets: SecretsController) -> None:
        """Show the values in force, and change them from now on."""
        for key, row in self.rows.items():
            self._bindings[key] = RowBinding(row, settings, self._tasks)
        for secret in self.secrets.values():
            self.shown.connect(SecretBinding(secret, secrets).look)
        self.notice.setText(" ".join(settings.notices))
        self.notice.setVisible(bool(settings.notices))

    def add_protection(self, *cards: QWidget) -> None:
        """The cards that protect the chats, behind the settings of privacy."""
        for place, widget in enumerate(cards, self._protection):
            self.column.insertWidget(place, widget)
        visit_after(self._last_before, *cards)

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """Offer the models that can be used as the one for new chats."""
        field = self.rows[MODEL].field
        if isinstance(field, ChoiceField):
            usable = [(model.id, model.name) for model in models if model.problem is None]
            field.set_choices([("", self.tr("First that works")), *usable])
            if MODEL in self._bindings:
                self._bindings[MODEL].show()

    def _card(self, settings: list[Setting]) -> QWidget:
        frame, column = card()
        for number, setting in enumerate(settings):
            if number:
                column.addWidget(_rule())
            row = self.rows[setting.key] = SettingRow(self.look, setting)
            column.addWidget(row)
            for secret in (secret for secret in SECRETS if secret.after == setting.key):
                column.addWidget(_rule())
                self.secrets[secret.name] = SecretRow(self.look, secret)
                column.addWidget(self.secrets[secret.name])
        return frame


def _rule() -> QFrame:
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line
