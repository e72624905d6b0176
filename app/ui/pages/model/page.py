"""The page of one model: its cards under each other, connected to what stands behind them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from app.ui.appearance import Appearance
from app.ui.pages.model.controller import ModelController
from app.ui.pages.model.details_card import DetailsCard
from app.ui.pages.model.device_card import DeviceCard
from app.ui.pages.model.files_card import FilesCard
from app.ui.pages.model.questions import DeleteQuestion, NameQuestion
from app.ui.pages.model.renewal import Renewal
from app.ui.pages.model.summary_card import SummaryCard
from app.ui.pages.model.trials_card import TrialsCard
from app.ui.pages.model.work_bar import add_to
from app.ui.widgets.buttons import push
from app.ui.widgets.page import Page
from app.ui.widgets.saving import ask_where

_SUFFIX = "tacit-model"


class OneModelPage(Page):
    """Shows the model that its controller has open.

    Signals:
        library_wanted: back to the list of models.
        compare_wanted(str id): put it beside another one.
    """

    library_wanted = Signal()
    compare_wanted = Signal(str)

    def __init__(self, look: Appearance, model: ModelController, renewal: Renewal) -> None:
        super().__init__(look, self.tr("Model"))
        self._model = model
        self._renewal = renewal
        self._shown = ""
        self.library = push(look, self.tr("All models"), "quiet", icon="box")
        self.library.clicked.connect(self.library_wanted)
        self.head.addWidget(self.library)
        self.summary = SummaryCard(look)
        self.device = DeviceCard(look)
        self.trials = TrialsCard(look)
        self.files = FilesCard(look)
        self.details = DetailsCard(look)
        self.cards = (self.summary, self.device, self.trials, self.files, self.details)
        for card in self.cards:
            self.column.addWidget(card)
        self.bar = add_to(self, model.work)
        self._connect()
        self._show()

    def on_shown(self) -> None:
        """Read the facts again."""
        super().on_shown()
        self._model.refresh()

    def _connect(self) -> None:
        model, renewal = self._model, self._renewal
        self.summary.default_wanted.connect(model.use_for_new_chats)
        self.summary.load_wanted.connect(model.load)
        self.summary.unload_wanted.connect(model.unload)
        self.summary.rename_wanted.connect(self._ask_name)
        self.summary.folder_wanted.connect(model.open_folder)
        self.summary.compare_wanted.connect(lambda: self.compare_wanted.emit(model.model_id))
        self.device.placement_wanted.connect(model.place)
        self.device.processor_wanted.connect(model.use_processor)
        self.trials.trial_wanted.connect(model.try_it)
        self.files.verify_wanted.connect(model.verify)
        self.files.repair_wanted.connect(lambda: renewal.repair(model.model_id))
        self.files.look_wanted.connect(lambda: renewal.look_for_newer(model.model_id))
        self.files.update_wanted.connect(lambda: renewal.update(model.model_id))
        self.files.export_wanted.connect(self._ask_file)
        self.files.delete_wanted.connect(self._ask_delete)
        model.changed.connect(self._show)
        model.placed.connect(self._show_placed)
        model.gone.connect(self.library_wanted)
        renewal.changed.connect(self._show_renewal)

    def _show(self) -> None:
        facts = self._model.facts
        for card in self.cards:
            card.setVisible(facts is not None)
        if facts is None:
            return
        if facts.model.id != self._shown:
            self._shown = facts.model.id
            self.bar.strip.clear()  # it spoke of another model
            self.area.verticalScrollBar().setValue(0)
        self.summary.show_facts(
            facts,
            is_default=self._model.is_default,
            is_loaded=self._model.is_loaded,
            can_open=self._model.can_open_folders,
        )
        self.device.show_facts(facts)
        self.device.show_problem(self._model.device_problem)
        self.trials.show_facts(facts)
        self.files.show_facts(facts, self._model.damage.get(facts.model.id, ""))
        self.details.show_facts(facts)
        self._show_renewal()

    def _show_placed(self) -> None:
        """A device that works is in force now; another stays chosen, with the reason."""
        self.device.show_problem(self._model.device_problem)

    def _show_renewal(self) -> None:
        self.files.show_newer(self._renewal.newer(self._model.model_id))
        self.files.show_download(self._renewal.download(self._model.model_id))

    def _ask_name(self) -> None:
        if (facts := self._model.facts) is not None:
            self.question = NameQuestion(self.look, self, facts.model.name, self._model.rename)
            self.question.open()

    def _ask_delete(self) -> None:
        if (facts := self._model.facts) is not None:
            self.asked = DeleteQuestion(self.look, self, facts, self._model.remove)
            self.asked.open()

    def _ask_file(self) -> None:
        name = Path(self._model.model_id.replace("/", "-")).name
        kinds = [self.tr("Models of Tacit (*.{0})").format(_SUFFIX)]
        title = self.tr("Export a model")
        self.dialog = ask_where(self, title, f"{name}.{_SUFFIX}", kinds, self._model.export)
