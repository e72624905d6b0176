"""Connects the cloud with the window: the picker, the composer, the preview, its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.store.values import Conversation
from app.ui.cloud_controller import Asking, CloudController
from app.ui.pages.settings.sections import CLOUD, SETTINGS_PAGE
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.pages.cloud.cloud_page import CloudPage


class CloudConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts, cloud: CloudController) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._cloud = cloud
        window.add_part(SETTINGS_PAGE, CLOUD, self._make_page)
        cloud.changed.connect(self.show)
        cloud.asked.connect(self._ask)
        parts.chat.shown.connect(self._on_shown)
        parts.chat.conversation_changed.connect(self._on_conversation)
        parts.chat.model_changed.connect(self.show)
        parts.models.changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Offer what may be chosen, and say where the next message goes."""
        chat, page = self._parts.chat, self._window.chat
        current = chat.conversation.model if chat.conversation is not None else chat.new_model
        page.header.picker.show_cloud(self._cloud.choices(current), current)
        service = self._cloud.service_of(current)
        page.away.show_service(service)
        models = self._parts.models
        if models.is_known and (models.usable or service is not None):
            page.welcome.show_greeting(service.label if service is not None else "")
        page.composer.set_sendable(bool(models.usable) or service is not None)

    def _on_shown(self, _conversation: Conversation | None) -> None:
        self.show()

    def _on_conversation(self, conversation: Conversation) -> None:
        if conversation.id == self._parts.chat.open_id:
            self.show()

    def _ask(self, asking: Asking) -> None:
        from app.ui.chat.preview import SendingQuestion

        question = SendingQuestion(self._window.look, asking.preview, self._window)
        question.accepted.connect(lambda: asking.answer(agreed=True))
        question.rejected.connect(lambda: asking.answer(agreed=False))
        asking.over.connect(question.reject)
        asking.setParent(question)
        question.open()

    def _make_page(self) -> CloudPage:
        from app.ui.pages.cloud.cloud_page import CloudPage

        page = CloudPage(self._window.look, self._cloud)
        page.bind(self._parts.settings, self._parts.secrets, self._parts.tasks)
        return page
