"""Draws what Windows shows of Tacit: `for_windows.py FOLDER` fills it.

`tacit.ico` is the mark in all sizes; `welcome.bmp` and `header.bmp` are the pictures of the
installer's pages, drawn larger than they are shown, for sharp screens. Run it with a Python that
has Qt.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARK = HERE / "tacit.svg"
THEME = HERE.parents[1] / "resources" / "theme.json"
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
WELCOME = (492, 942)
"""Three times what the page has at 96 dots an inch, as for the next one."""
HEADER = (450, 171)


def draw(folder: Path) -> None:
    """Draw all of it."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tacit.ico").write_bytes(icon({size: _mark(size) for size in SIZES}))
    _picture(folder / "welcome.bmp", WELCOME, "accent", (0.5, 0.34), 300)
    _picture(folder / "header.bmp", HEADER, "surface", (0.86, 0.5), 120)
    del application


def icon(images: dict[int, bytes]) -> bytes:
    """An icon file of these pictures (PNG, by their size in pixels)."""
    head = struct.pack("<HHH", 0, 1, len(images))
    place = len(head) + 16 * len(images)
    entries, bodies = b"", b""
    for size, image in sorted(images.items()):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), place)
        bodies += image
        place += len(image)
    return head + entries + bodies


def _mark(size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(MARK)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise SystemExit("the mark cannot be drawn")
    return bytes(buffer.data().data())


def _picture(
    file: Path, size: tuple[int, int], colour: str, centre: tuple[float, float], mark: int
) -> None:
    """A plain field with the mark on it; `centre` in parts of the field, `mark` in pixels."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(json.loads(THEME.read_text(encoding="utf-8"))["light"][colour]))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, top = (part * side - mark / 2 for part, side in zip(centre, size, strict=True))
    QSvgRenderer(str(MARK)).render(painter, QRectF(left, top, mark, mark))
    painter.end()
    # NSIS reads pictures of 24 bits only.
    if not image.convertToFormat(QImage.Format.Format_RGB888).save(str(file), "BMP"):
        raise SystemExit(f"{file} cannot be written")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
