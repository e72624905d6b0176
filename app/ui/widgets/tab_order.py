"""Lets Tab go by what stands where, whenever it was made."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

_LINE = 16


def visit_in_order(root: QWidget) -> None:
    """Have Tab visit what is in sight within `root` line by line, each from the left.

    Goes by where things stand rather than by their layouts: asking a layout's item for its
    widget leaves PySide with a wrong idea of who owns it, and it crashes later.
    """
    stops = [widget for widget in root.findChildren(QWidget) if _is_stop(widget, root)]
    places = sorted((_centre(widget, root) for widget in stops), key=lambda place: place[0])
    line, last = 0, None
    numbered = []
    for height, left, widget in places:
        line += last is not None and height - last > _LINE
        last = height
        numbered.append((line, left, widget))
    ordered = [widget for _line, _left, widget in sorted(numbered, key=lambda place: place[:2])]
    for before, after in pairwise(ordered):
        QWidget.setTabOrder(before, after)


def visit_after(before: QWidget, *added: QWidget) -> None:
    """Have Tab visit `added`, which was made late and would come last, after `before`."""
    last, window = before, before.window()
    for widget in added:
        for stop in (widget, *widget.findChildren(QWidget)):
            # The list of a combo box is a child of it and a window of its own.
            if stop.focusPolicy() & Qt.FocusPolicy.TabFocus and stop.window() is window:
                QWidget.setTabOrder(last, stop)
                last = stop


def _is_stop(widget: QWidget, root: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisibleTo(root)


def _centre(widget: QWidget, root: QWidget) -> tuple[int, int, QWidget]:
    at = widget.mapTo(root, QPoint(0, widget.height() // 2))
    return at.y(), at.x(), widget
