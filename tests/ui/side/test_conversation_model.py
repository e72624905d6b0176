"""The model of the side list: rows follow what changes without a reset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from time import thread_time

import pytest
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.store.values import Conversation, Folder
from app.ui.side.conversation_model import ConversationModel

TODAY = date(2026, 3, 10)
FOLDER = Folder(
    id="f", name="Client", parent_id=None, system_prompt=None, created_at=0, conversations=0
)


def made(number: int, *, days_ago: int = 0, title: str = "") -> Conversation:
    moment = datetime(2026, 3, 10 - days_ago, 12, number).astimezone().timestamp()
    return Conversation(
        id=f"c{number}",
        title=title or f"Chat {number}",
        title_by_user=False,
        created_at=moment,
        updated_at=moment,
        model="",
        draft="",
        system_prompt=None,
        leaf_id=None,
    )


@pytest.fixture
def model(qtmodeltester: ModelTester) -> ConversationModel:
    return ConversationModel(today=lambda: TODAY)


def shown(model: QAbstractItemModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_rows_are_a_sound_qt_model(model: ConversationModel, qtmodeltester: ModelTester) -> None:
    model.set_all([made(1), made(2, days_ago=1)])
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]
    model.put(made(3))
    model.remove("c2")
    model.set_folders([FOLDER])
    model.put(replace(made(1), folder_id="f"))
    model.toggle("f")


def test_a_new_conversation_comes_first_and_no_row_is_reset(
    qtbot: QtBot, model: ConversationModel
) -> None:
    model.set_all([made(1), made(2, days_ago=1)])
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.put(made(3))
    assert shown(model) == ["Today", "Chat 3", "Chat 1", "Yesterday", "Chat 2"]
    model.put(replace(made(2), updated_at=made(9).updated_at))
    assert shown(model) == ["Today", "Chat 2", "Chat 3", "Chat 1"]
    model.remove("c3")
    assert shown(model) == ["Today", "Chat 2", "Chat 1"]
    assert resets == []


def test_a_persistent_row_follows_its_conversation(qtbot: QtBot, model: ConversationModel) -> None:
    model.set_all([made(1), made(2), made(3)])
    kept = QPersistentModelIndex(model.index_of("c1"))
    model.put(replace(made(1), updated_at=made(9).updated_at))
    assert kept.data(ConversationModel.ID) == "c1"
    assert kept.row() == 1


def test_headings_can_be_neither_chosen_nor_edited(qtbot: QtBot, model: ConversationModel) -> None:
    model.set_all([made(1)])
    assert model.flags(model.index(0)) == Qt.ItemFlag.ItemIsDropEnabled
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsEditable


def test_an_edited_title_is_asked_for_not_set(qtbot: QtBot, model: ConversationModel) -> None:
    model.set_all([made(1)])
    wanted: list[tuple[str, str]] = []
    model.rename_wanted.connect(lambda *names: wanted.append(names))
    model.setData(model.index(1), "  A new   title ")
    model.setData(model.index(1), "Chat 1")
    model.setData(model.index(1), "   ")
    assert wanted == [("c1", "A new title")]
    assert shown(model) == ["Today", "Chat 1"]


def test_streaming_is_said_to_the_screen_reader(qtbot: QtBot, model: ConversationModel) -> None:
    model.set_all([made(1), made(2)])
    model.set_streaming({"c1"})
    index = model.index_of("c1")
    assert index.data(ConversationModel.IS_STREAMING)
    assert "being written" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    model.set_streaming(())
    assert not index.data(ConversationModel.IS_STREAMING)


def test_midnight_moves_the_groups(qtbot: QtBot) -> None:
    day = [TODAY]
    model = ConversationModel(today=lambda: day[0])
    model.set_all([made(1)])
    model.regroup()
    assert shown(model)[0] == "Today"
    day[0] = date(2026, 3, 11)
    model.regroup()
    assert shown(model)[0] == "Yesterday"


def test_a_conversation_without_title_has_a_name(qtbot: QtBot, model: ConversationModel) -> None:
    model.set_all([replace(made(1), title="")])
    assert shown(model) == ["Today", "New chat"]


def test_unfolding_shows_what_is_inside_and_is_told(qtbot: QtBot, model: ConversationModel) -> None:
    told: list[list[str]] = []
    model.unfolded_changed.connect(told.append)
    model.set_folders([FOLDER])
    model.set_all([replace(made(1), folder_id="f"), made(2)])
    assert shown(model) == ["Folders", "Client", "Today", "Chat 2"]
    model.toggle("f")
    assert shown(model) == ["Folders", "Client", "Chat 1", "Today", "Chat 2"]
    model.toggle("f", unfold=True)
    model.toggle("f")
    assert shown(model) == ["Folders", "Client", "Today", "Chat 2"]
    assert told == [["f"], []]


def test_what_is_dropped_on_a_folder_or_a_day_is_asked_for(
    qtbot: QtBot, model: ConversationModel
) -> None:
    wanted: list[tuple[list[str], str]] = []
    model.move_wanted.connect(lambda ids, folder: wanted.append((ids, folder)))
    model.set_folders([FOLDER])
    model.set_all([replace(made(1), pinned=True), made(2)])
    data = model.mimeData([model.index_of("c1"), model.index_of("c2")])
    assert not data.hasText(), "what leaves the window by mistake tells nobody anything"
    move = Qt.DropAction.MoveAction
    assert model.dropMimeData(data, move, -1, -1, model.index_of("folder f"))
    assert model.dropMimeData(data, move, -1, -1, model.index_of("heading today"))
    assert not model.dropMimeData(data, move, -1, -1, model.index_of("c2"))
    assert not model.dropMimeData(data, move, -1, -1, model.index_of("heading pinned"))
    assert wanted == [(["c1", "c2"], "f"), (["c1", "c2"], "")]


def test_two_thousand_stay_quick(qtbot: QtBot, model: ConversationModel) -> None:
    many = [replace(made(1), id=f"c{n}", title=f"Chat {n}", updated_at=n) for n in range(2_000)]
    model.set_all(many)
    began = thread_time()
    model.put(replace(many[0], updated_at=made(9).updated_at))
    assert thread_time() - began < 0.1
    assert model.index(1).data() == "Chat 0"
