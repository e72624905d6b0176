"""The page of the rules in its window, over a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.pages.routing.rules_page import RulesPage
from tests.ui.conftest import Async, Desk

ROOT = Path(__file__).parents[4]
EXAMPLE = (ROOT / "tests" / "unit" / "router" / "example.json").read_text("utf-8")
THREE = """\
{
  "routing": {
    "rules": [
      { "condition": { "privacy": "high" },
        "action": { "provider": "onnx" },   "reason": "First." },

      { "condition": { "folder": "A" }, "action": { "provider": "onnx" }, "reason": "Second." },
      { "condition": {}, "action": { "provider": "onnx" }, "reason": "Last." }
    ]
  }
}
"""
OpenPage = Callable[[str], RulesPage]


@pytest.fixture
def file(desk: Desk) -> Path:
    return desk.services.paths.root / "router.config.json"


@pytest.fixture
def open_page(desk: Desk, aio: Async, file: Path) -> OpenPage:
    """Opens the page over a file of this text; "" for none."""

    def open_it(text: str) -> RulesPage:
        if text:
            file.write_text(text, "utf-8")
        page: Any = desk.page("rules")
        assert isinstance(page, RulesPage)
        aio.until(lambda: page.text.saved == text and page.trial.answer.isVisible())
        return page

    return open_it


def press(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(choice: Any, value: object) -> None:
    """As a person does it: Qt tells of it only then."""
    choice.setCurrentIndex(choice.findData(value))
    assert choice.currentData() == value
    choice.activated.emit(choice.currentIndex())


def write(line: Any, text: str) -> None:
    line.clear()
    QTest.keyClicks(line, text)


def reasons(file: Path) -> list[str]:
    """Of the rules in a file, in their order."""
    return [rule["reason"] for rule in json.loads(file.read_text("utf-8"))["routing"]["rules"]]


def words_in(widget: QWidget) -> str:
    """All text of the labels that are shown."""
    labels = widget.findChildren(QLabel)
    return "\n".join(one.text() for one in labels if one.isVisibleTo(widget))
