"""Connects the page of one model, the library's tools and the comparison with the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.comparing import Comparison
from app.core.errors import AppError, ErrorCode
from app.ui.pages.compare.controller import CompareController
from app.ui.pages.model.controller import ModelController
from app.ui.pages.model.library_controller import LibraryController
from app.ui.pages.model.renewal import Renewal
from app.ui.pages.model.work import Work
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.pages.compare.page import ComparePage
    from app.ui.pages.model.page import OneModelPage
    from app.ui.pages.models_page import ModelsPage

MODEL = "model"
MODELS = "models"
COMPARE = "compare"
_PRIVATE = AppError(
    "This is a private session, which leaves nothing on this computer.",
    "Change models in an ordinary window.",
    code=ErrorCode.USAGE,
)


class ModelConnections(QObject):
    """One per window and its services; `close` ends what it has begun."""

    def __init__(self, window: MainWindow, parts: Parts, services: Services) -> None:
        super().__init__(window)
        self._window = window
        self.work = Work(parts.tasks, _PRIVATE if services.paths.keeps_nothing else None)
        self.model = ModelController(services, parts.models, self.work, parts.tasks)
        self.renewal = Renewal(services, parts.models, self.work)
        self.library = LibraryController(
            services, parts.models, parts.settings, self.work, parts.tasks
        )
        self.compare = CompareController(
            lambda models, question, apart: Comparison(
                services, models, question, one_by_one=apart
            ),
            parts.tasks,
        )
        self._models = parts.models
        self._compared = ""
        window.add_page(MODEL, self._make_model)
        window.add_page(COMPARE, self._make_compare)

    def complete(self, page: ModelsPage) -> None:
        """Give the page of all models its tools."""
        from app.ui.pages.model.library_card import LibraryCard
        from app.ui.pages.model.work_bar import add_to

        card = LibraryCard(self._window.look, self.library)
        page.column.addWidget(card)
        page.place.hide()  # the card says it
        add_to(page, self.work)
        page.compare_wanted.connect(self.show_compare)
        page.details_wanted.connect(self.show)
        card.rearranged.connect(page.rearranged)
        self.library.changed.connect(lambda: page.show_twins(self.library.twins))
        page.show_twins(self.library.twins)

    def show(self, model_id: str) -> None:
        """Bring the page of a model to the front."""
        self.model.open(model_id)
        self._window.show_page(MODEL)
        self._window.side.set_page(MODELS)  # it is a part of them

    def show_compare(self, model_id: str = "") -> None:
        """Bring the page that compares to the front, with this model as the first of the two."""
        self._compared = model_id
        self._window.show_page(COMPARE)
        self._window.side.set_page(MODELS)

    async def close(self) -> None:
        """Stop what runs, and end the threads."""
        self.compare.stop()
        self.renewal.close()
        await self.work.close()
        await self.model.close()
        await self.library.close()

    def _make_model(self) -> OneModelPage:
        from app.ui.pages.model.page import OneModelPage

        page = OneModelPage(self._window.look, self.model, self.renewal)
        page.library_wanted.connect(self._to_library)
        page.compare_wanted.connect(self.show_compare)
        return page

    def _make_compare(self) -> ComparePage:
        from app.ui.pages.compare.page import ComparePage

        page, models = ComparePage(self._window.look, self.compare), self._models

        def show() -> None:
            page.show_models(models.found)

        def choose() -> None:
            if self._compared:
                page.choose_first(self._compared)
                self._compared = ""

        models.changed.connect(show)
        page.shown.connect(choose)
        show()
        return page

    def _to_library(self) -> None:
        """Back to the list; a model that is gone takes only its own page away."""
        if self._window.page == MODEL:
            self._window.show_page(MODELS)
