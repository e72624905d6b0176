"""An attached file as one line: its name, how large it is, and whether it is confidential."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent

from app.core.draft import TextFile
from app.router.situation import estimated_tokens
from app.ui.appearance import Appearance
from app.ui.chat.beside import BesideRow
from app.ui.chat.confidential import ConfidentialButton
from app.ui.status.figures import size
from app.ui.widgets.labels import ElidedLabel, label

# Logical pixels below which a word is left out, and below which the size is.
_NARROW, _NARROWEST = 520, 330


class FileRow(BesideRow):
    """Holds the `file` as the person has marked it.

    Signals:
        marked: the person changed the mark.
    """

    marked = Signal()

    def __init__(self, look: Appearance, file: TextFile) -> None:
        name = ElidedLabel(file.name, "name", elide=Qt.TextElideMode.ElideMiddle)
        name.setAccessibleName(_tr("Attached file {0}").format(file.name))
        words = _tr("{0}, about {1} tokens").format(
            size(file.size), f"{_rounded(estimated_tokens(len(file.text))):,}"
        )
        lock = ConfidentialButton(
            look,
            marked=_tr("Confidential: {0} and its chat never leave this computer.").format(
                file.name
            ),
            unmarked=_tr("Mark {0} as confidential").format(file.name),
        )
        remove = _tr("Remove {0}").format(file.name)
        facts = label(words, "meta")
        super().__init__(look, name, facts, lock, remove=remove)
        self.file: TextFile = file
        self.lock = lock
        self._look = look
        self._facts = facts
        self.lock.toggled_by_person.connect(self._mark)
        self._show_mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name keeps the larger part of the room."""
        super().resizeEvent(event)
        self.lock.set_short(short=self.width() < self._look.scaled(_NARROW))
        self._facts.setVisible(self.width() >= self._look.scaled(_NARROWEST))

    def _mark(self, on: bool) -> None:
        self.file = replace(self.file, is_confidential=on)
        self._show_mark()
        self.marked.emit()

    def _show_mark(self) -> None:
        self.lock.show_mark(marked=self.file.is_confidential, is_there=True)


def _rounded(count: int) -> int:
    """An estimate with no more digits than it is worth."""
    return round(count, 2 - len(str(count)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("FileRow", text)
