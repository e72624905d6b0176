"""What the model thought before it answered: folded to one line until it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.ui.markdown.formats import Formats
from app.ui.transcript.body import Body
from app.ui.transcript.fold import Fold
from app.ui.transcript.row import Row
from app.ui.transcript.words import reasoning_words


class Thoughts(Fold):
    """The line that unfolds the thoughts."""

    def __init__(self, parent: QWidget, row: Row) -> None:
        super().__init__(parent, _tr("Show or hide what the model thought"))
        self._row = row

    @property
    def is_open(self) -> bool:
        """As the person left them, also while they are out of sight."""
        return self._row.is_reasoning_open

    def set_open(self, *, on: bool) -> None:
        """See `is_open`."""
        self._row.is_reasoning_open = on

    def refresh(self, formats: Formats) -> None:
        """Show what the row says."""
        row, streaming = self._row, self._row.streaming
        thinking = streaming is not None and not row.text
        thought_s = streaming.thought_s if streaming is not None else row.thought_s
        self.show_words(reasoning_words(thinking=thinking, duration_s=thought_s), formats)

    def finish(self) -> None:
        """Nothing follows the thoughts that are known."""
        if self.body is not None:
            self.body.set_source(self._row.reasoning, is_open=False)

    def make_body(self) -> Body:
        """The thoughts, as far as they are known."""
        body = Body(self._holder, as_written=False, shrinks=False)
        body.text.setAccessibleName(_tr("Thoughts"))
        body.set_source(self._row.reasoning, is_open=self._row.streaming is not None)
        return body


def _tr(text: str) -> str:
    return QCoreApplication.translate("Thoughts", text)
