"""The list view of the side: opens on click or Enter, renames on F2, deletes on Del."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListView, QMenu

from app.ui.appearance import Appearance
from app.ui.side.conversation_model import ConversationModel
from app.ui.side.row_delegate import RowDelegate


class ConversationList(QListView):
    """Shows a `ConversationModel`; what is marked is not yet what is open.

    Signals:
        open_wanted(str id): a conversation was clicked, or Enter was pressed on it.
        delete_wanted(str id): Del, or the entry of its menu.
        mark_wanted(str id, bool on): it is to be confidential, or no longer.
    """

    open_wanted = Signal(str)
    delete_wanted = Signal(str)
    mark_wanted = Signal(str, bool)

    def __init__(self, look: Appearance, model: ConversationModel) -> None:
        super().__init__()
        self._look = look
        self._model = model
        self._open_id = ""
        self._delegate = RowDelegate(look, self)
        self.setObjectName("conversations")
        self.setAccessibleName(self.tr("Conversations"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.menu = QMenu(self)
        self.rename_action = QAction(self.tr("Rename"), self)
        self.rename_action.triggered.connect(self.rename_current)
        self.delete_action = QAction(self.tr("Delete"), self)
        self.delete_action.triggered.connect(self.delete_current)
        look.set_icon(self.rename_action, "pencil", "text_second")
        look.set_icon(self.delete_action, "trash-2", "text_second")
        for action, shown in ((self.rename_action, "F2"), (self.delete_action, "Del")):
            # Shown beside the words only: the keys belong to the list while it has the focus.
            action.setText(f"{action.text()}\t{shown}")
            self.addAction(action)
            self.menu.addAction(action)
        self.mark_action = QAction(self.tr("Confidential"), self)
        self.mark_action.setCheckable(True)
        self.mark_action.triggered.connect(self._mark_current)
        self.menu.insertAction(self.delete_action, self.mark_action)
        model.modelReset.connect(self._mark_open)
        model.rowsInserted.connect(self._on_inserted)

    def set_open(self, conversation_id: str) -> None:
        """Show which conversation is open, "" for none."""
        self._open_id = self._delegate.open_id = conversation_id
        self._mark_open()
        self.viewport().update()

    @property
    def current_id(self) -> str:
        """The marked conversation, "" for none."""
        return str(self.currentIndex().data(ConversationModel.ID) or "")

    def rename_current(self) -> None:
        """Edit the title of the marked row in its place."""
        if self.current_id:
            self.edit(self.currentIndex())

    def delete_current(self) -> None:
        """Ask for the marked conversation to be deleted."""
        if self.current_id:
            self.delete_wanted.emit(self.current_id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard always is on a row: that one shows the focus."""
        super().focusInEvent(event)
        if not self.current_id:
            self.mark_first()

    def mark_first(self) -> None:
        """Mark the first conversation, where there is one."""
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            if index.data(ConversationModel.ID):
                self.setCurrentIndex(index)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a list; typing text is for the composer and goes on to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current_id:
                self.open_wanted.emit(self.current_id)
        elif event.key() == Qt.Key.Key_F2:
            self.rename_current()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_current()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the conversation, or the menu where its button is."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        conversation_id = index.data(ConversationModel.ID)
        if event.button() != Qt.MouseButton.LeftButton or not conversation_id:
            return
        if RowDelegate.menu_rect(self.visualRect(index)).contains(place):
            self._open_menu(place)
        else:
            self.open_wanted.emit(str(conversation_id))

    def _open_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if not index.data(ConversationModel.ID):
            return
        self.setCurrentIndex(index)
        self.mark_action.setChecked(bool(index.data(ConversationModel.IS_CONFIDENTIAL)))
        self.menu.popup(self.viewport().mapToGlobal(place))

    def _mark_current(self, on: bool) -> None:
        if self.current_id:
            self.mark_wanted.emit(self.current_id, on)

    def _on_inserted(self) -> None:
        if not self.currentIndex().isValid():
            self._mark_open()

    def _mark_open(self) -> None:
        index = self._model.index_of(self._open_id) if self._open_id else QModelIndex()
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect)
