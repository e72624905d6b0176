"""Lets Tab go by what stands where, whenever it was made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def visit_in_order(layout: QLayout) -> None:
    """Have Tab visit what is in `layout` in the order of the layout."""
    for before, after in pairwise(_tab_stops(layout)):
        QWidget.setTabOrder(before, after)


def _tab_stops(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        if (inner := item.layout()) is not None:
            yield from _tab_stops(inner)
        elif (widget := item.widget()) is not None:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                yield widget
            if (own := widget.layout()) is not None:
                yield from _tab_stops(own)
