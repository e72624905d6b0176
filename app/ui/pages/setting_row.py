"""The row of one setting: its words, its field, and what keeps both true to the settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.setting import Setting, Value
from app.ui.appearance import Appearance
from app.ui.pages.fields import field_for, stacked
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import tool
from app.ui.widgets.field_row import NARROW, give_way
from app.ui.widgets.labels import label

MODEL = "model.default"


class SettingRow(QWidget):
    """Label and help at the left, the field at the right, a refusal under it.

    Signals:
        reset_wanted: go back to the default.
        renew_wanted: show the value in force again, in place of one that was refused.
    """

    reset_wanted = Signal()
    renew_wanted = Signal()

    def __init__(self, look: Appearance, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        choices = [("", self.tr("First that works"))] if setting.key == MODEL else None
        self.field = field_for(look, setting, choices)
        self.reset = tool(look, "rotate-ccw", self._reset_name(), self.reset_wanted.emit, size=16)
        self.refused = label("", "refused", wrap=True)
        self.refused.hide()
        words = stacked(
            label(setting.label, "name", wrap=True), label(setting.help, "meta", wrap=True)
        )
        self._look = look
        self.restart = label("", "meta", wrap=True)
        self._sign = label("")
        if setting.restart_needed:
            words.addLayout(self._restart_line())
        self._beside = QHBoxLayout()
        self._beside.setSpacing(12)
        self._beside.addLayout(words, 1)
        if not self.field.is_wide:
            self._beside.addWidget(self.field)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addLayout(self._beside, 1)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        column.addLayout(line)
        if self.field.is_wide:
            column.addWidget(self.field)
        column.addWidget(self.refused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the field goes under its label."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._look.scaled(NARROW)
        give_way(self._beside, self.field, is_narrow=is_narrow)

    def show_value(self, value: Value, *, is_default: bool, is_waiting: bool = False) -> None:
        """Show the value in force; one that is waiting holds after the next start only."""
        self.field.show_value(value)
        self.field.set_refused(refused=False)
        self.refused.hide()
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.setVisible(not is_default)
        if self.setting.restart_needed:
            self._show_restart(is_waiting=is_waiting)

    def refuse(self, error: AppError) -> None:
        """Say beside the field why the value was not taken; what was typed stays."""
        self.field.set_refused(refused=True)
        self.refused.setText(error.sentence)
        self.refused.show()

    @property
    def is_refused(self) -> bool:
        """Whether the field shows a value that was not taken."""
        return not self.refused.isHidden()

    def _restart_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.restart, 1)
        self._show_restart(is_waiting=False)
        return line

    def _show_restart(self, *, is_waiting: bool) -> None:
        words = self.tr("Holds after the next start.")
        self.restart.setText(self.tr("Changed. {0}").format(words) if is_waiting else words)
        token = "not_enforced" if is_waiting else "text_second"
        self._look.set_picture(self._sign, "refresh-cw", token, 14)

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
        row.renew_wanted.connect(self.show)
        settings.changed.connect(self._on_changed)
        self.show()

    def show(self) -> None:
        """Show the value in force."""
        setting = self._row.setting
        value = self._settings.get(setting.key)
        self._row.show_value(
            value,
            is_default=value == setting.default,
            is_waiting=setting.restart_needed and setting in self._settings.waiting,
        )

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
