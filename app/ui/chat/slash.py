"""The menu that opens when a message begins with a slash: prompts, personas, commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout

from app.chat.gaps import first_gap, with_date
from app.ui.appearance import Appearance

if TYPE_CHECKING:
    from app.ui.chat.composer import Composer

_SHOWN = 8
_LONGEST = 60
_WIDTH = 460
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_TAKES = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose: `kind` is "prompt", "persona" or "command"."""

    kind: str
    name: str
    words: str


class SlashMenu(QObject):
    """Stands over the composer while what is written there begins with a slash.

    Choosing a prompt puts its text into the composer with its first gap selected; Tab goes
    from gap to gap.

    Signals:
        chosen(object Entry): a persona or a command; a prompt is dealt with here.
    """

    chosen = Signal(object)

    def __init__(self, look: Appearance, composer: Composer) -> None:
        super().__init__(composer)
        self._look = look
        self._composer = composer
        self._entries: Sequence[Entry] = ()
        self._dismissed = ""
        self._frame = QFrame(composer.window())
        self._frame.setProperty("role", "popup")
        self.list = QListWidget()
        self.list.setProperty("role", "slash")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("Prompts, personas and commands"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemClicked.connect(self._take)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        self._frame.hide()
        composer.edit.installEventFilter(self)
        composer.edited.connect(self._on_text)
        composer.edit.textChanged.connect(self._close_where_nothing_is_wanted)

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return not self._frame.isHidden()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """What can be chosen."""
        self._entries = entries
        if self.is_open:
            self._on_text()

    def close(self) -> None:
        """Take it off the screen."""
        self._frame.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While it is open, the arrows, Enter, Tab and Escape are for the menu."""
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close()
        # Escape is the window's shortcut otherwise.
        if self.is_open and event.type() == QEvent.Type.ShortcutOverride:
            if is_escape := isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                event.accept()
            return is_escape
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if not self.is_open:
            return key == Qt.Key.Key_Tab and self._to_next_gap()
        if (step := _STEPS.get(key)) is not None:
            count = self.list.count()
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
            return True
        if key in _TAKES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._take(self.list.currentItem())
            return True
        if key == Qt.Key.Key_Escape:
            self._dismissed = self._composer.edit.toPlainText()
            self.close()
            return True
        return False

    def _on_text(self) -> None:
        text = self._composer.edit.toPlainText()
        is_wanted = text.startswith("/") and not text.startswith("//") and "\n" not in text
        if not is_wanted or len(text) > _LONGEST or self._dismissed:
            self.close()
            return
        self._fill(text[1:].strip().casefold())

    def _close_where_nothing_is_wanted(self) -> None:
        """The composer may also be emptied, or filled with a draft, by the program."""
        if not self._composer.edit.toPlainText().startswith("/"):
            self._dismissed = ""
            self.close()

    def _fill(self, typed: str) -> None:
        found = [e for e in self._entries if e.name.casefold().startswith(typed)]
        found += [e for e in self._entries if e not in found and typed in e.name.casefold()]
        self.list.clear()
        for entry in found:
            item = QListWidgetItem(self._line(entry))
            item.setData(Qt.ItemDataRole.UserRole, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.kind} {entry.name}")
            self.list.addItem(item)
        if not found:
            self.close()
            return
        self.list.setCurrentRow(0)
        self._place(len(found))

    def _line(self, entry: Entry) -> str:
        kinds = {"persona": self.tr("persona"), "prompt": self.tr("prompt")}
        kind = f" ({kinds[entry.kind]})" if entry.kind in kinds else ""
        return f"/{entry.name}{kind}   {' '.join(entry.words.split())[:200]}"

    def _place(self, count: int) -> None:
        composer, window = self._composer, self._composer.window()
        if self._frame.parentWidget() is not window:
            self._frame.setParent(window)
        height = self.list.sizeHintForRow(0) * min(count, _SHOWN) + 2 * self.list.frameWidth() + 10
        width = min(self._look.scaled(_WIDTH), composer.width())
        corner = composer.mapTo(window, QPoint(0, 0))
        self._frame.setGeometry(corner.x(), max(0, corner.y() - height - 6), width, height)
        self._frame.raise_()
        self._frame.show()

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry = item.data(Qt.ItemDataRole.UserRole)
        edit = self._composer.edit
        cursor = edit.textCursor()
        # As one step, so that undoing brings back what was typed.
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(with_date(entry.words) if entry.kind == "prompt" else "")
        cursor.endEditBlock()
        self.close()
        edit.setFocus()
        if entry.kind == "prompt":
            edit.moveCursor(QTextCursor.MoveOperation.Start)
            if not self._to_next_gap():
                edit.moveCursor(QTextCursor.MoveOperation.End)
        else:
            self.chosen.emit(entry)

    def _to_next_gap(self) -> bool:
        """Select the next gap behind the cursor, or the first one; False where there is none."""
        edit = self._composer.edit
        text, cursor = edit.toPlainText(), edit.textCursor()
        found = first_gap(text, cursor.selectionEnd()) or first_gap(text, 0)
        if found is None:
            return False
        # Qt counts in UTF-16, where an emoji is two.
        start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in found)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        edit.setTextCursor(cursor)
        return True
