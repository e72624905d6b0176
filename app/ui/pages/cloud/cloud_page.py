"""The settings of the cloud on a page of their own: nothing on it asks anyone by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.cloud import Listed
from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.table import SECRETS, SETTINGS
from app.ui.appearance import Appearance
from app.ui.cloud_controller import CloudController
from app.ui.pages.cloud.costs_card import CostsCard
from app.ui.pages.cloud.failures_row import FAILURES_KEY, FailuresRow
from app.ui.pages.cloud.model_row import ModelRow
from app.ui.pages.rows_page import RowsPage
from app.ui.pages.secret_row import SecretBinding, SecretRow
from app.ui.pages.setting_row import RowBinding, SettingRow
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.labels import label
from app.ui.widgets.page import card, rule

_SERVICES = (
    ("anthropic", "anthropic", "anthropic"),
    ("openrouter", "openrouter", "openrouter"),
    ("huggingface", "huggingface", "huggingface"),
    ("openai-compatible", "own", "openai"),
)


class CloudPage(RowsPage):
    """Built before anything is read; `bind` connects it. `models` are by service."""

    def __init__(self, look: Appearance, cloud: CloudController) -> None:
        super().__init__(look, self.tr("Cloud"))
        self._cloud = cloud
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
        for secret in self.secrets.values():
            self.shown.connect(SecretBinding(secret, secrets).look)
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

    def place_of(self, key: str) -> QWidget | None:
        """See `RowsPage`."""
        return self.failures if key == FAILURES_KEY else super().place_of(key)

    def control_of(self, key: str) -> QWidget | None:
        """See `RowsPage`."""
        if key == FAILURES_KEY:
            return next(iter(self.failures.boxes.values()))
        return super().control_of(key)

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
        column.addWidget(rule())
        self.secrets[secret] = SecretRow(self.look, setting)
        column.addWidget(self.secrets[secret])
        self._add(column, f"cloud.{key}_model")
        row = self.models[service] = ModelRow(self.look, SETTINGS[f"cloud.{key}"].label)
        column.addWidget(row)
        self.column.addWidget(frame)

    def _add_fall_back(self) -> None:
        self.column.addWidget(label(self.tr("Fall-back"), "group"))
        frame, column = card()
        self._add(column, "cloud.fall_back")
        self._add(column, "cloud.fall_back_to")
        column.addWidget(rule())
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
            column.addWidget(rule())
        self.rows[key] = SettingRow(self.look, SETTINGS[key])
        column.addWidget(self.rows[key])


def _model_key(service: str) -> str:
    return next(f"cloud.{key}_model" for name, key, _ in _SERVICES if name == service)
