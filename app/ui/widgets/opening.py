"""Asks which file or folder to read; what is done with it is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_which(
    parent: QWidget,
    title: str,
    kinds: list[str],
    chosen: Callable[[Path], object],
    *,
    folder: bool = False,
) -> QFileDialog:
    """Let the person choose a file of `kinds` (filters as Qt writes them), or a `folder`;
    `chosen` gets it, nothing happens where they do not.
    """
    dialog = QFileDialog(parent, title, str(Path.home()))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    mode = QFileDialog.FileMode
    dialog.setFileMode(mode.Directory if folder else mode.ExistingFile)
    if folder:
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    else:
        dialog.setNameFilters(kinds)
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()
    return dialog
