"""The frame inside the window: side list, content and status bar, and how they share room."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.appearance import Appearance


class _Scrim(QWidget):
    """Lies over the content while the side list is open above it; a click closes that."""

    clicked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.clicked.emit()


class Shell(QWidget):
    """Beside each other where there is room; where not, the side list opens over the content.

    Signals:
        folded_changed(bool): the side list is away, or back.
    """

    folded_changed = Signal(bool)

    def __init__(self, look: Appearance, side: QWidget, content: QWidget, status: QWidget) -> None:
        super().__init__()
        self._look = look
        self._side = side
        self._content = content
        self._status = status
        self._scrim = _Scrim(self)
        self._scrim.clicked.connect(self.close_overlay)
        self._wanted = True
        self._is_over = False
        self._is_folded: bool | None = None
        # Tab goes from the side list through the content to the status bar.
        for part in (side, content, self._scrim, status):
            part.setParent(self)
        self._scrim.raise_()
        side.raise_()
        self._scrim.hide()
        look.changed.connect(self._place)

    @property
    def is_narrow(self) -> bool:
        """Whether there is too little room for both beside each other."""
        return self.width() < self._look.theme.fold_width + self._side_width() - self._usual_side

    @property
    def is_folded(self) -> bool:
        """Whether the side list is away."""
        return self._side.isHidden()

    @property
    def is_over(self) -> bool:
        """Whether the side list lies over the content now."""
        return self.is_narrow and self._is_over

    @property
    def side_wanted(self) -> bool:
        """Whether the person wants the side list where there is room."""
        return self._wanted

    def set_side_wanted(self, *, wanted: bool) -> None:
        """Show or hide the side list where there is room for it."""
        self._wanted = wanted
        self._place()

    def toggle_side(self) -> None:
        """Show the side list, or hide it; over the content where there is little room."""
        if self.is_narrow:
            self._is_over = not self._is_over
        else:
            self._wanted = not self._wanted
        self._place()

    def close_overlay(self) -> None:
        """Take the side list away from over the content."""
        if self._is_over:
            self._is_over = False
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room again."""
        super().resizeEvent(event)
        self._place()

    @property
    def _usual_side(self) -> int:
        return self._look.theme.side_width

    def _side_width(self) -> int:
        # Half as much wider as the text is larger: titles elide, the content needs the room.
        return round(self._usual_side * (1 + (self._look.percent / 100 - 1) / 2))

    def _place(self) -> None:
        narrow = self.is_narrow
        if not narrow:
            self._is_over = False
        shown = self._is_over if narrow else self._wanted
        foot = self._status.sizeHint().height()
        height = max(0, self.height() - foot)
        side = min(self._side_width(), round(self.width() * 0.85))
        left = side if shown and not narrow else 0
        self._side.setGeometry(QRect(0, 0, side, height))
        self._content.setGeometry(QRect(left, 0, self.width() - left, height))
        self._scrim.setGeometry(QRect(0, 0, self.width(), height))
        self._status.setGeometry(QRect(0, height, self.width(), foot))
        self._side.setVisible(shown)
        self._scrim.setVisible(shown and narrow)
        if self._is_folded is not (not shown):
            self._is_folded = not shown
            self.folded_changed.emit(self._is_folded)
