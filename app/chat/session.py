"""One turn of a conversation: the question is stored, answered and the answer stored."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from app.chat import beginnings, prompt
from app.chat.answer import Answer
from app.chat.away import Agreement, Away
from app.chat.beginnings import Begun
from app.chat.running import Running
from app.chat.saving import Saver, Unsaved, save
from app.chat.turn import (
    AnswerEvent,
    AnswerStored,
    ConversationChanged,
    MessageAdded,
    TurnEvent,
    TurnOptions,
)
from app.core.draft import TextFile
from app.core.errors import AppError
from app.core.events import (
    Cancelled,
    Event,
    Failed,
    Notice,
    Started,
)
from app.core.handoff import CancelToken
from app.core.streams import closing
from app.core.tasks import Tasks
from app.router.router import Departure, Route, Router
from app.router.situation import MarkedBy, Situation
from app.store.errors import GoneError
from app.store.history import History
from app.store.values import Mark, MessageState, StoredMessage
from app.store.worker import HistoryWorker

_CLOSING_S = 2.0

Place = Callable[[History], str | None]
Begin = Callable[[History], Begun]


class ChatSession:
    """Answers questions in conversations, one at a time in each of them.

    The ways to ask return the turn's events in this order: `MessageAdded` for the
    question (where it is new) and for the answer, `ConversationChanged`, `AnswerEvent`s up
    to the terminal one, `AnswerStored`, `ConversationChanged`. `AppError` is raised before
    the first event, and nothing is stored then; a later failure is the answer's `Failed`.
    Closing the iterator early stops the answer and keeps what there is of it. `away` is asked
    before anything leaves this machine; without it, nothing does.
    """

    def __init__(
        self,
        history: HistoryWorker,
        router: Router,
        options: Callable[[], TurnOptions],
        *,
        away: Agreement | None = None,
        save_every_s: float = 0.5,
        retry_every_s: float = 2.0,
    ) -> None:
        self._history = history
        self._router = router
        self._options = options
        self._away: Agreement = away or Away(history)
        self._save_every_s = save_every_s
        self._tasks = Tasks(_report)
        self._unsaved = Unsaved(history, self._tasks, retry_s=retry_every_s)
        self._running = Running()

    def is_answering(self, conversation_id: str) -> bool:
        """Whether an answer is being written in this conversation."""
        return conversation_id in self._running

    def send(
        self,
        conversation_id: str | None,
        text: str,
        cancel: CancelToken,
        *,
        model: str = "",
        files: Sequence[TextFile] = (),
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask at the end of the shown path, with `files` in front of the question; None begins
        a new conversation, whose own model is then `model` ("" for the general choice).

        The draft of the composer is emptied in the same moment as the question is stored.
        """
        return self._turn(
            lambda _: conversation_id,
            lambda history: beginnings.ask(history, conversation_id, text, model, files),
            cancel,
        )

    def regenerate(
        self, message_id: str, cancel: CancelToken, *, model: str = ""
    ) -> AsyncGenerator[TurnEvent, None]:
        """Another answer beside the answer `message_id`, or to the question `message_id`.

        `model` gives this one answer, and the conversation keeps its own.
        """
        return self._turn(
            lambda history: history.message(message_id).conversation_id,
            lambda history: replace(beginnings.ask_again(history, message_id), model=model),
            cancel,
        )

    def go_on(self, message_id: str, cancel: CancelToken) -> AsyncGenerator[TurnEvent, None]:
        """Let the answer `message_id`, the last of its path, go on where it ended.

        Its model writes on in the same message, which `MessageAdded` names again.
        """
        return self._turn(
            lambda history: history.message(message_id).conversation_id,
            lambda history: beginnings.go_on(history, message_id),
            cancel,
        )

    def edit_and_resend(
        self, message_id: str, text: str, cancel: CancelToken
    ) -> AsyncGenerator[TurnEvent, None]:
        """Ask `text` beside the question `message_id`; the old branch stays as it is."""
        return self._turn(
            lambda history: history.message(message_id).conversation_id,
            lambda history: beginnings.ask_differently(history, message_id, text),
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
        conversation = begun.conversation
        if begun.model:
            conversation = replace(conversation, model=begun.model)
        request = prompt.request_for(
            conversation, begun.said, options, begun.folder_prompt, begun.manner
        )

        async def look() -> Situation:
            return await self._history.run(
                lambda history: situation_in(history, conversation.id, options)
            )

        async def approve(departure: Departure, token: CancelToken) -> bool:
            return await self._away.agrees(departure, conversation, token)

        def told(route: Route) -> None:
            answer.comes_from(
                route.request.parameters,
                is_local=route.provider.is_local,
                reason=route.decision.reason,
            )

        stream = self._router.answer(request, look, cancel, told=told, approve=approve)
        try:
            async with closing(stream) as events:
                async for event in events:
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


def situation_in(history: History, conversation_id: str, options: TurnOptions) -> Situation:
    """What the rules are told of a conversation as it stands now; raises `AppError`.

    All files of the shown path count, because a model is told all of it again.
    """
    conversation = history.conversation(conversation_id)
    folder = history.folders.around(conversation)
    attached = history.attachments.on_path(conversation_id)
    marked = MarkedBy.NOTHING
    if folder is not None and folder.mark is not Mark.NONE:
        marked = MarkedBy.FOLDER
    elif any(one.mark is not Mark.NONE for one in attached):
        marked = MarkedBy.FILE
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
        words=history.folders.words_for(conversation),
        attachments=len(attached),
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


def _report(error: BaseException) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": "saving an answer failed", "exception": error}
    )
