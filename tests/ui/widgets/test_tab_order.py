"""Tab goes by what stands where, also to what was made late."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.ui.widgets.tab_order import visit_after


def test_what_is_added_late_is_visited_after_its_place(qtbot: Any, qtlog: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    first, last = QLineEdit(), QLineEdit()
    row.addWidget(first)
    row.addWidget(last)
    added, choice, words = QWidget(), QComboBox(), QLineEdit()
    choice.addItem("a choice")
    # Makes its list, which is a child of it and a window of its own.
    choice.view()
    inner = QHBoxLayout(added)
    inner.addWidget(choice)
    inner.addWidget(words)
    row.insertWidget(1, added)

    visit_after(first, added)

    followed: list[QWidget] = [first]
    while followed[-1] is not last:
        following = followed[-1].nextInFocusChain()
        assert following is not None
        followed.append(following)
    assert [widget for widget in followed if widget in (first, choice, words, last)] == [
        first,
        choice,
        words,
        last,
    ]
    assert [record.message for record in qtlog.records] == []
