"""The list of downloads, and the question before one is given up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.downloads.values import DownloadStatus, State
from app.ui.appearance import Appearance
from app.ui.downloads import words
from app.ui.downloads.card import DownloadCard
from app.ui.downloads.gate_panel import MakeToken
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question


class QueueView(QWidget):
    """Hidden while there is none; one card for each, which stays while it is listed.

    Signals:
        pause_wanted(str id), resume_wanted(str id): stop it, go on with it.
        cancel_wanted(str id, bool keep): forget it, and keep what has arrived or delete it.
        chat_wanted(object DownloadStatus): the model is there; talk to it.
        link_wanted(str): show this page in the browser.
        rearranged: other controls are there now.
    """

    pause_wanted = Signal(str)
    resume_wanted = Signal(str)
    cancel_wanted = Signal(str, bool)
    chat_wanted = Signal(object)
    link_wanted = Signal(str)
    rearranged = Signal()

    def __init__(self, look: Appearance, token: MakeToken) -> None:
        super().__init__()
        self._look = look
        self._token = token
        self.cards: dict[str, DownloadCard] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(label(self.tr("Downloads"), "group"))
        self.hide()

    def show_statuses(self, statuses: Sequence[DownloadStatus]) -> None:
        """What is downloaded, in its order."""
        listed = {status.id for status in statuses}
        gone = [download_id for download_id in self.cards if download_id not in listed]
        for download_id in gone:
            card = self.cards.pop(download_id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        new = [status for status in statuses if status.id not in self.cards]
        for status in new:
            self._add(status)
        for status in statuses:
            self.cards[status.id].show_status(status)
        self.setVisible(bool(statuses))
        if new or gone:
            self.rearranged.emit()

    def _add(self, status: DownloadStatus) -> None:
        card = self.cards[status.id] = DownloadCard(self._look, status, self._token)
        download_id = status.id
        card.pause_wanted.connect(lambda: self.pause_wanted.emit(download_id))
        card.resume_wanted.connect(lambda: self.resume_wanted.emit(download_id))
        card.dismiss_wanted.connect(lambda: self.cancel_wanted.emit(download_id, True))
        card.chat_wanted.connect(lambda: self.chat_wanted.emit(self.cards[download_id].status))
        card.link_wanted.connect(self.link_wanted)
        card.cancel_wanted.connect(lambda: self._ask(download_id))
        card.rearranged.connect(self.rearranged)
        self._column.addWidget(card)

    def _ask(self, download_id: str) -> None:
        status = self.cards[download_id].status
        if not status.progress.done:
            self.cancel_wanted.emit(download_id, False)
            return
        question = CancelQuestion(self._look, status, self)
        question.keep_wanted.connect(lambda: self.cancel_wanted.emit(download_id, True))
        question.delete_wanted.connect(lambda: self.cancel_wanted.emit(download_id, False))
        question.open()


class CancelQuestion(Question):
    """Asks whether what has arrived is kept.

    Signals:
        keep_wanted, delete_wanted: the download is given up.
    """

    keep_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, look: Appearance, status: DownloadStatus, parent: QWidget) -> None:
        is_waiting = status.state in {State.PAUSED, State.FAILED}
        back = _tr("Leave it") if is_waiting else _tr("Go on")
        self.back = push(look, back)
        self.keep = push(look, _tr("Cancel and keep it"))
        self.delete = push(look, _tr("Cancel and delete it"))
        there = words.amount(status.progress.done, status.progress.total)
        super().__init__(
            look,
            parent,
            title=_tr("Cancel the download"),
            heading=_tr("Cancel the download of {0}?").format(status.plan.name),
            words=[
                label(
                    _tr(
                        "{0} have arrived. What is kept takes its room on the disk, and a later "
                        "download of the same version goes on with it."
                    ).format(there),
                    "second",
                    wrap=True,
                )
            ],
            buttons=[self.back, self.keep, self.delete],
        )
        self.back.clicked.connect(self.reject)
        self.keep.clicked.connect(lambda: self._leave(keep=True))
        self.delete.clicked.connect(lambda: self._leave(keep=False))

    def _leave(self, *, keep: bool) -> None:
        self.accept()
        (self.keep_wanted if keep else self.delete_wanted).emit()


def _tr(text: str) -> str:
    return QCoreApplication.translate("CancelQuestion", text)
