"""What is asked before a model is deleted, and for a new name of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from app.models.records import MOST_NAME
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.status.figures import size
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.question import Question


class DeleteQuestion(Question):
    """Says what deleting frees and what it leaves; `agreed` is called for a yes."""

    def __init__(
        self, look: Appearance, parent: QWidget, facts: Facts, agreed: Callable[[], object]
    ) -> None:
        name, is_reference = facts.model.name, facts.model.is_reference
        self.keep = push(look, _tr("Keep it"))
        words = _tr("Take off the list") if is_reference else _tr("Delete")
        self.delete = push(look, words, icon="trash-2", colour="error")
        heading = _tr("Take {0} off the list?") if is_reference else _tr("Delete {0}?")
        super().__init__(
            look,
            parent,
            title=_tr("Delete a model"),
            heading=heading.format(name),
            words=[label(sentence, "second", wrap=True) for sentence in _sentences(facts)],
            buttons=[self.keep, self.delete],
        )
        self.keep.clicked.connect(self.reject)
        self.delete.clicked.connect(self.accept)
        self.accepted.connect(agreed)


class NameQuestion(Question):
    """Asks for a name; `named` gets it, "" stands for the model's own."""

    def __init__(
        self, look: Appearance, parent: QWidget, name: str, named: Callable[[str], object]
    ) -> None:
        self.edit = QLineEdit(name)
        self.edit.setAccessibleName(_tr("Name"))
        self.edit.setMaxLength(MOST_NAME)
        self.cancel = push(look, _tr("Cancel"))
        self.rename = push(look, _tr("Rename"), "primary")
        super().__init__(
            look,
            parent,
            title=_tr("Rename a model"),
            heading=_tr("What should it be called?"),
            words=[
                label(_tr("Only in lists; empty takes its own name again."), "second", wrap=True),
                self.edit,
            ],
            buttons=[self.cancel, self.rename],
        )
        self.cancel.clicked.connect(self.reject)
        self.rename.clicked.connect(self.accept)
        self.rename.setDefault(True)
        self.accepted.connect(lambda: named(self.edit.text()))
        self.edit.selectAll()
        self.edit.setFocus()


def _sentences(facts: Facts) -> list[str]:
    model = facts.model
    if model.is_reference:
        return [
            _tr("Its folder is used where it lies, and is not touched: {0}").format(model.folder)
        ]
    said = [
        _tr("This frees {0} on the disk, and cannot be undone.").format(size(facts.freed_bytes))
    ]
    if facts.twins:
        said.append(_tr("The same model stays here as {0}.").format(", ".join(facts.twins)))
    elif model.repository:
        said.append(_tr("It can be downloaded again from {0}.").format(model.repository))
    else:
        said.append(_tr("It did not come from the hub: without a copy elsewhere it is gone."))
    return said


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelQuestions", text)
