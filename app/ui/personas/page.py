"""The page of the personas, presets and prompts: lists, editors, and files to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.messages import GenerationParameters
from app.exchange.personas import Collection, Taken
from app.models.library import InstalledModel
from app.store.personas import Persona, Preset, SavedPrompt
from app.ui.appearance import Appearance
from app.ui.personas.editors import Editor, PersonaEditor, PresetEditor, PromptEditor
from app.ui.personas.parameters import parameter_words
from app.ui.widgets.buttons import push, tool
from app.ui.widgets.labels import ElidedLabel, label
from app.ui.widgets.page import Page, empty
from app.ui.widgets.question import Question
from app.ui.widgets.strip import Strip

Kept = Persona | Preset | SavedPrompt

_FILE_NAME = "tacit-personas.json"


class Section(QWidget):
    """One kind: its name, a button for a new one, the editor, and what there is.

    Signals:
        new_wanted: somebody wants to write a new one.
        edit_wanted(object), delete_wanted(object): change this one, or forget it.
    """

    new_wanted = Signal()
    edit_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, look: Appearance, title: str, new: str, nothing: str) -> None:
        super().__init__()
        self._look = look
        self._nothing = nothing
        self.new = push(look, new, "quiet", icon="plus")
        self.new.clicked.connect(self.new_wanted)
        head = QHBoxLayout()
        head.addWidget(label(title, "group"))
        head.addStretch(1)
        head.addWidget(self.new)
        self._editors = QVBoxLayout()
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._editors)
        column.addLayout(self._list)

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """Show these."""
        empty(self._list)
        for one in kept:
            row = Row(self._look, one)
            row.edit.clicked.connect(lambda _=False, one=one: self.edit_wanted.emit(one))
            row.delete.clicked.connect(lambda _=False, one=one: self.delete_wanted.emit(one))
            self._list.addWidget(row)
        if not kept:
            self._list.addWidget(label(self._nothing, "second", wrap=True))

    def show_editor(self, editor: Editor | None) -> None:
        """Show an editor above the list, or none."""
        empty(self._editors)
        self.new.setEnabled(editor is None)
        if editor is not None:
            self._editors.addWidget(editor)
            editor.name.setFocus(Qt.FocusReason.OtherFocusReason)


class Row(QFrame):
    """One of what is kept, with its first words."""

    def __init__(self, look: Appearance, kept: Kept) -> None:
        super().__init__()
        self.kept = kept
        self.setProperty("role", "card")
        icon = f"{kept.icon} " if isinstance(kept, Persona) and kept.icon else ""
        self.edit = tool(look, "pencil", self.tr("Change {0}").format(kept.name), size=16)
        self.delete = tool(look, "trash-2", self.tr("Delete {0}").format(kept.name), size=16)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(f"{icon}{kept.name}", "name"))
        if summary := _summary(kept):
            words.addWidget(ElidedLabel(summary, "meta"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 10)
        row.setSpacing(4)
        row.addLayout(words, 1)
        row.addWidget(self.edit)
        row.addWidget(self.delete)
        self.setAccessibleName(kept.name)


class PersonasPage(Page):
    """Shows what it is told; whoever keeps the personas does what it asks for.

    Signals:
        save_wanted(object), delete_wanted(object): keep this one, or forget it.
        export_wanted(object Path), import_wanted(object Path): a file that the person chose.
    """

    save_wanted = Signal(object)
    delete_wanted = Signal(object)
    export_wanted = Signal(object)
    import_wanted = Signal(object)

    def __init__(self, look: Appearance, usual: GenerationParameters) -> None:
        super().__init__(look, self.tr("Personas and prompts"))
        self._usual = usual
        self._models: Sequence[InstalledModel] = ()
        self.editor: Editor | None = None
        self._kept = Collection()
        take_in = push(look, self.tr("Import..."), "quiet", icon="download")
        take_in.clicked.connect(self._choose_import)
        self.export = push(look, self.tr("Export..."), "quiet", icon="external-link")
        self.export.clicked.connect(self._choose_export)
        self.head.addWidget(take_in)
        self.head.addWidget(self.export)
        self.strip = Strip(look)
        self.personas = Section(
            look,
            self.tr("Personas"),
            self.tr("New persona"),
            self.tr("A persona is somebody to talk to: a tutor, an editor, a critic."),
        )
        self.prompts = Section(
            look,
            self.tr("Prompts"),
            self.tr("New prompt"),
            self.tr("A prompt is a question that you ask again. Type / in a chat to use it."),
        )
        self.presets = Section(
            look,
            self.tr("Presets"),
            self.tr("New preset"),
            self.tr("A preset is a set of parameters for any chat, such as exact or inventive."),
        )
        self.column.addWidget(self.strip)
        for section in (self.personas, self.prompts, self.presets):
            self.column.addWidget(section)
            section.edit_wanted.connect(self.edit)
            section.delete_wanted.connect(self._ask)
        self.personas.new_wanted.connect(lambda: self.edit(Persona(id="", name="")))
        self.prompts.new_wanted.connect(lambda: self.edit(SavedPrompt(id="", name="", text="")))
        self.presets.new_wanted.connect(lambda: self.edit(Preset(id="", name="")))
        self.show_kept(Collection())

    def show_kept(self, kept: Collection) -> None:
        """Show these."""
        self._kept = kept
        self.export.setEnabled(len(kept) > 0)
        self.personas.show_kept(kept.personas)
        self.prompts.show_kept(kept.prompts)
        self.presets.show_kept(kept.presets)
        self.rearranged.emit()

    def show_models(self, models: Sequence[InstalledModel]) -> None:
        """The models that a persona may want."""
        self._models = models

    def show_usual(self, usual: GenerationParameters) -> None:
        """The parameters that hold where nobody wants others."""
        self._usual = usual

    def edit(self, kept: Kept) -> None:
        """Write in this one; what was being written in another editor stays there until saved."""
        if self.editor is not None and self.editor.name.text().strip():
            self.strip.say(self.tr("Save or cancel what you are writing first."), "notice")
            self.editor.name.setFocus()
            return
        section, editor = self._editor_for(kept)
        editor.save_wanted.connect(self.save_wanted)
        editor.cancelled.connect(self.close_editor)
        self.close_editor()
        self.editor = editor
        section.show_editor(editor)
        self.rearranged.emit()

    def close_editor(self) -> None:
        """Take the editor away with what is in it."""
        self.editor = None
        for section in (self.personas, self.prompts, self.presets):
            section.show_editor(None)
        self.strip.clear()

    def refuse(self, error: AppError) -> None:
        """Say why something was not kept, beside its fields."""
        if self.editor is not None:
            self.editor.refuse(error)
        else:
            self.strip.fail(error)

    def show_taken(self, taken: Taken) -> None:
        """Say what became of a file that was taken in."""
        parts = [self.tr("{0} new, {1} were here already.").format(taken.new, taken.known)]
        parts += [self.tr("Left out: {0}").format(reason) for reason in taken.left_out[:5]]
        self.strip.say(" ".join(parts), "notice" if taken.left_out else "plain")

    def show_exported(self, file: str) -> None:
        """Say where a file was written."""
        self.strip.say(self.tr("Written to {0}").format(file))

    def _editor_for(self, kept: Kept) -> tuple[Section, Editor]:
        if isinstance(kept, Persona):
            return self.personas, PersonaEditor(self.look, kept, self._models, self._usual)
        if isinstance(kept, Preset):
            return self.presets, PresetEditor(self.look, kept, self._usual)
        return self.prompts, PromptEditor(self.look, kept)

    def _ask(self, kept: Kept) -> None:
        keep = push(self.look, self.tr("Keep it"))
        delete = push(self.look, self.tr("Delete"), "primary")
        words = label(
            self.tr("It is erased from the history and its copies. Chats stay as they are."),
            wrap=True,
        )
        question = Question(
            self.look,
            self,
            title=self.tr("Delete"),
            heading=self.tr("Delete {0}?").format(kept.name),
            words=[words],
            buttons=[keep, delete],
        )
        keep.clicked.connect(question.reject)
        delete.clicked.connect(question.accept)
        question.accepted.connect(lambda: self.delete_wanted.emit(kept))
        question.open()

    def _choose_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export"), _FILE_NAME, self.tr("Personas of Tacit (*.json)")
        )
        if chosen:
            self.export_wanted.emit(Path(chosen))

    def _choose_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import"), "", self.tr("Personas of Tacit (*.json)")
        )
        if chosen:
            self.import_wanted.emit(Path(chosen))


def _summary(kept: Kept) -> str:
    if isinstance(kept, SavedPrompt):
        return " ".join(kept.text.split())
    parts = [f"{parameter_words(name)} {value}" for name, value in kept.parameters.items()]
    first = " ".join(kept.system_prompt.split()) if isinstance(kept, Persona) else ""
    return first or ", ".join(parts)
