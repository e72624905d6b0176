"""What would leave this computer, in full, before it does: the person agrees or does not."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.core.cloud import Preview
from app.core.messages import Message, Role
from app.ui.appearance import Appearance
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question

_TEXT_HEIGHT = 240
_LINE_HEIGHT = 20
_LINE = 50  # characters that fit into one, at the least
_MOST_REPLACED = 12


class SendingQuestion(Question):
    """Closing it, Esc and its first button send nothing."""

    def __init__(self, look: Appearance, preview: Preview, parent: QWidget) -> None:
        service = preview.demand.service
        self.keep = push(look, _tr("Do not send"))
        self.send = push(look, _tr("Send"), "primary")
        look.set_icon(self.send, "cloud", "on_accent", gap=GAP)
        self.text = _text(look, preview)
        super().__init__(
            look,
            parent,
            title=_tr("Before this leaves your computer"),
            heading=_tr("Send this to {0}?").format(service.label),
            words=[*_words(preview), self.text, label(_costs(preview), "meta", wrap=True)],
            buttons=[self.keep, self.send],
        )
        self.keep.clicked.connect(self.reject)
        self.send.clicked.connect(self.accept)


def whole_text(preview: Preview) -> str:
    """Everything that would be sent, each part under the name of who said it."""
    names = {
        Role.SYSTEM: _tr("Instructions"),
        Role.USER: _tr("You"),
        Role.ASSISTANT: _tr("Answer"),
    }

    def part(message: Message) -> str:
        return f"{names[message.role]}:\n{message.text}"

    return "\n\n".join(part(message) for message in preview.demand.messages)


def _words(preview: Preview) -> list[QWidget]:
    service = preview.demand.service
    words: list[QWidget] = []
    if preview.failure:
        words.append(
            label(
                _tr("{0} {1} can answer instead.").format(preview.failure, service.label),
                "caution",
                wrap=True,
            )
        )
    where = _tr("It goes to {0}, for the model {1}. This is all that is sent:")
    words.append(label(where.format(service.host, preview.demand.model), wrap=True))
    if preview.replaced:
        words.append(label(_replaced(preview), "meta", wrap=True))
    return words


def _replaced(preview: Preview) -> str:
    """What was taken out, so that one can see what was missed."""
    shown = [f"{name}: {original}" for name, original in preview.replaced[:_MOST_REPLACED]]
    if more := len(preview.replaced) - len(shown):
        shown.append(_tr("and {0} more").format(more))
    words = _tr("Replaced, and put back in the answer (look whether something was missed): {0}")
    return words.format("; ".join(shown))


def _text(look: Appearance, preview: Preview) -> QPlainTextEdit:
    text = QPlainTextEdit(whole_text(preview))
    text.setReadOnly(True)
    text.setProperty("role", "field")
    text.setAccessibleName(_tr("What would be sent"))
    text.setTabChangesFocus(True)
    lines = sum(1 + len(line) // _LINE for line in whole_text(preview).splitlines())
    text.setFixedHeight(look.scaled(min(_TEXT_HEIGHT, _LINE_HEIGHT * (lines + 2))))
    return text


def _costs(preview: Preview) -> str:
    if preview.most_usd is None:
        costs = _tr("What it costs is not known.")
    else:
        costs = _tr("It costs at most {0}.").format(f"${preview.most_usd:.4f}")
    if preview.failure:
        return costs
    asked = _tr(
        "In this chat you are not asked again for this provider: all that follows in it "
        "is sent there, too."
    )
    return f"{costs} {asked}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Preview", text)
