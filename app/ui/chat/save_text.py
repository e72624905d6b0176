"""Saves a piece of an answer to a file that the person chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.errors import AppError
from app.ui.widgets.saving import ask_where


def save_text(
    parent: QWidget, name: str, text: str, failed: Callable[[AppError], object]
) -> QFileDialog:
    """Ask where `text` is to go, to begin with a file called `name`, and write it there."""

    def write(file: Path) -> None:
        try:
            # As it was written: no line end is turned into another one.
            file.write_text(text if text.endswith("\n") else f"{text}\n", "utf-8", newline="")
        except OSError as error:
            failed(
                AppError(
                    _tr("{0} could not be written: {1}.").format(file.name, error.strerror or ""),
                    _tr("Choose another folder."),
                )
            )

    suffix = Path(name).suffix
    kinds = [_tr("All files (*)")]
    if suffix:
        kinds.insert(0, _tr("Code (*{0})").format(suffix))
    return ask_where(parent, _tr("Save the code"), name, kinds, write)


def _tr(text: str) -> str:
    return QCoreApplication.translate("SaveText", text)
