"""The way through a publisher's gate: the licence's page, a token, and on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from app.core.errors import AppError, ErrorCode
from app.models.listing import page_of
from app.ui.appearance import Appearance
from app.ui.pages.secret_row import SecretRow
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label

TOKENS = "https://huggingface.co/settings/tokens"

MakeToken = Callable[[], SecretRow]


class GatePanel(QFrame):
    """Stands under what was refused, and leads step by step.

    Signals:
        link_wanted(str): show this page in the browser.
        again_wanted: try once more.
    """

    link_wanted = Signal(str)
    again_wanted = Signal()

    def __init__(
        self, look: Appearance, repository: str, problem: AppError, token: MakeToken
    ) -> None:
        super().__init__()
        self.problem = problem
        is_gated = problem.code is ErrorCode.ACCESS_REFUSED
        self.said = label(problem.what if is_gated else problem.sentence, "refused", wrap=True)
        page = self.tr("Open its page")
        self.page = push(look, page, icon="external-link")
        self.page.setAccessibleName(self.tr("Open the page of {0}").format(repository))
        self.page.clicked.connect(lambda: self.link_wanted.emit(page_of(repository)))
        self.tokens = push(look, self.tr("Open your tokens"), icon="external-link")
        self.tokens.clicked.connect(lambda: self.link_wanted.emit(TOKENS))
        self.token = token()
        self.again = push(look, self.tr("Go on"), "primary")
        self.again.setAccessibleName(self.tr("Go on: {0}").format(repository))
        self.again.clicked.connect(self.again_wanted)
        self.first = self.page if is_gated else self.tokens
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(self.said)
        if is_gated:
            step = self.tr("1. Sign in at the hub, and accept the licence on the model's page.")
            column.addWidget(label(step, "second", wrap=True))
            column.addLayout(_row(self.page))
            step = self.tr("2. Make a token that may read there, and enter it here.")
        else:
            self.page.hide()
            step = self.tr("For a private one, make a token that may read there, and enter it.")
        column.addWidget(label(step, "second", wrap=True))
        column.addLayout(_row(self.tokens))
        column.addWidget(self.token)
        column.addLayout(_row(self.again))


def _row(button: QPushButton) -> Flow:
    row = Flow()
    row.addWidget(button)
    return row
