"""A document loads nothing, whatever stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextCursor, QTextDocument, QTextImageFormat

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.formats import Formats
from app.ui.theme import load_theme
from tests.ui.markdown.drawing import draw

pytestmark = pytest.mark.usefixtures("qapp")

ADDRESSES = ["https://example.org/a.png", "file:///etc/hosts", "//host/share/a.png", "a.png"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_resource_is_an_empty_image(address: str) -> None:
    document = MessageDocument(Formats(load_theme("light")))
    image = int(QTextDocument.ResourceType.ImageResource.value)
    found = document.loadResource(image, QUrl(address))
    assert isinstance(found, QImage)
    assert found.isNull()


@pytest.mark.parametrize("address", ADDRESSES)
def test_markdown_never_asks_for_one(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(MessageDocument, "loadResource", lambda *call: asked.append(call))
    document = draw(f'![alt]({address}) <img src="{address}"> [![x]({address})]({address})')
    document.size()
    assert asked == []
    assert address in document.toPlainText()
    assert "\ufffc" not in document.toPlainText()


def test_a_picture_of_this_disk_is_not_read(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    image = QImage(300, 300, QImage.Format.Format_RGB32)
    image.save(str(picture))
    document = draw("words")
    # Nothing in here makes such a format; were there one, it would stay empty.
    form = QTextImageFormat()
    form.setName(picture.as_uri())
    QTextCursor(document).insertImage(form)
    assert document.size().height() < 200
