"""A title for a conversation after its first answer, by the model on this computer alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Protocol

from app.chat import prompt
from app.chat.title import title_of
from app.chat.turn import TurnOptions
from app.core.cancel import CancelToken
from app.core.events import Done, Event, FinishReason, TextDelta
from app.core.messages import ChatRequest, Message, Role
from app.store.history import History
from app.store.index import SPACELESS
from app.store.values import Conversation, MessageState
from app.store.worker import HistoryWorker

_MOST_TOKENS = 24
_MOST_WORDS, _MOST_CHARACTERS = 8, 60
# Asked at the end of what was said: the model has read all before it already.
_ASK = (
    "Write a title for this conversation: at most six words, in its language, without quotation "
    "marks. Answer with the title only."
)
_AROUND = " \t\"'“”„«»\u2018\u2019\u201a`*#_.:-"
_BEGINNING = "title"
_WORDS = re.compile(r"[^\W_]+")
# Words that share so many letters are taken for forms of the same.
_ALIKE = 4


class LocalModel(Protocol):
    """What answers on this computer."""

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves this computer."""

    def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        """The events of an answer."""


class Naming:
    """Makes titles; `options` are those that answers are given with."""

    def __init__(
        self, history: HistoryWorker, model: LocalModel, options: Callable[[], TurnOptions]
    ) -> None:
        self._history = history
        self._model = model
        self._options = options

    async def name(self, conversation_id: str, cancel: CancelToken) -> Conversation | None:
        """Give a conversation of one question and its answer a title; returns it then.

        None where there is nothing to do, the model found no title, or `cancel` came first.
        A title by the person is never replaced, whenever it was typed. Raises `AppError`
        where the store cannot be used.
        """
        if not self._model.is_local:
            return None
        options = self._options()
        request = await self._history.run(lambda store: _request(store, conversation_id, options))
        if request is None or cancel.is_cancelled:
            return None
        spoken = [one.text for one in request.messages[:-1] if one.role is not Role.SYSTEM]
        title = title_in(await self._ask(request, cancel), "\n".join(spoken))
        if not title or cancel.is_cancelled:
            return None
        return await self._history.run(lambda store: _rename(store, conversation_id, title))

    async def _ask(self, request: ChatRequest, cancel: CancelToken) -> str:
        """What the model says, "" where it did not come to an end by itself."""
        text, is_whole = "", False
        async for event in self._model.stream(request, cancel):
            if isinstance(event, TextDelta):
                text += event.text
            elif isinstance(event, Done):
                is_whole = event.finish_reason is FinishReason.STOP
        return text if is_whole else ""


def title_in(said: str, about: str) -> str:
    """The title in what a model said of the text `about`, "" where that is none.

    The smallest models greet, repeat the wish or begin a sentence. What is long, or whose words
    mostly do not occur in the text, is no title; the first words of the question are a better one.
    """
    line = next((line for line in said.splitlines() if line.strip()), "").strip(_AROUND)
    beginning, colon, rest = line.partition(":")
    if colon and beginning.strip(_AROUND).casefold() == _BEGINNING:
        line = rest.strip(_AROUND)
    is_short = len(line) <= _MOST_CHARACTERS and len(line.split()) <= _MOST_WORDS
    return title_of(line) if is_short and _is_about(line, about) else ""


def _is_about(title: str, text: str) -> bool:
    """Whether at least half of the words that mean something begin like some of the text."""
    text = text.casefold()
    beginnings = {word[:_ALIKE] for word in _WORDS.findall(text)}
    words = _WORDS.findall(title.casefold())
    telling = [word for word in words if len(word) >= _ALIKE or not word.isascii()] or words
    known = sum(word[:_ALIKE] in beginnings or _is_spaceless_in(word, text) for word in telling)
    return known > 0 and 2 * known >= len(telling)


def _is_spaceless_in(word: str, text: str) -> bool:
    """The same for scripts without spaces, by characters."""
    return bool(SPACELESS.match(word)) and 2 * sum(one in text for one in word) >= len(word)


def _request(store: History, conversation_id: str, options: TurnOptions) -> ChatRequest | None:
    """What to ask, None where the conversation needs no title or not one from here."""
    conversation = store.conversation(conversation_id)
    said = store.page(conversation_id, limit=3)
    if conversation.title_by_user or [one.role for one in said] != [Role.USER, Role.ASSISTANT]:
        return None
    answer = said[1]
    is_whole = answer.state in {MessageState.COMPLETE, MessageState.CUT} and answer.text.strip()
    if not is_whole or answer.provenance.is_local is not True:
        return None
    messages, left_out = store.spoken(answer.id, prompt.MAX_CHARACTERS)
    if left_out:
        return None
    request = prompt.request_for(
        conversation,
        [*messages, Message(Role.USER, _ASK)],
        options,
        store.folders.prompt_for(conversation),
    )
    # Without a seed, and drawn as the answers are: only so what was read need not be read anew.
    wanted = replace(request.parameters, max_tokens=_MOST_TOKENS, seed=None, stop=("\n",))
    return replace(request, parameters=wanted)


def _rename(store: History, conversation_id: str, title: str) -> Conversation | None:
    # Asked again in the same job: the person may have typed one meanwhile.
    if store.conversation(conversation_id).title_by_user:
        return None
    return store.rename(conversation_id, title, by_user=False)
