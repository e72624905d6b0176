"""The menus of the side list: of conversations, of a folder, and where to move to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.appearance import Appearance
from app.ui.side.conversation_model import ConversationModel
from app.ui.side.wishes import Wishes

if TYPE_CHECKING:
    from app.store.values import Folder

_LONGEST = 40


def conversation_menu(
    look: Appearance,
    model: ConversationModel,
    wishes: Wishes,
    ids: Sequence[str],
    parent: QWidget,
    *,
    rename: Callable[[], object],
    choose: Callable[[], object],
) -> QMenu:
    """What can be done with `ids`; `rename` edits the title of the only one, `choose` begins to
    choose more of them by clicks alone."""
    chosen = [one for one in map(model.conversation, ids) if one is not None]
    wanted = [one.id for one in chosen]
    menu = _menu(parent)
    if len(wanted) == 1:
        _add(look, menu, _tr("Open"), "message-square", lambda: wishes.opened.emit(wanted[0]))
    all_pinned = all(one.pinned for one in chosen)
    _add(
        look,
        menu,
        _tr("Unpin") if all_pinned else _tr("Pin"),
        "pin-off" if all_pinned else "pin",
        lambda: wishes.pinned.emit(wanted, not all_pinned),
    )
    all_marked = all(one.mark for one in chosen)
    _add(
        look,
        menu,
        _tr("Take the mark confidential away") if all_marked else _tr("Mark confidential"),
        "lock-open" if all_marked else "lock",
        lambda: wishes.marked.emit(wanted, not all_marked),
    )
    if len(wanted) == 1:
        _add(look, menu, f"{_tr('Rename')}\tF2", "pencil", rename)
    inside = {one.folder_id for one in chosen}
    menu.addMenu(move_menu(look, model.folders, wishes, wanted, menu, is_inside=inside != {None}))
    _add(look, menu, _tr("Tags..."), "tag", lambda: wishes.tagged.emit(wanted))
    _add(look, menu, _tr("Export..."), "upload", lambda: wishes.exported.emit(wanted))
    if len(wanted) == 1:
        _add(look, menu, _tr("Choose several"), "square-check", choose)
    menu.addSeparator()
    delete = f"{_tr('Delete')}\tDel"
    _add(look, menu, delete, "trash-2", lambda: wishes.deleted.emit(wanted))
    return menu


def move_menu(
    look: Appearance,
    folders: Sequence[Folder],
    wishes: Wishes,
    ids: Sequence[str],
    parent: QWidget,
    *,
    is_inside: bool,
) -> QMenu:
    """The folders that `ids` can be moved into; out of any where one `is_inside` of one."""
    wanted = list(ids)
    menu = _menu(parent)
    menu.setTitle(_tr("Move to"))
    look.set_icon(menu.menuAction(), "folder-input", "text_second")
    for folder in folders:
        if folder.parent_id is not None:
            continue
        _add_folder(look, menu, folder, wishes, wanted)
        for inner in folders:
            if inner.parent_id == folder.id:
                _add_folder(look, menu, inner, wishes, wanted, before=f"{_short(folder.name)} / ")
    if folders:
        menu.addSeparator()
    if is_inside:
        _add(look, menu, _tr("No folder"), "x", lambda: wishes.moved.emit(wanted, ""))
    new = _tr("New folder...")
    _add(look, menu, new, "folder-plus", lambda: wishes.moved_to_new.emit(wanted))
    return menu


def folder_menu(
    look: Appearance,
    folder: Folder,
    wishes: Wishes,
    parent: QWidget,
    *,
    rename: Callable[[], object],
) -> QMenu:
    """What can be done with a folder."""
    menu = _menu(parent)
    _add(
        look,
        menu,
        _tr("Folder settings..."),
        "settings",
        lambda: wishes.folder_opened.emit(folder.id),
    )
    _add(look, menu, f"{_tr('Rename')}\tF2", "pencil", rename)
    if folder.parent_id is None:
        inside = _tr("New folder inside...")
        _add(look, menu, inside, "folder-plus", lambda: wishes.folder_made.emit(folder.id))
    _add(look, menu, _tr("Export..."), "upload", lambda: wishes.folder_exported.emit(folder.id))
    menu.addSeparator()
    delete = f"{_tr('Delete the folder')}\tDel"
    _add(look, menu, delete, "trash-2", lambda: wishes.folder_deleted.emit(folder.id))
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    # Deleted when the event that closed it has been served: its action comes after.
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add_folder(
    look: Appearance,
    menu: QMenu,
    folder: Folder,
    wishes: Wishes,
    wanted: list[str],
    *,
    before: str = "",
) -> None:
    name = f"{before}{_short(folder.name)}"
    _add(look, menu, name, "folder", lambda: wishes.moved.emit(wanted, folder.id), is_name=True)


def _add(
    look: Appearance,
    menu: QMenu,
    text: str,
    icon: str,
    run: Callable[[], object],
    *,
    is_name: bool = False,
) -> None:
    # In what somebody else wrote an ampersand is no key to press.
    action = QAction(text.replace("&", "&&") if is_name else text, menu)
    look.set_icon(action, icon, "text_second")
    action.triggered.connect(lambda: run())  # noqa: PLW0108  (Qt would hand over whether it is checked)
    menu.addAction(action)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("SideList", text)
