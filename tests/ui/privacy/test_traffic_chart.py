"""The chart of sent and received bytes: drawn in the theme's colours, and said in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.appearance import Appearance
from app.ui.privacy.journal_words import Month
from app.ui.privacy.traffic_chart import SHOWN, TrafficChart


@pytest.fixture
def chart(qtbot: QtBot, look: Appearance) -> TrafficChart:
    made = TrafficChart(look)
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.show()
    return made


def count(image: QImage, colour: str) -> int:
    """How many pixels below the legend have this colour."""
    wanted = QColor(colour).rgb()
    return sum(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(30, image.height())
    )


def test_a_year_without_gaps_ends_with_the_newest_month(chart: TrafficChart) -> None:
    chart.show_months([Month("2026-02", 1, 10, 10), Month("2025-12", 1, 5, 5), Month("odd", 1)])
    keys = [month.key for month in chart.months]
    assert len(keys) == SHOWN
    assert keys[-3:] == ["2025-12", "2026-01", "2026-02"]
    assert keys[0] == "2025-03"
    chart.show_months([])
    assert chart.months == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_bars_have_the_themes_colours_and_their_heights(
    chart: TrafficChart, look: Appearance, name: str
) -> None:
    look.use(name, 100)
    chart.show_months([Month("2026-10", 1, 0, 1_000_000), Month("2026-11", 1, 0, 500_000)])
    image = chart.grab().toImage()
    received = count(image, look.theme.downloading)
    assert received > 500
    assert count(image, look.theme.cloud) == 0
    chart.show_months([Month("2026-10", 1, 0, 1_000_000)])
    # Half as high beside the same one: a third of all.
    assert count(chart.grab().toImage(), look.theme.downloading) == pytest.approx(
        received * 2 / 3, rel=0.1
    )
    chart.show_months([Month("2026-10", 1, 1_000_000, 1_000_000)])
    assert count(chart.grab().toImage(), look.theme.cloud) > 20


def test_it_is_said_in_words(chart: TrafficChart) -> None:
    chart.show_months([Month("2026-10", 2, 4_000, 93_000_000)])
    assert chart.accessibleDescription() == "Oct 2026: 93 MB received, 4 kB sent, 2 connections"
    place = QPoint(chart.width() - 20, chart.height() // 2)
    event = QHelpEvent(QEvent.Type.ToolTip, place, chart.mapToGlobal(place))
    QApplication.sendEvent(chart, event)
    assert "93 MB received" in QToolTip.text()


@pytest.mark.parametrize(("width", "percent"), [(130, 200), (560, 200), (1000, 80)])
def test_it_lives_with_the_room_there_is(
    chart: TrafficChart, look: Appearance, width: int, percent: int
) -> None:
    look.use("light", percent)
    chart.resize(width, chart.sizeHint().height())
    chart.show_months([Month("2026-10", 2, 2**60, 1)])
    assert not chart.grab().isNull()
