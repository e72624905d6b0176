"""One variant on offer: the verdict for this computer with its numbers, and the download."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.fit import Verdict
from app.models.offers import Offer
from app.ui.appearance import Appearance
from app.ui.discover import words
from app.ui.discover.values import GATED, OfferState
from app.ui.downloads import words as download_words
from app.ui.downloads.gate_panel import GatePanel, MakeToken
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.flow import Flow
from app.ui.widgets.keyboard import show_buttons
from app.ui.widgets.labels import label
from app.ui.widgets.restyle import restyle

_WORDS = 300
_NARROWEST = 200


class OfferRow(QWidget):
    """Shows what it is told. What will not fit has no button; what is slow can be insisted on.

    Signals:
        download_wanted, stop_wanted: fetch it; wait no longer for the hub.
        chat_wanted(str id): talk to the model that is here already.
        queue_wanted: see how far its download is.
        link_wanted(str): show this page in the browser.
        rearranged: other controls are there now.
    """

    download_wanted = Signal()
    stop_wanted = Signal()
    chat_wanted = Signal(str)
    queue_wanted = Signal()
    link_wanted = Signal(str)
    rearranged = Signal()

    def __init__(
        self, look: Appearance, offer: Offer, token: MakeToken, *, must_accept: bool = False
    ) -> None:
        super().__init__()
        self.offer = offer
        self._look = look
        self._token = token
        self._must_accept = must_accept
        self._state = OfferState()
        self.gate: GatePanel | None = None
        self._picture = label("")
        self.verdict = label("")
        self.mark = label(self.tr("recommended here"), "meta")
        self.mark.hide()
        self.variant = label("", wrap=True)
        self.place = label("", "meta", wrap=True, selectable=True)
        self.numbers = label("", "second", wrap=True)
        self.said = label("", "second", wrap=True)
        self.problem = label("", "refused", wrap=True)
        self.download = push(look, "", "primary", icon="download", colour="on_accent")
        self.download.clicked.connect(self.download_wanted)
        self.stop = push(look, self.tr("Stop"))
        self.stop.clicked.connect(self.stop_wanted)
        self.queue = push(look, self.tr("Show the download"))
        self.queue.clicked.connect(self.queue_wanted)
        self.chat = push(look, self.tr("Chat with it"))
        self.chat.clicked.connect(self._chat)
        self._lay_out()
        self.show_offer(offer)

    def show_offer(self, offer: Offer) -> None:
        """The same variant, judged anew."""
        self.offer = offer
        shown = words.judgement(offer.fit.verdict)
        self._look.set_picture(self._picture, shown.icon, shown.colour, 16)
        self.verdict.setText(shown.word)
        restyle(self.verdict, "verdict", offer.fit.verdict.value)
        self.variant.setText(words.variant(offer))
        self.place.setText(words.place(offer))
        self.numbers.setText(words.numbers(offer))
        self.show_state(self._state)

    def show_state(self, state: OfferState) -> None:
        """What is under way with it."""
        self._state = state
        verdict, asked = self.offer.fit.verdict, state.asked
        is_free = not (asked.is_busy or state.download or state.installed)
        problem = asked.problem if is_free else None
        is_gated = problem is not None and problem.code in GATED
        self._dress(verdict)
        self.said.setText(self._said(state))
        self.said.setVisible(bool(self.said.text()))
        self.problem.setText(problem.sentence if problem is not None and not is_gated else "")
        self.problem.setVisible(bool(self.problem.text()))
        gate_before = self.gate
        if is_gated:
            self._show_gate()
        has_changed = show_buttons(
            {
                self.download: is_free and not is_gated and verdict is not Verdict.WILL_NOT_FIT,
                self.stop: asked.is_busy,
                self.queue: state.download is not None,
                self.chat: state.installed is not None and state.download is None,
            },
            self.gate.first if self.gate is not None else None,
        )
        if not is_gated:
            self._hide_gate()
        if has_changed:
            self._fit()
        if has_changed or self.gate is not gate_before:
            self.rearranged.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the button goes under the words."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As narrow as with the button under the words."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), _NARROWEST), hint.height())

    def _fit(self) -> None:
        way = QBoxLayout.Direction
        needed = self._look.scaled(_WORDS) + self._controls.sizeHint().width()
        is_narrow = self.width() < needed
        self._beside.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.download, self.stop, self.queue, self.chat

    def _action(self, verdict: Verdict) -> str:
        if self._must_accept:
            return self.tr("Accept the licence and download")
        return self.tr("Download") if verdict is Verdict.FITS else self.tr("Download anyway")

    def _dress(self, verdict: Verdict) -> None:
        """What can only be insisted on does not look like the thing to do."""
        is_plain = verdict is Verdict.FITS
        self.download.setText(self._action(verdict))
        for button in self._buttons:
            self._name(button)
        if (role := "primary" if is_plain else "insist") != self.download.property("role"):
            restyle(self.download, "role", role)
            colour = "on_accent" if is_plain else "text_second"
            self._look.set_icon(self.download, "download", colour, gap=GAP)

    def _said(self, state: OfferState) -> str:
        if state.asked.is_busy:
            return self.tr("Asking the hub what it has...")
        if state.download is not None:
            return download_words.state(state.download)
        if state.installed is not None:
            return self.tr("On this computer: {0}").format(state.installed.name)
        return ""

    def _show_gate(self) -> None:
        problem = self._state.asked.problem
        if problem is None or (self.gate is not None and self.gate.problem is problem):
            return
        self._hide_gate()
        self.gate = GatePanel(self._look, self.offer.repository, problem, self._token)
        self.gate.link_wanted.connect(self.link_wanted)
        self.gate.again_wanted.connect(self.download_wanted)
        self._column.addWidget(self.gate)
        self.gate.show()

    def _hide_gate(self) -> None:
        if self.gate is not None:
            self.gate.hide()
            self.gate.deleteLater()
            self.gate = None

    def _lay_out(self) -> None:
        head = Flow()
        for word in (self._picture, self.verdict, self.mark):
            head.addWidget(word)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addLayout(head)
        for line in (self.variant, self.numbers, self.place, self.said, self.problem):
            lines.addWidget(line)
        self._controls = buttons = Flow()
        for button in self._buttons:
            buttons.addWidget(button)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(12)
        self._beside.addLayout(lines, 1)
        self._beside.addLayout(buttons)
        self._beside.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(6)
        self._column.addLayout(self._beside)

    def _chat(self) -> None:
        if self._state.installed is not None:
            self.chat_wanted.emit(self._state.installed.id)

    def _name(self, button: QPushButton) -> None:
        """Read aloud, "Download" alone would not say what."""
        offer = self.offer
        which = f"{offer.name}, {words.variant(offer)}"
        button.setAccessibleName(f"{button.text()}: {which}")
