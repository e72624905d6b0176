"""Colours, sizes, icons and the stylesheet, all drawn from one table in resources/."""

from __future__ import annotations

from app.ui.theme.icons import icon, pixmap
from app.ui.theme.palette import palette
from app.ui.theme.stylesheet import stylesheet
from app.ui.theme.tokens import Theme, ThemeName, load_theme

__all__ = ["Theme", "ThemeName", "icon", "load_theme", "palette", "pixmap", "stylesheet"]
