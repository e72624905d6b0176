"""The buttons over the tables of one message, while the pointer or the keyboard is in it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QRectF, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.tables import as_csv, as_html, as_tabs
from app.ui.markdown.values import Kind
from app.ui.transcript.buttons import set_look, tool_button
from app.ui.transcript.decorations import area_of, lines_within
from app.ui.transcript.text import MessageText

_INSET = 3
_DONE_MS = 1500


def copy_table(rows: list[list[str]]) -> None:
    """Put a table on the clipboard as spreadsheets and text programs take it."""
    data = QMimeData()
    data.setText(as_tabs(rows))
    data.setHtml(as_html(rows))
    QGuiApplication.clipboard().setMimeData(data)


class TableButtons(QObject):
    """Two buttons at the top right of each table in sight: copy it, copy it as CSV."""

    def __init__(self, text: MessageText) -> None:
        super().__init__(text)
        self._text = text
        self._pairs: list[tuple[QToolButton, QToolButton]] = []
        # The index of the line that each shown pair belongs to.
        self._tables: list[int] = []
        self._is_shown = False
        self._sight: tuple[MessageDocument, QRectF] | None = None

    @property
    def visible(self) -> list[QToolButton]:
        """The buttons in sight, from top to bottom."""
        if not self._is_shown:
            return []
        return [button for pair in self._pairs[: len(self._tables)] for button in pair]

    def set_shown(self, *, shown: bool) -> None:
        """Show or hide them; what is in sight is known from the last `place`."""
        if shown != self._is_shown:
            self._is_shown = shown
            if self._sight is not None:
                self.place(*self._sight)

    def place(self, document: MessageDocument, area: QRectF) -> None:
        """Put the buttons where the tables within `area` of the document are."""
        self._sight = document, area
        self._tables = _tables(document, area) if self._is_shown else []
        while len(self._pairs) < len(self._tables):
            self._pairs.append(self._pair(document, len(self._pairs)))
        for (copy, as_comma), index in zip(self._pairs, self._tables, strict=False):
            ground, side = area_of(document, index), copy.width()
            left = ground.right() + _INSET
            # Beside a narrow table, else over the end of its head.
            if left + 2 * side > document.textWidth():
                left = ground.right() - 2 * side - _INSET
            top = max(ground.top() + _INSET, min(area.top(), ground.bottom() - side))
            copy.move(round(left), round(top))
            as_comma.move(round(left) + side, round(top))
        self._show()

    def restyle(self) -> None:
        """Take the icons of the theme in force."""
        for number in range(len(self._pairs)):
            self._reset(number)

    def copy(self, number: int, *, csv: bool) -> None:
        """Put the table under the pair `number` on the clipboard."""
        document = self._text.message_document
        if document is None or number >= len(self._tables):
            return
        rows = document.table_rows(self._tables[number])
        if csv:
            QGuiApplication.clipboard().setText(as_csv(rows))
        else:
            copy_table(rows)
        button = self._pairs[number][1 if csv else 0]
        set_look(button, document.formats, "check", self.tr("Copied"))
        QTimer.singleShot(_DONE_MS, self, lambda: self._reset(number))

    def _show(self) -> None:
        for number, pair in enumerate(self._pairs):
            shown = self._is_shown and number < len(self._tables)
            for button in pair:
                if button.isVisibleTo(self._text) != shown:
                    button.setVisible(shown)
        covered = [button.geometry() for button in self.visible]
        if covered != self._text.covered_tables:
            self._text.covered_tables = covered
            self._text.viewport().update()

    def _pair(self, document: MessageDocument, number: int) -> tuple[QToolButton, QToolButton]:
        viewport, formats = self._text.viewport(), document.formats
        return (
            tool_button(
                viewport,
                formats,
                "copy",
                self.tr("Copy table"),
                lambda: self.copy(number, csv=False),
            ),
            tool_button(
                viewport,
                formats,
                "file-text",
                self.tr("Copy table as CSV"),
                lambda: self.copy(number, csv=True),
            ),
        )

    def _reset(self, number: int) -> None:
        document = self._text.message_document
        if document is not None:
            copy, as_comma = self._pairs[number]
            set_look(copy, document.formats, "copy", self.tr("Copy table"))
            set_look(as_comma, document.formats, "file-text", self.tr("Copy table as CSV"))


def _tables(document: MessageDocument, area: QRectF) -> list[int]:
    """The first lines of the tables that touch `area`."""
    found = []
    for index in lines_within(document, area):
        if document.lines[index].kind is not Kind.TABLE or not area_of(document, index).intersects(
            area
        ):
            continue
        first = document.table_at(index)[0]
        if first not in found:
            found.append(first)
    return found
