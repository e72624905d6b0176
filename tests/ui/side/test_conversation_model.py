"""The model of the side list: rows follow what changes without a reset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.store.values import Conversation
from app.ui.side.conversation_model import ConversationModel

TODAY = date(2026, 3, 10)


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
    model.search("1")


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
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
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


def test_a_search_hides_what_does_not_fit_and_keeps_it(
    qtbot: QtBot, model: ConversationModel
) -> None:
    model.set_all([made(1, title="Lease"), made(2, title="Recipe")])
    model.search("lea")
    assert shown(model) == ["Today", "Lease"]
    model.put(made(3, title="Another recipe"))
    assert shown(model) == ["Today", "Lease"]
    model.search("")
    assert len(shown(model)) == 4


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
