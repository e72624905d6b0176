"""The page of one folder: its name, and what holds for all chats in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.core.errors import AppError
from app.store.values import Folder, Mark
from app.ui.appearance import Appearance
from app.ui.pages.fields import Field, LineField, SwitchField, TextField, stacked
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page, card
from app.ui.widgets.strip import Strip

T = TypeVar("T")


class FolderPage(Page):
    """What is written holds as soon as its field is left; nothing has to be saved.

    Signals:
        renamed(str id, str name), instructed(str id, str text), marked(str id, bool): the
            folder is to be so.
        words_kept(str id, list words): these are to be replaced in its chats.
        redaction_wanted: go to the page of redaction.
    """

    renamed = Signal(str, str)
    instructed = Signal(str, str)
    marked = Signal(str, bool)
    words_kept = Signal(str, list)
    redaction_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__(look, self.tr("Folder settings"))
        self._folder: Folder | None = None
        self.strip = Strip(look)
        self.name = LineField(self.tr("Name of the folder"), number=False)
        self.text = TextField(self.tr("Instructions for the chats in this folder"))
        self.mark = SwitchField(look, self.tr("Confidential"))
        self.words = TextField(self.tr("Words to replace, one on each line"))
        self.column.addWidget(self.strip)
        for part in (self._name_card(), self._text_card(), self._mark_card(), self._words_card()):
            self.column.addWidget(part)
        self.name.committed.connect(lambda name: self._wish(self.renamed.emit, str(name)))
        self.text.committed.connect(lambda text: self._wish(self.instructed.emit, str(text)))
        self.mark.committed.connect(lambda on: self._wish(self.marked.emit, bool(on)))
        self.words.committed.connect(
            lambda text: self._wish(self.words_kept.emit, str(text).splitlines())
        )

    @property
    def folder_id(self) -> str:
        """The folder that is shown, "" for none."""
        return self._folder.id if self._folder is not None else ""

    def show_folder(self, folder: Folder, around: Folder | None, *, otherwise: str) -> None:
        """Show a folder and what it has from the one `around` it.

        `otherwise` are the instructions that hold where neither has any.
        """
        before, self._folder = self._folder, folder
        is_new = before is None or before.id != folder.id
        if is_new:
            self.strip.dismiss()
        outer = around.system_prompt if around is not None else None
        self.text.show_hint(outer or otherwise or self.tr("The model is told nothing."))
        self.text_help.setText(self._text_words(around))
        self.also.setVisible(around is not None and bool(around.words))
        is_held = around is not None and around.mark is not Mark.NONE
        self.mark.control.setEnabled(not is_held)
        self.held.setVisible(is_held)
        if around is not None:
            held = self.tr('The folder "{0}" around it is confidential, and so is this one.')
            self.held.setText(held.format(around.name))
            also = self.tr('The words of the folder "{0}" around it are replaced here as well.')
            self.also.setText(also.format(around.name))
        self.mark.show_value(folder.mark is not Mark.NONE)
        for field, value in (
            (self.name, folder.name),
            (self.text, folder.system_prompt or ""),
            (self.words, "\n".join(folder.words)),
        ):
            # What is being written in this very folder is not overwritten.
            if is_new or not field.control.hasFocus():
                field.show_value(value)

    def refuse(self, error: AppError) -> None:
        """Say what did not work; what was written stays, the switch shows what holds."""
        if self._folder is not None:
            self.mark.show_value(self._folder.mark is not Mark.NONE)
        self.strip.fail(error)
        self.area.ensureWidgetVisible(self.strip)

    def show_redaction(self, *, on: bool) -> None:
        """Whether anything is replaced at all."""
        self.off.setVisible(not on)

    def _wish(self, emit: Callable[[str, T], object], value: T) -> None:
        if self._folder is not None:
            self.strip.dismiss()
            emit(self._folder.id, value)

    def _name_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Name"), "name"))
        column.addWidget(self.name)
        return frame

    def _text_card(self) -> QFrame:
        self.text_help = label("", "meta", wrap=True)
        frame, column = self._with_help(self.tr("Instructions for its chats"), self.text)
        column.insertWidget(1, self.text_help)
        return frame

    def _text_words(self, around: Folder | None) -> str:
        if around is None:
            return self.tr(
                "What the model is told in the chats of this folder. One text holds at a time: a "
                "chat's own instructions go first, then its persona's, then these, then the "
                "general ones of the settings."
            )
        return self.tr(
            "What the model is told in the chats of this folder. One text holds at a time: a "
            "chat's own instructions go first, then its persona's, then these, then those of the "
            'folder "{0}", then the general ones of the settings.'
        ).format(around.name)

    def _mark_card(self) -> QFrame:
        frame, column = card()
        words = stacked(
            label(self.tr("Confidential"), "name", wrap=True),
            label(
                self.tr(
                    "Nothing of these chats can leave this computer, whatever rules say, nor can "
                    "anything made from them. A chat that you take out of the folder keeps its "
                    "mark; so do all of them when you switch this off."
                ),
                "meta",
                wrap=True,
            ),
        )
        self.held = label("", "second", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        column.addWidget(self.held)
        return frame

    def _words_card(self) -> QFrame:
        frame, column = self._with_help(
            self.tr("Words to replace"),
            self.words,
            self.tr(
                "One on each line: names of clients, projects, places. They are replaced before "
                "anything of these chats leaves this computer, and capital letters make no "
                "difference. Words for all chats are on the page of redaction."
            ),
        )
        self.also = label("", "second", wrap=True)
        self.off = label(
            self.tr("Redaction is switched off, so nothing is replaced now."), "second", wrap=True
        )
        self.redaction = push(self.look, self.tr("Redaction"), "link")
        self.redaction.clicked.connect(self.redaction_wanted)
        column.addWidget(self.also)
        column.addWidget(self.off)
        column.addWidget(self.redaction, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    @staticmethod
    def _with_help(title: str, field: Field, help_text: str = "") -> tuple[QFrame, QVBoxLayout]:
        frame, column = card()
        column.addWidget(label(title, "name"))
        if help_text:
            column.addWidget(label(help_text, "meta", wrap=True))
        column.addWidget(field)
        return frame, column
