"""The card under the list of models: bringing some in, and the folders that they lie in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.pages.model.library_controller import LibraryController
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.choosing import ask_file, ask_folder
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty

_KIND = "*.tacit-model"


class LibraryCard(QFrame):
    """Shows the folders of a `LibraryController`, and asks what it should bring in.

    Signals:
        rearranged: it has other controls now.
    """

    rearranged = Signal()

    def __init__(self, look: Appearance, library: LibraryController) -> None:
        super().__init__()
        self._look = look
        self._library = library
        column = card_column(self)
        column.addWidget(label(self.tr("Bring a model in"), "heading"))
        column.addWidget(
            label(
                self.tr(
                    "From a folder for onnxruntime-genai, or from the one file that another "
                    "Tacit exported."
                ),
                "second",
                wrap=True,
            )
        )
        self.copy = push(look, self.tr("Copy a folder in..."), icon="folder")
        self.copy.clicked.connect(lambda: self._ask_folder(copy=True))
        self.refer = push(look, self.tr("Use a folder where it lies..."), icon="external-link")
        self.refer.clicked.connect(lambda: self._ask_folder(copy=False))
        self.file = push(look, self.tr("From a file..."), icon="file-text")
        self.file.clicked.connect(self._ask_file)
        column.addLayout(_row(self.copy, self.refer, self.file))
        column.addSpacing(4)
        column.addWidget(label(self.tr("Where models lie"), "heading"))
        self.folders = QVBoxLayout()
        self.folders.setSpacing(4)
        column.addLayout(self.folders)
        self.move_all = push(look, self.tr("Move to another place..."), icon="hard-drive")
        self.move_all.clicked.connect(self._ask_target)
        self.further = push(look, self.tr("Look in another folder too..."), icon="plus")
        self.further.clicked.connect(self._ask_further)
        column.addLayout(_row(self.move_all, self.further))
        library.changed.connect(self.show_folders)
        library.work.changed.connect(self._show_work)
        self.show_folders()

    def show_folders(self) -> None:
        """Show the folders of now."""
        empty(self.folders)
        main, *further = self._library.folders
        self.folders.addWidget(self._folder(main, self.tr("new models come here"), removable=False))
        for folder in further:
            words = self.tr("looked through as well")
            self.folders.addWidget(self._folder(folder, words, removable=True))
        self.rearranged.emit()

    def _folder(self, folder: Path, words: str, *, removable: bool) -> QWidget:
        shown = QWidget()
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(f"{folder} ({words})", "meta", wrap=True, selectable=True), 1)
        if removable:
            name = self.tr("Look in {0} no more").format(folder)
            row.addWidget(
                tool(self._look, "x", name, lambda: self._library.forget_folder(folder), size=16)
            )
        return shown

    def _show_work(self) -> None:
        for button in (self.copy, self.refer, self.file, self.move_all, self.further):
            button.setEnabled(not self._library.work.is_running)

    def _ask_folder(self, *, copy: bool) -> None:
        title = self.tr("Choose the folder with genai_config.json")
        self.dialog = ask_folder(
            self, title, lambda folder: self._library.bring_folder(folder, copy=copy)
        )

    def _ask_file(self) -> None:
        kinds = [self.tr("Models of Tacit ({0})").format(_KIND)]
        title = self.tr("Choose an exported model")
        self.dialog = ask_file(self, title, kinds, self._library.bring_file)

    def _ask_target(self) -> None:
        title = self.tr("Choose where the models should lie")
        self.dialog = ask_folder(self, title, self._library.move)

    def _ask_further(self) -> None:
        title = self.tr("Choose a folder with models")
        self.dialog = ask_folder(self, title, self._library.look_in)


def _row(*buttons: QWidget) -> Flow:
    row = Flow()
    for button in buttons:
        row.addWidget(button)
    return row
