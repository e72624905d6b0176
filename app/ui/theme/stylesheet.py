"""Fills the stylesheet template of resources/ with a theme's tokens."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from string import Template

from app.paths import resources_dir
from app.ui.theme.tokens import Theme


def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """The application's stylesheet; `scale` 1.25 makes all text a quarter larger."""
    tokens: dict[str, object] = asdict(theme)
    for name, value in tokens.items():
        if name.startswith("text_") and isinstance(value, float | int):
            tokens[name] = f"{value * scale:.0f}px"
        elif name.startswith(("space_", "radius_")):
            tokens[name] = f"{value}px"
    return _template().substitute(tokens)


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template((resources_dir() / "style.qss").read_text(encoding="utf-8"))
