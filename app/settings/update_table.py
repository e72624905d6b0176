"""The settings about new versions of Tacit: part of the table."""

from __future__ import annotations

from app.settings.setting import Setting, Value

UPDATES = "Updates"
"""The group of these settings, which stand on a card of their own."""

CHECK = "updates.check"
DAILY = "daily"


def _by_itself(before: Value, after: Value) -> bool:
    """The window would look without being asked."""
    return after == DAILY != before


UPDATE_ROWS = (
    Setting(
        key=CHECK,
        type=str,
        default="off",
        label="Look for new versions by itself",
        help="Off, Tacit looks only when you tell it to. Once a day, its window reads a signed "
        "file; nothing is installed. The server sees your internet address, and no more of you.",
        group=UPDATES,
        choices=("off", DAILY),
        lets_out=_by_itself,
    ),
)
