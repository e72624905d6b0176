"""The list view of the side: opens on click or Enter, renames on F2, deletes on Del."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.ui.appearance import Appearance
from app.ui.side.conversation_model import ConversationModel
from app.ui.side.drag_sign import sign
from app.ui.side.row_delegate import RowDelegate
from app.ui.side.wishes import Wishes

_KEY = Qt.Key
_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_FLAG = QItemSelectionModel.SelectionFlag


class ConversationList(QListView):
    """Shows a `ConversationModel`; what is marked is not yet what is open.

    With Ctrl, Shift or Ctrl+A several are chosen, after `begin_choosing` by clicks alone;
    Escape lets go of them.

    Signals:
        chosen_changed(list ids, bool): these are chosen together, none where only one is
            marked; and whether they are.
    """

    chosen_changed = Signal(list, bool)

    def __init__(self, look: Appearance, model: ConversationModel, wishes: Wishes) -> None:
        super().__init__()
        self._look = look
        self._model = model
        self._wishes = wishes
        self._open_id = ""
        self._is_choosing = False
        self._delegate = RowDelegate(look, model, self)
        self.setObjectName("conversations")
        self.setAccessibleName(self.tr("Conversations"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.customContextMenuRequested.connect(self._open_menu)
        model.modelReset.connect(self._mark_open)
        model.rowsInserted.connect(self._on_inserted)

    def set_open(self, conversation_id: str) -> None:
        """Show which conversation is open, "" for none."""
        self._open_id = self._delegate.open_id = conversation_id
        if len(self.chosen) < 2 and not self._is_choosing:
            self._mark_open()
        self.viewport().update()

    @property
    def current_id(self) -> str:
        """The marked conversation, "" for none."""
        return str(self.currentIndex().data(ConversationModel.ID) or "")

    @property
    def chosen(self) -> list[str]:
        """The conversations that are chosen, in the order of the list."""
        rows = map(self._model.row, sorted(index.row() for index in self.selectedIndexes()))
        return [row.conversation.id for row in rows if row.conversation is not None]

    def rename_current(self) -> None:
        """Edit the title of the marked row, or the name of the folder, in its place."""
        if self._is_row(self.currentIndex()):
            self.edit(self.currentIndex())

    def delete_current(self) -> None:
        """Ask for what is chosen to be deleted."""
        folder_id = self.currentIndex().data(ConversationModel.FOLDER_ID)
        ids = self._meant(self.currentIndex())
        if folder_id:
            self._wishes.folder_deleted.emit(str(folder_id))
        elif ids:
            self._wishes.deleted.emit(ids)

    def begin_choosing(self) -> None:
        """From now on a click chooses, and opens nothing; the marked one is the first."""
        index = self.currentIndex()
        self._is_choosing = True
        self.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.selectionModel().select(index, _FLAG.ClearAndSelect)
        self._tell_chosen()

    def let_go(self) -> None:
        """Choose nothing any more but what is open."""
        self._is_choosing = False
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self._mark_open()
        self._tell_chosen()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard always is on a row: that one shows the focus."""
        super().focusInEvent(event)
        # A click marks what it was on.
        is_click = event.reason() is Qt.FocusReason.MouseFocusReason
        if not is_click and not self._is_row(self.currentIndex()):
            self.mark_first()

    def mark_first(self) -> None:
        """Mark the first conversation, where there is one."""
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            if index.data(ConversationModel.ID):
                self.setCurrentIndex(index)
                return

    def jump_to(self, key: str) -> None:
        """Bring the row of this key to the top of the list."""
        self.scrollTo(self._model.index_of(key), QListView.ScrollHint.PositionAtTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a list; typing text is for the composer and goes on to the window."""
        key, folder_id = event.key(), self.currentIndex().data(ConversationModel.FOLDER_ID)
        if key in (_KEY.Key_Return, _KEY.Key_Enter):
            self._enter(self.currentIndex())
        elif key == _KEY.Key_F2:
            self.rename_current()
        elif key == _KEY.Key_Delete:
            self.delete_current()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._choose_all()
        elif key == _KEY.Key_Escape and (self._is_choosing or len(self.chosen) > 1):
            self.let_go()
        elif key in (_KEY.Key_Left, _KEY.Key_Right) and folder_id:
            self._model.toggle(str(folder_id), unfold=key == _KEY.Key_Right)
        elif key == _KEY.Key_Menu:
            self._open_menu(self.visualRect(self.currentIndex()).center())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the conversation or the folder, or the menu where its button is."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        is_adding = self._is_choosing or bool(event.modifiers() & _ADDING)
        if event.button() != Qt.MouseButton.LeftButton or not self._is_row(index) or is_adding:
            return
        if RowDelegate.menu_rect(self.visualRect(index)).contains(place):
            self._open_menu(place)
        else:
            self._enter(index)

    def selectionChanged(self, chosen: QItemSelection, left: QItemSelection) -> None:
        """Several chosen rows are a selection; a single one is only where the keyboard is."""
        super().selectionChanged(chosen, left)
        if not (chosen.isEmpty() and left.isEmpty()):  # as when it gets its model
            self._tell_chosen()

    def _tell_chosen(self) -> None:
        ids = self.chosen
        are_several = self._is_choosing or len(ids) > 1
        self._delegate.shows_selection = are_several
        self.viewport().update()
        self.chosen_changed.emit(ids if are_several else [], are_several)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag what is chosen, as a small sign: Qt's own picture of the rows covers the target."""
        ids = self.chosen
        if not ids:
            return
        one = self._model.conversation(ids[0])
        title = one.title if one is not None and len(ids) == 1 else ""
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData(self.selectedIndexes()))
        drag.setPixmap(sign(self._look, title or self.tr("{0} chats").format(len(ids)), self))
        drag.exec(Qt.DropAction.MoveAction)

    def _enter(self, index: QModelIndex) -> None:
        conversation_id = index.data(ConversationModel.ID)
        folder_id = index.data(ConversationModel.FOLDER_ID)
        if conversation_id:
            self._wishes.opened.emit(str(conversation_id))
        elif folder_id:
            self._model.toggle(str(folder_id))

    def _choose_all(self) -> None:
        everything = QItemSelection()
        first: int | None = None
        for number in range(self._model.rowCount() + 1):
            is_end = number == self._model.rowCount()
            if not is_end and self._model.row(number).conversation is not None:
                first = number if first is None else first
            elif first is not None:
                everything.select(self._model.index(first), self._model.index(number - 1))
                first = None
        self.selectionModel().select(everything, _FLAG.ClearAndSelect)

    def _meant(self, index: QModelIndex) -> list[str]:
        """All that are chosen where this row is one of them, else this row alone."""
        own = str(index.data(ConversationModel.ID) or "")
        chosen = self.chosen
        return chosen if own in chosen else [own] * bool(own)

    def _open_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if not self._is_row(index):
            return
        from app.ui.side.row_menu import conversation_menu, folder_menu  # when first wanted

        ids = self._meant(index)
        if len(ids) < 2:
            self.setCurrentIndex(index)
        folder = self._model.folder(str(index.data(ConversationModel.FOLDER_ID) or ""))
        if folder is not None:
            menu = folder_menu(self._look, folder, self._wishes, self, rename=self.rename_current)
        else:
            menu = conversation_menu(
                self._look,
                self._model,
                self._wishes,
                ids,
                self,
                rename=self.rename_current,
                choose=self.begin_choosing,
            )
        menu.popup(self.viewport().mapToGlobal(place))

    @staticmethod
    def _is_row(index: QModelIndex) -> bool:
        return index.isValid() and not index.data(ConversationModel.IS_HEADING)

    def _on_inserted(self) -> None:
        if not self.currentIndex().isValid():
            self._mark_open()

    def _mark_open(self) -> None:
        index = self._model.index_of(self._open_id) if self._open_id else QModelIndex()
        self.selectionModel().setCurrentIndex(index, _FLAG.ClearAndSelect)
