"""The history: every conversation and message, in one file, for one thread at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.core.events import ContextUse, Usage
from app.core.history_key import Keys
from app.core.messages import Message, Role
from app.store import branches, conversations, errors, index, recovery, search, totals, tree
from app.store.attachments import Attachments
from app.store.branches import Branches
from app.store.connecting import NO_KEYS
from app.store.copies import Copies
from app.store.database import Database
from app.store.encryption_switch import EncryptionSwitch
from app.store.errors import GoneError
from app.store.filters import EVERYTHING, Filters, Sort
from app.store.folders import Folders, Labels
from app.store.memory import MemoryDatabase
from app.store.migrations import MIGRATIONS, Migration
from app.store.personas import Personas, begin_manner
from app.store.query import Query
from app.store.recovery import RecoveryReport
from app.store.rows import columns_of, to_json, writable
from app.store.search import SearchPage
from app.store.totals import TokenTotals
from app.store.transcripts import Transcripts
from app.store.trash import Trash
from app.store.values import Conversation, MessageState, Provenance, StoredMessage


class History:
    """Conversations on disk. Blocking; every method may raise `AppError`.

    What a method has returned from is on the disk: a process killed at any moment loses
    nothing of it. `GoneError` is raised for what was deleted or never existed. `clock` gives
    Unix seconds and is only shown: the order of things never depends on it. `trash_days` is
    how long the trash keeps what was deleted; 0 keeps it until `purge_deleted`. `keys` finds
    the key of an encrypted file. With `in_memory` the file is left alone, and nothing is kept.
    """

    def __init__(
        self,
        file: Path,
        *,
        in_memory: bool = False,
        clock: Callable[[], float] = time.time,
        trash_days: Callable[[], float] = lambda: 0.0,
        steps: Sequence[Migration] = MIGRATIONS,
        keys: Keys = NO_KEYS,
    ) -> None:
        kind = MemoryDatabase if in_memory else Database
        self._db = kind(file, steps, before_commit=index.keep_up, keys=keys)
        self._clock = clock
        self._trash_days = trash_days
        self._keys = keys
        self.copies = Copies(file, clock, are_made=self._db.is_on_disk, keys=keys)
        self.encryption = EncryptionSwitch(self._db, self.copies)
        self.labels = Labels(self._db)
        self.branches = Branches(self._db, clock)
        self.trash = Trash(self._db, clock, self.copies, keys)
        self.folders = Folders(self._db, clock, self.trash)
        self.personas = Personas(self._db, clock, self.trash)
        self.transcripts = Transcripts(self._db)
        self.attachments = Attachments(self._db)

    # The file ----------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether anything can be read or written."""
        return self._db.is_open

    def open(self, *, read_only: bool = False) -> None:
        """Open the file, made anew where there is none.

        Answers that were being written when the program ended become `interrupted`. With
        `read_only` another process may write meanwhile, and nothing is changed. Raises
        `AppError` with STORE_UNWRITABLE (also: another Tacit writes), STORE_BROKEN (see
        `set_aside`), STORE_NEWER, STORE_LOCKED or DISK_FULL; the file is then left as it was.
        """
        if self._db.is_open:
            return
        self._db.open(read_only=read_only)
        if read_only:
            return
        try:
            with self._db.write() as db:
                db.execute(
                    "UPDATE message SET state = ? WHERE state = 'streaming'",
                    (MessageState.INTERRUPTED,),
                )
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Write everything into the one file and let others open it."""
        self._db.close()

    def set_aside(self) -> Path:
        """Rename a file that cannot be opened, so that `open` begins a new one.

        Only ever on the person's word. Returns where the old file lies now.
        """
        return self._db.set_aside()

    def recover(self) -> RecoveryReport:
        """Save what can be saved of a damaged file into a new one, for `open` to open.

        What is lost there and in a daily copy is taken from the copy. The damaged file is
        kept. Raises `AppError` where nothing at all can be read; the file is then as it was.
        """
        if not self._db.is_on_disk:
            raise errors.not_open()
        self.close()
        return recovery.recover(self._db.file, keys=self._keys)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """All changes of the block are kept, or none; and they cost one write together."""
        with self._db.write():
            yield

    # Conversations -----------------------------------------------------------------------

    def conversations(
        self,
        limit: int = 100,
        offset: int = 0,
        *,
        filters: Filters = EVERYTHING,
        sort: Sort = Sort.ACTIVITY,
    ) -> list[Conversation]:
        """The conversations, those used last first; deleted ones are in the trash."""
        with self._db.read() as db:
            return conversations.listed(db, limit, offset, filters, sort)

    def conversation(self, conversation_id: str) -> Conversation:
        """One conversation."""
        with self._db.read() as db:
            return conversations.get(db, conversation_id)

    def create_conversation(
        self, title: str = "", *, model: str = "", system_prompt: str | None = None
    ) -> Conversation:
        """A new and empty conversation."""
        prompt = None if system_prompt is None else writable(system_prompt)
        values: dict[str, object] = {
            "title": writable(title),
            "model": model,
            "system_prompt": prompt,
        }
        with self._db.write() as db:
            return conversations.create(db, values, self._clock())

    def begin_conversation(self, model: str = "") -> Conversation:
        """A new conversation, in which answers are made as was chosen before it was there."""
        with self._db.write() as db:
            made = conversations.create(db, {"model": model}, self._clock())
            begin_manner(db, made.id)
            return made

    def rename(self, conversation_id: str, title: str, *, by_user: bool = True) -> Conversation:
        """Give a conversation its title; one by the user is never replaced by a made one."""
        with self._db.write() as db:
            conversations.change(
                db, conversation_id, title=writable(title), title_by_user=int(by_user)
            )
            return conversations.get(db, conversation_id)

    def set_model(self, conversation_id: str, model: str) -> Conversation:
        """Choose the model that answers in this conversation ("" for the general choice)."""
        with self._db.write() as db:
            conversations.change(db, conversation_id, model=model)
            return conversations.get(db, conversation_id)

    def set_system_prompt(self, conversation_id: str, prompt: str | None) -> Conversation:
        """Set this conversation's own system prompt; None goes back to the general one."""
        text = None if prompt is None else writable(prompt)
        with self._db.write() as db:
            conversations.change(db, conversation_id, system_prompt=text)
            return conversations.get(db, conversation_id)

    def delete_conversation(self, conversation_id: str) -> None:
        """Take a conversation out of sight; `restore_conversation` undoes it until a purge."""
        with self._db.write() as db:
            conversations.mark_deleted(db, conversation_id, self._clock())

    def restore_conversation(self, conversation_id: str) -> Conversation:
        """Undo `delete_conversation`."""
        with self._db.write() as db:
            conversations.mark_deleted(db, conversation_id, None)
            return conversations.get(db, conversation_id)

    def purge_deleted(self) -> int:
        """Erase what has been in the trash long enough so that its bytes are gone.

        Returns how many conversations and messages that were. There is no undoing it.
        """
        return self.trash.purge(older_than_days=self._trash_days())

    def draft(self, conversation_id: str | None) -> str:
        """What stands in the composer; None means the conversation that is not yet begun."""
        with self._db.read() as db:
            return conversations.draft(db, conversation_id)

    def save_draft(self, conversation_id: str | None, text: str) -> None:
        """Keep what stands in the composer."""
        with self._db.write() as db:
            conversations.save_draft(db, conversation_id, text)

    def search(
        self,
        typed: str,
        filters: Filters = EVERYTHING,
        *,
        limit: int = 50,
        offset: int = 0,
        is_typing: bool = False,
    ) -> SearchPage:
        """Titles and messages with all words of `typed`, the titles first.

        `typed` may hold "phrases", beginnings* and -words that must not occur; with
        `is_typing` its last word counts as a beginning. Branches that are not shown are
        searched, too; what is in the trash is not. `Query.spans` finds the same words in a
        whole text.
        """
        with self._db.read() as db:
            return search.find(db, Query.parse(typed, is_typing=is_typing), filters, limit, offset)

    def index_more(self, limit: int = 500) -> bool:
        """Make at most `limit` texts findable that are not yet; returns whether more wait.

        Only an old history that was just brought up to date, or an import, leaves many.
        """
        with self._db.write() as db:
            return index.catch_up(db, limit) == limit

    # Messages ----------------------------------------------------------------------------

    def path(self, conversation_id: str) -> list[StoredMessage]:
        """The shown messages from the first to the last; `page` where they may be many."""
        with self._db.read() as db:
            last = conversations.get(db, conversation_id).leaf_id
            return tree.page(db, conversation_id, last, None)

    def page(
        self, conversation_id: str, before: str | None = None, limit: int = 50
    ) -> list[StoredMessage]:
        """At most `limit` shown messages, oldest first, that end just before `before`.

        Without `before` they are the last ones. The effort does not depend on how many
        messages there are.
        """
        with self._db.read() as db:
            last = conversations.get(db, conversation_id).leaf_id
            if before is not None:
                row = tree.raw(db, before)
                if row is None:
                    raise GoneError("message")
                last = tree.parent_of(db, row)
            return tree.page(db, conversation_id, last, limit)

    def message(self, message_id: str) -> StoredMessage:
        """One message."""
        with self._db.read() as db:
            return tree.message(db, message_id)

    def children(self, conversation_id: str, parent_id: str | None) -> list[StoredMessage]:
        """All messages that follow `parent_id` (None: all at the beginning), oldest first."""
        with self._db.read() as db:
            return tree.children(db, conversation_id, parent_id)

    def spoken(self, message_id: str | None, characters: int) -> tuple[list[Message], int]:
        """What was said from the beginning to `message_id`, without empty messages.

        Of more than `characters` together the oldest are left out; how many is the second
        value.
        """
        with self._db.read() as db:
            return tree.spoken(db, message_id, characters)

    def add_message(
        self,
        conversation_id: str,
        parent_id: str | None,
        role: Role,
        text: str,
        state: MessageState = MessageState.COMPLETE,
    ) -> StoredMessage:
        """Put a new message under `parent_id` (None: at the beginning) and show its path.

        Where something follows `parent_id` already, the new message is its sibling.
        """
        now = self._clock()
        values: dict[str, object] = {
            "role": role,
            "state": state,
            "created_at": now,
            "text": writable(text),
        }
        with self._db.write() as db:
            conversations.get(db, conversation_id)
            message_id = tree.add(db, conversation_id, parent_id, values)
            conversations.touch(db, conversation_id, now)
            return tree.message(db, message_id)

    def update_message(
        self,
        message_id: str,
        *,
        text: str | None = None,
        reasoning: str | None = None,
        state: MessageState | None = None,
        error: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        device: str | None = None,
        usage: Usage | None = None,
        context: ContextUse | None = None,
        provenance: Provenance | None = None,
    ) -> None:
        """Write what is not None. A deleted message may be written until it is purged."""
        texts = {
            "text": text,
            "reasoning": reasoning,
            "error": error,
            "provider": provider,
            "model": model,
            "device": device,
        }
        values: dict[str, object] = {
            name: writable(value) for name, value in texts.items() if value is not None
        }
        figures = {"usage": to_json(usage), "context": to_json(context), "state": state}
        values |= {name: value for name, value in figures.items() if value is not None}
        values |= {} if provenance is None else columns_of(provenance)
        with self._db.write() as db:
            row = tree.raw(db, message_id)
            if row is None:
                raise GoneError("message")
            tree.change(db, message_id, values)
            if row["state"] == MessageState.STREAMING and state not in {None, row["state"]}:
                conversations.touch(db, row["conversation_id"], self._clock())

    def set_leaf(self, conversation_id: str, message_id: str) -> Conversation:
        """Show the path that ends with `message_id`."""
        with self._db.write() as db:
            if tree.shown(db, message_id)["conversation_id"] != conversation_id:
                raise GoneError("message")
            tree.move_leaf(db, conversation_id, message_id)
            return conversations.get(db, conversation_id)

    def show_branch(self, message_id: str) -> Conversation:
        """Show the path through `message_id`, with what was last shown below it."""
        with self._db.write() as db:
            conversation_id = tree.shown(db, message_id)["conversation_id"]
            last = tree.leaf_below(db, conversation_id, message_id)
            tree.move_leaf(db, conversation_id, last)
            return conversations.get(db, conversation_id)

    def delete_message(self, message_id: str) -> str:
        """Take one message out; what follows it stays, and hangs on what comes before it.

        Returns the token that `restore_message` takes to undo it, until a purge.
        """
        with self._db.write() as db:
            tree.delete(db, message_id, self._clock())
        return message_id

    def restore_message(self, token: str) -> StoredMessage:
        """Undo `delete_message` or `branches.delete`: what was deleted is back at its place."""
        with self._db.write() as db:
            branches.restore(db, token)
            return tree.message(db, token)

    def answered_here(self, begin: float, end: float) -> TokenTotals:
        """What was answered on this machine between two moments (Unix seconds)."""
        with self._db.read() as db:
            return totals.answered_here(db, begin, end)

    def agreed_hosts(self, conversation_id: str) -> frozenset[str]:
        """The hosts to which the person agreed to send this conversation."""
        with self._db.read() as db:
            return conversations.agreed_hosts(db, conversation_id)

    def agree(self, conversation_id: str, host: str) -> None:
        """Remember that the person agreed; forks and copies do not inherit it."""
        with self._db.write() as db:
            conversations.agree(db, conversation_id, host)
