"""The card of a model's files: whether they are whole, newer ones, sending and deleting them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar

from app.models.downloads.values import DownloadStatus, Plan, State
from app.models.verification import Verified
from app.ui.appearance import Appearance
from app.ui.pages.model.facts import Facts
from app.ui.pages.model.summary_card import moment
from app.ui.status.figures import size
from app.ui.widgets.buttons import push
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import label
from app.ui.widgets.page import card_column


class FilesCard(QFrame):
    """Shows what is known of the files.

    Signals:
        verify_wanted, repair_wanted, look_wanted, update_wanted, export_wanted,
        delete_wanted: what the person chose.
    """

    verify_wanted = Signal()
    repair_wanted = Signal()
    look_wanted = Signal()
    update_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, look: Appearance) -> None:
        super().__init__()
        column = card_column(self)
        column.addWidget(label(self.tr("Files"), "heading"))
        self.verified = label("", wrap=True)
        self.damaged = label("", "broken", wrap=True)
        self.newer = label("", "second", wrap=True)
        self.download = label("", "second", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the download"))
        for widget in (self.verified, self.damaged, self.newer, self.download, self.progress):
            column.addWidget(widget)
        self.verify = push(look, self.tr("Verify again"), icon="shield-check")
        self.repair = push(look, self.tr("Repair"), icon="refresh-cw")
        self.look_newer = push(look, self.tr("Look for a newer version"), icon="search")
        self.update_now = push(look, self.tr("Update"), "primary")
        self.export = push(look, self.tr("Export as one file..."), icon="file-text")
        self.delete = push(look, self.tr("Delete..."), icon="trash-2", colour="error")
        row = Flow()
        self.buttons = (
            (self.update_now, self.update_wanted),
            (self.verify, self.verify_wanted),
            (self.repair, self.repair_wanted),
            (self.look_newer, self.look_wanted),
            (self.export, self.export_wanted),
            (self.delete, self.delete_wanted),
        )
        for button, wanted in self.buttons:
            button.clicked.connect(wanted)
            row.addWidget(button)
        column.addLayout(row)

    def show_facts(self, facts: Facts, damage: str = "") -> None:
        """Show the state of the files, and what can be done with them.

        `damage` is what the last comparison found, "" where it found nothing.
        """
        model = facts.model
        is_damaged = bool(damage) and model.verified is not Verified.YES
        self.damaged.setText(self.tr("Damaged: {0}.").format(damage) if is_damaged else "")
        self.damaged.setVisible(is_damaged)
        self.verified.setVisible(not is_damaged)
        self.verified.setText(self._verified(facts))
        has_manifest = model.verified is not Verified.NO_MANIFEST
        self.verify.setVisible(has_manifest)
        self.repair.setVisible(has_manifest and bool(model.repository) and not model.is_reference)
        self.look_newer.setVisible(bool(model.repository) and not model.is_reference)
        self.export.setVisible(model.problem is None)
        forget = self.tr("Take off the list...") if model.is_reference else self.tr("Delete...")
        self.delete.setText(forget)
        self.delete.setAccessibleName(forget)

    def show_newer(self, plan: Plan | None) -> None:
        """Show a newer version that was found; None for none."""
        self.update_now.setVisible(plan is not None)
        self.newer.setVisible(plan is not None)
        if plan is not None:
            self.newer.setText(
                self.tr(
                    "A newer version is at {0}: commit {1}, {2}. The one that is here goes on "
                    "answering until the newer one is whole, and is deleted then."
                ).format(plan.repository, plan.commit[:12], size(plan.size))
            )

    def show_download(self, status: DownloadStatus | None) -> None:
        """Show what is being fetched for the model; None for nothing."""
        self.download.setVisible(status is not None)
        self.progress.setVisible(status is not None and status.state is State.RUNNING)
        if status is None:
            return
        progress = status.progress
        if status.problem is not None:
            words = status.problem.sentence
        elif status.state is State.RUNNING:
            words = self.tr("{0} of {1} are fetched.").format(
                size(progress.done), size(progress.total)
            )
        elif status.state is State.PAUSED:
            words = self.tr("The download pauses; it goes on among the downloads.")
        else:
            words = self.tr("The download waits for its turn.")
        self.download.setText(words)
        self.progress.setRange(0, max(1, progress.total // 1000))
        self.progress.setValue(progress.done // 1000)

    def _verified(self, facts: Facts) -> str:
        match facts.model.verified:
            case Verified.YES:
                return self.tr("Verified on {0}: every byte is what it should be.").format(
                    moment(facts.checked_at)
                )
            case Verified.NOT_YET:
                return self.tr("Not verified yet; that happens when the model is loaded.")
            case _:
                return self.tr(
                    "It came without a manifest: nothing says what its bytes should be. Import "
                    "a copy, and later changes will show."
                )
