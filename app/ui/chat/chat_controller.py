"""Drives the chat page: the conversation in front, and the answers that are being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from PySide6.QtCore import QObject, Signal

from app.chat.session import ChatSession
from app.chat.turn import AnswerEvent, AnswerStored, ConversationChanged, MessageAdded, TurnEvent
from app.core.draft import Draft, TextFile
from app.core.errors import AppError
from app.core.events import Failed, Started, Usage
from app.core.tasks import Tasks
from app.store.values import Conversation, MessageState, StoredMessage
from app.store.worker import HistoryWorker
from app.ui.chat.drafts import Drafts, stored_draft
from app.ui.chat.live_turn import LiveTurn
from app.ui.chat.shown_path import ShownPath
from app.ui.status.figures import Figures

_CLOSING_S = 3.0
_FIRST_PAGE = 200
_NOTHING = Draft()


class ChatController(QObject):
    """Between the chat session and the view; holds no widget.

    One conversation is in front (none: a new chat); answers of others go on behind it.

    Signals:
        shown(object, object): the conversation in front (or None) and its messages, of a long
            one the last of them.
        earlier_shown(object): the messages before those.
        message_added(object), message_removed(str): in front.
        stream_started(str id), stream_event(str id, object), stream_finished(object).
        answer_failed(object AppError, str id): an answer in front ended with this.
        conversation_changed(object): any conversation is new or has other facts.
        draft_shown(object Draft): what to put into the composer.
        busy_changed(bool): an answer is being written in front.
        streaming_changed(object): ids of all conversations with an answer being written.
        turn_ended(str, bool): an answer in the conversation of that id is over; whether it
            came to its end by itself.
        figures_changed(object Figures): for the status bar.
        send_failed(object Draft, object AppError): put it back into the composer.
        failed(object AppError): something else did not work.
    """

    shown = Signal(object, object)
    earlier_shown = Signal(object)
    message_added = Signal(object)
    message_removed = Signal(str)
    stream_started = Signal(str)
    stream_event = Signal(str, object)
    stream_finished = Signal(object)
    answer_failed = Signal(object, str)
    conversation_changed = Signal(object)
    draft_shown = Signal(object)
    busy_changed = Signal(bool)
    streaming_changed = Signal(object)
    turn_ended = Signal(str, bool)
    figures_changed = Signal(object)
    model_changed = Signal()
    send_failed = Signal(object, object)
    failed = Signal(object)

    def __init__(self, session: ChatSession, history: HistoryWorker, tasks: Tasks) -> None:
        super().__init__()
        self._session = session
        self._history = history
        self._tasks = tasks
        self.drafts = Drafts(history, tasks, self)
        self.drafts.failed.connect(self.failed)
        self._conversation: Conversation | None = None
        self._open_id = ""
        self._new_model = ""
        self._path = ShownPath()
        self._turns: dict[str, LiveTurn] = {}
        self._running: dict[LiveTurn, asyncio.Task[None]] = {}
        # Every change of what is in front takes a new ticket: what was asked for earlier
        # and comes in later belongs elsewhere.
        self._ticket = 0
        self._beginning: LiveTurn | None = None

    @property
    def conversation(self) -> Conversation | None:
        """The conversation in front, None for a new chat."""
        return self._conversation

    @property
    def open_id(self) -> str:
        """Its id, "" for a new chat."""
        return self._open_id

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written in front."""
        return self._front_turn is not None

    def is_answering(self, conversation_id: str) -> bool:
        """Whether an answer is being written in this conversation."""
        return conversation_id in self._turns

    @property
    def _front_turn(self) -> LiveTurn | None:
        return self._turns.get(self._open_id) if self._open_id else self._beginning

    # What is in front --------------------------------------------------------------------

    def new_chat(self) -> None:
        """Show an empty page; a conversation comes of it with the first message."""
        self._ticket += 1
        self._beginning = None
        self._new_model = ""
        self._show(None, [])
        self.draft_shown.emit(self.drafts.shown(None, Draft()))

    def open(self, conversation_id: str) -> None:
        """Show a conversation, with the answer that is being written in it."""
        self._ticket += 1
        self._tasks.start("open conversation", self._open(conversation_id, self._ticket))

    async def reload(self) -> None:
        """Read the conversation in front again."""
        if self._open_id:
            self._ticket += 1
            await self._open(self._open_id, self._ticket)

    async def _open(self, conversation_id: str, ticket: int) -> None:
        turn = self._turns.get(conversation_id)
        try:
            conversation, messages, draft = await self._history.run(
                lambda store: (
                    store.conversation(conversation_id),
                    store.page(conversation_id, limit=_FIRST_PAGE),
                    stored_draft(store, conversation_id),
                )
            )
        except AppError as error:
            if ticket == self._ticket:
                self.failed.emit(error)
                self.new_chat()
            return
        if ticket != self._ticket:
            return
        self._beginning = None
        # Its end may have come while the store was read, or its beginning.
        turn = self._turns.get(conversation_id) or turn
        self._show(conversation, turn.merged(messages) if turn is not None else messages)
        self.draft_shown.emit(self.drafts.shown(conversation.id, draft))
        if turn is not None and turn.answer_id and turn.final is None:
            self.stream_started.emit(turn.answer_id)
            for event in turn.catch_up():
                self.stream_event.emit(turn.answer_id, event)
        if messages and messages[0].parent_id is not None:
            await self._read_earlier(conversation_id, messages[0].id, ticket)

    async def _read_earlier(self, conversation_id: str, first_id: str, ticket: int) -> None:
        """The rest of a long conversation: seconds of reading that nobody waits for."""
        try:
            path = await self._history.run(lambda store: store.path(conversation_id))
        except AppError as error:
            self.failed.emit(error)
            return
        ids = [message.id for message in path]
        if ticket == self._ticket and first_id in ids:
            earlier = path[: ids.index(first_id)]
            self._path.prepend(earlier)
            self.earlier_shown.emit(earlier)

    def _show(self, conversation: Conversation | None, messages: list[StoredMessage]) -> None:
        self._conversation = conversation
        self._open_id = conversation.id if conversation is not None else ""
        self._path.set(messages)
        self.shown.emit(conversation, messages)
        self.busy_changed.emit(self.is_busy)
        self._tell_figures()

    # What is said ------------------------------------------------------------------------

    @property
    def new_model(self) -> str:
        """The model that a new chat in front begins with, "" for the general choice."""
        return "" if self._open_id else self._new_model

    def begin_with(self, model: str) -> None:
        """Let the new chat in front, and no other, begin with this model."""
        self._new_model = model
        self.model_changed.emit()

    def edited(self, draft: Draft) -> None:
        """The person wrote into the composer, or attached something."""
        self.drafts.edited(self._open_id or None, draft)

    def send(self, text: str, files: tuple[TextFile, ...] = ()) -> bool:
        """Send `text` in the conversation in front, with `files` before it; False while an
        answer is being written.
        """
        if self.is_busy:
            return False
        turn = LiveTurn(conversation_id=self._open_id, ticket=self._ticket)
        self.drafts.sent(self._open_id or None)
        model = "" if self._open_id else self._new_model
        stream = self._session.send(
            self._open_id or None, text, turn.cancel, model=model, files=files
        )
        self._start(turn, stream, Draft(text, files))
        return True

    def send_to(self, conversation_id: str, sent: Draft) -> bool:
        """Send `sent` in any conversation; False while an answer is being written there."""
        if conversation_id == self._open_id:
            return self.send(sent.text, sent.files)
        if conversation_id in self._turns:
            return False
        turn = LiveTurn(conversation_id=conversation_id)
        stream = self._session.send(conversation_id, sent.text, turn.cancel, files=sent.files)
        self._start(turn, stream, sent)
        return True

    def regenerate(self, message_id: str, model: str = "") -> None:
        """Write another answer to the same question, by `model` where one is named."""
        if not self.is_busy and self._open_id:
            turn = LiveTurn(conversation_id=self._open_id, ticket=self._ticket)
            self._start(turn, self._session.regenerate(message_id, turn.cancel, model=model))

    def go_on(self, message_id: str) -> None:
        """Let the last answer go on where it ended."""
        if not self.is_busy and self._open_id:
            turn = LiveTurn(conversation_id=self._open_id, ticket=self._ticket)
            self._start(turn, self._session.go_on(message_id, turn.cancel))

    def edit(self, message_id: str, text: str) -> None:
        """Send another wording of a question; the old one stays as another branch."""
        if not self.is_busy and self._open_id:
            turn = LiveTurn(conversation_id=self._open_id, ticket=self._ticket)
            self._start(turn, self._session.edit_and_resend(message_id, text, turn.cancel))

    def stop(self) -> None:
        """Stop the answer in front; what was written of it stays."""
        if (turn := self._front_turn) is not None:
            turn.cancel.cancel()

    def _start(
        self, turn: LiveTurn, stream: AsyncGenerator[TurnEvent, None], sent: Draft = _NOTHING
    ) -> None:
        if turn.conversation_id:
            self._turns[turn.conversation_id] = turn
        else:
            self._beginning = turn
        self._running[turn] = self._tasks.start("answer", self._run(turn, stream, sent))
        self._tell_busy(turn)

    async def _run(
        self, turn: LiveTurn, stream: AsyncGenerator[TurnEvent, None], sent: Draft
    ) -> None:
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    self._take(turn, event)
        except AppError as error:
            self._refused(turn, sent, error)
        finally:
            self._running.pop(turn, None)
            self._turns.pop(turn.conversation_id, None)
            if self._beginning is turn:
                self._beginning = None
            self._tell_busy(turn)
            if turn.final is not None:
                ended = turn.final.state in (MessageState.COMPLETE, MessageState.CUT)
                self.turn_ended.emit(turn.conversation_id, ended)

    def _refused(self, turn: LiveTurn, sent: Draft, error: AppError) -> None:
        """Nothing was stored, so nothing may be lost: it goes back where it came from."""
        if not sent or turn.added:
            self.failed.emit(error)
        elif self._is_in_front(turn):
            self.send_failed.emit(sent, error)
        else:
            self.drafts.give_back(turn.conversation_id or None, sent)
            self.failed.emit(error)

    def _is_in_front(self, turn: LiveTurn) -> bool:
        if turn.conversation_id:
            return turn.conversation_id == self._open_id
        return turn is self._beginning

    def _take(self, turn: LiveTurn, event: TurnEvent) -> None:
        match event:
            case MessageAdded():
                self._take_message(turn, event.message)
            case AnswerEvent():
                turn.take(event.event)
                if self._is_in_front(turn):
                    self._tell_event(event)
            case AnswerStored():
                turn.final = event.message
                if self._is_in_front(turn):
                    self._path.put(event.message)
                    self.stream_finished.emit(event.message)
                    self._tell_figures()
            case ConversationChanged():
                if self._is_in_front(turn):
                    self._conversation = event.conversation
                self.conversation_changed.emit(event.conversation)

    def _take_message(self, turn: LiveTurn, message: StoredMessage) -> None:
        if not turn.conversation_id:
            in_front = self._is_in_front(turn)
            turn.conversation_id = message.conversation_id
            self._turns[turn.conversation_id] = turn
            if in_front:
                self._beginning = None
                self._open_id = message.conversation_id
                self.drafts.moved_to(message.conversation_id)
            self._tell_busy(turn)
        turn.add(message)
        if self._is_in_front(turn):
            for gone in self._path.add(message):
                self.message_removed.emit(gone)
            self.message_added.emit(message)
            if message.id == turn.answer_id:
                self.stream_started.emit(message.id)

    def _tell_event(self, event: AnswerEvent) -> None:
        self.stream_event.emit(event.message_id, event.event)
        if isinstance(event.event, Failed):
            self.answer_failed.emit(event.event.error, event.message_id)
        if isinstance(event.event, Started | Usage):
            self._tell_figures()

    # For those who change what is stored ---------------------------------------------------

    def take_conversation(self, conversation: Conversation) -> None:
        """A conversation was changed elsewhere: tell everyone."""
        if conversation.id == self._open_id:
            self._conversation = conversation
        self.conversation_changed.emit(conversation)

    async def settle(self, conversation_id: str, message_id: str = "") -> None:
        """Stop the answer of a conversation (only `message_id` where one is named), and wait."""
        turn = self._turns.get(conversation_id)
        if turn is not None and message_id in ("", turn.answer_id):
            turn.cancel.cancel()
            await asyncio.wait([self._running[turn]])

    async def close(self) -> None:
        """Stop all answers and see them and the drafts stored."""
        for turn in self._running:
            turn.cancel.cancel()
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=_CLOSING_S)
        await self.drafts.save()

    def _tell_busy(self, turn: LiveTurn) -> None:
        if self._is_in_front(turn) or turn.ticket == self._ticket:
            self.busy_changed.emit(self.is_busy)
        self.streaming_changed.emit(frozenset(self._turns))

    def _tell_figures(self) -> None:
        turn = self._front_turn
        answer = self._path.last_answer
        if turn is not None and turn.device:
            shown = Figures(
                device=turn.device, model=turn.model, usage=turn.usage, context=turn.context
            )
        elif answer is not None:
            shown = Figures(
                device=answer.device,
                model=answer.model,
                usage=answer.usage,
                context=answer.context,
            )
        else:
            shown = Figures()
        self.figures_changed.emit(shown)
