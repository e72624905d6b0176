"""Draws markdown for tests."""

from __future__ import annotations

from time import perf_counter

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.markdown.rendering import Rendering
from app.ui.theme import load_theme

WIDTH = 600


def rendering(formats: Formats | None = None, *, as_written: bool = False) -> Rendering:
    """An empty drawing."""
    document = MessageDocument(formats or Formats(load_theme("light")))
    document.setTextWidth(WIDTH)
    return Rendering(document, as_written=as_written, too_long="It is long.")


def work(drawing: Rendering) -> None:
    """Draw all that there is."""
    while drawing.work(perf_counter() + 0.01):
        pass


def draw(text: str, formats: Formats | None = None, *, as_written: bool = False) -> MessageDocument:
    """The document of a whole text."""
    drawing = rendering(formats, as_written=as_written)
    drawing.feed(text)
    drawing.close()
    work(drawing)
    assert drawing.is_finished
    return drawing.document
