"""The theme and text size in force, followed live, and the icons that take their colour."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.ui.theme import Theme, ThemeName, icon, load_theme, palette, pixmap, stylesheet

_NAME, _TOKEN, _SIZE, _GAP = "iconName", "iconToken", "iconLogicalSize", "iconGap"


class Appearance(QObject):
    """What everything is drawn with; one per window, handed on by constructor.

    Signals:
        changed: the theme or the text size is another one now; read `theme` and `percent`.
    """

    changed = Signal()

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self.wanted = "system"
        self.percent = 100
        self.theme: Theme = load_theme(self._theme_name())
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    def use(self, wanted: str, percent: int) -> None:
        """Show `wanted` ("system", "light", "dark") with text of `percent` of its size."""
        self.choose(wanted, percent)
        self.dress()
        for widget in self._application.allWidgets():
            self._recolour(widget)
        self.changed.emit()

    def choose(self, wanted: str, percent: int) -> None:
        """Have `wanted` and `percent` in force for widgets that are made from now on.

        Until `dress`, which a window wants before it is shown. Qt works the style out again
        for all of a part each time that it is put into another; a window made undressed is
        made in half the time.
        """
        self.wanted, self.percent = wanted, percent
        self.theme = load_theme(self._theme_name())
        font = QFont(self._application.font())
        font.setPixelSize(self.scaled(self.theme.text_body))
        self._application.setFont(font)
        self._application.setPalette(palette(self.theme))

    def dress(self) -> None:
        """Give all widgets the style that was chosen."""
        self._application.setStyleSheet(stylesheet(self.theme, self.percent / 100))

    def scaled(self, pixels: float) -> int:
        """A size that belongs to text, at the text size in force."""
        return round(pixels * self.percent / 100)

    def set_icon(
        self,
        target: QAbstractButton | QAction,
        name: str,
        token: str,
        *,
        size: int = 16,
        gap: int = 0,
    ) -> None:
        """Give a button or action an icon whose colour is the theme's `token`, also later.

        It is `size` logical pixels large where text has its usual size, with `gap` pixels of
        air after it.
        """
        for key, value in ((_NAME, name), (_TOKEN, token), (_SIZE, size), (_GAP, gap)):
            target.setProperty(key, value)
        pixels = self.scaled(size)
        target.setIcon(icon(name, getattr(self.theme, token), size=pixels, gap=gap))
        if isinstance(target, QAbstractButton):
            target.setIconSize(QSize(pixels + gap, pixels))

    def set_picture(self, label: QLabel, name: str, token: str, size: int) -> None:
        """Show an icon of `size` logical pixels in a label, recoloured with the theme."""
        label.setProperty(_NAME, name)
        label.setProperty(_TOKEN, token)
        label.setProperty(_SIZE, size)
        colour, ratio = getattr(self.theme, token), label.devicePixelRatioF()
        label.setPixmap(pixmap(name, colour, self.scaled(size), ratio))

    def _theme_name(self) -> ThemeName:
        if self.wanted in ("light", "dark"):
            return "dark" if self.wanted == "dark" else "light"
        scheme = self._application.styleHints().colorScheme()
        return "dark" if scheme == Qt.ColorScheme.Dark else "light"

    def _follow_system(self) -> None:
        if self.wanted == "system":
            self.use(self.wanted, self.percent)

    def _recolour(self, widget: QWidget) -> None:
        for target in (widget, *widget.actions()):
            name = target.property(_NAME)
            if not name:
                continue
            if isinstance(target, QLabel):
                self.set_picture(target, name, target.property(_TOKEN), target.property(_SIZE))
            elif isinstance(target, QAbstractButton | QAction):
                self.set_icon(
                    target,
                    name,
                    target.property(_TOKEN),
                    size=target.property(_SIZE),
                    gap=target.property(_GAP),
                )
