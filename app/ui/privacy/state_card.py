"""The card that says in what state Tacit is, and the button that seals it now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.ui.appearance import Appearance
from app.ui.status.privacy import ICONS, PrivacyState
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty
from app.ui.widgets.question import Question
from app.ui.widgets.strip import Strip

_PICTURE = 24


class StateCard(QFrame):
    """Shows what it is told; nothing on it is a promise.

    Signals:
        seal_wanted: the person asked, and said yes, that the courier be ended.
    """

    seal_wanted = Signal()

    def __init__(self, look: Appearance, state: PrivacyState) -> None:
        super().__init__()
        self._look = look
        self._has_courier = False
        self._picture = label("")
        self._word = label("", "page", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._word, 1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self.strip = Strip(look)
        self.seal = push(look, self.tr("Seal now: end the courier"), icon="lock-keyhole")
        self.seal.clicked.connect(self._ask)
        self.under = QVBoxLayout()
        column = card_column(self)
        column.addLayout(head)
        column.addLayout(self._facts)
        column.addWidget(self.strip)
        column.addWidget(self.seal, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self.under)
        self.show_state(state, has_courier=False)

    def show_state(self, state: PrivacyState, *, has_courier: bool) -> None:
        """Say what holds now; the courier can be ended where there is one."""
        self.state = state
        self._has_courier = has_courier
        self._look.set_picture(self._picture, ICONS[state.state], state.state.value, _PICTURE)
        # A host is a long word: it may go on in the next line behind each of its dots.
        self._word.setText(state.word.replace(".", ".\u200b"))
        self.setAccessibleName(state.word)
        empty(self._facts)
        for sentence in state.facts:
            self._facts.addWidget(_copyable(sentence))
        if state.details:
            self._facts.addWidget(_copyable(self.details_text, "meta"))
        self._facts.addWidget(label(self.tr("How to check it"), "group"))
        for sentence in state.check:
            self._facts.addWidget(_copyable(sentence, "second"))
        self.seal.setVisible(has_courier)

    @property
    def details_text(self) -> str:
        """What a specialist would ask."""
        return self.tr("For a specialist: {0}").format(self.state.details)

    def show_ending(self, *, is_ending: bool) -> None:
        """The courier is being ended, or that is over; says so when it is done."""
        self.seal.setEnabled(not is_ending)
        if is_ending:
            self.strip.say(self.tr("Ending the courier..."))
        elif not self._has_courier:
            self.strip.say(self.tr("Done. Until you start Tacit again, no part of it can connect."))

    def _ask(self) -> None:
        cancel = push(self._look, self.tr("Cancel"))
        yes = push(self._look, self.tr("Seal now"), "primary")
        words = self.tr(
            "Until you restart Tacit, nothing can leave this computer: no download, no link, no "
            "cloud answer. What is being fetched now is broken off."
        )
        question = Question(
            self._look,
            self,
            title=self.tr("Seal now"),
            heading=self.tr("End the courier?"),
            words=[
                label(words, wrap=True),
                label(self.tr("Your chats go on as before."), "second", wrap=True),
            ],
            buttons=(cancel, yes),
        )
        cancel.clicked.connect(question.reject)
        yes.clicked.connect(question.accept)
        question.accepted.connect(self.seal_wanted)
        question.open()


def _copyable(text: str, role: str = "") -> QLabel:
    return label(text, role, wrap=True, selectable=True)
