"""The status bar: the privacy chip always, the rest as far as there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.core.events import ContextUse, Usage
from app.core.privacy import Privacy, PrivacyFacts
from app.ui.appearance import Appearance
from app.ui.status.figures import Figures
from app.ui.status.privacy import ICONS, PrivacyState, describe
from app.ui.status.status_bar import StatusBar

FIGURES = Figures(
    device="cpu",
    model="SmolLM2 135M",
    usage=Usage(
        prompt_tokens=10,
        cached_tokens=0,
        completion_tokens=20,
        load_s=0,
        first_token_s=0.2,
        decode_tokens_per_s=118,
    ),
    context=ContextUse(limit=8192, prompt_tokens=1200, dropped_messages=3, dropped_tokens=900),
)


@pytest.fixture
def bar(qtbot: QtBot, look: Appearance) -> StatusBar:
    made = StatusBar(look, describe(PrivacyFacts()))
    qtbot.addWidget(made)
    made.resize(1000, 30)
    made.show()
    made.show_figures(FIGURES)
    return made


def test_everything_where_there_is_room(bar: StatusBar) -> None:
    shown = [item.text() for item in (bar.chip, bar.device, bar.model, bar.context, bar.speed)]
    assert shown == [
        "Not enforced", "CPU", "SmolLM2 135M", "context 1.2k / 8k",
        "118 t/s, first 0.20 s",
    ]  # fmt: skip
    assert all(item.isVisible() for item in (bar.device, bar.model, bar.context, bar.speed))
    assert "3 messages did not fit" in bar.context.toolTip()


def test_the_chip_stays_where_there_is_none(bar: StatusBar) -> None:
    bar.resize(bar.chip.sizeHint().width() + 120, 30)
    assert bar.chip.isVisible()
    assert bar.device.isVisible()
    assert not bar.speed.isVisible()
    bar.resize(bar.chip.sizeHint().width() + 20, 30)
    assert bar.chip.isVisible()
    assert not any(item.isVisible() for item in (bar.device, bar.model, bar.context, bar.speed))


def test_nothing_is_claimed_that_is_not_known(bar: StatusBar) -> None:
    bar.show_figures(Figures())
    assert not any(item.isVisible() for item in (bar.device, bar.model, bar.context, bar.speed))


def test_a_device_that_was_not_wanted_is_marked_and_says_why(bar: StatusBar) -> None:
    note = "The graphics card has too little memory."
    bar.show_figures(Figures(device="cpu", device_note=note))
    assert bar.device.toolTip() == note
    assert bar.device.property("state") == "not_enforced"
    assert bar.device.property("iconName") == "triangle-alert"
    bar.show_figures(Figures(device="cpu"))
    assert bar.device.property("iconName") == "cpu"


@pytest.mark.parametrize("state", list(Privacy))
def test_each_state_has_a_word_a_shape_and_a_colour(
    bar: StatusBar, look: Appearance, state: Privacy
) -> None:
    bar.set_privacy(PrivacyState(state=state, word=f"word {state}", short="", facts=(), check=()))
    assert bar.chip.text() == f"word {state}"
    assert bar.chip.property("iconName") == ICONS[state]
    ink = bar.chip.palette().buttonText().color().name().upper()
    assert ink == getattr(look.theme, state.value)
    assert not bar.chip.icon().pixmap(QSize(18, 14)).isNull()


def test_shapes_differ() -> None:
    assert len(set(ICONS.values())) == len(Privacy)


def test_a_hint_stands_between(bar: StatusBar) -> None:
    bar.show_hint("https://example.org")
    assert bar.hint.text() == "https://example.org"


LONG = "Downloading from " + "very-long." * 12 + "example.org, not enforced"


def test_a_word_without_room_keeps_its_beginning_and_its_end(bar: StatusBar) -> None:
    state = describe(PrivacyFacts())
    bar.set_privacy(replace(state, word=LONG))
    bar.resize(420, 30)
    assert bar.chip.sizeHint().width() <= bar.width()
    assert bar.chip.text().startswith("Downloading")
    assert bar.chip.text().endswith("not enforced")
    assert "…" in bar.chip.text()
    assert LONG in bar.chip.accessibleName()
    assert LONG in bar.chip.toolTip()
    bar.resize(4000, 30)
    assert bar.chip.text() == LONG


def test_the_panel_changes_with_the_chip_and_is_forgotten_when_closed(bar: StatusBar) -> None:
    bar.explain()
    panel = bar._panel
    assert panel is not None
    state = describe(PrivacyFacts())
    bar.set_privacy(replace(state, word="Another word"))
    assert panel.accessibleName() == "Another word"
    panel.close()
    assert bar._panel is None
    bar.set_privacy(state)
