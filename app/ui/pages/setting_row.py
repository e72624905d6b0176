"""The row of one setting: its words, its field, and what keeps both true to the settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.setting import Setting, Value
from app.ui.appearance import Appearance
from app.ui.pages.fields import field_for, is_wide, stacked
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import tool
from app.ui.widgets.labels import label

MODEL = "model.default"
_NARROW = 420


class SettingRow(QWidget):
    """Label and help at the left, the field at the right, a refusal under it."""

    reset_wanted = Signal()

    def __init__(self, look: Appearance, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        choices = [("", self.tr("First that works"))] if setting.key == MODEL else None
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


class RowBinding(QObject):
    """Shows the value in force in a row, saves what the person chooses, and says a refusal."""

    def __init__(self, row: SettingRow, settings: SettingsBridge, tasks: Tasks) -> None:
        super().__init__(row)
        self._row = row
        self._settings = settings
        self._tasks = tasks
        key = row.setting.key
        row.field.committed.connect(lambda value: self._start(f"setting {key}", value))
        row.reset_wanted.connect(lambda: self._start(f"reset {key}", None))
        settings.changed.connect(self._on_changed)
        self.show()

    def show(self) -> None:
        """Show the value in force."""
        setting = self._row.setting
        value = self._settings.get(setting.key)
        self._row.show_value(value, is_default=value == setting.default)

    def _on_changed(self, key: str, _value: object) -> None:
        if key == self._row.setting.key:
            self.show()

    def _start(self, name: str, value: object) -> None:
        self._tasks.start(name, self._save(value))

    async def _save(self, value: object) -> None:
        setting = self._row.setting
        try:
            if value is None:
                await self._settings.reset(setting.key)
            else:
                typed = setting.parse(value) if isinstance(value, str) else value
                await self._settings.set(setting.key, typed)
        except AppError as error:
            self._row.refuse(error)
        else:
            self.show()
