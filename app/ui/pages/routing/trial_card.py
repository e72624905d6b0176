"""A question that nobody is asked: who would answer it in which situation, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit

from app.core.cloud import LOCAL
from app.router.decide import Decision
from app.router.situation import AUTO, MarkedBy, Need, Preference, Situation
from app.ui.appearance import Appearance
from app.ui.pages.routing.providers import Known, answerer, narrow_choice
from app.ui.widgets.choice import Choice
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_TRY_AFTER_MS = 300
_CLOUD = {"on": True, "off": False}


class TrialCard(QFrame):
    """Asks again whenever something is chosen; `choices` by what they are about.

    Signals:
        wanted: say who would answer in `situation`.
    """

    wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self._known = Known()
        self._decision: Decision | None = None
        self.choices: dict[str, Choice] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TRY_AFTER_MS)
        self._timer.timeout.connect(self.wanted)
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(self.tr("Write a question. Nobody is asked."))
        self.prompt.setAccessibleName(self.tr("Question to try"))
        self.prompt.textEdited.connect(self._begin_waiting)
        self.prompt.returnPressed.connect(self._want)
        column = card_column(self)
        column.addWidget(label(self.tr("Try it"), "heading"))
        column.addWidget(
            label(
                self.tr("Choose a situation, and see who would answer by the rules in force."),
                "second",
                wrap=True,
            )
        )
        column.addWidget(self.prompt)
        row = Flow()
        for name, words, choices in self._offers():
            choice = self.choices[name] = narrow_choice(look)
            choice.setAccessibleName(words)
            for value, said in choices:
                choice.addItem(said, value)
            choice.activated.connect(self.wanted)
            row.addWidget(choice)
        column.addLayout(row)
        self.answer = label("", "name", wrap=True, selectable=True)
        self.steps = label("", "second", wrap=True, selectable=True)
        self.notices = label("", "caution", wrap=True, selectable=True)
        for part in (self.answer, self.steps, self.notices):
            column.addWidget(part)
            self._say(part, "")

    @property
    def cloud(self) -> bool | None:
        """What is supposed of everything elsewhere; None for what is switched on now."""
        return _CLOUD.get(str(self.choices["cloud"].currentData()))

    @property
    def situation(self) -> Situation:
        """What was chosen."""
        # Qt hands out plain texts and numbers.
        chosen = {name: choice.currentData() for name, choice in self.choices.items()}
        return Situation(
            provider=AUTO,
            privacy=Need(chosen["privacy"]),
            local_only=bool(chosen["place"]),
            marked=MarkedBy(chosen["marked"]),
            prefer=Preference(chosen["prefer"]),
            folder=str(chosen["folder"]),
            attachments=int(chosen["files"]),
            prompt_tokens=int(chosen["length"]),
        )

    def show_folders(self, folders: Sequence[str]) -> None:
        """The folders that a chat may lie in."""
        choice = self.choices["folder"]
        current = choice.currentData()
        with QSignalBlocker(choice):
            choice.clear()
            choice.addItem(self.tr("In no folder"), "")
            for name in folders:
                choice.addItem(self.tr("In the folder {0}").format(name), name)
            choice.setCurrentIndex(max(0, choice.findData(current)))
        choice.setVisible(bool(folders))

    def show_known(self, known: Known) -> None:
        """What the providers and models are called."""
        self._known = known
        if self._decision is not None:
            self.show_decision(self._decision)

    def show_decision(self, decision: Decision) -> None:
        """Show who would answer and every step to it."""
        self._decision = decision
        who = answerer(decision.provider, decision.model, self._known)
        problem = decision.problem
        words = self._place(decision).format(who) if problem is None else problem.sentence
        self._say(self.answer, words)
        lines = [f"{number}. {step}" for number, step in enumerate(decision.trail, 1)]
        self._say(self.steps, "\n".join(lines))
        self._say(self.notices, "\n".join(decision.notices))

    def _say(self, part: QLabel, words: str) -> None:
        names = {self.answer: self.tr("Who would answer"), self.steps: self.tr("Why")}
        part.setText(words)
        part.setAccessibleName(f"{names.get(part, self.tr('What to know'))}: {words}")
        part.setVisible(bool(words))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._timer.stop()

    def _begin_waiting(self) -> None:
        self._timer.start()

    def _want(self) -> None:
        self._timer.stop()
        self.wanted.emit()

    def _place(self, decision: Decision) -> str:
        if decision.provider == LOCAL:
            return self.tr("{0}. Nothing leaves it.")
        if decision.is_local:
            return self.tr("{0}, on this computer.")
        return self.tr("{0}, which is not on this computer.")

    def _offers(self) -> Sequence[tuple[str, str, Sequence[tuple[object, str]]]]:
        tr = self.tr
        return (
            (
                "privacy",
                tr("Privacy"),
                (
                    (Need.NONE, tr("Privacy not said")),
                    (Need.LOW, tr("Low privacy")),
                    (Need.MEDIUM, tr("Medium privacy")),
                    (Need.HIGH, tr("High privacy")),
                ),
            ),
            ("place", tr("Place"), ((False, tr("Anywhere")), (True, tr("Local only")))),
            (
                "marked",
                tr("Mark"),
                (
                    (MarkedBy.NOTHING, tr("Not confidential")),
                    (MarkedBy.CHAT, tr("Confidential chat")),
                    (MarkedBy.FOLDER, tr("Confidential folder")),
                    (MarkedBy.FILE, tr("Confidential file")),
                ),
            ),
            ("folder", tr("Folder"), (("", tr("In no folder")),)),
            ("files", tr("Files"), ((0, tr("Without files")), (1, tr("With a file")))),
            (
                "length",
                tr("Length"),
                (
                    (0, tr("As long as written")),
                    (500, tr("A page")),
                    (5_000, tr("Ten pages")),
                    (50_000, tr("A hundred pages")),
                ),
            ),
            (
                "prefer",
                tr("Preference"),
                (
                    (Preference.NONE, tr("No preference")),
                    (Preference.SPEED, tr("Rather fast")),
                    (Preference.QUALITY, tr("Rather good")),
                ),
            ),
            (
                "cloud",
                tr("Cloud"),
                (
                    ("", tr("Cloud as it is now")),
                    ("off", tr("If the cloud were off")),
                    ("on", tr("If all of the cloud were on")),
                ),
            ),
        )
