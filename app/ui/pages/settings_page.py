"""The settings, one row for each line of the table; a change holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.models.library import InstalledModel
from app.settings.setting import Setting, Value
from app.settings.table import SETTINGS
from app.ui.appearance import Appearance
from app.ui.pages.fields import ChoiceField, field_for, is_wide, stacked
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card

_MODEL = "model.default"
_NARROW = 420


class SettingRow(QWidget):
    """Label and help at the left, the field at the right, a refusal under it."""

    reset_wanted = Signal()

    def __init__(self, look: Appearance, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        choices = [("", self.tr("First that works"))] if setting.key == _MODEL else None
        self.field = field_for(look, setting, choices)
        self.reset = tool(look, "rotate-ccw", self._reset_name(), self.reset_wanted.emit, size=16)
        self.refused = label("", "refused", wrap=True)
        self.refused.hide()
        help_text = setting.help
        if setting.restart_needed:
            help_text = f"{help_text} {self.tr('Holds after the next start.')}"
        words = stacked(
            label(setting.label, "name", wrap=True), label(help_text, "meta", wrap=True)
        )
        self._look = look
        self._beside = QHBoxLayout()
        self._beside.setSpacing(12)
        self._beside.addLayout(words, 1)
        if not is_wide(self.field):
            self._beside.addWidget(self.field)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addLayout(self._beside, 1)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        column.addLayout(line)
        if is_wide(self.field):
            column.addWidget(self.field)
        column.addWidget(self.refused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the field goes under its label."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        is_narrow = self.width() < self._look.scaled(_NARROW)
        self._beside.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)
        left = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignVCenter
        self._beside.setAlignment(self.field, left)

    def show_value(self, value: Value, *, is_default: bool) -> None:
        """Show the value in force."""
        self.field.show_value(value)
        self.field.set_refused(refused=False)
        self.refused.hide()
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.setVisible(not is_default)

    def refuse(self, error: AppError) -> None:
        """Say beside the field why the value was not taken; what was typed stays."""
        self.field.set_refused(refused=True)
        self.refused.setText(error.sentence)
        self.refused.show()

    def _reset_name(self) -> str:
        return self.tr("Reset {0}").format(self.setting.label)


class SettingsPage(Page):
    """Built before anything is read; `bind` connects it to the settings."""

    def __init__(self, look: Appearance, tasks: Tasks) -> None:
        super().__init__(look, self.tr("Settings"))
        self._tasks = tasks
        self._settings: SettingsBridge | None = None
        self.rows: dict[str, SettingRow] = {}
        self.notice = label("", "refused", wrap=True)
        self.notice.hide()
        self.column.addWidget(self.notice)
        shown = [setting for setting in SETTINGS.values() if not setting.hidden]
        for group, settings in groupby(shown, key=lambda setting: setting.group):
            self.column.addSpacing(4)
            self.column.addWidget(label(group, "group"))
            self.column.addWidget(self._card(list(settings)))
        self.shortcuts = push(look, self.tr("Keyboard shortcuts"), "quiet", icon="keyboard")
        self.column.addWidget(self.shortcuts, 0, Qt.AlignmentFlag.AlignLeft)

    def bind(self, settings: SettingsBridge) -> None:
        """Show the values in force, and change them from now on."""
        self._settings = settings
        settings.changed.connect(lambda key, _value: self._show(key))
        for key in self.rows:
            self._show(key)
        self.notice.setText(" ".join(settings.notices))
        self.notice.setVisible(bool(settings.notices))

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """Offer the models that can be used as the one for new chats."""
        field = self.rows[_MODEL].field
        if isinstance(field, ChoiceField):
            usable = [(model.id, model.name) for model in models if model.problem is None]
            field.set_choices([("", self.tr("First that works")), *usable])
            self._show(_MODEL)

    def _card(self, settings: list[Setting]) -> QWidget:
        frame, column = card()
        for number, setting in enumerate(settings):
            if number:
                line = QFrame()
                line.setProperty("role", "rule")
                line.setFixedHeight(1)
                column.addWidget(line)
            row = SettingRow(self.look, setting)
            key = setting.key
            row.field.committed.connect(lambda value, key=key: self._change(key, value))
            row.reset_wanted.connect(lambda key=key: self._reset(key))
            self.rows[key] = row
            column.addWidget(row)
        return frame

    def _show(self, key: str) -> None:
        row = self.rows.get(key)
        if row is not None and self._settings is not None:
            value = self._settings.get(key)
            row.show_value(value, is_default=value == row.setting.default)

    def _change(self, key: str, value: object) -> None:
        self._tasks.start(f"setting {key}", self._save(key, value))

    def _reset(self, key: str) -> None:
        self._tasks.start(f"reset {key}", self._save(key, None))

    async def _save(self, key: str, value: object) -> None:
        if self._settings is None:
            return
        row = self.rows[key]
        try:
            if value is None:
                await self._settings.reset(key)
            else:
                typed = row.setting.parse(value) if isinstance(value, str) else value
                await self._settings.set(key, typed)
        except AppError as error:
            row.refuse(error)
        else:
            self._show(key)
