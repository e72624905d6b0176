"""One turn of a conversation: the question is stored, answered and the answer stored."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from app.chat import prompt
from app.chat.answer import Answer
from app.chat.running import Running
from app.chat.saving import Saver, Unsaved, save
from app.chat.title import title_of
from app.chat.turn import (
    AnswerEvent,
    AnswerStored,
    ConversationChanged,
    MessageAdded,
    TurnEvent,
    TurnOptions,
)
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Event, Failed, Notice, Started
from app.core.handoff import CancelToken
from app.core.messages import Message, Role
from app.core.tasks import Tasks
from app.router.router import Approve, Departure, Route, Router
from app.router.situation import MarkedBy, Situation
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import Conversation, Mark, MessageState, StoredMessage
from app.store.worker import HistoryWorker

_CLOSING_S = 2.0

Place = Callable[[History], str | None]
Begin = Callable[[History], "Begun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A turn that is in the history: the new messages, the answer last, and what was said.

    `folder_prompt` are the instructions of the folder that the conversation is in.
    """

    conversation: Conversation
    added: tuple[StoredMessage, ...]
    said: list[Message]
    left_out: int
    folder_prompt: str | None


class ChatSession:
    """Answers questions in conversations, one at a time in each of them.

    The three ways to ask return the turn's events in this order: `MessageAdded` for the
    question (where it is new) and for the answer, `ConversationChanged`, `AnswerEvent`s up
    to the terminal one, `AnswerStored`, `ConversationChanged`. `AppError` is raised before
    the first event, and nothing is stored then; a later failure is the answer's `Failed`.
    Closing the iterator early stops the answer and keeps what there is of it. `approve` is
    asked before anything leaves this machine; without it, nothing does.
    """

    def __init__(
        self,
        history: HistoryWorker,
        router: Router,
        options: Callable[[], TurnOptions],
        *,
        approve: Approve | None = None,
        save_every_s: float = 0.5,
        retry_every_s: float = 2.0,
    ) -> None:
        self.approve = approve
        self._history = history
        self._router = router
        self._options = options
        self._save_every_s = save_every_s
        self._tasks = Tasks(_report)
        self._unsaved = Unsaved(history, self._tasks, retry_s=retry_every_s)
        self._running = Running()

    def is_answering(self, conversation_id: str) -> bool:
        """Whether an answer is being written in this conversation."""
        return conversation_id in self._running

    def send(
        self, conversation_id: str | None, text: str, cancel: CancelToken
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask at the end of the shown path; None begins a new conversation.

        The draft of the composer is emptied in the same moment as the question is stored.
        """
        return self._turn(
            lambda _: conversation_id, lambda history: _ask(history, conversation_id, text), cancel
        )

    def regenerate(self, message_id: str, cancel: CancelToken) -> AsyncGenerator[TurnEvent, None]:
        """Another answer beside the answer `message_id`, or to the question `message_id`."""
        return self._turn(
            lambda history: history.message(message_id).conversation_id,
            lambda history: _ask_again(history, message_id),
            cancel,
        )

    def edit_and_resend(
        self, message_id: str, text: str, cancel: CancelToken
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask `text` beside the question `message_id`; the old branch stays as it is."""
        return self._turn(
            lambda history: history.message(message_id).conversation_id,
            lambda history: _ask_differently(history, message_id, text),
            cancel,
        )

    async def close(self) -> None:
        """Stop the answers, end the background work, and try a last time what is not saved."""
        await self._running.stop(_CLOSING_S)
        await self._tasks.close()
        with contextlib.suppress(AppError):
            await self._unsaved.flush()

    async def _turn(
        self, place: Place, begin: Begin, cancel: CancelToken
    ) -> AsyncGenerator[TurnEvent, None]:
        options = self._options()
        with self._running.hold(await self._history.run(place), cancel) as take:
            await self._unsaved.flush()
            begun = await self._begin(begin)
            take(begun.conversation.id)
            answer = Answer(begun.added[-1])
            saver = self._saver(answer, cancel)
            end: Event = Cancelled()
            try:
                for message in begun.added:
                    yield MessageAdded(message)
                yield ConversationChanged(begun.conversation)
                async with aclosing(self._events(begun, options, answer, cancel)) as events:
                    async for event in events:
                        answer.take(event)
                        if answer.has_ended:
                            end = event
                            break
                        saver.changed()
                        yield AnswerEvent(answer.id, event)
                        if trouble := saver.take_trouble():
                            yield AnswerEvent(answer.id, _notice(trouble))
            finally:
                if not answer.has_ended:
                    cancel.cancel()
                    answer.take(Cancelled())
                stored = await self._finish(answer, saver)
        # The end is told when it is stored, so that a notice can still go before it.
        if trouble := saver.take_trouble():
            yield AnswerEvent(answer.id, _notice(trouble))
        yield AnswerEvent(answer.id, end)
        for last in stored:
            yield last

    def _saver(self, answer: Answer, cancel: CancelToken) -> Saver:
        return Saver(
            self._history,
            answer,
            self._tasks,
            every_s=self._save_every_s,
            on_gone=cancel.cancel,
        )

    async def _begin(self, begin: Begin) -> Begun:
        """Store the beginning of the turn, all of it or nothing."""
        made: list[Begun] = []

        def job(history: History) -> Begun:
            with history.batch():
                made.append(begin(history))
            return made[0]

        try:
            return await self._history.run(job)
        except asyncio.CancelledError:
            # The job runs to its end all the same: its answer must not seem to be written.
            await self._history.run(lambda history: _abandon(history, made))
            raise

    async def _events(
        self, begun: Begun, options: TurnOptions, answer: Answer, cancel: CancelToken
    ) -> AsyncGenerator[Event, None]:
        """The provider's events; what it or the router raises becomes `Failed`."""
        request = prompt.request_for(begun.conversation, begun.said, options, begun.folder_prompt)
        conversation_id = begun.conversation.id

        async def look() -> Situation:
            return await self._history.run(
                lambda history: situation_in(history, conversation_id, options)
            )

        def told(route: Route) -> None:
            answer.comes_from(
                route.request.parameters,
                is_local=route.provider.is_local,
                reason=route.decision.reason,
            )

        stream = self._router.answer(
            request, look, cancel, told=told, approve=self.approve or _nobody_agrees
        )
        try:
            async with _closing(stream):
                async for event in stream:
                    yield _with_left_out(event, begun.left_out)
        except AppError as error:
            yield Failed(error)
            return
        except Exception as error:  # noqa: BLE001  (whatever it is, the question is answered)
            yield Failed(_unexpected(error))
            return
        yield Failed(_unexpected(None))

    async def _finish(self, answer: Answer, saver: Saver) -> list[TurnEvent]:
        """Store the end of the answer; returns what is to be told of it."""
        saver.stop()
        message = answer.snapshot()
        try:
            return await self._history.run(lambda history: _store_end(history, message))
        except GoneError:
            return []
        except AppError as error:
            saver.failed(error)
            self._unsaved.keep(message)
            return [AnswerStored(message)]


async def _nobody_agrees(_departure: Departure, _cancel: CancelToken) -> bool:
    return False


def situation_in(history: History, conversation_id: str, options: TurnOptions) -> Situation:
    """What the rules are told of a conversation as it stands now; raises `AppError`."""
    conversation = history.conversation(conversation_id)
    folder = history.folders.around(conversation)
    marked = MarkedBy.NOTHING
    if folder is not None and folder.mark is not Mark.NONE:
        marked = MarkedBy.FOLDER
    elif conversation.mark is not Mark.NONE:
        marked = MarkedBy.CHAT
    return Situation(
        provider=options.provider,
        privacy=options.privacy,
        local_only=options.local_only,
        prefer=options.prefer,
        marked=marked,
        conversation=conversation_id,
        folder=folder.name if folder is not None else "",
    )


def _ask(history: History, conversation_id: str | None, text: str) -> Begun:
    _require(text)
    history.save_draft(conversation_id, "")
    if conversation_id is None:
        conversation_id = history.create_conversation().id
    conversation = history.conversation(conversation_id)
    if not conversation.title and not conversation.title_by_user:
        history.rename(conversation_id, title_of(text), by_user=False)
    question = history.add_message(conversation_id, conversation.leaf_id, Role.USER, text)
    return _answer_to(history, question, question)


def _ask_again(history: History, message_id: str) -> Begun:
    message = history.message(message_id)
    if message.role is Role.ASSISTANT and message.parent_id is not None:
        message = history.message(message.parent_id)
    if message.role is not Role.USER:
        raise AppError(
            "There is no question before this answer.",
            "Ask one at the end of the conversation.",
            code=ErrorCode.USAGE,
        )
    return _answer_to(history, message)


def _ask_differently(history: History, message_id: str, text: str) -> Begun:
    _require(text)
    old = history.message(message_id)
    if old.role is not Role.USER:
        raise AppError(
            "Only a question can be changed and asked again.",
            "Ask for another answer instead.",
            code=ErrorCode.USAGE,
        )
    question = history.add_message(old.conversation_id, old.parent_id, Role.USER, text)
    return _answer_to(history, question, question)


def _answer_to(history: History, question: StoredMessage, *added: StoredMessage) -> Begun:
    """Make room for the answer to `question`."""
    said, left_out = history.spoken(question.id, prompt.MAX_CHARACTERS)
    answer = history.add_message(
        question.conversation_id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
    )
    conversation = history.conversation(question.conversation_id)
    return Begun(
        conversation=conversation,
        added=(*added, answer),
        said=said,
        left_out=left_out,
        folder_prompt=history.folders.prompt_for(conversation),
    )


def _abandon(history: History, made: list[Begun]) -> None:
    for begun in made:
        with contextlib.suppress(GoneError):
            history.update_message(begun.added[-1].id, state=MessageState.STOPPED)


def _store_end(history: History, message: StoredMessage) -> list[TurnEvent]:
    save(history, message)
    return [
        AnswerStored(history.message(message.id)),
        ConversationChanged(history.conversation(message.conversation_id)),
    ]


def _require(text: str) -> None:
    if not text.strip():
        raise AppError("There is nothing to send.", "Write something first.", code=ErrorCode.USAGE)


def _with_left_out(event: Event, left_out: int) -> Event:
    """`event`, where it counts the dropped messages together with those never handed over."""
    if not left_out or not isinstance(event, Started):
        return event
    dropped = event.context.dropped_messages + left_out
    return replace(event, context=replace(event.context, dropped_messages=dropped))


def _notice(trouble: AppError) -> Notice:
    return Notice(sentence=f"{trouble.sentence} Until then this answer is kept in memory only.")


def _unexpected(error: Exception | None) -> AppError:
    # The kind of the error only: its text might hold words of the conversation.
    kind = f" ({type(error).__name__})" if error is not None else ""
    return AppError(f"The answer ended unexpectedly{kind}.", "Ask for another answer.")


@asynccontextmanager
async def _closing(stream: AsyncGenerator[Event, None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # the answer has ended already
            await stream.aclose()


def _report(error: BaseException) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": "saving an answer failed", "exception": error}
    )
