"""The buttons over the blocks of code of one message, as many as are in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from app.ui.markdown.document import MessageDocument
from app.ui.markdown.highlight import file_suffix
from app.ui.transcript.buttons import set_look, tool_button
from app.ui.transcript.decorations import CodeBlock, code_blocks
from app.ui.transcript.text import MessageText

_INSET = 4
_DONE_MS = 1500


class CodeButtons(QObject):
    """Copy and save at the top right of each block; in a long one they stay in sight."""

    def __init__(self, text: MessageText) -> None:
        super().__init__(text)
        self._text = text
        self._buttons: list[QToolButton] = []
        self._saves: list[QToolButton] = []
        self._blocks: list[CodeBlock] = []

    @property
    def visible(self) -> list[QToolButton]:
        """The buttons in sight, from top to bottom."""
        pairs = zip(self._saves, self._buttons, strict=True)
        return [button for pair in list(pairs)[: len(self._blocks)] for button in pair]

    def place(self, document: MessageDocument, area: QRectF) -> None:
        """Put the buttons where the blocks within `area` of the document are."""
        self._blocks = list(code_blocks(document, area)) if document.code_starts else []
        while len(self._buttons) < len(self._blocks):
            self._saves.append(self._save_button(len(self._saves)))
            self._buttons.append(self._button(len(self._buttons)))
        for index, button in enumerate(self._buttons):
            shown, save = index < len(self._blocks), self._saves[index]
            if shown:
                self._put(button, self._blocks[index], area)
                save.move(button.x() - save.width(), button.y())
            for one in (save, button):
                if one.isVisibleTo(self._text) != shown:
                    one.setVisible(shown)
        covered = [button.geometry() for button in self.visible]
        if covered != self._text.covered:
            self._text.covered = covered
            self._text.viewport().update()

    def restyle(self) -> None:
        """Take the icons of the theme in force."""
        for index in range(len(self._buttons)):
            self._reset(index)

    def copy(self, index: int) -> None:
        """Put the source of the block under the button `index` on the clipboard."""
        document = self._text.message_document
        if document is None or index >= len(self._blocks):
            return
        QGuiApplication.clipboard().setText(document.code_text(self._blocks[index].first))
        set_look(self._buttons[index], document.formats, "check", self.tr("Copied"))
        QTimer.singleShot(_DONE_MS, self, lambda: self._reset(index))

    def save(self, index: int) -> None:
        """Ask for the source of the block to be saved to a file."""
        document = self._text.message_document
        if document is not None and index < len(self._blocks):
            block = self._blocks[index]
            name = f"code{file_suffix(block.language)}"
            self._text.save_wanted.emit(name, document.code_text(block.first))

    def _save_button(self, index: int) -> QToolButton:
        document = self._text.message_document
        assert document is not None, "a block of code stands in a document"
        return tool_button(
            self._text.viewport(),
            document.formats,
            "download",
            self.tr("Save code to a file"),
            lambda: self.save(index),
        )

    def _button(self, index: int) -> QToolButton:
        document = self._text.message_document
        assert document is not None, "a block of code stands in a document"
        viewport, name = self._text.viewport(), self._name(index)
        return tool_button(viewport, document.formats, "copy", name, lambda: self.copy(index))

    def _name(self, index: int) -> str:
        language = self._blocks[index].language if index < len(self._blocks) else ""
        return self.tr("Copy {language} code").format(language=language).replace("  ", " ")

    def _reset(self, index: int) -> None:
        document = self._text.message_document
        if document is not None:
            set_look(self._buttons[index], document.formats, "copy", self._name(index))
            name = self.tr("Save code to a file")
            set_look(self._saves[index], document.formats, "download", name)

    def _put(self, button: QToolButton, block: CodeBlock, area: QRectF) -> None:
        ground, size = block.ground, button.width()
        lowest = ground.bottom() - size - _INSET
        top = ground.top() + max(0, self._header() - size) / 2
        top = max(top, min(area.top() + _INSET, lowest))
        button.move(round(ground.right() - size - _INSET), round(top))
        name = self._name(self._buttons.index(button)) if button in self._buttons else ""
        if name and button.accessibleName() not in (name, self.tr("Copied")):
            button.setAccessibleName(name)
            button.setToolTip(name)

    def _header(self) -> int:
        document = self._text.message_document
        return 0 if document is None else document.formats.code_header
