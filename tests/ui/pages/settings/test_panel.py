"""The settings panel: its pages, its search, what waits for a start, and the reset of a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.paths import Paths
from app.settings.table import SETTINGS
from app.settings.transfer import Change
from app.ui.pages.settings.changes import ChangesQuestion, change_words
from app.ui.pages.settings.panel import SettingsPanel
from app.ui.pages.settings.sections import Hit, find, sections
from tests.ui.conftest import Async, Desk, install_model

KEY = Qt.Key
MakeDesk = Callable[..., Desk]


@pytest.fixture
def panel(desk: Desk) -> SettingsPanel:
    found = desk.page("settings")
    assert isinstance(found, SettingsPanel)
    return found


def titles() -> list[str]:
    return [section.title for section in sections()]


def test_every_shown_setting_belongs_to_one_page() -> None:
    listed = [setting.key for section in sections() for setting in section.settings]
    shown = [setting.key for setting in SETTINGS.values() if not setting.hidden]
    assert sorted(listed) == sorted(shown)


def test_all_pages_are_in_the_list_and_made_when_wanted(panel: SettingsPanel) -> None:
    listed = [panel.pages.list.item(n).text() for n in range(panel.pages.list.count())]
    assert listed == titles()
    assert panel.name == "general"
    assert panel.stack.count() == 2, "the page in front, and that of the search"
    for section in sections():
        panel.go_to(section.name)
        assert panel.stack.currentWidget() is panel.part
        assert panel.pages.list.currentItem().text() == section.title


def test_the_list_is_walked_and_left_by_keys(desk: Desk, panel: SettingsPanel) -> None:
    pages = panel.pages.list
    pages.setFocus()
    QTest.keyClick(pages, KEY.Key_Down)
    assert panel.name == "devices"
    assert pages.hasFocus()
    QTest.keyClick(pages, KEY.Key_Return)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert panel.part.isAncestorOf(focused)
    QTest.keyClick(focused, KEY.Key_Escape)
    assert desk.window.page == "chat"


def test_links_of_the_window_lead_to_pages_of_the_panel(desk: Desk) -> None:
    for name in ("cloud", "rules", "redaction", "shortcuts"):
        desk.window.show_chat()
        page = desk.page(name)
        assert desk.window.page == "settings"
        assert page.isVisible()
        assert not page.back.isVisible(), "the panel has one for all"
        assert desk.side.navigation["settings"].isChecked()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("temperature", "generation.temperature"),
        ("generation.top_k", "generation.top_k"),
        ("monthly limit", "cloud.monthly_limit_usd"),
        ("PASSWORD proxy", "proxy"),
        ("token hugging", "huggingface"),
        ("dark", "appearance.theme"),
        ("redact", "routing.redact"),
        ("licences", ""),
        ("passphrase", ""),
    ],
)
def test_a_search_goes_by_label_help_key_and_choices(text: str, key: str) -> None:
    assert key in [hit.key for hit in find(text)]


def test_a_search_finds_nothing_hidden_and_ranks_labels_first() -> None:
    assert find("window.geometry") == []
    assert find("   ") == []
    assert find("theme")[0].key == "appearance.theme"


def search(panel: SettingsPanel, text: str) -> None:
    panel.pages.search.setFocus()
    QTest.keyClicks(panel.pages.search, text)


def test_a_hit_is_gone_to_by_keys(panel: SettingsPanel) -> None:
    search(panel, "top_k")
    assert panel.stack.currentWidget() is panel.found
    QTest.keyClick(panel.pages.search, KEY.Key_Down)
    assert panel.found.buttons[0].hasFocus()
    assert panel.found.buttons[0].accessibleName() == "Top-k, Answers"
    QTest.keyClick(panel.found.buttons[0], KEY.Key_Space)
    assert panel.name == "answers"
    assert panel.pages.search.text() == ""
    page: Any = panel.part
    assert page.rows["generation.top_k"].field.control.hasFocus()


@pytest.mark.parametrize("key", ["cloud.fall_back_on", "cloud.own_more", "proxy", "anthropic"])
def test_a_hit_far_down_comes_into_sight(panel: SettingsPanel, aio: Async, key: str) -> None:
    text = "Key for Anthropic" if key == "anthropic" else "password" if key == "proxy" else key
    hit: Hit = next(hit for hit in find(text) if hit.key == key)
    panel.go_to_setting(hit)
    place: Any = panel.part
    row = place.place_of(key)
    aio.until(lambda: not row.visibleRegion().isEmpty())
    focused = QApplication.focusWidget()
    assert focused is not None
    assert row.isAncestorOf(focused)


def test_escape_lets_go_of_the_search_and_then_of_the_page(
    desk: Desk, panel: SettingsPanel
) -> None:
    panel.go_to("storage")
    search(panel, "nothing at all is called so")
    assert panel.found.nothing.isVisible()
    QTest.keyClick(panel.pages.search, KEY.Key_Escape)
    assert panel.stack.currentWidget() is panel.part
    assert panel.name == "storage"
    QTest.keyClick(panel.pages.search, KEY.Key_Escape)
    assert desk.window.page == "chat"


@pytest.mark.parametrize("percent", [100, 200])
def test_in_a_small_window_the_list_is_a_choice_and_all_fits(
    desk: Desk, panel: SettingsPanel, percent: int
) -> None:
    panel.pages.list.setFocus()
    desk.window.look.use("light", percent)
    desk.window.resize(640, 480)
    QApplication.processEvents()
    pages = panel.pages
    assert pages.choice.isVisible()
    assert not pages.list.isVisible()
    assert pages.choice.hasFocus()
    assert pages.height() < panel.height() / 2
    too_wide = []
    for place, section in enumerate(sections()):
        pages.choice.setCurrentIndex(place)
        pages.choice.activated.emit(place)
        QApplication.processEvents()
        assert panel.name == section.name
        area = panel.part.area
        body = area.widget()
        assert body is not None
        if body.width() > area.viewport().width():
            too_wide.append(section.name)
    assert too_wide == []
    desk.window.look.use("light", 100)
    desk.window.resize(1120, 760)
    QApplication.processEvents()
    assert pages.list.isVisible()


def test_what_waits_for_a_start_is_signed_and_said(
    desk: Desk, panel: SettingsPanel, aio: Async
) -> None:
    row: Any = desk.page("protection").place_of("privacy.level")
    assert row.restart.text() == "Holds after the next start."
    assert not panel.restart.isVisible()
    aio.run(desk.parts.settings.set("privacy.level", "sealed"))
    aio.until(panel.restart.isVisible)
    assert "What Tacit may connect to" in panel.restart.text()
    assert row.restart.text() == "Changed. Holds after the next start."
    aio.run(desk.parts.settings.set("privacy.level", "local_only"))
    aio.until(lambda: not panel.restart.isVisible())


def question(desk: Desk) -> ChangesQuestion:
    found = desk.window.findChildren(ChangesQuestion)
    assert found
    return found[-1]


def test_a_page_is_reset_after_a_question_that_names_each_row(desk: Desk, aio: Async) -> None:
    settings = desk.parts.settings
    page = desk.page("answers")
    reset = next(one for one in page.children() if hasattr(one, "changes"))
    assert not reset.part.isVisible()
    aio.run(settings.set("generation.top_k", 7))
    aio.run(settings.set("generation.system_prompt", "Be\nbrief."))
    aio.run(settings.set("appearance.theme", "dark"))
    aio.until(reset.part.isVisible)
    reset.button.click()
    assert question(desk).text.toPlainText().splitlines() == [
        "Top-k: 7 \N{RIGHTWARDS ARROW} 50",
        "Instructions for the model: Be brief. \N{RIGHTWARDS ARROW} empty",
    ]
    question(desk).reject()
    assert settings.number("generation.top_k") == 7
    QTest.keyClicks(page.rows["generation.seed"].field.control, "x")
    QTest.keyClick(page.rows["generation.seed"].field.control, KEY.Key_Return)
    aio.until(page.rows["generation.seed"].refused.isVisible)
    reset.button.click()
    question(desk).accept()
    aio.until(lambda: not reset.part.isVisible())
    assert (settings.number("generation.top_k"), settings.text("appearance.theme")) == (50, "dark")
    aio.until(lambda: not page.rows["generation.seed"].refused.isVisible())


def test_a_reset_that_lets_more_out_says_so(desk: Desk, aio: Async) -> None:
    aio.run(desk.parts.settings.set("privacy.level", "sealed"))
    page = desk.page("protection")
    reset = next(one for one in page.children() if hasattr(one, "changes"))
    aio.until(reset.part.isVisible)
    reset.button.click()
    words = [part.text() for part in question(desk).findChildren(QLabel)]
    assert any("more may leave" in text and "What Tacit may connect to" in text for text in words)
    question(desk).reject()


class TestFile:
    """Settings as a file, from the card on the page General."""

    @pytest.fixture
    def card(self, desk: Desk) -> Any:
        from app.ui.pages.settings.carry_card import CarryCard

        return desk.page("general").findChild(CarryCard)

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "mine.json"

    def put(self, file: Path, values: dict[str, object]) -> None:
        document = {"format": "tacit-settings", "version": 1, "settings": values}
        file.write_text(json.dumps(document))

    def test_out_and_in_again(self, desk: Desk, card: Any, file: Path, aio: Async) -> None:
        settings = desk.parts.settings
        aio.run(settings.set("generation.top_k", 9))
        card.write(file)
        aio.until(lambda: card.strip.sentence == "The settings are in mine.json.")
        aio.run(settings.reset("generation.top_k"))
        card.read(file)
        aio.until(lambda: card.strip.sentence == "One setting was changed.")
        assert settings.number("generation.top_k") == 9
        assert not desk.window.findChildren(ChangesQuestion)

    def test_wrong_values_are_listed(self, desk: Desk, card: Any, file: Path, aio: Async) -> None:
        self.put(file, {"generation.top_k": -5, "no.such": 1, "generation.top_p": 0.5})
        card.read(file)
        aio.until(card.problems.isVisible)
        assert "Nothing was imported." in card.strip.sentence
        lines = card.problems.text().splitlines()
        assert ["generation.top_k" in lines[0], "no.such" in lines[1], len(lines)] == [
            True,
            True,
            2,
        ]
        assert desk.parts.settings.get("generation.top_p") == 0.95
        card.read(file.with_name("missing.json"))
        aio.until(lambda: "There is no file missing.json." in card.strip.sentence)
        assert not card.problems.isVisible()

    @pytest.mark.parametrize(
        ("button", "on", "top_k", "words"),
        [
            ("Import nothing", False, 50, "Nothing was imported."),
            ("Import the rest", False, 3, 'Left as they are: "Allow cloud answers".'),
            ("Import all", True, 3, "2 settings were changed."),
        ],
    )
    def test_nothing_is_let_out_without_a_yes(
        self,
        desk: Desk,
        card: Any,
        file: Path,
        aio: Async,
        button: str,
        on: bool,
        top_k: int,
        words: str,
    ) -> None:
        from PySide6.QtWidgets import QPushButton

        self.put(file, {"cloud.on": True, "generation.top_k": 3})
        card.read(file)
        aio.until(lambda: bool(desk.window.findChildren(ChangesQuestion)))
        asked = question(desk)
        assert asked.text.toPlainText() == "Allow cloud answers: off \N{RIGHTWARDS ARROW} on"
        assert not desk.parts.settings.is_on("cloud.on")
        next(b for b in asked.findChildren(QPushButton) if b.text() == button).click()
        aio.until(lambda: words in card.strip.sentence)
        assert desk.parts.settings.is_on("cloud.on") is on
        assert desk.parts.settings.number("generation.top_k") == top_k


def test_what_lets_more_out_is_shown_whole_and_undisguised() -> None:
    setting = SETTINGS["cloud.own_address"]
    address = "https://" + "a" * 80 + ".example.org"
    assert address in change_words(Change(setting, "", address))
    turned = change_words(Change(setting, "", "https://\N{RIGHT-TO-LEFT OVERRIDE}gro.example"))
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in turned
    assert len(change_words(Change(SETTINGS["generation.system_prompt"], "", "x" * 500))) < 120


def test_a_broken_settings_file_is_told_above_every_page(make_desk: MakeDesk, paths: Paths) -> None:
    install_model(paths)
    paths.settings_file.write_text("{ broken")
    panel = make_desk().page("settings")
    assert "defaults are used" in panel.notice.text()
    assert panel.notice.isVisible()


def test_about_says_what_it_is_and_shows_the_licences(desk: Desk, aio: Async) -> None:
    page = desk.page("about")
    assert page.version.text() == "Tacit 0.1.0"
    assert page.place.text() == str(desk.services.paths.root)
    aio.until(lambda: "MIT License" in page.text.toPlainText())
    listed = [page.list.item(n).text() for n in range(page.list.count())]
    assert listed[0] == "Tacit: MIT"
    page.list.setCurrentRow(next(n for n, text in enumerate(listed) if text.startswith("lucide")))
    aio.until(lambda: "Lucide" in page.text.toPlainText())
