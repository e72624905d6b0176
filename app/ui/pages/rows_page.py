"""A page with rows of settings: where each stands, and all of them back to their defaults."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.tasks import Tasks
from app.settings.setting import Setting
from app.settings.transfer import Change
from app.ui.appearance import Appearance
from app.ui.pages.secret_row import SecretRow
from app.ui.pages.setting_row import SettingRow
from app.ui.pages.settings.changes import ChangesQuestion, names
from app.ui.settings_bridge import SettingsBridge
from app.ui.widgets.buttons import push
from app.ui.widgets.labels import label
from app.ui.widgets.page import Page


class RowsPage(Page):
    """`rows` are by the key of their setting, `secrets` by the name of their secret."""

    def __init__(self, look: Appearance, title: str) -> None:
        super().__init__(look, title)
        self.rows: dict[str, SettingRow] = {}
        self.secrets: dict[str, SecretRow] = {}

    def place_of(self, key: str) -> QWidget | None:
        """Where the setting of that key, or the secret of that name, stands."""
        return self.rows.get(key) or self.secrets.get(key)

    def control_of(self, key: str) -> QWidget | None:
        """What the keyboard is for, where that setting or secret stands."""
        if (row := self.rows.get(key)) is not None:
            return row.field.control
        secret = self.secrets.get(key)
        return secret.change if secret is not None else None

    def add_reset(
        self, listed: Sequence[Setting], settings: SettingsBridge, tasks: Tasks
    ) -> PageReset:
        """Offer at the foot to put `listed` back to their defaults."""
        return PageReset(self, listed, settings, tasks)


class PageReset(QObject):
    """A button that is there while any of the settings has another value than its default.

    Signals:
        done: all of them have their defaults.
    """

    done = Signal()

    def __init__(
        self, page: RowsPage, listed: Sequence[Setting], settings: SettingsBridge, tasks: Tasks
    ) -> None:
        super().__init__(page)
        self._page = page
        self._listed = list(listed)
        self._settings = settings
        self._tasks = tasks
        self.button = push(page.look, self.tr("Reset this page..."), "quiet", icon="rotate-ccw")
        self.button.clicked.connect(self._ask)
        self.refused = label("", "refused", wrap=True)
        self.part = QWidget()
        column = QVBoxLayout(self.part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.refused)
        # Shown before it had a parent, it would be a window.
        page.column.addWidget(self.part)
        settings.changed.connect(self._on_changed)
        self._show()

    @property
    def changes(self) -> list[Change]:
        """What would become of the page."""
        pairs = ((setting, self._settings.get(setting.key)) for setting in self._listed)
        return [Change(s, value, s.default) for s, value in pairs if value != s.default]

    def _on_changed(self, key: str, _value: object) -> None:
        if any(setting.key == key for setting in self._listed):
            self._show()

    def _show(self, problem: str = "") -> None:
        self.part.setVisible(bool(self.changes) or bool(problem))
        self.refused.setText(problem)
        self.refused.setVisible(bool(problem))

    def _ask(self) -> None:
        changes = self.changes
        words = [self.tr("These settings go back to their defaults:")]
        if opening := [change.setting for change in changes if change.lets_out]:
            sentence = self.tr("Afterwards more may leave this computer, by {0}.")
            words.insert(0, sentence.format(names(opening)))
        keep = push(self._page.look, self.tr("Cancel"))
        reset = push(self._page.look, self.tr("Reset"), "primary")
        question = ChangesQuestion(
            self._page.look,
            self._page,
            heading=self.tr('Reset the page "{0}"?').format(self._page.accessibleName()),
            words=words,
            changes=changes,
            buttons=[keep, reset],
        )
        keep.clicked.connect(question.reject)
        reset.clicked.connect(question.accept)
        question.accepted.connect(self._start)
        question.open()

    def _start(self) -> None:
        self._tasks.start("reset a page of settings", self._reset())

    async def _reset(self) -> None:
        try:
            await self._settings.reset_all([setting.key for setting in self._listed])
        except AppError as error:
            self._show(error.sentence)
            return
        for row in self._page.rows.values():
            row.renew_wanted.emit()
        self._show()
        self.done.emit()
