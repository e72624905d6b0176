"""The card of what a model says of itself: defaults, special tokens, its chat template."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column

_HIGH = 220


class DetailsCard(QFrame):
    """Shows what the model's own files tell; the template unfolds."""

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        column = card_column(self)
        column.addWidget(label(self.tr("What it says of itself"), "heading"))
        self.defaults = label("", wrap=True, selectable=True)
        self.tokens = label("", wrap=True, selectable=True)
        for name, value in (
            (self.tr("The publisher's parameters"), self.defaults),
            (self.tr("Special tokens"), self.tokens),
        ):
            column.addWidget(label(name, "group"))
            column.addWidget(value)
        column.addWidget(label(self.tr("Chat template"), "group"))
        self.template_words = label("", "second", wrap=True)
        self.unfold = push(look, self.tr("Show the template"), "link")
        self.unfold.clicked.connect(self._toggle)
        self.template = QPlainTextEdit()
        self.template.setReadOnly(True)
        self.template.setProperty("role", "field")
        self.template.setAccessibleName(self.tr("Chat template"))
        self.template.setTabChangesFocus(True)
        self.template.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.template.setFixedHeight(look.scaled(_HIGH))
        self.template.hide()
        column.addWidget(self.template_words)
        column.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.template)

    def show_facts(self, facts: Facts) -> None:
        """Show the small files of a model."""
        page = facts.page
        none = self.tr("It suggests none; yours hold.")
        defaults = ", ".join(f"{name} {value}" for name, value in page.defaults.items())
        self.defaults.setText(
            self.tr("{0}. Your own settings for answers go before them.").format(defaults)
            if defaults
            else none
        )
        shown = [self._token(token.text, token.ends_answer) for token in page.special_tokens]
        self.tokens.setText("  ".join(shown) or self.tr("none"))
        self.unfold.setVisible(bool(page.template))
        if page.template:
            words = self.tr("{0:,} characters, in Jinja.").format(len(page.template))
        else:
            words = self.tr("There is none: the model is not made for conversations.")
        self.template_words.setText(words)
        if self.template.toPlainText() != page.template:
            self.template.setPlainText(page.template)

    def _token(self, text: str, ends: bool) -> str:
        return self.tr("{0} (ends an answer)").format(text) if ends else text

    def _toggle(self) -> None:
        is_shown = self.template.isHidden()
        self.template.setVisible(is_shown)
        words = self.tr("Hide the template") if is_shown else self.tr("Show the template")
        self.unfold.setText(words)
        self.unfold.setAccessibleName(words)
