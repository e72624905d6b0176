"""Asks where conversations go to, and in which format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.exchange.writers import TACIT_SUFFIX
from app.ui.widgets.opening import ask_which
from app.ui.widgets.saving import ask_where

_FORBIDDEN = set('<>:"/\\|?*')
_LONGEST = 60
# By suffix; only the last two hold everything. They differ in the name: desktops open the first.
FORMATS = {
    ".md": "Markdown",
    ".html": "Web page",
    ".txt": "Plain text",
    ".pdf": "PDF",
    TACIT_SUFFIX: "Tacit, to import again",
    ".json": "JSON, to import again",
}


def ask_file(
    parent: QWidget, name: str, chosen: Callable[[Path, str], object], *, first: str = ".md"
) -> QFileDialog:
    """Ask for one file; `chosen` gets it and the suffix of the format."""
    order = [first, *(suffix for suffix in FORMATS if suffix != first)]
    kinds = [f"{_tr(FORMATS[suffix])} (*{suffix})" for suffix in order]

    def take(path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix in FORMATS:
            chosen(path, suffix)
        else:
            chosen(path.with_name(f"{path.name}{first}"), first)

    return ask_where(parent, _tr("Export"), f"{file_name(name)}{first}", kinds, take)


def ask_folder(parent: QWidget, suffix: str, chosen: Callable[[Path, str], object]) -> QFileDialog:
    """Ask for a folder in which each conversation gets a file."""
    title = _tr("A folder for the chats")
    return ask_which(parent, title, [], lambda path: chosen(path, suffix), folder=True)


def file_name(title: str) -> str:
    """A name for a file, made of a title."""
    kept = "".join(c if c.isprintable() and c not in _FORBIDDEN else " " for c in title)
    return " ".join(kept.split())[:_LONGEST].strip(". ") or _tr("Chats")


def _tr(text: str) -> str:
    return QCoreApplication.translate("History", text)
