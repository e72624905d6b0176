"""The questions of the side list: a folder's name, tags, and whether to delete a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question

_LONGEST = 200
_MOST_OFFERED = 30


class NameQuestion(Question):
    """Asks for a name; `answered` gets it, nothing happens where there is none."""

    def __init__(
        self,
        look: Appearance,
        parent: QWidget,
        heading: str,
        *,
        text: str = "",
        words: str = "",
        offered: Iterable[str] = (),
        may_be_empty: bool = False,
        answered: Callable[[str], object],
    ) -> None:
        self._answered = answered
        self._may_be_empty = may_be_empty
        self.field = QLineEdit(text)
        self.field.setMaxLength(_LONGEST * 5 if may_be_empty else _LONGEST)
        self.field.setAccessibleName(heading)
        self.done_button = push(look, _tr("OK"), "primary")
        self.cancel_button = push(look, _tr("Cancel"))
        body: list[QWidget] = [self.field]
        if words:
            body.append(label(words, "second", wrap=True))
        names = list(offered)[:_MOST_OFFERED]
        if names:
            body.append(self._offer(look, names))
        super().__init__(
            look,
            parent,
            title=heading,
            heading=heading,
            words=body,
            buttons=[self.cancel_button, self.done_button],
        )
        self.cancel_button.clicked.connect(self.reject)
        self.done_button.clicked.connect(self._finish)
        self.field.textChanged.connect(self._check)
        self.done_button.setDefault(True)
        self._check()
        self.field.setFocus()
        self.field.selectAll()

    def _offer(self, look: Appearance, names: Sequence[str]) -> QWidget:
        holder = QWidget()
        row = Flow()
        holder.setLayout(row)
        for name in names:
            button = push(look, f"#{name}", "quiet")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, tag=name: self._toggle(tag))
            row.addWidget(button)
        return holder

    def _toggle(self, tag: str) -> None:
        there = split_tags(self.field.text())
        kept = [one for one in there if one != tag]
        self.field.setText(", ".join(kept if tag in there else [*there, tag]))

    def _check(self) -> None:
        has_text = bool(self.field.text().strip())
        self.done_button.setEnabled(has_text or self._may_be_empty)

    def _finish(self) -> None:
        self.accept()
        self._answered(" ".join(self.field.text().split()))


class SureQuestion(Question):
    """Asks before something that cannot be undone; `confirmed` is called where it is meant."""

    def __init__(
        self,
        look: Appearance,
        parent: QWidget,
        heading: str,
        *,
        words: str,
        action: str,
        confirmed: Callable[[], object],
    ) -> None:
        self.cancel_button = push(look, _tr("Cancel"))
        self.sure_button: QPushButton = push(look, action, "primary")
        super().__init__(
            look,
            parent,
            title=heading,
            heading=heading,
            words=[label(words, wrap=True)],
            buttons=[self.cancel_button, self.sure_button],
        )
        self._confirmed = confirmed
        self.cancel_button.clicked.connect(self.reject)
        self.sure_button.clicked.connect(self._finish)

    def _finish(self) -> None:
        self.accept()
        self._confirmed()


def split_tags(text: str) -> list[str]:
    """The tags in what was typed: separated by commas, with or without a # before them."""
    found = (" ".join(part.split()).lstrip("#").strip()[:_LONGEST] for part in text.split(","))
    return list(dict.fromkeys(tag for tag in found if tag))


def _tr(text: str) -> str:
    return QCoreApplication.translate("SideList", text)
