"""The page of the models on this computer: what they are, which one is used, where they lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.models.library import InstalledModel
from app.ui.appearance import Appearance
from app.ui.pages.model.summary_card import moment, verified_words
from app.ui.status.figures import device_name, size
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import Page, card, empty
from app.ui.widgets.strip import Strip


class ModelCard(QFrame):
    """One model and what can be done with it.

    Signals:
        default_wanted: use it for new chats.
        unload_wanted: give its memory back.
        details_wanted: show its own page.
    """

    default_wanted = Signal()
    unload_wanted = Signal()
    details_wanted = Signal()

    def __init__(
        self,
        look: Appearance,
        model: InstalledModel,
        *,
        is_default: bool,
        is_loaded: bool,
        twins: str = "",
    ) -> None:
        super().__init__()
        self.model = model
        self.setProperty("role", "card")
        self.setAccessibleName(model.name)
        self.badges = label("", "meta")
        marks = [self.tr("used for new chats")] if is_default else []
        marks += [self.tr("in memory")] if is_loaded else []
        self.badges.setText(" - ".join(marks))
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(model.name, "heading"), 1)
        head.addWidget(self.badges)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(label(self._facts(), "second", wrap=True))
        place = label(str(model.folder), "meta", wrap=True, selectable=True)
        column.addWidget(place)
        if model.problem is not None:
            column.addWidget(label(model.problem.sentence, "refused", wrap=True))
        if twins:
            column.addWidget(label(twins, "second", wrap=True))
        column.addLayout(self._buttons(look, is_default=is_default, is_loaded=is_loaded))

    def _facts(self) -> str:
        model = self.model
        facts = [size(model.size_bytes)]
        if model.context_length:
            facts.append(self.tr("context {0:,} tokens").format(model.context_length))
        facts += [model.quantization] if model.quantization else []
        facts += [self.tr("for {0}").format(device_name(model.device))] if model.device else []
        licence = model.licence or self.tr("unknown")
        facts.append(self.tr("licence {0}").format(licence))
        facts.append(self.tr(verified_words(model.verified)))
        if used := moment(model.last_used)[:10]:
            facts.append(self.tr("used {0}").format(used))
        return " - ".join(facts)

    def _buttons(self, look: Appearance, *, is_default: bool, is_loaded: bool) -> Flow:
        row = Flow()
        name = self.model.name
        if not is_default and self.model.problem is None:
            use = push(look, self.tr("Use for new chats"))
            use.setAccessibleName(self.tr("Use {0} for new chats").format(name))
            use.clicked.connect(self.default_wanted)
            row.addWidget(use)
        if is_loaded:
            unload = push(look, self.tr("Unload now"))
            unload.setAccessibleName(self.tr("Unload {0} now").format(name))
            unload.clicked.connect(self.unload_wanted)
            row.addWidget(unload)
        details = push(look, self.tr("Details"), icon="sliders-horizontal")
        details.setAccessibleName(self.tr("Details of {0}").format(name))
        details.clicked.connect(self.details_wanted)
        row.addWidget(details)
        copy = push(look, self.tr("Copy the folder's path"), icon="copy")
        copy.setAccessibleName(self.tr("Copy the path of {0}").format(name))
        copy.clicked.connect(self._copy_path)
        row.addWidget(copy)
        return row

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self.model.folder))


class ModelsPage(Page):
    """Shows what it is told; whoever owns the models does what it asks for.

    Signals:
        refresh_wanted: look for models on the disk again.
        default_wanted(str id): the model for new chats.
        unload_wanted: give the model's memory back.
        details_wanted(str id): show the page of a model.
        compare_wanted: put two models beside each other.
        find_wanted: go to where models are found and downloaded.
        setup_wanted, setup_cancelled: set the starter model up, or stop that.
    """

    refresh_wanted = Signal()
    default_wanted = Signal(str)
    unload_wanted = Signal()
    details_wanted = Signal(str)
    compare_wanted = Signal()
    find_wanted = Signal()
    setup_wanted = Signal()
    setup_cancelled = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Models"))
        refresh = push(look, self.tr("Look again"), "quiet", icon="refresh-cw")
        refresh.clicked.connect(self.refresh_wanted)
        self.find_models = push(
            look, self.tr("Find models"), "primary", icon="search", colour="on_accent"
        )
        self.find_models.clicked.connect(self.find_wanted)
        self.head.addWidget(refresh)
        self.head.addWidget(self.find_models)
        self.strip = Strip(look)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(12)
        self.starter = self._make_starter()
        self.place = label("", "meta", wrap=True, selectable=True)
        self._shown: tuple[Sequence[InstalledModel], str, str] = ((), "", "")
        self._twins: Mapping[str, str] = {}
        self.sorting = self._make_sorting()
        self.column.addWidget(self.strip)
        self.compare = push(look, self.tr("Compare two"), icon="layers")
        self.compare.clicked.connect(self.compare_wanted)
        row = Flow()
        row.addWidget(self.sorting)
        row.addWidget(self.compare)
        self.column.addLayout(row)
        self.column.addLayout(self.cards)
        self.column.addWidget(self.starter)
        self.column.addWidget(self.place)
        self.show_models([], default="", loaded="")

    def show_models(self, models: Sequence[InstalledModel], *, default: str, loaded: str) -> None:
        """The models found, the id of the one for new chats and of the one in memory."""
        self._shown = (models, default, loaded)
        empty(self.cards)
        for control in (self.sorting, self.compare):
            control.setVisible(len(models) > 1)
        for model in sorted(models, key=self.sorting.currentData()):
            shown = ModelCard(
                self.look,
                model,
                is_default=model.id == default,
                is_loaded=model.id == loaded,
                twins=self._twins.get(model.id, ""),
            )
            shown.details_wanted.connect(lambda wanted=model.id: self.details_wanted.emit(wanted))
            shown.default_wanted.connect(lambda wanted=model.id: self.default_wanted.emit(wanted))
            shown.unload_wanted.connect(self.unload_wanted)
            self.cards.addWidget(shown)
        if not models:
            self.cards.addWidget(label(self.tr("There is no model yet."), "second"))
        self._visit_starter_last()
        self.rearranged.emit()

    def show_twins(self, twins: Mapping[str, str]) -> None:
        """Say on the cards which models are there twice; sentences by id."""
        if twins != self._twins:
            self._twins = twins
            models, default, loaded = self._shown
            self.show_models(models, default=default, loaded=loaded)

    def _make_sorting(self) -> Choice:
        sorting = Choice(self.look)
        sorting.setAccessibleName(self.tr("Order of the models"))
        for words, key in _orders():
            sorting.addItem(self.tr(words), key)

        def sort() -> None:
            models, default, loaded = self._shown
            self.show_models(models, default=default, loaded=loaded)

        sorting.activated.connect(sort)
        return sorting

    def _visit_starter_last(self) -> None:
        """The cards are newer than what stands under them; Tab goes by what stands where."""
        buttons = [
            button
            for number in range(self.cards.count())
            if (item := self.cards.itemAt(number)) and (shown := item.widget())
            for button in shown.findChildren(QPushButton)
        ]
        for before, after in pairwise(
            [self.sorting, self.compare, *buttons, self.setup, self.cancel]
        ):
            QWidget.setTabOrder(before, after)

    def show_folder(self, folder: Path) -> None:
        """Say where models are looked for."""
        self.place.setText(
            self.tr(
                "Models are looked for in {0}. A folder with an ONNX model for "
                "onnxruntime-genai can be put there."
            ).format(folder)
        )

    def show_starter(self, *, offered: bool, problem: str = "") -> None:
        """Whether the starter model can be set up here, and why that failed ("" if not)."""
        self.starter.setVisible(offered)
        self.starter_words.setText(
            self.tr("SmolLM2 135M, 98 MB, English: small and quick, good for trying things out.")
        )
        self.starter_problem.setText(problem)
        self.starter_problem.setVisible(bool(problem))
        self.setup.show()
        self.progress.hide()
        self.cancel.hide()

    def show_progress(self, what: str, share: float | None) -> None:
        """The starter model is being set up; `share` is 0 to 1, None where it is unknown."""
        self.starter.show()
        self.starter_problem.hide()
        self.setup.hide()
        self.progress.show()
        self.cancel.show()
        self.starter_words.setText(what)
        self.progress.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.progress.setValue(round(share * 1000))

    def _make_starter(self) -> QWidget:
        frame, column = card()
        self.starter_words = label("", "second", wrap=True)
        self.starter_problem = label("", "refused", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.setup = push(self.look, self.tr("Set up the starter model"), "primary")
        self.setup.clicked.connect(self.setup_wanted)
        self.cancel = push(self.look, self.tr("Cancel"))
        self.cancel.clicked.connect(self.setup_cancelled)
        column.addWidget(label(self.tr("Starter model"), "heading"))
        for widget in (self.starter_words, self.starter_problem, self.progress):
            column.addWidget(widget)
        for button in (self.setup, self.cancel):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        frame.hide()
        return frame


def _orders() -> list[tuple[str, Callable[[InstalledModel], Any]]]:
    return [
        ("By name", lambda model: (model.name.casefold(), model.id)),
        ("By size, the largest first", lambda model: (-model.size_bytes, model.id)),
        ("By last use, the latest first", lambda model: (-(model.last_used or 0), model.id)),
    ]
