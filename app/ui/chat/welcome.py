"""What stands where no message is yet: a greeting with examples, or the way to a model."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.elided_button import ElidedButton
from app.ui.widgets.labels import label
from app.ui.widgets.page import card, centred

_WIDTH = 560


class Welcome(QScrollArea):
    """Shows one of its states at a time; `show_starting` is the one before anything is known.

    Signals:
        example_chosen(str): a question to be sent as it is.
        setup_wanted: set up the starter model.
        setup_cancelled: stop setting it up.
        models_wanted: go to the Models page.
    """

    example_chosen = Signal(str)
    setup_wanted = Signal()
    setup_cancelled = Signal()
    models_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("scroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = label("", "greeting", wrap=True)
        self._words = label("", "second", wrap=True)
        self._examples = self._make_examples()
        self._setup = self._make_setup()
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addSpacing(12)
        column.addWidget(self._examples)
        column.addWidget(self._setup)
        body = QWidget()
        body.setObjectName("scrollBody")
        outer = QVBoxLayout(body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(2)
        outer.addLayout(centred(column, _WIDTH))
        outer.addStretch(3)
        self.setWidget(body)
        self.show_starting()

    def show_starting(self) -> None:
        """Nothing yet: whether there is a model will be known in a moment."""
        self._show("", "")

    def show_greeting(self, elsewhere: str = "") -> None:
        """A model is there; `elsewhere` is who answers in its place ("" for nobody)."""
        stays = self.tr("The model runs on this computer, and what you write stays on it.")
        leaves = self.tr("In this chat, what you write goes to {0}.").format(elsewhere)
        self._show(
            self.tr("What can I help you with?"), leaves if elsewhere else stays, self._examples
        )

    def show_setup(self, problem: str = "") -> None:
        """There is no model, and the starter model can be set up here."""
        self.setup_title.setText(self.tr("Starter model"))
        self.setup_words.setText(
            self.tr(
                "SmolLM2 135M, 98 MB, English. It is small: quick on every computer, good for "
                "trying things out, weak at facts."
            )
        )
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.setup.show()
        self.progress.hide()
        self.cancel.hide()
        self._show_no_model(self._setup)

    def show_progress(self, what: str, share: float | None) -> None:
        """The starter model is being set up; `share` is 0 to 1, None where it is unknown."""
        self.setup_words.setText(what)
        self.progress.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.progress.setValue(round(share * 1000))
        self.problem.hide()
        self.setup.hide()
        self.progress.show()
        self.cancel.show()
        self._show_no_model(self._setup)

    def show_no_way(self, sentence: str) -> None:
        """There is no model, and none can be set up here; `sentence` says what to do."""
        self.setup_title.setText(self.tr("How to add a model"))
        self.setup_words.setText(sentence)
        for widget in (self.problem, self.setup, self.progress, self.cancel):
            widget.hide()
        self._show_no_model(self._setup)

    def _show_no_model(self, shown: QWidget) -> None:
        self._show(
            self.tr("Welcome to Tacit"),
            self.tr(
                "A chat with a language model on your own computer. It needs a model to "
                "answer, and there is none yet."
            ),
            shown,
        )

    def _show(self, title: str, words: str, shown: QWidget | None = None) -> None:
        self._title.setText(title)
        self._words.setText(words)
        self._examples.setVisible(shown is self._examples)
        self._setup.setVisible(shown is self._setup)

    def _make_examples(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.examples: list[ElidedButton] = []
        for text in (
            self.tr("Explain in three sentences what a contract is."),
            self.tr("Write a short, friendly email that moves a meeting to Tuesday."),
            self.tr("Give me five ideas for a quiet weekend."),
        ):
            button = ElidedButton("example")
            button.set_text(text)
            button.setAccessibleName(text)
            button.clicked.connect(lambda _=False, text=text: self.example_chosen.emit(text))
            column.addWidget(button)
            self.examples.append(button)
        return holder

    def _make_setup(self) -> QWidget:
        frame, column = card()
        self.setup_title = label("", "heading")
        self.setup_words = label("", "second", wrap=True)
        self.problem = label("", "refused", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.setup = push(self._look, self.tr("Set up the starter model"), "primary")
        self.setup.clicked.connect(self.setup_wanted)
        self.cancel = push(self._look, self.tr("Cancel"))
        self.cancel.clicked.connect(self.setup_cancelled)
        for widget in (self.setup_title, self.setup_words, self.problem, self.progress):
            column.addWidget(widget)
        column.addSpacing(4)
        for button in (self.setup, self.cancel):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return frame
