"""The table of colours and sizes as one typed value per theme; no Qt in here."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

from app.paths import resources_dir

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Theme:
    """Every token of the look. Colours are "#RRGGBB"; sizes are logical pixels at 100 %.

    `text_*` sizes are font sizes, `heading_*` factors of the body size, `line_height` a
    factor of the font size.
    """

    name: ThemeName
    # Grounds
    window: str
    surface: str
    side: str
    question: str
    code: str
    selection: str
    hover: str
    pressed: str
    notice: str
    failure: str
    tooltip: str
    found: str
    # Lines and shapes
    line: str
    line_field: str
    line_strong: str
    focus: str
    accent: str
    accent_hover: str
    # Text
    on_accent: str
    text: str
    text_second: str
    text_disabled: str
    text_placeholder: str
    on_tooltip: str
    link: str
    # What the privacy chip may say
    sealed: str
    local_only: str
    not_enforced: str
    downloading: str
    cloud: str
    error: str
    # Highlighted code, on the ground `code`
    code_keyword: str
    code_string: str
    code_comment: str
    code_number: str
    code_function: str
    code_type: str
    code_builtin: str
    code_operator: str
    code_tag: str
    code_inserted: str
    code_deleted: str
    # Sizes
    space_1: int
    space_2: int
    space_3: int
    space_4: int
    space_5: int
    space_6: int
    radius_control: int
    radius_card: int
    radius_bubble: int
    column_width: int
    fold_width: int
    side_width: int
    text_body: float
    text_meta: float
    text_code: float
    text_title: float
    text_page: float
    text_greeting: float
    line_height: float
    heading_1: float
    heading_2: float
    heading_3: float
    motion_ms: int

    @property
    def is_dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name == "dark"


def read_table() -> dict[str, Any]:
    """The whole table, with the lists of which text stands on which ground."""
    text = (resources_dir() / "theme.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@lru_cache(maxsize=2)
def load_theme(name: ThemeName) -> Theme:
    """The theme called `name`."""
    table = read_table()
    return Theme(name=name, **table["sizes"], **table[name])


def colour_names() -> list[str]:
    """The names of all colour tokens."""
    return [field.name for field in fields(Theme) if field.type == "str"]
