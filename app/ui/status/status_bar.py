"""The line at the foot of the window: the privacy chip, and what runs where and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from app.ui.appearance import Appearance
from app.ui.status import figures
from app.ui.status.figures import Figures
from app.ui.status.privacy import ICONS, PrivacyState
from app.ui.widgets.buttons import GAP, push
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.restyle import restyle

if TYPE_CHECKING:
    from app.ui.status.popover import PrivacyPopover

_NARROWEST = 120


class StatusBar(QFrame):
    """Shows less where there is less room; the privacy chip always stays.

    Signals:
        page_wanted(str): the page that belongs to what was clicked.
        proof_wanted: the person wants what the chip says proven.
    """

    page_wanted = Signal(str)
    proof_wanted = Signal()

    def __init__(self, look: Appearance, state: PrivacyState) -> None:
        super().__init__()
        self._look = look
        self._state = state
        self._panel: PrivacyPopover | None = None
        self.can_prove = False
        self._figures = Figures()
        self.setObjectName("status")
        self.chip = self._item("", "")
        self.chip.clicked.connect(self.explain)
        self.downloads = self._item("discover", self.tr("Downloads"))
        self.device = self._item("devices", self.tr("Device"))
        self.model = self._item("models", self.tr("Model"))
        self.context = self._item("", self.tr("Context used"))
        self.speed = self._item("", self.tr("Speed of the last answer"))
        self.tab_items = [self.chip, self.downloads, self.device, self.model]
        # In the order in which they go where there is no room.
        self._optional = [self.speed, self.context, self.model, self.device, self.downloads]
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(2)
        # What has no room is left out, rather than asking for it.
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.chip)
        self.hint = ElidedLabel(role="meta")
        row.addWidget(self.hint, 1)
        for item in (self.downloads, self.device, self.model, self.context, self.speed):
            row.addWidget(item)
        self.set_privacy(state)
        self.show_figures(Figures())
        look.changed.connect(self._fit)

    def set_privacy(self, state: PrivacyState) -> None:
        """Say what holds now, as word, shape and colour."""
        self._state = state
        self.chip.setAccessibleName(self.tr("Privacy: {0}").format(state.word))
        self.chip.setToolTip(self.tr("{0}. What this means").format(state.word))
        self._mark(self.chip, ICONS[state.state], state.state.value)
        self._fit()
        if self._panel is not None:
            self._panel.show_state(state)
        # What is about to happen has to be on the screen before it does.
        self.chip.repaint()

    def show_figures(self, shown: Figures) -> None:
        """Say what is known of the conversation in front; the rest stays away."""
        self._figures = shown
        name = figures.device_name(shown.device)
        self._tell(self.device, name, shown.device_note or self.tr("What the model runs on"))
        icon, state = ("triangle-alert", "not_enforced") if shown.device_note else ("cpu", "")
        self._mark(self.device, icon, state)
        self._tell(self.model, shown.model, self.tr("The model that answers"))
        self._tell(self.context, self._context_words(shown), self._context_details(shown))
        speed = figures.speed_text(shown.usage) if shown.usage is not None else ""
        self._tell(self.speed, speed, self.tr("Tokens a second, and the time to the first one"))
        self._fit()

    def show_downloads(self, text: str, state: str) -> None:
        """How far downloads are, in a few words; see `app.ui.downloads.words.summary`."""
        if text != self.downloads.text():
            icon = {"error": "circle-alert", "done": "circle-check"}.get(state, "download")
            self._tell(self.downloads, text, self.tr("Show the downloads"))
            self._mark(self.downloads, icon, "" if state == "done" else state)
            self._fit()

    def show_hint(self, text: str) -> None:
        """A few words about what the pointer is on; "" for none."""
        self.hint.setText(text)

    def explain(self) -> None:
        """Open the panel that says what the chip means."""
        from app.ui.status.popover import PrivacyPopover  # made when it is first wanted

        panel = PrivacyPopover(self._look, self._state, self, can_prove=self.can_prove)
        panel.more_wanted.connect(lambda: self.page_wanted.emit("privacy"))
        panel.proof_wanted.connect(self.proof_wanted)
        panel.closed.connect(self._forget_panel)
        self._panel = panel
        panel.show_above(self.chip)

    def minimumSizeHint(self) -> QSize:
        """A part of the chip, which elides."""
        hint = super().minimumSizeHint()
        return QSize(self._look.scaled(_NARROWEST), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See the class."""
        super().resizeEvent(event)
        self._fit()

    def _item(self, page: str, name: str) -> QPushButton:
        item = push(self._look, "", "status")
        item.setAccessibleName(name)
        item.setProperty("what", name)
        # Clicking must not take the keyboard from the composer; Tab still reaches it.
        item.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        item.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        if page:
            item.clicked.connect(lambda: self.page_wanted.emit(page))
        elif name:
            # Nothing to press: shown for the eye and the screen reader.
            item.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            item.setAttribute(Qt.WidgetAttribute.WA_Hover, on=False)
        return item

    def _tell(self, item: QPushButton, text: str, details: str) -> None:
        item.setText(text)
        item.setAccessibleName(f"{item.property('what')}: {text}")
        item.setAccessibleDescription(details)
        item.setToolTip(details)

    def _mark(self, item: QPushButton, icon: str, state: str) -> None:
        restyle(item, "state", state)
        self._look.set_icon(item, icon, state or "text_second", size=14, gap=GAP)

    def _context_words(self, shown: Figures) -> str:
        if shown.context is None:
            return ""
        return self.tr("context {0}").format(figures.context_text(shown.context, shown.usage))

    def _context_details(self, shown: Figures) -> str:
        if shown.context is None:
            return ""
        if shown.context.dropped_messages:
            return self.tr(
                "Tokens used of those the model can see. The oldest {0} messages did not fit "
                "and were left out."
            ).format(shown.context.dropped_messages)
        return self.tr("Tokens used of those the model can see")

    def _forget_panel(self) -> None:
        self._panel = None

    def _fit(self) -> None:
        self._fit_chip()
        room = self.width() - self.chip.sizeHint().width() - 24
        for item in reversed(self._optional):
            needed = item.sizeHint().width() + 2
            fits = bool(item.text()) and needed <= room
            item.setVisible(fits)
            if item.text():
                # What stands before an item that has no room goes with it.
                room = room - needed if fits else 0

    def _fit_chip(self) -> None:
        """All of its words, or their beginning and their end: a host's end says whose it is."""
        word = self._state.word
        if self.chip.text() != word:
            self.chip.setText(word)
        lacking = self.chip.sizeHint().width() + 16 - self.width()
        if lacking > 0 and self.isVisible():
            metrics = self.chip.fontMetrics()
            room = metrics.horizontalAdvance(word) - lacking
            middle = Qt.TextElideMode.ElideMiddle
            self.chip.setText(metrics.elidedText(word, middle, max(room, 0)))
