"""A large pasted text as one line: what it is, how large, and a way to take it back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.ui.appearance import Appearance
from app.ui.chat.beside import BesideRow
from app.ui.widgets.labels import ElidedLabel, label

_PREVIEW = 120


class PastedText(BesideRow):
    """Keeps `text` as it is; a field would take seconds to lay it out."""

    def __init__(self, look: Appearance, text: str) -> None:
        title = label(_tr("Pasted text, {0} characters").format(f"{len(text):,}"), "name")
        preview = ElidedLabel(" ".join(text[:_PREVIEW].split()), "meta")
        super().__init__(look, title, preview, remove=_tr("Remove the pasted text"))
        self.text = text


def _tr(text: str) -> str:
    return QCoreApplication.translate("PastedText", text)
