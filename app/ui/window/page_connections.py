"""Makes the pages beside the chat when they are wanted, and connects what stands behind them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import AppError
from app.paths import Paths
from app.ui.pages.settings.sections import ABOUT
from app.ui.window.chat_connections import choose_model
from app.ui.window.main_window import MainWindow
from app.ui.window.model_connections import ModelConnections
from app.ui.window.parts import Parts
from app.updates.looking import Found

if TYPE_CHECKING:  # imported when it is first wanted
    from app.ui.pages.models_page import ModelsPage

_STEP = 10
_TEXT_SIZE = "appearance.text_size"


class PageConnections(QObject):
    """One per window and its services."""

    def __init__(
        self, window: MainWindow, parts: Parts, paths: Paths, tools: ModelConnections
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._paths = paths
        self._tools = tools
        self._text_size = 100
        self._sizes_on_their_way = 0
        window.add_page("models", self._make_models)
        self._connect_picker()
        parts.updates.news.connect(self._tell_news)
        parts.settings.changed.connect(self._on_setting)
        window.key_pressed.connect(self._on_key)
        self._apply_all()

    def _connect_picker(self) -> None:
        window, models = self._window, self._parts.models
        picker, welcome = window.chat.header.picker, window.chat.welcome
        picker.chosen.connect(partial(choose_model, window, self._parts))
        picker.refresh_wanted.connect(models.refresh)
        picker.manage_wanted.connect(lambda: window.show_page("models"))
        picker.cloud_wanted.connect(lambda: window.show_page("cloud"))
        welcome.models_wanted.connect(lambda: window.show_page("models"))
        welcome.setup_wanted.connect(models.set_up_starter)
        welcome.setup_cancelled.connect(models.cancel_setup)
        models.setup_told.connect(welcome.show_progress)
        models.setup_ended.connect(self._on_setup_ended)

    def _make_models(self) -> ModelsPage:
        from app.ui.pages.models_page import ModelsPage

        models = self._parts.models
        page = ModelsPage(self._window.look)
        page.show_folder(self._paths.models)
        page.refresh_wanted.connect(models.refresh)
        page.default_wanted.connect(models.use_for_new_chats)
        page.unload_wanted.connect(models.unload)
        page.find_wanted.connect(lambda: self._window.show_page("discover"))
        page.setup_wanted.connect(models.set_up_starter)
        page.setup_cancelled.connect(models.cancel_setup)
        page.shown.connect(models.refresh)
        models.setup_told.connect(page.show_progress)
        models.failed.connect(page.strip.fail)

        def show() -> None:
            page.show_models(models.found, default=models.default_id, loaded=models.loaded_id)
            if not models.is_setting_up:
                problem = models.setup_problem
                words = problem.sentence if problem is not None else ""
                page.show_starter(offered=models.offers_starter, problem=words)

        models.changed.connect(show)
        show()
        self._tools.complete(page)
        return page

    def _tell_news(self, found: Found) -> None:
        self._window.strip.say(
            self.tr("Version {0} of Tacit is there.").format(found.release.version),
            action=self.tr("Show what is new"),
            run=lambda: self._window.show_page(ABOUT),
        )

    def _on_setup_ended(self) -> None:
        if self._parts.models.setup_problem is None and self._parts.models.usable:
            self._window.show_chat()

    def _on_setting(self, key: str, _value: object) -> None:
        if key.startswith("appearance."):
            self._apply_all()

    def _apply_all(self) -> None:
        settings, window = self._parts.settings, self._window
        theme, percent = settings.text("appearance.theme"), settings.number(_TEXT_SIZE)
        if not self._sizes_on_their_way:
            self._text_size = percent
        if (theme, percent) != (window.look.wanted, window.look.percent):
            window.look.use(theme, percent)
        window.chat.composer.set_enter_sends(settings.is_on("appearance.enter_sends"))

    def _on_key(self, name: str) -> None:
        steps = {"larger": _STEP, "smaller": -_STEP, "normal": 0}
        if name not in steps:
            return
        # Counted from what was wanted last: saving is slower than a held key.
        size = min(200, max(80, self._text_size + steps[name])) if steps[name] else 100
        self._text_size = size
        self._parts.tasks.start("text size", self._save_text_size(size))

    async def _save_text_size(self, size: int) -> None:
        self._sizes_on_their_way += 1
        try:
            await self._parts.settings.set(_TEXT_SIZE, size)
        except AppError as error:
            self._window.say(error.sentence)
        finally:
            self._sizes_on_their_way -= 1
