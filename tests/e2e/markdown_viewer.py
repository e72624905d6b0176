"""Draws texts in the window's own conversation, hovers and clicks all links, says what came of it.

Reads {"texts": {name: text}, "how": "ours" or "qt"} from standard input and writes
{name: [addresses that a click asked about]}. With "qt" a plain widget of Qt draws them, so
that a test can see that its watch works.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextBrowser

from app.core.events import Done, FinishReason, TextDelta
from app.core.messages import Role
from app.store.values import MessageState, StoredMessage
from app.ui.appearance import Appearance
from app.ui.transcript.text import MessageText
from app.ui.transcript.view import TranscriptView

WAIT_S = 20.0


def spin(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        QApplication.processEvents()
        time.sleep(0.005)


def message(number: str, role: Role, text: str, state: MessageState) -> StoredMessage:
    return StoredMessage(
        id=number, conversation_id="c", parent_id=None, role=role, text=text, state=state
    )


def stream(view: TranscriptView, text: str) -> None:
    """The text as it arrives from a model, a few letters at a time."""
    view.append(message("stream", Role.ASSISTANT, "", MessageState.STREAMING))
    view.begin_stream("stream")
    for start in range(0, len(text), 40):
        view.apply("stream", TextDelta(text[start : start + 40]))
        QApplication.processEvents()
    view.apply("stream", Done(FinishReason.STOP))
    view.finish(message("stream", Role.ASSISTANT, text, MessageState.COMPLETE))


def touch_links(text: MessageText) -> None:
    """Hover over and click every link."""
    document = text.document()
    for position in range(document.characterCount()):
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        place = text.cursorRect(cursor).center() + QPoint(2, 0)
        if not text.anchorAt(place):
            continue
        where = text.viewport().mapToGlobal(place)
        QApplication.sendEvent(text.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, where))
        QTest.mouseMove(text.viewport(), place)
        QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)


def ours(look: Appearance, text: str) -> list[str]:
    view = TranscriptView(look.theme, look.percent, model_name=str)
    view.resize(900, 700)
    view.show()
    clicked: list[str] = []
    view.link_clicked.connect(clicked.append)
    complete = MessageState.COMPLETE
    view.set_messages(
        [message("q", Role.USER, text, complete), message("a", Role.ASSISTANT, text, complete)]
    )
    stream(view, text)
    spin(lambda: not view.board.work(0.01))
    for row in view.board.rows:
        assert row.widget is not None, "everything is in sight"
        touch_links(row.widget.body.text)
    view.grab()
    view.hide()
    view.deleteLater()
    QApplication.sendPostedEvents()
    return sorted(set(clicked))


def plain_qt(_look: Appearance, text: str) -> list[str]:
    view = QTextBrowser()
    view.setMarkdown(text)
    view.show()
    QApplication.processEvents()
    view.grab()
    view.hide()
    return []


def main() -> None:
    wanted = json.loads(sys.stdin.read())
    application = QApplication(["tacit"])
    application.setStyle("Fusion")
    look = Appearance(application)
    look.use("light", 100)
    draw = ours if wanted["how"] == "ours" else plain_qt
    json.dump({name: draw(look, text) for name, text in wanted["texts"].items()}, sys.stdout)


main()
