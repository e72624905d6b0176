"""Icons of one family (Lucide), recoloured when they are loaded and drawn at device pixels."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources_dir

STROKE = "1.75"
LOGICAL_SIZES = (14, 16, 20, 24)


def icon(name: str, colour: str, *, size: int = 0, gap: int = 0) -> QIcon:
    """The icon `resources/icons/<name>.svg` in `colour` ("#RRGGBB"), crisp on every screen.

    `size` is the only logical size it will be shown in, 0 where it may be any of the usual
    ones. `gap` logical pixels of air follow it, for buttons whose words come too near.
    """
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return _icon(name, colour, (size,) if size else LOGICAL_SIZES, gap, tuple(sorted(ratios)))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels for a screen of `ratio`."""
    return _pixmap(name, colour, round(size * ratio), ratio)


@lru_cache(maxsize=256)
def _icon(
    name: str, colour: str, sizes: tuple[int, ...], gap: int, ratios: tuple[float, ...]
) -> QIcon:
    result = QIcon()
    for size in sizes:
        for ratio in ratios:
            pixels, air = round(size * ratio), round(gap * ratio)
            result.addPixmap(_with_air(_pixmap(name, colour, pixels, 1.0), air))
    return result


def _with_air(picture: QPixmap, air: int) -> QPixmap:
    if not air:
        return picture
    wider = QPixmap(picture.width() + air, picture.height())
    wider.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wider)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return wider


@lru_cache(maxsize=1024)
def _pixmap(name: str, colour: str, pixels: int, ratio: float) -> QPixmap:
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(_coloured(name, colour)).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _coloured(name: str, colour: str) -> QByteArray:
    return QByteArray(_source(name).replace("currentColor", colour).encode())


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    text = (_folder() / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace('stroke-width="2"', f'stroke-width="{STROKE}"')


@lru_cache(maxsize=1)
def _folder() -> Path:
    return resources_dir() / "icons"
