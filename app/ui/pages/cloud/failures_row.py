"""Which failures of the model on this computer count for the fall-back, as boxes to tick."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.cloud_table import FAILURES
from app.settings.setting import Setting
from app.ui.appearance import Appearance
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label

FAILURES_KEY = "cloud.fall_back_on"


class FailuresRow(QWidget):
    """`boxes` by the code of the failure."""

    def __init__(self, _look: Appearance, setting: Setting) -> None:
        super().__init__()
        self.boxes = {code: QCheckBox(_words(code)) for code in FAILURES}
        self.refused = label("", "refused", wrap=True)
        self.refused.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        column.addWidget(label(setting.label, "name", wrap=True))
        flow = Flow()
        for box in self.boxes.values():
            flow.addWidget(box)
        column.addLayout(flow)
        column.addWidget(self.refused)

    def bind(self, settings: SettingsBridge, tasks: Tasks) -> None:
        """Show what is chosen, and change it from now on."""

        def show() -> None:
            chosen = settings.text(FAILURES_KEY).split()
            for code, box in self.boxes.items():
                with QSignalBlocker(box):
                    box.setChecked(code in chosen)

        async def save() -> None:
            chosen = [code for code, box in self.boxes.items() if box.isChecked()]
            try:
                await settings.set(FAILURES_KEY, " ".join(chosen))
            except AppError as error:
                self.refused.setText(error.sentence)
            self.refused.setVisible(bool(self.refused.text()))

        for box in self.boxes.values():
            box.toggled.connect(lambda _=False: tasks.start("failures that count", save()))
        settings.changed.connect(lambda key, _value: show() if key == FAILURES_KEY else None)
        show()


def _words(code: str) -> str:
    return {
        "model-missing": _tr("The model is not there"),
        "model-broken": _tr("The model is damaged"),
        "out-of-memory": _tr("Too little memory"),
        "device-unavailable": _tr("The device does not work"),
        "host-crashed": _tr("The model's process ended"),
        "host-hung": _tr("The model hangs"),
        "prompt-too-long": _tr("The chat is too long for it"),
    }[code]


def _tr(text: str) -> str:
    return QCoreApplication.translate("FailuresRow", text)
