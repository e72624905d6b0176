"""The card about new versions: which one runs, a button that looks, and what was found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.settings.table import SETTINGS
from app.settings.update_table import CHECK
from app.ui.appearance import Appearance
from app.ui.pages.setting_row import SettingRow
from app.ui.privacy.journal_words import MONTHS, when
from app.ui.status.figures import size
from app.ui.update_controller import UpdateController
from app.ui.widgets.answer_text import AnswerText
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column, empty
from app.ui.widgets.tab_order import visit_after
from app.updates.looking import Found
from app.updates.release import Release, ReleaseFile


class UpdateCard(QFrame):
    """Shows what the controller knows. `row` is the setting's, for whoever binds it.

    Signals:
        link_wanted(str): the person wants to follow this address.
    """

    link_wanted = Signal(str)

    def __init__(self, look: Appearance, controller: UpdateController) -> None:
        super().__init__()
        self._look = look
        self._controller = controller
        self._address = ""
        self._shown: Found | None = None
        self.heading = label(_tr("New versions"), "name", wrap=True)
        self.worth = label("", "meta", wrap=True)
        self.state = label("", "meta", wrap=True)
        self.barred = label("", "second", wrap=True)
        self.trouble = label("", "refused", wrap=True)
        self.page = push(look, _tr("Open the page of the new version"), "primary")
        look.set_icon(self.page, "external-link", "on_accent", gap=GAP)
        self.page.clicked.connect(lambda: self.link_wanted.emit(self._address))
        self.ask = push(look, _tr("Look for a new version"), icon="refresh-cw")
        self.ask.clicked.connect(controller.look)
        self.stop = push(look, _tr("Stop"))
        self.stop.clicked.connect(controller.stop)
        self.row = SettingRow(look, SETTINGS[CHECK])
        self._rule = QFrame()
        self._rule.setProperty("role", "rule")
        self._rule.setFixedHeight(1)
        self._result = self._make_result()
        self._result.hide()
        self.page.hide()
        buttons = Flow()
        for button in (self.page, self.ask, self.stop):
            buttons.addWidget(button)
        column = card_column(self)
        words = (self.heading, self.worth, self.state, self.barred, self.trouble)
        for part in (*words, self._result):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self._rule)
        column.addWidget(self.row)
        controller.changed.connect(self.show_all)
        self.show_all()

    def show_all(self) -> None:
        """Show what holds now."""
        controller = self._controller
        has_source, obstacle = bool(controller.host), controller.obstacle
        had_keyboard = self.ask.hasFocus() or self.stop.hasFocus()
        self.worth.setText(_worth(controller.host))
        _say(self.state, self._state_words())
        problem = controller.problem if controller.problem != obstacle else None
        # Sealed is what the person wanted, and no failure.
        _say(self.barred, obstacle.sentence if obstacle is not None and has_source else "")
        _say(self.trouble, problem.sentence if problem is not None else "")
        self.ask.setVisible(has_source and not controller.is_looking)
        self.ask.setEnabled(obstacle is None)
        self.stop.setVisible(controller.is_looking)
        for part in (self._rule, self.row):
            part.setVisible(has_source)
        self._show_found(controller.found)
        if had_keyboard:
            (self.stop if controller.is_looking else self.ask).setFocus()

    def _state_words(self) -> str:
        controller = self._controller
        if controller.is_looking:
            return _tr("Asking {0} ...").format(controller.host)
        if controller.known is None or not controller.host:
            return ""
        return _tr("Looked last on {0}.").format(when(controller.known.looked))

    def _make_result(self) -> QWidget:
        result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        self.headline = label("", "heading", wrap=True)
        self.notes = AnswerText(self._look)
        self.notes.name(_tr("What is new"))
        self.notes.link_clicked.connect(self.link_wanted)
        self._files = QVBoxLayout()
        self._files.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.notes)
        column.addLayout(self._files)
        return result

    def _show_found(self, found: Found | None) -> None:
        if found is self._shown:
            return
        self._shown = found
        self._result.setVisible(found is not None)
        self.page.setVisible(found is not None and found.is_newer)
        empty(self._files)
        if found is None:
            return
        announced = found.release
        self.headline.setText(_headline(found))
        self.notes.setVisible(found.is_newer and bool(announced.notes.strip()))
        self.notes.show_text(announced.notes, is_open=False)
        self._address = announced.page
        self.page.setText(_tr("Open the page of version {0}").format(announced.version))
        self.page.setAccessibleName(self.page.text())
        if found.is_newer:
            self._show_files(_for_this_system(announced))

    def _show_files(self, files: Sequence[ReleaseFile]) -> None:
        if not files:
            return
        words = _tr("What you download there can be compared with these (SHA-256):")
        self._files.addWidget(label(words, "meta", wrap=True))
        fields = [_digest(file) for file in files]
        for file, field in zip(files, fields, strict=True):
            line = _tr("{0}, {1}").format(file.name, size(file.size))
            self._files.addWidget(label(line, "meta", wrap=True))
            self._files.addWidget(field)
        visit_after(_stop_before(self.page), *fields)


def _say(where: QLabel, words: str) -> None:
    where.setText(words)
    where.setVisible(bool(words))


def _worth(host: str | None) -> str:
    if host is None:
        return _tr("Reading where new versions are announced ...")
    if not host:
        return _tr(
            "This build names no place where new versions are announced, so it cannot look for "
            "any. Look where you got Tacit."
        )
    return _tr(
        "Tacit can ask {0} what is new. The answer counts only with the signature of the makers "
        "of Tacit. Nothing is downloaded or installed: a new version is fetched from its page, "
        "by you."
    ).format(host)


def _headline(found: Found) -> str:
    if not found.is_newer:
        return _tr("There is no newer version")
    made = found.release.made
    return _tr("Version {0} is there, announced on {1}").format(found.release.version, _day(made))


def _day(moment: datetime) -> str:
    here = moment.astimezone()
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}"


def _for_this_system(release: Release) -> tuple[ReleaseFile, ...]:
    return release.for_platform("windows" if sys.platform == "win32" else "linux")


def _stop_before(widget: QWidget) -> QWidget:
    """What Tab visits before `widget`, which Qt wants to name what is put in between."""
    before = widget.previousInFocusChain()
    while before is not None and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain()
    return before or widget


def _digest(file: ReleaseFile) -> QLineEdit:
    """A digest, which can be copied whole however little room there is."""
    field = QLineEdit(file.sha256)
    field.setReadOnly(True)
    field.setProperty("role", "code")
    field.setAccessibleName(_tr("SHA-256 of {0}").format(file.name))
    field.setCursorPosition(0)
    return field


def _tr(text: str) -> str:
    return QCoreApplication.translate("UpdateCard", text)
