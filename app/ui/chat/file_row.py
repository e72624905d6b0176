"""An attached file as one line: its name, how large it is, and whether it is confidential."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, Signal

from app.core.draft import TextFile
from app.router.situation import estimated_tokens
from app.ui.appearance import Appearance
from app.ui.chat.beside import BesideRow
from app.ui.chat.confidential import ConfidentialButton
from app.ui.status.figures import size
from app.ui.widgets.labels import ElidedLabel, label


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
            size(file.size), f"{estimated_tokens(len(file.text)):,}"
        )
        lock = ConfidentialButton(
            look,
            marked=_tr("Confidential: {0} and its chat never leave this computer.").format(
                file.name
            ),
            unmarked=_tr("Mark {0} as confidential").format(file.name),
        )
        remove = _tr("Remove {0}").format(file.name)
        super().__init__(look, name, label(words, "meta"), lock, remove=remove)
        self.file = file
        self.lock = lock
        self.lock.toggled_by_person.connect(self._mark)
        self._show_mark()

    def _mark(self, on: bool) -> None:
        self.file = replace(self.file, is_confidential=on)
        self._show_mark()
        self.marked.emit()

    def _show_mark(self) -> None:
        self.lock.show_mark(marked=self.file.is_confidential, is_there=True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FileRow", text)
