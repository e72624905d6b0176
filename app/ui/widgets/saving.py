"""Asks where to save a file; what is written there is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(
    parent: QWidget, title: str, name: str, kinds: list[str], chosen: Callable[[Path], object]
) -> QFileDialog:
    """Let the person choose a file; `chosen` gets it, nothing happens where they do not.

    `kinds` are filters as Qt writes them, for example "Text (*.txt)"; the suffix of the kind
    that was chosen is added where the name has none.
    """
    dialog = QFileDialog(parent, title, str(Path.home() / name))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilters(kinds)

    def suffix() -> str:
        return dialog.selectedNameFilter().rpartition("*.")[2].rstrip(")")

    dialog.setDefaultSuffix(suffix())
    dialog.filterSelected.connect(lambda _kind: dialog.setDefaultSuffix(suffix()))
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()
    return dialog
