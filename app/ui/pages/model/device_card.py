"""The card on which a person chooses what a model runs on; a choice is tried before it is kept."""

from __future__ import annotations

import os

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from app.core.errors import AppError
from app.models.placement import AUTO, PROCESSOR, Placement
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.status.figures import device_name
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.field_row import FieldRow
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column
from app.ui.widgets.restyle import restyle


class DeviceCard(QFrame):
    """Shows the placement in force, and what came of trying another.

    Signals:
        placement_wanted(object Placement): try this one, and keep it where it works.
        processor_wanted: use the processor instead.
    """

    placement_wanted = Signal(object)
    processor_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._known = Placement()
        self.device = Choice(look)
        self.device.setAccessibleName(self.tr("Device"))
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.device.currentIndexChanged.connect(self._show_reason)
        self.threads = _number(self.tr("Threads"))
        self.context = _number(self.tr("Context limit"))
        self.reason = label("", "meta", wrap=True)
        self.problem = label("", "refused", wrap=True)
        self.use = push(look, self.tr("Try and use it"), "primary")
        self.use.clicked.connect(self._want)
        self.processor = push(look, self.tr("Use the processor"))
        self.processor.clicked.connect(self.processor_wanted)
        self.usual = push(look, self.tr("As the settings say"))
        self.usual.clicked.connect(lambda: self.placement_wanted.emit(Placement()))
        self._reasons: dict[str, str] = {}
        self._lay_out(look)
        self.show_problem(None)

    def _lay_out(self, look: Appearance) -> None:
        column = card_column(self)
        column.addWidget(label(self.tr("What it runs on"), "heading"))
        column.addWidget(
            label(
                self.tr(
                    "A choice is tried with one token, and kept only where the model answers. "
                    "It holds for this model, here and on the command line."
                ),
                "second",
                wrap=True,
            )
        )
        cores = os.cpu_count() or 1
        rows = (
            (self.tr("Device"), "", self.device),
            (
                self.tr("Threads"),
                self.tr("Of the processor, which has {0}; 0 takes the usual number.").format(cores),
                self.threads,
            ),
            (
                self.tr("Context limit"),
                self.tr(
                    "The most tokens of a conversation that it sees, which bounds its memory; "
                    "0 leaves it to the settings."
                ),
                self.context,
            ),
        )
        for name, help_text, field in rows:
            column.addWidget(FieldRow(look, name, help_text, field))
        column.addWidget(self.reason)
        column.addWidget(self.problem)
        row = Flow()
        for button in (self.use, self.processor, self.usual):
            row.addWidget(button)
        column.addLayout(row)

    def show_facts(self, facts: Facts) -> None:
        """Show what is in force; what is being typed stays."""
        self._reasons = {device.name: device.reason for device in facts.devices}
        changed = facts.placement != self._known or not self.device.count()
        self._known = facts.placement
        self.usual.setVisible(not facts.placement.is_usual)
        if changed:
            self.show_placement(facts.placement)
        self.setEnabled(facts.model.problem is None)

    def show_placement(self, placement: Placement) -> None:
        """Put a placement into the fields."""
        with QSignalBlocker(self.device):
            self.device.clear()
            self.device.addItem(self.tr("As the settings say"), "")
            self.device.addItem(self.tr("Automatic"), AUTO)
            for name in self._reasons:
                self.device.addItem(device_name(name), name)
            place = self.device.findData(placement.device)
            if place < 0:
                self.device.addItem(device_name(placement.device), placement.device)
                place = self.device.count() - 1
            self.device.setCurrentIndex(place)
        self.threads.setText(str(placement.threads))
        self.context.setText(str(placement.context_limit))
        self._show_reason()

    def show_problem(self, error: AppError | None) -> None:
        """Say why a device is not used, and offer the processor; None where nothing is wrong."""
        self.problem.setText("" if error is None else error.sentence)
        self.problem.setVisible(error is not None)
        chosen = self.device.currentData()
        self.processor.setVisible(error is not None and chosen != PROCESSOR)

    def _show_reason(self) -> None:
        self.reason.setText(self._reasons.get(self.device.currentData() or "", ""))
        self.reason.setVisible(bool(self.reason.text()))

    def _want(self) -> None:
        numbers = [_value(field) for field in (self.threads, self.context)]
        for field, number in zip((self.threads, self.context), numbers, strict=True):
            _mark(field, refused=number is None)
        threads, context = numbers
        if threads is None or context is None:
            self.problem.setText(self.tr("Threads and context are whole numbers, or 0."))
            self.problem.show()
            return
        self.problem.hide()
        self.placement_wanted.emit(
            Placement(
                device=self.device.currentData() or "", threads=threads, context_limit=context
            )
        )


def _number(name: str) -> QLineEdit:
    field = QLineEdit("0")
    field.setAccessibleName(name)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setFixedWidth(120)
    return field


def _value(field: QLineEdit) -> int | None:
    text = field.text().replace(",", "").replace(" ", "") or "0"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _mark(field: QLineEdit, *, refused: bool) -> None:
    restyle(field, "refused", "true" if refused else "false")
