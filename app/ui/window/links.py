"""Opens a link of an answer in the browser, after showing where it really leads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label

_SCHEMES = ("https", "http")
_LONGEST = 2000


class LinkQuestion(QDialog):
    """Asks before anything leaves the window: the browser is not a part of Tacit."""

    def __init__(self, look: Appearance, url: QUrl, parent: QWidget) -> None:
        super().__init__(parent)
        self._url = url
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open a link"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        host = label(self.tr("Open {0} in your browser?").format(url.host()), "heading", wrap=True)
        column.addWidget(host)
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)[:_LONGEST]
        column.addWidget(label(address, "second", wrap=True, selectable=True))
        column.addWidget(
            label(
                self.tr(
                    "Your browser is another program: what it sends is not under Tacit's control."
                ),
                "meta",
                wrap=True,
            )
        )
        self.open_button = push(look, self.tr("Open"), "primary")
        self.open_button.clicked.connect(self._open)
        self.copy_button = push(look, self.tr("Copy the address"))
        self.copy_button.clicked.connect(self._copy)
        self.cancel_button = push(look, self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.cancel_button, self.copy_button, self.open_button):
            row.addWidget(button)
        column.addSpacing(4)
        column.addLayout(row)
        self.setFixedWidth(min(look.scaled(520), max(320, parent.window().width() - 48)))
        self.setFixedHeight(column.heightForWidth(self.width()))
        self.cancel_button.setFocus()

    def _open(self) -> None:
        QDesktopServices.openUrl(self._url)
        self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._url.toString())
        self.accept()


def ask(look: Appearance, address: str, parent: QWidget) -> LinkQuestion | None:
    """Show the question; None for an address that no browser should be given."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme().lower() not in _SCHEMES or not url.host():
        return None
    question = LinkQuestion(look, url, parent)
    question.open()
    return question


def refusal() -> str:
    """What to say about an address that is not opened."""
    return QCoreApplication.translate(
        "Links", "This link is not opened: it is no web address. You can select and copy it."
    )
