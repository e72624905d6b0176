"""The page of one chat: who answers in it, with which instructions and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from app.core.errors import AppError
from app.core.messages import GenerationParameters
from app.store.personas import Manner, Persona, Preset
from app.store.values import Folder
from app.ui.appearance import Appearance
from app.ui.personas.parameters import ParametersForm
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card

_SAVE_MS = 600
_TEXT_HEIGHT = 150


class ThisChatPage(Page):
    """Every change holds from the next answer on; nothing has to be saved.

    Signals:
        persona_wanted(object): the id of who is to answer, or None.
        instructions_wanted(object): a text of its own, or None for what holds otherwise.
        parameters_wanted(object): those that this chat wants otherwise.
        manage_wanted: go to the page of the personas.
        folder_wanted(str id): go to the settings of the folder around it.
    """

    persona_wanted = Signal(object)
    instructions_wanted = Signal(object)
    parameters_wanted = Signal(object)
    manage_wanted = Signal()
    folder_wanted = Signal(str)

    def __init__(self, look: Appearance, usual: GenerationParameters) -> None:
        super().__init__(look, self.tr("This chat"))
        self._usual = usual
        self._folder: Folder | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_MS)
        self._timer.timeout.connect(self._save_text)
        self.left.connect(self.save_now)
        self._add_persona()
        self._add_instructions()
        self._add_parameters()
        self.show_chat(Manner(), None, folder=None, general="", has_begun=False)

    def show_kept(self, personas: Sequence[Persona], presets: Sequence[Preset]) -> None:
        """Who can answer, and the presets that can be used."""
        with QSignalBlocker(self.persona):
            current = self.persona.currentData()
            self.persona.clear()
            self.persona.addItem(self.tr("Nobody in particular"), None)
            for one in personas:
                self.persona.addItem(f"{one.icon} {one.name}".strip(), one.id)
            self.persona.setCurrentIndex(max(0, self.persona.findData(current)))
        with QSignalBlocker(self.preset):
            self.preset.clear()
            self.preset.addItem(self.tr("Take from a preset..."), None)
            for preset in presets:
                self.preset.addItem(preset.name, dict(preset.parameters))
        self.preset.setVisible(bool(presets))

    def show_usual(self, usual: GenerationParameters) -> None:
        """The parameters that hold where nobody wants others."""
        self._usual = usual

    def show_chat(
        self,
        manner: Manner,
        instructions: str | None,
        *,
        folder: Folder | None,
        general: str,
        has_begun: bool,
    ) -> None:
        """How the chat in front is answered.

        Where it has no `instructions` of its own (None), its persona's hold, then those of the
        `folder` around it, then the `general` ones.
        """
        given = manner.persona.id if manner.persona is not None else None
        own = manner.persona.parameters if manner.persona is not None else {}
        with QSignalBlocker(self.persona):
            self.persona.setCurrentIndex(max(0, self.persona.findData(given)))
        self.parameters.show_usual(replace(self._usual, **Manner(parameters=own).wanted()))
        self.parameters.show_values(manner.parameters)
        self.as_usual.setEnabled(bool(manner.parameters))
        text = instructions or ""
        if self.text.toPlainText() != text and not self._timer.isActive():
            with QSignalBlocker(self.text):
                self.text.setPlainText(text)
        of_persona = manner.persona.system_prompt if manner.persona is not None else ""
        of_folder = folder.system_prompt if folder is not None else None
        otherwise = of_persona or (general if of_folder is None else of_folder)
        self.text.setPlaceholderText(otherwise or self.tr("The model is told nothing."))
        self._folder = folder
        self.of_folder.setVisible(folder is not None)
        self.folder_button.setVisible(folder is not None)
        if folder is not None:
            is_used = instructions is None and not of_persona
            self.of_folder.setText(self._folder_words(folder, is_used=is_used))
        self.text.setEnabled(has_begun)
        self.later.setVisible(not has_begun)

    def save_now(self) -> None:
        """Do not wait for the person to pause."""
        if self._timer.isActive():
            self._timer.stop()
            self._save_text()

    def _add_persona(self) -> None:
        frame, column = card()
        self.persona = Choice(self.look)
        self.persona.setAccessibleName(self.tr("Who answers"))
        self.persona.activated.connect(
            lambda _place: self.persona_wanted.emit(self.persona.currentData())
        )
        manage = push(self.look, self.tr("Personas and prompts"), "link")
        manage.clicked.connect(self.manage_wanted)
        column.addWidget(label(self.tr("Who answers"), "name"))
        column.addWidget(self.persona)
        column.addWidget(manage, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(frame)

    def _add_instructions(self) -> None:
        frame, column = card()
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "field")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_TEXT_HEIGHT)
        self.text.setAccessibleName(self.tr("Instructions for this chat"))
        self.text.textChanged.connect(self._timer.start)
        self.later = label(
            self.tr("They can be written once the chat has begun. A persona has its own."),
            "meta",
            wrap=True,
        )
        column.addWidget(label(self.tr("Instructions for this chat"), "name"))
        column.addWidget(
            label(
                self.tr("What is written here goes before the persona's and the folder's."),
                "meta",
                wrap=True,
            )
        )
        self.of_folder = label("", "second", wrap=True)
        self.folder_button = push(self.look, self.tr("Folder settings"), "link")
        self.folder_button.clicked.connect(self._open_folder)
        column.addWidget(self.of_folder)
        column.addWidget(self.text)
        column.addWidget(self.later)
        column.addWidget(self.folder_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(frame)

    def _folder_words(self, folder: Folder, *, is_used: bool) -> str:
        if is_used:
            return self.tr('The instructions of the folder "{0}" are used.').format(folder.name)
        return self.tr(
            'The folder "{0}" has instructions, but those of this chat or its persona go first.'
        ).format(folder.name)

    def _open_folder(self) -> None:
        if self._folder is not None:
            self.folder_wanted.emit(self._folder.id)

    def _add_parameters(self) -> None:
        frame, column = card()
        self.parameters = ParametersForm()
        self.parameters.edited.connect(self._save_parameters)
        self.refused = label("", "refused", wrap=True)
        self.refused.hide()
        self.preset = Choice(self.look)
        self.preset.setAccessibleName(self.tr("Take from a preset"))
        self.preset.activated.connect(self._use_preset)
        self.as_usual = push(self.look, self.tr("All as usual"), icon="rotate-ccw")
        self.as_usual.clicked.connect(lambda: self.parameters_wanted.emit({}))
        row = QHBoxLayout()
        row.addWidget(self.preset)
        row.addWidget(self.as_usual)
        row.addStretch(1)
        column.addWidget(label(self.tr("Parameters of this chat"), "name"))
        column.addWidget(self.parameters)
        column.addWidget(self.refused)
        column.addLayout(row)
        self.column.addWidget(frame)

    def _use_preset(self, place: int) -> None:
        parameters = self.preset.itemData(place)
        self.preset.setCurrentIndex(0)
        if parameters is not None:
            self.parameters_wanted.emit(parameters)

    def _save_parameters(self) -> None:
        try:
            values = self.parameters.values()
        except AppError as error:
            self.refused.setText(error.sentence)
            self.refused.show()
            return
        self.refused.hide()
        self.parameters_wanted.emit(values)

    def _save_text(self) -> None:
        text = self.text.toPlainText()
        self.instructions_wanted.emit(text if text.strip() else None)
