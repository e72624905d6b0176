"""Which changes of a setting let more leave this computer, or let it go elsewhere."""

from __future__ import annotations

from app.settings.setting import Value


def switched_on(before: Value, after: Value) -> bool:
    """A switch that allows something goes on."""
    return bool(after) and not before


def switched_off(before: Value, after: Value) -> bool:
    """A switch that holds something back goes off."""
    return bool(before) and not after


def unsealed(before: Value, after: Value) -> bool:
    """The program would no longer start sealed."""
    return before == "sealed" != after


def elsewhere(before: Value, after: Value) -> bool:
    """Something is named to connect to, to trust, or to write to, that was not before."""
    return bool(after) and after != before


def more_words(before: Value, after: Value) -> bool:
    """A list has words that it did not have."""
    return not set(str(after).split()) <= set(str(before).split())


def limit_raised(before: Value, after: Value) -> bool:
    """A limit goes up, or away (0)."""
    return bool(before) and (not after or float(after) > float(before))
