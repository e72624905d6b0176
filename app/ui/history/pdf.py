"""Writes conversations as PDF, with what Qt has for printing; on a thread without a window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMarginsF, QUrl
from PySide6.QtGui import QFont, QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.exchange.html import HtmlWriter
from app.store.transcripts import Transcript

SUFFIX = ".pdf"
_DPI, _POINTS = 300, 10
_STYLE = """
h1 { font-size: 16pt; }
.who { font-weight: 600; color: #444444; margin-top: 14px; }
time { font-size: 8pt; color: #666666; }
pre, code { font-family: monospace; font-size: 9pt; }
td, th { padding: 3px; border: 1px solid #999999; }
.note { color: #666666; }
"""
_TITLE = '<h1 dir="auto">'
# Qt draws headings in sizes of its own, which are too large for who says something.
_SPEAKER = re.compile(r'(<section class="\w+">\n)<h2>(.*?)</h2>')
_ON_A_NEW_PAGE = '<h1 dir="auto" style="page-break-before: always;">'


class _Document(QTextDocument):
    """A document that loads nothing."""

    def loadResource(self, type: int, name: QUrl | str) -> QImage:  # noqa: A002, ARG002
        """An empty image: with nothing at all Qt would look for the file by itself."""
        return QImage()


def write_pdf(target: Path, transcripts: Iterator[Transcript]) -> None:
    """Write `transcripts` to `target`, each from a new page on; blocking.

    Qt lays out and paints without Python's interpreter lock, so that the window goes on;
    asking the document for its pages would hold it.
    """
    # The layout starts a timer, for which a thread that Qt did not start needs a dispatcher.
    dispatcher = QEventLoop()
    document = _Document()
    document.setUndoRedoEnabled(False)
    font = QFont(document.defaultFont())
    font.setPointSize(_POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(_html(transcripts))
    writer = QPdfWriter(str(target))
    writer.setCreator("Tacit")
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    # Printing a document adds margins of two centimetres, and the numbers of the pages.
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    document.print_(writer)
    # On this thread, as they were made on it.
    del document, writer, dispatcher


def _html(transcripts: Iterator[Transcript]) -> str:
    writer = HtmlWriter()
    parts: list[str] = []
    for transcript in transcripts:
        part = writer.one(transcript)
        part = _SPEAKER.sub(r'\1<p class="who">\2</p>', part)
        parts.append(part.replace(_TITLE, _ON_A_NEW_PAGE, 1) if parts else part)
    return "".join(parts)
