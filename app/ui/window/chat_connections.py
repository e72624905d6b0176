"""Connects the chat page and the side list with what stands behind them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.cloud import split_reference
from app.core.draft import Draft
from app.core.errors import AppError, ErrorCode
from app.core.events import Loading
from app.store.values import Conversation
from app.ui.status.figures import Figures
from app.ui.window.main_window import CHAT, MainWindow
from app.ui.window.parts import Parts

_CHOOSE_MODEL = {
    ErrorCode.MODEL_MISSING,
    ErrorCode.MODEL_BROKEN,
    ErrorCode.MODEL_UNSUPPORTED,
    ErrorCode.TEMPLATE_UNUSABLE,
}
_SET_UP_CLOUD = {
    ErrorCode.CLOUD_OFF,
    ErrorCode.KEY_MISSING,
    ErrorCode.COST_LIMIT,
    ErrorCode.NO_CREDIT,
}


class ChatConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._figures = Figures()
        page, side = window.chat, window.side
        chat, actions = parts.chat, parts.actions
        page.bind(chat)
        page.send_wanted.connect(self._send)
        page.edited.connect(chat.edited)
        page.header.title.renamed.connect(self._rename_open)
        page.header.new_wanted.connect(self._new_chat)
        page.transcript.delete_requested.connect(actions.delete_message)
        page.transcript.branch_delete_requested.connect(actions.delete_branch)
        page.transcript.fork_requested.connect(actions.fork)
        page.transcript.answer_edit_requested.connect(actions.edit_answer)
        page.transcript.version_requested.connect(actions.show_branch)
        page.transcript.link_hovered.connect(window.status.show_hint)
        side.new_wanted.connect(self._new_chat)
        side.wishes.opened.connect(self.open)
        side.model.rename_wanted.connect(actions.rename)
        window.activated.connect(side.model.regroup)
        window.key_pressed.connect(self._on_key)
        chat.shown.connect(self._on_shown)
        chat.conversation_changed.connect(self._on_conversation)
        chat.streaming_changed.connect(side.model.set_streaming)
        chat.answer_failed.connect(self._on_answer_failed)
        chat.stream_event.connect(self._on_event)
        chat.figures_changed.connect(self._show_figures)
        chat.model_changed.connect(lambda: self._show_figures(self._figures))
        parts.models.changed.connect(self.show_models)
        actions.loaded.connect(side.set_all)
        actions.failed.connect(page.strip.fail)
        page.files_given.connect(parts.attaching.attach)
        parts.attaching.attached.connect(page.composer.attach)
        parts.attaching.failed.connect(page.strip.fail)
        self._connect_undo()
        self._connect_queue()

    def open(self, conversation_id: str) -> None:
        """Bring a conversation to the front."""
        self._window.show_chat()
        if conversation_id != self._parts.chat.open_id:
            self._parts.chat.open(conversation_id)

    def show_models(self) -> None:
        """Say which models there are, and show the page that fits where there is none."""
        models, page = self._parts.models, self._window.chat
        chosen = self._parts.chat.conversation
        current = (chosen.model if chosen is not None else "") or models.default_id
        if not split_reference(current)[0]:
            page.composer.set_sendable(bool(models.usable))
        page.header.picker.show_models(models.found, current)
        page.transcript.models = [(model.id, model.name) for model in models.usable]
        if models.is_setting_up or not models.is_known:
            return
        if models.usable:
            page.welcome.show_greeting()
        elif models.advice is None:
            problem = models.setup_problem
            page.welcome.show_setup(problem.sentence if problem is not None else "")
        else:
            page.welcome.show_no_way(models.advice.sentence)
        self._show_figures(self._figures)

    def _connect_undo(self) -> None:
        window, actions = self._window, self._parts.actions
        strips = (window.side.strip, window.chat.undo)
        actions.message_undo_offered.connect(
            lambda undo: window.chat.show_undo(self.tr("Message deleted."), undo)
        )

        def forget() -> None:
            # What the other strip offers to take back must not be erased meanwhile.
            if not any(strip.sentence for strip in strips):
                actions.forget_deleted()

        for strip in strips:
            strip.closed.connect(forget)

    def _connect_queue(self) -> None:
        page, queue = self._window.chat, self._parts.queue

        def put_in() -> None:
            queue.add(page.composer.take())
            page.edited.emit(page.composer.draft)

        def edit(place: int) -> None:
            page.composer.put_back(queue.take(place))
            page.take_focus()

        def remove(place: int) -> None:
            queue.take(place)
            page.take_focus()

        def send() -> None:
            queue.send_next()
            page.take_focus()

        page.composer.queue_wanted.connect(put_in)
        page.queue.edit_wanted.connect(edit)
        page.queue.remove_wanted.connect(remove)
        page.queue.send_wanted.connect(send)
        queue.changed.connect(lambda: page.queue.show_waiting(queue.waiting, is_held=queue.is_held))

    def _send(self, draft: Draft) -> None:
        page = self._window.chat
        if self._parts.chat.send(draft.text, draft.files) and page.composer.draft == draft:
            page.composer.take()

    def _new_chat(self) -> None:
        self._window.show_chat()
        self._parts.chat.new_chat()

    def _rename_open(self, title: str) -> None:
        if self._parts.chat.open_id:
            self._parts.actions.rename(self._parts.chat.open_id, title)

    def _on_key(self, name: str) -> None:
        if name == "new":
            self._new_chat()
        elif self._window.page == CHAT:
            self._window.chat.on_key(name)

    def _on_shown(self, conversation: Conversation | None) -> None:
        self._window.side.list.set_open(conversation.id if conversation is not None else "")
        self._window.show_title(conversation.title if conversation is not None else "")
        self.show_models()

    def _on_conversation(self, conversation: Conversation) -> None:
        self._window.side.model.put(conversation)
        if conversation.id == self._parts.chat.open_id:
            self._window.chat.show_title(conversation)
            self._window.show_title(conversation.title)
            self._window.side.list.set_open(conversation.id)
            self.show_models()

    def _on_answer_failed(self, error: AppError, message_id: str) -> None:
        """The message itself says what happened; the strip offers what it cannot."""
        strip = self._window.chat.strip
        if error.code is ErrorCode.MODEL_NOT_AUTOLOADED:
            strip.say(
                self.tr("It can be loaded all the same. Nothing is lost if it fails again."),
                "notice",
                action=self.tr("Try again anyway"),
                run=lambda: self._try_anyway(message_id),
            )
        elif error.code in _SET_UP_CLOUD:
            strip.say(
                self.tr("Switches, keys and the limit are on the page of the cloud."),
                "notice",
                action=self.tr("Cloud"),
                run=lambda: self._window.show_page("cloud"),
            )
        elif error.code in _CHOOSE_MODEL:
            strip.say(
                self.tr("Another model can answer."),
                "notice",
                action=self.tr("Models"),
                run=lambda: self._window.show_page("models"),
            )

    def _try_anyway(self, message_id: str) -> None:
        chosen = self._parts.chat.conversation
        models = self._parts.models
        models.allow_load((chosen.model if chosen is not None else "") or models.default_id)
        self._parts.chat.regenerate(message_id)

    def _on_event(self, _message_id: str, event: object) -> None:
        if isinstance(event, Loading):
            self._show_figures(Figures(device=event.device, model=event.model))

    def _show_figures(self, figures: Figures) -> None:
        self._figures = figures
        models = self._parts.models
        chosen = self._parts.chat.conversation
        own = chosen.model if chosen else self._parts.chat.new_model
        model = figures.model or own or models.default_id
        status = models.status()
        note = status.device_note if status.model_id == model else ""
        self._window.status.show_figures(
            replace(figures, model=self._name_of(model), device_note=note)
        )

    def _name_of(self, model: str) -> str:
        service, name = split_reference(model)
        return name if service or not model else self._parts.models.name_of(model)


def choose_model(window: MainWindow, parts: Parts, model_id: str) -> None:
    """The model for the conversation in front; for a new chat, for all new ones."""
    if parts.chat.open_id:
        parts.actions.choose_model(model_id)
    elif split_reference(model_id)[0]:
        # Nothing in the cloud is ever the usual choice for what a person writes next.
        parts.chat.begin_with(model_id)
    else:
        parts.chat.begin_with("")
        parts.models.use_for_new_chats(model_id)
    if window.page == CHAT:
        window.chat.take_focus()
