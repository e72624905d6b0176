"""The button in the header that says which model answers, and its menu to choose another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy

from app.ui.appearance import Appearance
from app.ui.widgets.elided_button import ElidedButton
from app.ui.widgets.restyle import restyle

if TYPE_CHECKING:
    from app.models.library import InstalledModel
    from app.ui.cloud_controller import CloudChoice


class ModelPicker(ElidedButton):
    """Lists the models that can be used; a broken one is explained on the Models page.

    Signals:
        chosen(str id): another model is to answer in this conversation.
        refresh_wanted: look for models on the disk again.
        manage_wanted: go to the Models page.
        cloud_wanted: go to the page of the cloud.
    """

    chosen = Signal(str)
    refresh_wanted = Signal()
    manage_wanted = Signal()
    cloud_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__("quiet")
        self._look = look
        self._models: Sequence[InstalledModel] = ()
        self._current = ""
        self._cloud: Sequence[CloudChoice] = ()
        look.set_icon(self, "chevron-down", "text_second")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        # Clicking must not take the keyboard from the composer; Tab still reaches it.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.menu_shown = QMenu(self)
        self.menu_shown.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.clicked.connect(self.open)
        self.show_models((), "")

    def show_models(self, models: Sequence[InstalledModel], current: str) -> None:
        """`models` as found on the disk, and the id of the one that answers ("" for none)."""
        self._models, self._current = models, current
        name = next((m.name for m in models if m.id == current), "")
        text = name or (self.tr("Choose a model") if models else self.tr("No model"))
        self.set_text(text)
        self.setAccessibleName(self.tr("Model: {0}").format(text))
        self.setToolTip(self.tr("Choose the model that answers"))

    def show_cloud(self, choices: Sequence[CloudChoice], current: str) -> None:
        """What may be chosen besides, and the conversation's own model; call it after
        `show_models`. The button takes the cloud's colour while such a model answers."""
        from app.core.cloud import split_reference  # nothing of the cloud before the first paint

        self._cloud = choices
        chosen = next((choice for choice in choices if choice.id == current), None)
        named, model = split_reference(current)
        if chosen is not None or named:
            self._current = current
            self.set_text(model)
            self.setAccessibleName(self.tr("Cloud model: {0}").format(model))
        is_away = bool(named) and not (chosen is not None and chosen.service.is_local)
        restyle(self, "away", "true" if is_away else "false")

    def open(self) -> None:
        """Show the menu under the button."""
        self._fill()
        # Its right edge under the button's: the button stands at the window's edge.
        left = self.width() - self.menu_shown.sizeHint().width()
        self.menu_shown.popup(self.mapToGlobal(QPoint(left, self.height() + 2)))

    def _fill(self) -> None:
        menu = self.menu_shown
        menu.clear()
        group = QActionGroup(menu)
        for model in self._models:
            if model.problem is not None:
                continue
            action = QAction(model.name, menu)
            action.setCheckable(True)
            action.setChecked(model.id == self._current)
            action.triggered.connect(lambda _=False, wanted=model.id: self.chosen.emit(wanted))
            group.addAction(action)
            menu.addAction(action)
        self._fill_cloud(menu, group)
        if menu.actions():
            menu.addSeparator()
        refresh = menu.addAction(self.tr("Look for models again"))
        refresh.triggered.connect(self.refresh_wanted)
        manage = menu.addAction(self.tr("Manage models..."))
        manage.triggered.connect(self.manage_wanted)
        self._look.set_icon(refresh, "refresh-cw", "text_second")
        self._look.set_icon(manage, "box", "text_second")
        cloud = menu.addAction(self.tr("Cloud..."))
        cloud.triggered.connect(self.cloud_wanted)
        self._look.set_icon(cloud, "cloud", "text_second")

    def _fill_cloud(self, menu: QMenu, group: QActionGroup) -> None:
        for is_local in (True, False):
            choices = [choice for choice in self._cloud if choice.service.is_local == is_local]
            if not choices:
                continue
            heading = self.tr("Other programs here") if is_local else self.tr("In the cloud")
            menu.addSeparator()
            # A section's words are not drawn by every style.
            menu.addAction(heading).setEnabled(False)
            for choice in choices:
                action = QAction(f"{choice.model}  ({choice.service.label})", menu)
                action.setCheckable(True)
                action.setChecked(choice.id == self._current)
                action.triggered.connect(lambda _=False, wanted=choice.id: self.chosen.emit(wanted))
                token, icon = ("text_second", "monitor") if is_local else ("cloud", "cloud")
                self._look.set_icon(action, icon, token)
                group.addAction(action)
                menu.addAction(action)
