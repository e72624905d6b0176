"""The main window: puts the parts together and knows the keys; what they do is elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.chat.chat_page import ChatPage
from app.ui.shortcuts import shortcuts
from app.ui.side.side_list import SideList
from app.ui.status.privacy import PrivacyState
from app.ui.status.status_bar import StatusBar
from app.ui.widgets.page import Page, Screen
from app.ui.widgets.strip import Strip
from app.ui.window.shell import Shell

CHAT = "chat"
_QUIT = "Ctrl+Q"
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
_SIZE = QSize(1120, 760)
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class MainWindow(QMainWindow):
    """Shows one page at a time beside the side list; stays open until told `close_for_good`.

    Signals:
        close_wanted: the person closed the window; what runs has to end first.
        key_pressed(str): a shortcut of the table that the window does not serve itself.
        page_changed(str): another page is in front.
        activated: the window came to the front.
        painted: it is on the screen for the first time; `is_painted` remembers it.
    """

    close_wanted = Signal()
    key_pressed = Signal(str)
    page_changed = Signal(str)
    activated = Signal()
    painted = Signal()

    def __init__(self, look: Appearance, privacy: PrivacyState) -> None:
        super().__init__()
        self.look = look
        self._privacy = privacy
        self._title = ""
        self._may_close = False
        self._is_private = False
        self._cover: QWidget | None = None
        self.is_painted = False
        self._pages: dict[str, QWidget] = {}
        self._makers: dict[str, Callable[[], Screen]] = {}
        self._parts: dict[str, Callable[[], Page]] = {}
        self._holders: dict[str, str] = {}
        self.side = SideList(look)
        self.chat = ChatPage(look)
        self.status = StatusBar(look, privacy)
        self.strip = Strip(look)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.stack.addWidget(self.chat)
        self._pages[CHAT] = self.chat
        self.shell = Shell(look, self.side, self._content(), self.status)
        self.setCentralWidget(self.shell)
        self.setMinimumSize(360, 360)
        self._take_room()
        self.shell.folded_changed.connect(lambda folded: self.chat.header.set_folded(folded=folded))
        self.chat.header.side_wanted.connect(self.shell.toggle_side)
        self.side.fold_wanted.connect(self.shell.toggle_side)
        self.side.page_wanted.connect(self.show_page)
        self.status.page_wanted.connect(self.show_page)
        self._bind_keys()
        self.show_title("")
        self.chat.take_focus()

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return next(n for n, page in self._pages.items() if page is self.stack.currentWidget())

    def add_page(self, name: str, make: Callable[[], Screen]) -> None:
        """Another page, which is made when it is first wanted."""
        self._makers[name] = make

    def add_part(self, holder: str, name: str, make: Callable[[], Page]) -> None:
        """A page within the page `holder`, which makes it when it is first wanted."""
        self._parts[name] = make
        self._holders[name] = holder

    def make_part(self, name: str) -> Page:
        """For the page that holds it, once."""
        return self._parts.pop(name)()

    def show_page(self, name: str) -> None:
        """Bring a page to the front, or a part of one; one that is not there yet is ignored."""
        part, name = name, self._holders.get(name, name)
        if (make := self._makers.pop(name, None)) is not None:
            made = make()
            # It goes back to the chat by itself.
            made.left.connect(self.show_chat)
            made.rearranged.connect(self._visit_status_last)
            self._add(name, made)
        page = self._pages.get(name)
        if page is None:
            return
        self.shell.close_overlay()
        if isinstance(page, Screen):
            if part != name:
                page.go_to(part)
            page.on_shown()
        self.stack.setCurrentWidget(page)
        self.side.set_page(name)
        if page is self.chat:
            self.chat.take_focus()
        else:
            page.setFocus()
        self.page_changed.emit(name)

    def show_chat(self) -> None:
        """Bring the chat to the front."""
        self.show_page(CHAT)

    def show_title(self, title: str) -> None:
        """Name the conversation and the privacy state in the window's title."""
        self._title = title
        if self.is_covered:
            self.setWindowTitle(self.tr("Tacit, locked ({0})").format(self._privacy.short))
            return
        parts = f"{title} - " if title else ""
        program = self.tr("Tacit, private session") if self._is_private else "Tacit"
        self.setWindowTitle(f"{parts}{program} ({self._privacy.short})")

    def say_private(self) -> None:
        """Say for good that this session leaves nothing on this computer."""
        self._is_private = True
        self.side.say_private()
        self.show_title("")

    def show_privacy(self, state: PrivacyState) -> None:
        """Say what holds now, in the chip and in the window's title."""
        self._privacy = state
        self.status.set_privacy(state)
        self.show_title(self._title)

    @property
    def is_covered(self) -> bool:
        """Whether something hides all that the window shows."""
        return self._cover is not None

    def cover(self, widget: QWidget) -> None:
        """Hide everything behind `widget`, the title too; no key reaches what is hidden."""
        self._cover = widget
        widget.setParent(self)
        widget.setGeometry(self.rect())
        self.shell.hide()
        widget.show()
        widget.raise_()
        self._after_covering()

    def uncover(self) -> None:
        """Show what was hidden, where the keyboard was."""
        if self._cover is not None:
            self._cover.hide()
            self._cover = None
            self.shell.show()
            self._after_covering()
            if self.page == CHAT:
                self.chat.take_focus()
            else:
                self._pages[self.page].setFocus()

    def _after_covering(self) -> None:
        for key in self.findChildren(QShortcut, options=_DIRECT):
            key.setEnabled(not self.is_covered or key.key() == QKeySequence(_QUIT))
        self.show_title(self._title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What covers the window goes on covering all of it."""
        super().resizeEvent(event)
        if self._cover is not None:
            self._cover.setGeometry(self.rect())

    def say(self, sentence: str) -> None:
        """Tell the person about a failure that belongs to no page."""
        self.strip.say(sentence, "failure")

    def to_front(self) -> None:
        """Another start of the program wants to see this window."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def geometry_text(self) -> str:
        """Size and place as text for the settings."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def restore_geometry(self, text: str) -> None:
        """Take size and place as they were; anything else is ignored."""
        if text:
            self.restoreGeometry(QByteArray.fromBase64(text.encode()))

    def close_for_good(self) -> None:
        """Close without asking anyone."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing waits for what runs; the window is out of sight at once."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.close_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Says once that there is something to see."""
        super().paintEvent(event)
        if not self.is_painted:
            QTimer.singleShot(0, self._say_painted)

    def _say_painted(self) -> None:
        if not self.is_painted:
            self.is_painted = True
            self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Says when the window comes to the front."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no view wanted: Escape, and text, which belongs to the composer."""
        if self.is_covered:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif self.page != CHAT:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.chat.take_focus()
            self.chat.composer.edit.paste()
        elif event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            self.chat.composer.type_text(event.text())
        else:
            super().keyPressEvent(event)

    def _take_room(self) -> None:
        """The usual size, or what the screen has."""
        room = self.screen().availableSize()
        if room.width() < _SIZE.width() or room.height() < _SIZE.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self.resize(_SIZE.boundedTo(room))

    def _content(self) -> QWidget:
        content = QWidget()
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(self.strip)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(holder)
        column.addWidget(self.stack, 1)
        return content

    def _add(self, name: str, page: QWidget) -> None:
        self._pages[name] = page
        self.stack.addWidget(page)
        self._visit_status_last()

    def _visit_status_last(self) -> None:
        """What is made late would come after the status bar in the order of Tab."""
        for item in self.status.tab_items:
            QWidget.setTabOrder(self._last_tab_stop(item), item)

    def _last_tab_stop(self, but: QWidget) -> QWidget:
        last = self.previousInFocusChain()
        while last is not None and last is not self:
            if last is not but and last.focusPolicy() & Qt.FocusPolicy.TabFocus:
                return last
            last = last.previousInFocusChain()
        return self

    def _bind_keys(self) -> None:
        own: dict[str, Callable[[], object]] = {
            "search": self._search,
            "rename": self._rename,
            "side": self.shell.toggle_side,
            "composer": self.show_chat,
            "quit": self.close,
        }
        for row in shortcuts():
            if not row.name:
                continue
            key = QShortcut(QKeySequence(row.keys), self)
            if row.opens_page:
                key.activated.connect(lambda name=row.name: self.show_page(name))
            elif (served := own.get(row.name)) is not None:
                key.activated.connect(served)
            else:
                key.activated.connect(lambda name=row.name: self.key_pressed.emit(name))

    def _search(self) -> None:
        if self.shell.is_folded:
            self.shell.toggle_side()
        self.side.search.setFocus()
        self.side.search.selectAll()

    def _rename(self) -> None:
        if self.side.has_list_focus:
            self.side.list.rename_current()
        elif not self.chat.header.title.isReadOnly():
            self.show_chat()
            self.chat.header.title.setFocus()
            self.chat.header.title.selectAll()

    def _escape(self) -> None:
        """Close what opened last; stop the answer where nothing is open."""
        if self.shell.is_over:
            self.shell.close_overlay()
        elif self.page != CHAT:
            self.show_chat()
        elif self.strip.sentence:
            self.strip.dismiss()
        elif self.chat.finding is not None and self.chat.finding.is_open:
            self.chat.finding.close()
        elif self.chat.composer.is_busy:
            self.chat.composer.stop_wanted.emit()
        elif self.chat.strip.sentence:
            self.chat.strip.dismiss()
        else:
            self.chat.take_focus()
