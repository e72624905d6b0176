"""Draws the mark in every size: `render.py FOLDER` fills FOLDER/SIZExSIZE/apps/tacit.png.

Run it with the Python of `.venv-frozen`, which has Qt.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
MARK = Path(__file__).resolve().parent / "tacit.svg"


def render(folder: Path) -> None:
    """Draw all sizes below `folder`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication([])
    mark = QSvgRenderer(str(MARK))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        mark.render(painter)
        painter.end()
        file = folder / f"{size}x{size}" / "apps" / "tacit.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(file)):
            raise SystemExit(f"{file} cannot be written")
    del application


if __name__ == "__main__":
    render(Path(sys.argv[1]))
