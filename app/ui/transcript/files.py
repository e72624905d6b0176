"""The files in front of a question: one line each, until one is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QWidget

from app.core.draft import TextFile
from app.ui.markdown.formats import Formats
from app.ui.status.figures import size
from app.ui.transcript.body import Body
from app.ui.transcript.fold import Fold
from app.ui.transcript.row import Row


class FileLine(Fold):
    """The line that unfolds the file at `place` of a question."""

    def __init__(self, parent: QWidget, row: Row, place: int, file: TextFile) -> None:
        super().__init__(parent, file.name)
        self._row = row
        self._place = place
        self._file = file
        self._size = size(file.size)

    @property
    def is_open(self) -> bool:
        """As the person left it, also while it is out of sight."""
        return self._place in self._row.open_files

    def set_open(self, *, on: bool) -> None:
        """See `is_open`."""
        if on:
            self._row.open_files.add(self._place)
        else:
            self._row.open_files.discard(self._place)

    def refresh(self, formats: Formats) -> None:
        """Show its name and size, and whether it is confidential."""
        words = _tr("{0}, {1}, confidential") if self._file.is_confidential else _tr("{0}, {1}")
        # A name that is written from right to left ends here: the size is no part of it.
        self.show_words(words.format(f"{self._file.name}\u200e", self._size), formats)

    def make_body(self) -> Body:
        """The text of the file, as it was written."""
        body = Body(self._holder, as_written=True, shrinks=False)
        body.text.setAccessibleName(_tr("File {0}").format(self._file.name))
        body.set_source(self._file.text, is_open=False)
        return body


class Files:
    """All of them, in their order.

    `turned` is called when one was folded or unfolded, `menu` with the place for a menu.
    """

    def __init__(
        self,
        parent: QWidget,
        row: Row,
        turned: Callable[[], object],
        menu: Callable[[QPoint], object],
    ) -> None:
        files = enumerate(row.message.files)
        self.lines = [FileLine(parent, row, place, file) for place, file in files]
        for line in self.lines:
            line.turned.connect(turned)
            line.menu_wanted.connect(menu)
            line.show()

    @property
    def bodies(self) -> list[Body]:
        """The texts that are unfolded."""
        return [line.body for line in self.lines if line.body is not None]

    @property
    def stops(self) -> list[QWidget]:
        """What Tab visits, in the order of the eye."""
        found: list[QWidget] = []
        for line in self.lines:
            found.append(line)
            if line.body is not None:
                found.append(line.body.text)
        return found

    def refresh(self, formats: Formats) -> None:
        """Show them as they are now."""
        for line in self.lines:
            line.refresh(formats)

    def arrange(self, formats: Formats, place: QPoint, width: int) -> int:
        """Place the lines below each other, at the right; returns their height in pixels."""
        height = 0
        for line in self.lines:
            below = place + QPoint(0, height)
            height += line.arrange(formats, below, width, at_right=True)
        return height


def _tr(text: str) -> str:
    return QCoreApplication.translate("Transcript", text)
