"""Everything that can have the focus has a name; Tab goes where the eye goes; texts translate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.core.errors import AppError, ErrorCode
from app.ui.pages.settings.panel import SettingsPanel
from app.ui.pages.store_problem_page import StoreProblemPage
from app.ui.window import links
from tests.ui.conftest import Async, Desk

PAGES = (
    "chat", "models", "discover", "personas", "this-chat", "history", "trash", "settings",
    "privacy", "devices", "protection", "redaction", "cloud", "rules", "storage", "appearance",
    "shortcuts", "about", "folder",
)  # fmt: skip


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in (root, *root.findChildren(QWidget)):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None:
            yield widget


def nameless(root: QWidget) -> list[str]:
    """Widgets that a screen reader could only call by their kind."""
    found = []
    for widget in focusable(root):
        text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
        is_part_of_another = widget.objectName().startswith("qt_")
        if not widget.accessibleName() and not text and not is_part_of_another:
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_whatever_can_have_the_focus_has_a_name(desk: Desk, aio: Async, page: str) -> None:
    desk.parts.chat.send("question")
    aio.until(lambda: len(desk.said()) == 2 and not desk.parts.chat.is_busy)
    desk.window.show_page(page)
    assert nameless(desk.window) == []


def test_so_do_panels_and_questions(desk: Desk) -> None:
    desk.window.status.chip.click()
    panel = QApplication.activePopupWidget()
    assert panel is not None
    assert nameless(panel) == []
    panel.close()
    target = links.read("https://example.org/x")
    question = links.ask(desk.window.look, target, desk.window, can_open=True)
    assert nameless(question) == []
    question.reject()
    page = StoreProblemPage(desk.window.look)
    page.show_problem(AppError("It is damaged.", "Set it aside.", code=ErrorCode.STORE_BROKEN))
    assert nameless(page) == []
    page.deleteLater()


def test_strips_speak(desk: Desk) -> None:
    desk.chat.strip.fail(AppError("It failed.", "Try again."), action="Try again")
    assert nameless(desk.chat.strip) == []
    assert desk.chat.strip.accessibleName() == "It failed. Try again."


def centre(widget: QWidget, window: QWidget) -> QPoint:
    return widget.mapTo(window, widget.rect().center())


@pytest.mark.parametrize("page", PAGES)
def test_tab_visits_the_side_then_the_content_then_the_status(desk: Desk, page: str) -> None:
    desk.window.show_page(page)
    desk.side.new.setFocus()
    seen: list[QWidget] = []
    while (widget := QApplication.focusWidget()) is not None and widget not in seen:
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    names = [widget.accessibleName() for widget in seen]
    shown = desk.window.stack.currentWidget()
    is_panel = isinstance(shown, SettingsPanel)

    def part_of(widget: QWidget) -> str:
        if desk.side.isAncestorOf(widget):
            return "side"
        if desk.window.status.isAncestorOf(widget):
            return "status"
        is_list = isinstance(shown, SettingsPanel) and shown.pages.isAncestorOf(widget)
        return "list" if is_list else "content"

    parts = [part_of(widget) for widget in seen]
    order = [part for n, part in enumerate(parts) if n == 0 or part != parts[n - 1]]
    assert order == ["side", *(["list"] if is_panel else []), "content", "status"], names
    content = [w for w, part in zip(seen, parts, strict=True) if part == "content"]
    heights = [centre(widget, desk.window).y() // 40 for widget in content]
    assert heights == sorted(heights), names
    if page == "chat":
        assert desk.composer in content
        assert all(example in content for example in desk.chat.welcome.examples)


def test_focus_is_visible_on_buttons(desk: Desk) -> None:
    button = desk.side.new
    desk.composer.setFocus()
    before = button.grab().toImage()
    button.setFocus()
    assert button.grab().toImage() != before


@pytest.mark.parametrize("page", PAGES[1:])
def test_every_page_can_be_left_and_read_by_keys_alone(desk: Desk, page: str) -> None:
    desk.window.show_page(page)
    QTest.keyClick(desk.window, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert desk.window.page == "chat"


def test_pictures_alone_are_no_names(desk: Desk) -> None:
    icon_only = [
        button
        for button in desk.window.findChildren(QAbstractButton)
        if not button.text() and not button.icon().isNull()
    ]
    assert icon_only
    for button in icon_only:
        assert button.toolTip(), f"{button.accessibleName()} has no tooltip"
