"""Asks for a folder or files that are there; what is done with them is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_folder(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Let the person choose a folder; nothing happens where they do not."""
    dialog = _dialog(parent, title, chosen)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()
    return dialog


def ask_file(
    parent: QWidget, title: str, kinds: list[str], chosen: Callable[[Path], object]
) -> QFileDialog:
    """Let the person choose a file; `kinds` are filters as Qt writes them."""
    dialog = _dialog(parent, title, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(kinds)
    dialog.open()
    return dialog


def ask_files(parent: QWidget, title: str, chosen: Callable[[list[Path]], object]) -> QFileDialog:
    """Let the person choose one or more files of any kind."""
    dialog = _dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda files: chosen([Path(file) for file in files]))
    dialog.open()
    return dialog


def _dialog(
    parent: QWidget, title: str, chosen: Callable[[Path], object] | None = None
) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(Path.home()))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if chosen is not None:
        dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    return dialog
