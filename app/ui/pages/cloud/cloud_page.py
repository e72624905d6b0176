"""The settings of the cloud on a page of their own: nothing on it asks anyone by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout

from app.cloud import Listed
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.table import SECRETS, SETTINGS
from app.ui.appearance import Appearance
from app.ui.cloud_controller import CloudController
from app.ui.pages.cloud.costs_card import CostsCard
from app.ui.pages.cloud.failures_row import FAILURES_KEY, FailuresRow
from app.ui.pages.cloud.model_row import ModelRow
from app.ui.pages.secret_row import SecretBinding, SecretRow
from app.ui.pages.setting_row import RowBinding, SettingRow
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card

_WIDE = 250
_SERVICES = (
    ("anthropic", "anthropic", "anthropic"),
    ("openrouter", "openrouter", "openrouter"),
    ("huggingface", "huggingface", "huggingface"),
    ("openai-compatible", "own", "openai"),
)


class CloudPage(Page):
    """Built before anything is read; `bind` connects it. `rows`, `keys` and `models` are by
    setting, secret and service."""

    def __init__(self, look: Appearance, cloud: CloudController) -> None:
        super().__init__(look, self.tr("Cloud"))
        self._cloud = cloud
        self.rows: dict[str, SettingRow] = {}
        self.keys: dict[str, SecretRow] = {}
        self.models: dict[str, ModelRow] = {}
        words = self.tr(
            "Tacit answers on this computer. Here you may allow providers elsewhere for chats "
            "that are not confidential. You choose one in the chat itself, and see what would be "
            "sent before the first message leaves."
        )
        self.column.addWidget(label(words, "second", wrap=True))
        frame, column = card()
        self._add(column, "cloud.on")
        self.column.addWidget(frame)
        for service, key, secret in _SERVICES:
            self._add_service(service, key, secret)
        self.column.addWidget(label(self.tr("Costs"), "group"))
        self.costs = CostsCard(look)
        self._add(self.costs.column_of_rows, "cloud.monthly_limit_usd")
        self.column.addWidget(self.costs)
        self._add_fall_back()
        self._add_further()

    def bind(self, settings: SettingsBridge, secrets: SecretsController, tasks: Tasks) -> None:
        """Show the values in force, and change them from now on."""
        for row in self.rows.values():
            RowBinding(row, settings, tasks)
        for key in self.keys.values():
            self.shown.connect(SecretBinding(key, secrets).look)
        self.failures.bind(settings, tasks)
        for name, models in self.models.items():
            models.fetch.clicked.connect(lambda _=False, name=name: self._fetch(name))
            field = self.rows[_model_key(name)].field
            models.chosen.connect(field.committed.emit)
            models.show_list(self._cloud.list_of(name), None)
        self._cloud.listed.connect(self._show_list)
        self._cloud.counted.connect(self.costs.show_spent)
        self._cloud.changed.connect(self._cloud.count)
        self.shown.connect(self._cloud.count)

    def _show_list(self, name: str, listed: Listed, error: AppError | None) -> None:
        if name in self.models:
            self.models[name].show_list(listed, error)

    def _fetch(self, name: str) -> None:
        self.models[name].show_waiting()
        self._cloud.fetch(name)

    def _add_service(self, service: str, key: str, secret: str) -> None:
        frame, column = card()
        self._add(column, f"cloud.{key}")
        if key == "own":
            self._add(column, "cloud.own_address")
        setting = next(one for one in SECRETS if one.name == secret)
        column.addWidget(_rule())
        self.keys[secret] = SecretRow(self.look, setting)
        column.addWidget(self.keys[secret])
        self._add(column, f"cloud.{key}_model")
        row = self.models[service] = ModelRow(self.look, SETTINGS[f"cloud.{key}"].label)
        column.addWidget(row)
        self.column.addWidget(frame)

    def _add_fall_back(self) -> None:
        self.column.addWidget(label(self.tr("Fall-back"), "group"))
        frame, column = card()
        self._add(column, "cloud.fall_back")
        self._add(column, "cloud.fall_back_to")
        column.addWidget(_rule())
        self.failures = FailuresRow(self.look, SETTINGS[FAILURES_KEY])
        column.addWidget(self.failures)
        self.column.addWidget(frame)

    def _add_further(self) -> None:
        self.column.addWidget(label(self.tr("Seldom needed"), "group"))
        frame, column = card()
        for key in ("silence_s", "sampling", "own_more"):
            self._add(column, f"cloud.{key}")
        for _service, key, _secret in _SERVICES[:3]:
            self._add(column, f"cloud.{key}_address")
        self.column.addWidget(frame)

    def _add(self, column: QVBoxLayout, key: str) -> None:
        if column.count():
            column.addWidget(_rule())
        self.rows[key] = SettingRow(self.look, SETTINGS[key])
        control = self.rows[key].field.control
        if key.endswith(("_address", "_model")) and isinstance(control, QLineEdit):
            control.setMinimumWidth(self.look.scaled(_WIDE))
        column.addWidget(self.rows[key])


def _model_key(service: str) -> str:
    return next(f"cloud.{key}_model" for name, key, _ in _SERVICES if name == service)


def _rule() -> QFrame:
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line
