"""Links of answers: shown with where they really lead, opened by the courier or only copied."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question

_LONGEST = 2000
_CHUNK = 8
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads. `address` and `host` are in plain ASCII letters, `shown_host`
    is the host with the letters it is written in; `problem` says why it is not even asked
    about ("" for a web address)."""

    address: str
    host: str = ""
    shown_host: str = ""
    is_encrypted: bool = False
    problem: str = ""


def read(address: str) -> Target:
    """Where `address`, which a model wrote, leads to."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    plain = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    scheme = url.scheme().lower()
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    if not url.isValid() or scheme not in ("https", "http") or not host:
        return Target(address, problem=_tr("This link is not opened: it is no web address."))
    if url.userInfo() or "@" in url.authority():
        return Target(
            address,
            host,
            problem=_tr(
                "This link is not opened: what stands before its @ sign only looks like an "
                "address. It leads to {0}."
            ).format(host),
        )
    return Target(plain, host, url.host(), is_encrypted=scheme == "https")


class LinkQuestion(Question):
    """Asks before anything leaves the window: the browser is not a part of Tacit.

    Signals:
        open_wanted(str): the person wants this address opened.
    """

    open_wanted = Signal(str)

    def __init__(
        self, look: Appearance, target: Target, parent: QWidget, *, can_open: bool
    ) -> None:
        self._target = target
        self.can_open = can_open and target.is_encrypted
        self.open_button = push(look, _tr("Open"), "primary")
        look.set_icon(self.open_button, "external-link", "on_accent", gap=GAP)
        self.copy_button = push(look, _tr("Copy the address"), icon="copy")
        self.cancel_button = push(look, _tr("Cancel"))
        buttons = [self.cancel_button, self.copy_button]
        if self.can_open:
            buttons.append(self.open_button)
        heading = _tr("Open {0} in your browser?") if self.can_open else _tr("A link to {0}")
        super().__init__(
            look,
            parent,
            title=_tr("Open a link") if self.can_open else _tr("Copy a link"),
            heading=heading.format(target.host),
            words=self._words(has_courier=can_open),
            buttons=buttons,
        )
        self.open_button.clicked.connect(self._open)
        self.copy_button.clicked.connect(self._copy)
        self.cancel_button.clicked.connect(self.reject)

    def _words(self, *, has_courier: bool) -> list[QWidget]:
        target = self._target
        words: list[QWidget] = [_address(target.address[:_LONGEST])]
        if target.shown_host != target.host:
            odd = _tr(
                'The answer writes this name as "{0}", with letters that can be mistaken for '
                "others. Above it stands in plain letters."
            )
            words.append(label(odd.format(target.shown_host), "caution", wrap=True))
        if not target.is_encrypted:
            why = _tr(
                "The address begins with http: everybody on the way could read and change what "
                "is sent. Tacit opens only https; you can copy the address."
            )
        elif not has_courier:
            why = _tr(
                "Tacit cannot open it: no part of it is left that may hand anything out of "
                "this computer. You can copy the address into your browser."
            )
        else:
            why = _tr("Your browser is another program: what it sends is not up to Tacit.")
        return [*words, label(why, "second", wrap=True)]

    def _open(self) -> None:
        self.accept()
        self.open_wanted.emit(self._target.address)

    def _copy(self) -> None:
        copy(self._target.address)
        self.accept()


def ask(look: Appearance, target: Target, parent: QWidget, *, can_open: bool) -> LinkQuestion:
    """Show the question about a web address; without `can_open` it can only be copied."""
    question = LinkQuestion(look, target, parent, can_open=can_open)
    question.open()
    return question


def copy(address: str) -> None:
    """Put an address on the clipboard."""
    QGuiApplication.clipboard().setText(address)


def _address(address: str) -> QLabel:
    """An address that wraps anywhere; the screen reader and the clipboard get it whole."""
    parts = (address[at : at + _CHUNK] for at in range(0, len(address), _CHUNK))
    made = label(_BREAK.join(parts), "code", wrap=True)
    made.setAccessibleName(address)
    return made


def _tr(text: str) -> str:
    return QCoreApplication.translate("Links", text)
