"""Changes of settings in words, and the question that is asked before several of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from app.settings.setting import Setting, Value
from app.settings.transfer import Change
from app.ui.appearance import Appearance
from app.ui.pages.fields import choice_words
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question

_LONGEST = 60
_UNSEEN = "\N{REPLACEMENT CHARACTER}"
_LINE, _MOST_LINES = 24, 7


class ChangesQuestion(Question):
    """Shows every change; what else it says and offers is the caller's."""

    def __init__(
        self,
        look: Appearance,
        parent: QWidget,
        *,
        heading: str,
        words: Sequence[str],
        changes: Sequence[Change],
        buttons: Sequence[QPushButton],
    ) -> None:
        self.text = QPlainTextEdit("\n".join(map(change_words, changes)))
        self.text.setProperty("role", "field")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_tr("What would change"))
        lines = min(_MOST_LINES, len(changes) + 1)
        self.text.setFixedHeight(look.scaled(_LINE * lines) + 14)
        super().__init__(
            look,
            parent,
            title=heading,
            heading=heading,
            words=[*(label(sentence, wrap=True) for sentence in words), self.text],
            buttons=buttons,
        )


def change_words(change: Change) -> str:
    """One change on one line; of what lets more out, nothing is cut off."""
    before, after = (
        value_words(change.setting, value, is_whole=change.lets_out)
        for value in (change.before, change.after)
    )
    return f"{change.setting.label}: {before} \N{RIGHTWARDS ARROW} {after}"


def value_words(setting: Setting, value: Value, *, is_whole: bool = False) -> str:
    """A value as the person knows it from its row."""
    if isinstance(value, bool):
        return _tr("on") if value else _tr("off")
    if isinstance(value, float):
        return f"{value:g}"
    text = choice_words(value) if setting.choices and isinstance(value, str) else str(value)
    # Signs that turn or hide what stands beside them would show another address.
    text = "".join(c if c.isprintable() else _UNSEEN for c in " ".join(text.split()))
    if len(text) > _LONGEST and not is_whole:
        text = f"{text[:_LONGEST]}..."
    return text or _tr("empty")


def names(settings: Sequence[Setting]) -> str:
    """The labels, for a sentence."""
    return ", ".join(f'"{setting.label}"' for setting in settings)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
