"""The page of redaction: its switch, the person's own words, and a text to try it on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.redaction.redactor import Redacted
from app.settings.table import SETTINGS
from app.store.values import Folder
from app.ui.appearance import Appearance
from app.ui.pages.routing.controller import RoutingController
from app.ui.pages.rows_page import RowsPage
from app.ui.pages.setting_row import RowBinding, SettingRow
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push
from app.ui.widgets.choice import Choice
from app.ui.widgets.labels import label
from app.ui.widgets.page import card
from app.ui.widgets.strip import Strip

SWITCH = "routing.redact"
_HEIGHT = 110


class RedactionPage(RowsPage):
    """Nothing of what is tried here leaves, or is kept."""

    def __init__(
        self, look: Appearance, routing: RoutingController, settings: SettingsBridge, tasks: Tasks
    ) -> None:
        super().__init__(look, self.tr("Redaction"))
        self._routing = routing
        self._redacted: Redacted | None = None
        self.strip = Strip(look)
        self.switch = self.rows[SWITCH] = SettingRow(look, SETTINGS[SWITCH])
        self._binding = RowBinding(self.switch, settings, tasks)
        frame, column = card()
        column.addWidget(self.switch)
        column.addWidget(
            label(
                self.tr(
                    "Found are, as far as they can be recognised: names, addresses, e-mail "
                    "addresses, telephone numbers, accounts and cards with valid check digits, "
                    "national numbers of some countries, dates of birth, keys and passwords. "
                    "Look at what is shown before it leaves: something may be missed."
                ),
                "meta",
                wrap=True,
            )
        )
        for part in (self.strip, frame, self._words_card(), self._trial_card()):
            self.column.addWidget(part)
        routing.words_loaded.connect(self._show_words)
        routing.redacted.connect(self.show_redacted)
        routing.done.connect(lambda words: self.strip.say(words, "plain", seconds=6))
        routing.failed.connect(self._on_failed)
        look.changed.connect(self._mark)

    def on_shown(self) -> None:
        """Read the words again."""
        super().on_shown()
        self._routing.load_words(self._folder)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """Offer the folders that words can belong to."""
        current = self._folder
        self.folder.clear()
        self.folder.addItem(self.tr("In all chats"), "")
        for folder in folders:
            self.folder.addItem(self.tr("In the folder {0}").format(folder.name), folder.id)
        self.folder.setCurrentIndex(max(0, self.folder.findData(current)))

    @property
    def _folder(self) -> str:
        return str(self.folder.currentData() or "")

    def _words_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Your own words"), "heading"))
        column.addWidget(
            label(
                self.tr(
                    "One on each line: names of clients, projects, places. Capital letters make "
                    "no difference. They are kept on this computer, beside your chats."
                ),
                "second",
                wrap=True,
            )
        )
        self.folder = Choice(self.look)
        self.folder.setAccessibleName(self.tr("Where these words are replaced"))
        self.folder.addItem(self.tr("In all chats"), "")
        self.folder.activated.connect(lambda: self._routing.load_words(self._folder))
        self.words = _field(self.tr("Your own words"))
        self.keep = push(self.look, self.tr("Keep these words"))
        self.keep.clicked.connect(
            lambda: self._routing.save_words(self._folder, self.words.toPlainText())
        )
        column.addWidget(self.folder)
        column.addWidget(self.words)
        column.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _trial_card(self) -> QFrame:
        frame, column = card()
        column.addWidget(label(self.tr("Try it"), "heading"))
        self.text = _field(self.tr("Text to try"))
        self.text.setPlaceholderText(
            self.tr("Dear Maria Schmidt, please write to maria@example.org ...")
        )
        self.show_button = push(self.look, self.tr("Show what would leave"), "primary")
        self.show_button.clicked.connect(
            lambda: self._routing.try_redaction(self.text.toPlainText(), self._folder)
        )
        self.result = _field(self.tr("What would leave"))
        self.result.setReadOnly(True)
        self.result.hide()
        self.found = label("", "second", wrap=True, selectable=True)
        self.found.setAccessibleName(self.tr("What would be replaced"))
        column.addWidget(self.text)
        column.addWidget(self.show_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.result)
        column.addWidget(self.found)
        return frame

    def _show_words(self, folder: str, words: Sequence[str]) -> None:
        if folder == self._folder:
            self.words.setPlainText("\n".join(words))

    def show_redacted(self, redacted: Redacted) -> None:
        """Show the text as it would leave, with what was replaced marked, and a list of it."""
        self._redacted = redacted
        self.result.setPlainText(redacted.messages[0].text)
        self.result.setVisible(bool(redacted.messages[0].text))
        lines = [f"{name}  {text}" for name, text in redacted.originals.items()]
        if not lines:
            lines = [self.tr("Nothing was found. That does not mean that there is nothing.")]
        self.found.setText("\n".join(lines))
        self._mark()

    def _mark(self) -> None:
        if self._redacted is None:
            return
        selections, at = [], 0
        for piece in self._redacted.pieces[0]:
            length = _units(piece.placeholder or piece.text)
            if piece.placeholder:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.result.document())
                cursor.setPosition(at)
                cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                selection.cursor = cursor
                selection.format.setBackground(QColor(self.look.theme.selection))
                selections.append(selection)
            at += length
        self.result.setExtraSelections(selections)

    def _on_failed(self, error: AppError) -> None:
        self.strip.fail(error)
        self.area.ensureWidgetVisible(self.strip)


def _field(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setProperty("role", "field")
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setFixedHeight(_HEIGHT)
    return field


def _units(text: str) -> int:
    """How many of Qt's characters a text is: those beyond the first plane count twice."""
    return len(text.encode("utf-16-le")) // 2
