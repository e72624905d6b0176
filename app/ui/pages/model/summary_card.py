"""The first card of a model's page: what it is, and what is done with it most."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout

from app.models.verification import Verified
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.status.figures import device_name, size
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import card_column


class SummaryCard(QFrame):
    """Shows the facts that it is given.

    Signals:
        default_wanted, load_wanted, unload_wanted, rename_wanted, folder_wanted,
        compare_wanted: what the person chose.
    """

    default_wanted = Signal()
    load_wanted = Signal()
    unload_wanted = Signal()
    rename_wanted = Signal()
    folder_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        column = card_column(self)
        self.name = ElidedLabel("", "heading")
        self.badges = label("", "meta")
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.badges)
        self.problem = label("", "refused", wrap=True)
        self.twins = label("", "second", wrap=True)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self.use = push(look, self.tr("Use for new chats"), "primary")
        self.use.clicked.connect(self.default_wanted)
        self.load = push(look, self.tr("Load now"))
        self.load.clicked.connect(self.load_wanted)
        self.unload = push(look, self.tr("Unload now"))
        self.unload.clicked.connect(self.unload_wanted)
        self.compare = push(look, self.tr("Compare"), icon="layers")
        self.compare.clicked.connect(self.compare_wanted)
        self.rename = push(look, self.tr("Rename"), icon="pencil")
        self.rename.clicked.connect(self.rename_wanted)
        self.folder = push(look, self.tr("Open the folder"), icon="folder")
        self.folder.clicked.connect(self.folder_wanted)
        self.copy = push(look, self.tr("Copy the folder's path"), icon="copy")
        self.copy.clicked.connect(self._copy_path)
        self._path = ""
        row = Flow()
        self.buttons = (
            self.use, self.load, self.unload, self.compare, self.rename, self.folder, self.copy,
        )  # fmt: skip
        for button in self.buttons:
            row.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self.twins)
        column.addLayout(self._grid)
        column.addSpacing(4)
        column.addLayout(row)

    def show_facts(
        self, facts: Facts, *, is_default: bool, is_loaded: bool, can_open: bool
    ) -> None:
        """Show a model, and what can be done with it now."""
        model = facts.model
        is_usable = model.problem is None
        self._path = str(model.folder)
        self.name.setText(model.name)
        marks = [self.tr("used for new chats")] if is_default else []
        marks += [self.tr("in memory")] if is_loaded else []
        self.badges.setText(" - ".join(marks))
        self.problem.setText("" if model.problem is None else model.problem.sentence)
        self.problem.setVisible(not is_usable)
        twins = self.tr("The same model is here as {0}.").format(", ".join(facts.twins))
        self.twins.setText(twins if facts.twins else "")
        self.twins.setVisible(bool(facts.twins))
        self.use.setVisible(is_usable and not is_default)
        self.load.setVisible(is_usable and not is_loaded)
        self.unload.setVisible(is_loaded)
        self.compare.setVisible(is_usable)
        self.folder.setVisible(can_open)
        self._fill(self._rows(facts))

    def _rows(self, facts: Facts) -> list[tuple[str, str]]:
        model = facts.model
        unknown = self.tr("unknown")
        context = self.tr("{0:,} tokens").format(model.context_length or 0)
        variant = " ".join(part for part in (model.variant, model.quantization) if part)
        rows = [
            (self.tr("Size"), size(model.size_bytes)),
            (self.tr("Kind"), model.model_type or unknown),
            (self.tr("Variant"), variant or unknown),
            (self.tr("Built for"), device_name(model.device) if model.device else unknown),
            (self.tr("Context"), context if model.context_length else unknown),
            (self.tr("Licence"), model.licence or unknown),
            (self.tr("From"), model.repository or self.tr("not from the hub")),
            (self.tr("Commit"), model.commit),
            (self.tr("Last use"), moment(model.last_used) or self.tr("never")),
            (self.tr("Folder"), self._path),
            (self.tr("Deleting it frees"), self._freed(facts)),
            (self.tr("On this computer"), " ".join(facts.here)),
        ]
        return [(name, value) for name, value in rows if value]

    def _freed(self, facts: Facts) -> str:
        if facts.model.is_reference:
            return self.tr("nothing: it is used where it lies, outside the library")
        return size(facts.freed_bytes)

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for number, (name, value) in enumerate(rows):
            self._grid.addWidget(label(name, "second"), number, 0, top)
            self._grid.addWidget(label(value, wrap=True, selectable=True), number, 1, top)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._path)


def moment(at: float | None) -> str:
    """A time as a date and a clock time; "" for none."""
    return "" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def verified_words(verified: Verified) -> str:
    """The state of the files in one word or two, for lists."""
    return {
        Verified.YES: "verified",
        Verified.NOT_YET: "not verified yet",
        Verified.NO_MANIFEST: "cannot be verified",
    }[verified]
