"""Cards in which one persona, preset or prompt is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.chat.gaps import gaps
from app.core.errors import AppError
from app.core.messages import GenerationParameters
from app.models.library import InstalledModel
from app.store.personas import LONGEST_NAME, Persona, Preset, SavedPrompt
from app.ui.appearance import Appearance
from app.ui.personas.parameters import ParametersForm
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_TEXT_HEIGHT = 140
_ICON_WIDTH = 64


class Editor(QFrame):
    """A card with a name, the fields of its kind, and what may be done with them.

    Signals:
        save_wanted(object): keep what is written here.
        cancelled: forget it.
    """

    save_wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, look: Appearance, title: str) -> None:
        super().__init__()
        self.column = card_column(self)
        self.setAccessibleName(title)
        self.column.addWidget(label(title, "heading"))
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.refused = label("", "refused", wrap=True)
        self.refused.hide()
        self._fields = QVBoxLayout()
        self._fields.setSpacing(6)
        self.column.addLayout(self._fields)
        self.column.addWidget(self.refused)
        self.save = push(look, self.tr("Save"), "primary")
        self.save.clicked.connect(self._save)
        self.cancel = push(look, self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        self.name.returnPressed.connect(self._save)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.save)
        row.addWidget(self.cancel)
        row.addStretch(1)
        self.column.addLayout(row)

    def made(self) -> Persona | Preset | SavedPrompt:
        """What is written here; raises `AppError` where it makes no sense."""
        raise NotImplementedError

    def refuse(self, error: AppError) -> None:
        """Say why it was not kept; what was written stays."""
        self.refused.setText(error.sentence)
        self.refused.show()

    def add(self, words: str, field: QWidget, help_text: str = "") -> None:
        """A field under its words."""
        field.setAccessibleName(words)
        self._fields.addSpacing(4)
        self._fields.addWidget(label(words, "name"))
        if help_text:
            self._fields.addWidget(label(help_text, "meta", wrap=True))
        self._fields.addWidget(field)

    def _save(self) -> None:
        self.refused.hide()
        try:
            made = self.made()
        except AppError as error:
            self.refuse(error)
            return
        self.save_wanted.emit(made)


class PersonaEditor(Editor):
    """Name, icon, instructions, model and parameters."""

    def __init__(
        self,
        look: Appearance,
        persona: Persona,
        models: Sequence[InstalledModel],
        usual: GenerationParameters,
    ) -> None:
        title = persona.name or _tr("New persona")
        super().__init__(look, title)
        self._persona = persona
        self.icon = QLineEdit(persona.icon)
        self.icon.setMaxLength(8)
        self.icon.setFixedWidth(_ICON_WIDTH)
        self.icon.setAccessibleName(self.tr("Icon: a letter or an emoji"))
        self.icon.setPlaceholderText(self.tr("Icon"))
        self.name.setText(persona.name)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.icon)
        row.addWidget(self.name, 1)
        self.add(self.tr("Name"), line)
        self.name.setAccessibleName(self.tr("Name"))
        self.prompt = _text(persona.system_prompt)
        self.prompt.setPlaceholderText(
            self.tr("For example: You are a patient editor. Point out what is unclear.")
        )
        self.add(self.tr("Instructions for the model"), self.prompt)
        self.model = Choice(look)
        self.model.addItem(self.tr("The model chosen for the chat"), "")
        for model in models:
            self.model.addItem(model.name, model.id)
        if persona.model and self.model.findData(persona.model) < 0:
            self.model.addItem(self.tr("{0} (not on this computer)").format(persona.model))
            self.model.setItemData(self.model.count() - 1, persona.model)
        self.model.setCurrentIndex(max(0, self.model.findData(persona.model)))
        self.add(self.tr("Model"), self.model)
        self.parameters = ParametersForm()
        self.parameters.show_usual(usual)
        self.parameters.show_values(persona.parameters)
        self.add(self.tr("Parameters"), self.parameters)

    def made(self) -> Persona:
        """See `Editor`."""
        return replace(
            self._persona,
            name=self.name.text(),
            icon=self.icon.text(),
            system_prompt=self.prompt.toPlainText(),
            model=str(self.model.currentData() or ""),
            parameters=self.parameters.values(),
        )


class PresetEditor(Editor):
    """A name and parameters."""

    def __init__(self, look: Appearance, preset: Preset, usual: GenerationParameters) -> None:
        super().__init__(look, preset.name or _tr("New preset"))
        self._preset = preset
        self.name.setText(preset.name)
        self.add(self.tr("Name"), self.name)
        self.parameters = ParametersForm()
        self.parameters.show_usual(usual)
        self.parameters.show_values(preset.parameters)
        self.add(self.tr("Parameters"), self.parameters)

    def made(self) -> Preset:
        """See `Editor`."""
        return replace(self._preset, name=self.name.text(), parameters=self.parameters.values())


class PromptEditor(Editor):
    """A name and a text, whose gaps are listed while one writes."""

    def __init__(self, look: Appearance, prompt: SavedPrompt) -> None:
        super().__init__(look, prompt.name or _tr("New prompt"))
        self._prompt = prompt
        self.name.setText(prompt.name)
        self.add(self.tr("Name"), self.name, self.tr("Written as /name in the message field."))
        self.text = _text(prompt.text)
        help_text = self.tr(
            "{{language}} is a gap to fill in, {{language: French}} one with a text that stands "
            "there otherwise; {{date}} becomes the day."
        )
        self.add(self.tr("Text"), self.text, help_text)
        self.gaps = label("", "meta", wrap=True)
        self.column.insertWidget(2, self.gaps)
        self.text.textChanged.connect(self._show_gaps)
        self._show_gaps()

    def made(self) -> SavedPrompt:
        """See `Editor`."""
        return replace(self._prompt, name=self.name.text(), text=self.text.toPlainText())

    def _show_gaps(self) -> None:
        names = [gap.name for gap in gaps(self.text.toPlainText())]
        self.gaps.setText(self.tr("Gaps: {0}").format(", ".join(names)) if names else "")
        self.gaps.setVisible(bool(names))


def _text(content: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setProperty("role", "field")
    field.setTabChangesFocus(True)
    field.setFixedHeight(_TEXT_HEIGHT)
    field.setPlainText(content)
    return field


def _tr(text: str) -> str:
    return QCoreApplication.translate("PersonaEditors", text)
