"""A page of the settings: the rows of its groups; a change holds at once where it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from app.core.tasks import Tasks
from app.models.library import InstalledModel
from app.settings.setting import Setting
from app.settings.table import SECRETS
from app.ui.appearance import Appearance
from app.ui.pages.fields import ChoiceField
from app.ui.pages.rows_page import RowsPage
from app.ui.pages.secret_row import SecretBinding, SecretRow
from app.ui.pages.setting_row import MODEL, RowBinding, SettingRow
from app.ui.pages.settings.sections import Section
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card, rule


class SectionPage(RowsPage):
    """Built before anything is read; `bind` connects it to the settings."""

    def __init__(self, look: Appearance, section: Section) -> None:
        super().__init__(look, section.title)
        self._bindings: dict[str, RowBinding] = {}
        for group in section.groups:
            if len(section.groups) > 1 and group != section.title:
                self.column.addWidget(label(group, "group"))
            self.column.addWidget(self._card([s for s in section.settings if s.group == group]))

    def bind(self, settings: SettingsBridge, secrets: SecretsController, tasks: Tasks) -> None:
        """Show the values in force, and change them from now on."""
        for key, row in self.rows.items():
            self._bindings[key] = RowBinding(row, settings, tasks)
        for secret in self.secrets.values():
            self.shown.connect(SecretBinding(secret, secrets).look)

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """Offer the models that can be used as the one for new chats."""
        field = self.rows[MODEL].field
        if isinstance(field, ChoiceField):
            usable = [(model.id, model.name) for model in models if model.problem is None]
            field.set_choices([("", self.tr("First that works")), *usable])
            if MODEL in self._bindings:
                self._bindings[MODEL].show()

    def add_ways(self, *ways: tuple[str, str, Callable[[], None]]) -> None:
        """Buttons that lead on: each its words, its icon, and what it calls."""
        row, holder = Flow(), QWidget()
        for words, icon, go in ways:
            button = push(self.look, words, "quiet", icon=icon)
            button.clicked.connect(go)
            row.addWidget(button)
        holder.setLayout(row)
        self.column.addWidget(holder)

    def _card(self, settings: list[Setting]) -> QWidget:
        frame, column = card()
        for number, setting in enumerate(settings):
            if number:
                column.addWidget(rule())
            row = self.rows[setting.key] = SettingRow(self.look, setting)
            column.addWidget(row)
            for secret in (secret for secret in SECRETS if secret.after == setting.key):
                column.addWidget(rule())
                self.secrets[secret.name] = SecretRow(self.look, secret)
                column.addWidget(self.secrets[secret.name])
        return frame
