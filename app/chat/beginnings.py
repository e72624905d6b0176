"""How a turn begins: what is written to the history before anything is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.chat import prompt
from app.chat.title import title_of
from app.core.draft import Draft, TextFile
from app.core.errors import AppError, ErrorCode
from app.core.messages import Message, Role
from app.store.history import History
from app.store.personas import Manner
from app.store.values import EDITED_FROM, Conversation, MessageState, StoredMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A turn that is in the history: the new messages, the answer last, and what was said.

    `folder_prompt` are the instructions of the folder that the conversation is in, `manner`
    says who answers in it, and `model` is the one that is asked for this answer alone ("" for
    the conversation's).
    """

    conversation: Conversation
    added: tuple[StoredMessage, ...]
    said: list[Message]
    left_out: int
    folder_prompt: str | None
    manner: Manner
    model: str = ""


def ask(
    history: History,
    conversation_id: str | None,
    text: str,
    model: str = "",
    files: Sequence[TextFile] = (),
) -> Begun:
    """`text` at the end of the shown path, with `files` in front of it; None begins a new
    conversation, with `model`.
    """
    require(text)
    history.save_draft(conversation_id, "")
    history.attachments.save_draft(conversation_id, ())
    if conversation_id is None:
        conversation_id = history.begin_conversation(model).id
    conversation = history.conversation(conversation_id)
    if not conversation.title and not conversation.title_by_user:
        history.rename(conversation_id, title_of(text), by_user=False)
    question = _add(history, conversation_id, conversation.leaf_id, Draft(text, tuple(files)))
    return _answer_to(history, question, question)


def ask_again(history: History, message_id: str) -> Begun:
    """The question `message_id`, or the one before that answer, once more."""
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


def ask_differently(history: History, message_id: str, text: str) -> Begun:
    """`text` beside the question `message_id`, with the same files in front of it."""
    require(text)
    old = history.message(message_id)
    if old.role is not Role.USER:
        raise AppError(
            "Only a question can be changed and asked again.",
            "Ask for another answer instead.",
            code=ErrorCode.USAGE,
        )
    question = _add(history, old.conversation_id, old.parent_id, Draft(text, old.files))
    return _answer_to(history, question, question)


def _add(
    history: History, conversation_id: str, parent_id: str | None, asked: Draft
) -> StoredMessage:
    """A new question; a confidential file makes its conversation confidential."""
    made = history.add_message(conversation_id, parent_id, Role.USER, asked.whole)
    if not asked.files:
        return made
    history.attachments.note(made.id, asked.files)
    return history.message(made.id)


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
        manner=history.personas.of(conversation.id),
    )


def go_on(history: History, message_id: str) -> Begun:
    """The answer `message_id`, at the end of the shown path, is to be written on."""
    old = history.message(message_id)
    conversation = history.conversation(old.conversation_id)
    if old.role is not Role.ASSISTANT or not old.text.strip() or conversation.leaf_id != old.id:
        raise AppError(
            "Only the last answer can go on.",
            "Ask a question at the end of the conversation.",
            code=ErrorCode.USAGE,
        )
    said, left_out = history.spoken(old.id, prompt.MAX_CHARACTERS)
    # A model begins its next word with the blank before it.
    text = old.text.rstrip()
    said[-1] = Message(Role.ASSISTANT, text)
    history.update_message(old.id, text=text, state=MessageState.STREAMING, error="")
    return Begun(
        conversation=conversation,
        added=(history.message(old.id),),
        said=said,
        left_out=left_out,
        folder_prompt=history.folders.prompt_for(conversation),
        manner=history.personas.of(conversation.id),
        model=old.model,
    )


def edit_answer(history: History, message_id: str, text: str) -> StoredMessage:
    """Put `text` beside the answer `message_id` as another version, and show it.

    Where the words come from stays known: what was made in the cloud still counts as that.
    """
    require(text)
    old = history.message(message_id)
    if old.role is not Role.ASSISTANT:
        raise AppError("This is no answer.", "Edit the question instead.", code=ErrorCode.USAGE)
    known = old.provenance
    provenance = replace(
        known, cost_usd=None, parameters={**(known.parameters or {}), EDITED_FROM: old.id}
    )
    with history.batch():
        made = history.add_message(old.conversation_id, old.parent_id, Role.ASSISTANT, text)
        history.update_message(
            made.id,
            provider=old.provider,
            model=old.model,
            device=old.device,
            context=old.context,
            provenance=provenance,
        )
    return history.message(made.id)


def require(text: str) -> None:
    """Raise `AppError` where there are no words in `text`."""
    if not text.strip():
        raise AppError("There is nothing to send.", "Write something first.", code=ErrorCode.USAGE)
