"""What was sent and received, month by month, as bars in the theme's colours and in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.appearance import Appearance
from app.ui.privacy.journal_words import MONTHS, Month, amount, month_sentence

SHOWN = 12
_HEIGHT = 150
_WIDEST_BAR = 18


class TrafficChart(QWidget):
    """Received is filled, sent is hatched: no one has to tell colours apart."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._months: list[Month] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Sent and received by month"))
        look.changed.connect(self.updateGeometry)

    @property
    def months(self) -> list[Month]:
        """Those that are drawn, the latest at the right."""
        return self._months

    def show_months(self, months: Sequence[Month]) -> None:
        """The last months up to the newest of `months`, also those without a connection."""
        self._months = _without_gaps(months)
        known = [month for month in self._months if month.connections]
        words = ". ".join(month_sentence(month) for month in reversed(known))
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As tall as a few lines of text."""
        return QSize(240, self._look.scaled(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """It lives with little width."""
        return QSize(120, self._look.scaled(_HEIGHT))

    def event(self, event: QEvent) -> bool:
        """The month under the pointer says its figures."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._months:
            step = self._plot().width() / len(self._months)
            place = int((event.pos().x() - self._plot().left()) // max(step, 1))
            if 0 <= place < len(self._months):
                QToolTip.showText(event.globalPos(), month_sentence(self._months[place]), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Legend, scale, bars and the names of the months."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        self._paint_legend(painter)
        if self._months:
            self._paint_scale(painter)
            self._paint_bars(painter)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._look.scaled(self._look.theme.text_meta))
        return font

    def _line(self) -> int:
        return self._look.scaled(self._look.theme.text_meta * 1.4)

    def _plot(self) -> QRectF:
        line = self._line()
        return QRectF(0, line * 2.4, self.width(), self.height() - line * 3.6)

    def _largest(self) -> int:
        return max((max(m.sent_bytes, m.received_bytes) for m in self._months), default=0)

    def _paint_legend(self, painter: QPainter) -> None:
        line, left = self._line(), 0.0
        for words, is_sent in ((self.tr("Received"), False), (self.tr("Sent"), True)):
            swatch = QRectF(left + 1, line * 0.2, line * 0.65, line * 0.65)
            self._paint_bar(painter, swatch, is_sent=is_sent)
            painter.setPen(QColor(self._look.theme.text_second))
            left = swatch.right() + 6
            width = painter.fontMetrics().horizontalAdvance(words)
            centre = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(left, 0, width + 2, line), centre, words)
            left += width + 18

    def _paint_scale(self, painter: QPainter) -> None:
        theme, plot = self._look.theme, self._plot()
        painter.setPen(QPen(QColor(theme.line), 1))
        for height in (plot.top(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), height), QPointF(plot.right(), height))
        painter.setPen(QColor(theme.text_second))
        place = QRectF(plot.left(), plot.top() - self._line(), plot.width(), self._line())
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(place, right, amount(self._largest()))

    def _paint_bars(self, painter: QPainter) -> None:
        plot, largest = self._plot(), max(self._largest(), 1)
        step = plot.width() / len(self._months)
        bar = min(step * 0.32, self._look.scaled(_WIDEST_BAR))
        widest = max(painter.fontMetrics().horizontalAdvance(name) for name in MONTHS) + 6
        every = max(1, -int(-widest // step))
        for number, month in enumerate(self._months):
            middle = plot.left() + step * (number + 0.5)
            for count, left, is_sent in (
                (month.received_bytes, middle - bar - 1, False),
                (month.sent_bytes, middle + 1, True),
            ):
                if count > 0:
                    height = max(2.0, plot.height() * count / largest)
                    place = QRectF(left, plot.bottom() - height, bar, height)
                    self._paint_bar(painter, place, is_sent=is_sent)
            if (len(self._months) - 1 - number) % every == 0:
                painter.setPen(QColor(self._look.theme.text_second))
                under = QRectF(middle - widest / 2, plot.bottom() + 2, widest, self._line())
                painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), _short(month))

    def _paint_bar(self, painter: QPainter, place: QRectF, *, is_sent: bool) -> None:
        theme = self._look.theme
        colour = QColor(theme.cloud if is_sent else theme.downloading)
        painter.setPen(QPen(colour, 1))
        pattern = Qt.BrushStyle.BDiagPattern if is_sent else Qt.BrushStyle.SolidPattern
        painter.setBrush(QBrush(colour, pattern))
        painter.drawRect(place)


def _short(month: Month) -> str:
    number = _number(month.key)
    return MONTHS[number % 12] if number is not None else ""


def _number(key: str) -> int | None:
    """Months since year 0; None for what is no month."""
    year, _, month = key.partition("-")
    if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= len(MONTHS)):
        return None
    return int(year) * 12 + int(month) - 1


def _without_gaps(months: Sequence[Month]) -> list[Month]:
    known = {number: month for month in months if (number := _number(month.key)) is not None}
    if not known:
        return []
    last = max(known)
    numbers = range(last - SHOWN + 1, last + 1)
    return [known.get(n, Month(f"{n // 12:04d}-{n % 12 + 1:02d}")) for n in numbers]
