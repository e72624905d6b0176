"""Random lives of a history with marks, rules, failures and switches, in search of a way out.

The machine keeps a book of its own about what is confidential. The providers of the cloud look
into it at every request that reaches them: whatever came to them against it is the way out.
"""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.chat.session import ChatSession
from app.chat.turn import AnswerEvent, TurnEvent, TurnOptions
from app.core.errors import AppError, ErrorCode
from app.core.events import Failed, ReasoningDelta, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.exchange.formats import tacit_json
from app.providers.fake import FakeProvider
from app.router.router import Departure, Router
from app.router.rules import Rules
from app.router.situation import Need, Switches
from app.store.history import History
from app.store.values import Conversation, Mark
from app.store.worker import HistoryWorker
from tests.fakes.happenings import (
    CLOUDS,
    CODES,
    COUNTS,
    LIMIT,
    NAMES,
    Guarded,
    Inline,
    Script,
    numbers,
    questions,
    rule_sets,
    some_clouds,
    some_failures,
)


class WaysOut(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.history = History(Path("nowhere"), in_memory=True)
        self.history.open()
        self.local = Guarded("onnx", self.reached)
        self.clouds = {name: Guarded(name, self.reached) for name in CLOUDS}
        self.rules_now = Rules()
        self.switches = Switches()
        self.options = TurnOptions()
        self.names = itertools.count()
        self.steps = itertools.count()
        # The book: what is confidential, and what was made from what.
        self.conversations: list[str] = []
        self.secret: dict[str, bool] = {}
        self.origin: dict[str, str | None] = {}
        self.folders: dict[str, bool] = {}
        # The turn under way.
        self.asked_for = ""
        self.words_out = False
        self.asked: list[str] = []
        self.scripted: dict[str, ErrorCode | None] = {}
        self.approved: list[ChatRequest] = []
        self.marks_meanwhile = False
        self.problem = ""
        self.touched = ""
        self.session = ChatSession(
            cast("HistoryWorker", Inline(self.history)),
            Router(
                {"onnx": self.local},
                rules=lambda: self.rules_now,
                switches=lambda: self.switches,
                more=lambda: dict(self.clouds),
            ),
            lambda: self.options,
            away=self,
        )

    def teardown(self) -> None:
        self.loop.run_until_complete(self.session.close())
        self.loop.close()
        self.history.close()

    # What the cloud sees ------------------------------------------------------------------

    def reached(self, name: str, request: ChatRequest) -> None:
        if name != "onnx":
            self.left(name, request)
        self.asked.append(name)

    def left(self, name: str, request: ChatRequest) -> None:
        COUNTS.left += 1
        options, switches = self.options, self.switches
        fell_back = bool(self.asked)
        failure = self.scripted[self.asked[-1]] if fell_back else None
        COUNTS.fell_back += fell_back
        wrong = {
            "it is confidential": self.secret.get(request.conversation, True),
            "it is another conversation's": request.conversation != self.asked_for,
            "it has no permit": request.permit is None or not request.permit.covers(name, request),
            "the cloud is off": not switches.cloud,
            "the provider is off": name not in switches.providers,
            "the session is private": switches.private_session,
            "everything is sealed": switches.sealed,
            "it was to stay local": options.local_only,
            "it is highly private": options.privacy is Need.HIGH,
            "the limit is passed": switches.month_limit_usd is not None
            and switches.spent_usd >= switches.month_limit_usd,
            "a word was out": self.words_out,
            "nobody approved it": request not in self.approved,
            "fall-back is off": fell_back and not switches.fallback,
            "not for this failure": fell_back and failure not in switches.fallback_for,
            "another was asked for": options.provider not in {"auto", name},
        }
        self.problem = self.problem or ", ".join(why for why, is_so in wrong.items() if is_so)

    async def agrees(
        self, departure: Departure, _conversation: Conversation, _cancel: CancelToken
    ) -> bool:
        if self.marks_meanwhile:
            self.history.labels.mark(self.asked_for, Mark.CONFIDENTIAL)
            self.note(self.asked_for)
        self.approved.append(departure.route.request)
        return True

    @invariant()
    def nothing_got_out(self) -> None:
        """Whatever has just happened to a conversation, the cloud is asked there at once, and
        in one that may be sent: by name, and by a fall-back before or after the first word.
        """
        clean = next((one for one in reversed(self.conversations) if not self.secret[one]), "")
        for conversation_id in filter(None, dict.fromkeys((self.touched, clean))):
            self.ask_the_cloud(conversation_id, next(self.steps))
        assert not self.problem, self.problem

    def ask_the_cloud(self, conversation_id: str, step: int) -> None:
        """By name, in every way that has to be refused; or by a fall-back."""
        by_name = {
            0: TurnOptions(provider=CLOUDS[0]),
            3: TurnOptions(provider=CLOUDS[0], local_only=True),
            6: TurnOptions(provider=CLOUDS[0], privacy=Need.HIGH),
            9: TurnOptions(provider=CLOUDS[1]),
        }
        if (options := by_name.get(step % 12)) is not None:
            self.put_question(conversation_id, options, meanwhile=step % 24 == 9)
            return
        provider = "onnx" if step % 12 == 1 else "auto"
        rules, self.rules_now = self.rules_now, Rules(fallback_chain=NAMES)
        script = (step % 3 - 1, CODES[step % len(CODES)] if step % 2 else CODES[0])
        self.put_question(conversation_id, TurnOptions(provider=provider), fails=script)
        self.rules_now = rules

    # Turns --------------------------------------------------------------------------------

    @initialize(
        cloud=st.sampled_from([True, True, True, False]), providers=some_clouds, rules=rule_sets
    )
    def begin(self, cloud: bool, providers: frozenset[str], rules: Rules) -> None:
        self.switches = Switches(
            cloud=cloud,
            providers=providers,
            fallback=True,
            fallback_for=frozenset(code.value for code in CODES),
        )
        self.rules_now = rules
        self.add_conversation()
        self.add_folder()

    @rule(**questions)  # type: ignore[call-overload,untyped-decorator]
    def ask(self, which: int, options: TurnOptions, **how: Any) -> None:
        self.put_question(self.pick(which), options, **how)

    def put_question(
        self,
        conversation_id: str,
        options: TurnOptions,
        *,
        how: str = "send",
        fails: Script = None,
        cloud_fails: Script = None,
        meanwhile: bool = False,
    ) -> None:
        self.options = options
        self.asked_for, self.marks_meanwhile = conversation_id, meanwhile
        self.words_out, self.asked, self.approved = False, [], []
        for name, script in (("onnx", fails), *((name, cloud_fails) for name in CLOUDS)):
            self.scripted[name] = None if script is None else script[1]
            if script is not None:
                failed = Failed(AppError("It failed.", "Try again.", code=script[1]))
                self.provider(name).enqueue([*[TextDelta("w ")] * script[0], failed])
        COUNTS.turns += 1
        self.loop.run_until_complete(self.turn(conversation_id, how))
        for name in NAMES:
            self.provider(name)._scripts.clear()
            self.provider(name).requests.clear()

    def provider(self, name: str) -> FakeProvider:
        return self.local if name == "onnx" else self.clouds[name]

    async def turn(self, conversation_id: str, how: str) -> None:
        questions = [m for m in self.history.path(conversation_id) if m.role == "user"]
        if how == "send" or not questions:
            events = self.session.send(conversation_id, f"Q{next(self.names)}", CancelToken())
        elif how == "edit":
            events = self.session.edit_and_resend(
                questions[-1].id, f"E{next(self.names)}", CancelToken()
            )
        else:
            events = self.session.regenerate(questions[-1].id, CancelToken())
        async for event in events:
            self.see(event)

    def see(self, event: TurnEvent) -> None:
        if isinstance(event, AnswerEvent):
            self.words_out |= isinstance(event.event, TextDelta | ReasoningDelta)
            COUNTS.refused += (
                isinstance(event.event, Failed) and event.event.error.code is ErrorCode.NOT_ALLOWED
            )

    # Marks, forks, folders ----------------------------------------------------------------

    @rule()
    def add_conversation(self) -> None:
        self.enter(self.history.create_conversation().id, None, secret=False)

    @rule(which=numbers, on=st.sampled_from([True, False, False]))
    def mark(self, which: int, on: bool) -> None:
        conversation_id = self.pick(which)
        try:
            self.history.labels.mark(conversation_id, Mark.CONFIDENTIAL if on else Mark.NONE)
        except AppError:
            return
        if on:
            self.note(conversation_id)
        else:
            self.secret[conversation_id] = self.is_held(conversation_id)

    @rule(parent=st.none() | numbers)
    def add_folder(self, parent: int | None = None) -> None:
        tops = [f.id for f in self.history.folders.all() if f.parent_id is None]
        parent_id = tops[parent % len(tops)] if tops and parent is not None else None
        folder = self.history.folders.create(f"F{next(self.names)}", parent_id)
        self.folders[folder.id] = bool(parent_id and self.folders[parent_id])

    @rule(which=numbers, on=st.sampled_from([True, True, False]))
    def mark_folder(self, which: int, on: bool) -> None:
        if not (folders := self.history.folders.all()):
            return
        folder = folders[which % len(folders)]
        try:
            self.history.folders.set_mark(folder.id, Mark.CONFIDENTIAL if on else Mark.NONE)
        except AppError:
            return
        self.folders[folder.id] = on
        if not on:
            return
        inside = {folder.id, *(f.id for f in folders if f.parent_id == folder.id)}
        self.folders.update(dict.fromkeys(inside, True))
        for conversation in self.history.conversations(1000):
            if conversation.folder_id in inside:
                self.note(conversation.id)

    @rule(which=numbers, folder=st.none() | numbers)
    def move(self, which: int, folder: int | None) -> None:
        folders = self.history.folders.all()
        folder_id = folders[folder % len(folders)].id if folders and folder is not None else None
        conversation_id = self.pick(which)
        self.history.folders.put([conversation_id], folder_id)
        if folder_id is not None and self.folders[folder_id]:
            self.note(conversation_id)

    @rule(which=numbers, folder=numbers)
    def move_through(self, which: int, folder: int) -> None:
        self.move(which, folder)
        self.move(which, None)

    @rule(which=numbers)
    def mark_around(self, which: int) -> None:
        conversation_id = self.pick(which)
        folder = self.history.folders.create(f"F{next(self.names)}")
        self.folders[folder.id] = False
        self.history.folders.put([conversation_id], folder.id)
        self.history.folders.set_mark(folder.id, Mark.CONFIDENTIAL)
        self.folders[folder.id] = True
        self.note(conversation_id)
        self.move(which, None)

    @rule(which=numbers)
    def delete_folder(self, which: int) -> None:
        if folders := self.history.folders.all():
            self.history.folders.delete(folders[which % len(folders)].id)

    @rule(which=numbers)
    def fork(self, which: int) -> None:
        conversation_id = self.pick(which)
        if path := self.history.path(conversation_id):
            fork = self.history.branches.fork(path[-1].id)
            self.enter(fork.id, conversation_id, secret=self.secret[conversation_id])

    @rule(which=numbers, marked=st.booleans())
    def fork_twice_and_erase_the_first(self, which: int, marked: bool) -> None:
        first = self.pick(which)
        if not self.history.path(first):
            return
        middle = self.history.branches.fork(self.history.path(first)[-1].id)
        last = self.history.branches.fork(self.history.path(middle.id)[-1].id)
        self.history.delete_conversation(middle.id)
        self.history.trash.erase_conversation(middle.id)
        self.enter(last.id, first, secret=self.secret[first])
        if marked:
            self.history.labels.mark(first, Mark.CONFIDENTIAL)
            self.note(first)

    @rule(which=numbers)
    def export_erase_import(self, which: int) -> None:
        conversation_id = self.pick(which)
        transcript = self.history.transcripts.read(conversation_id)
        found = tacit_json.parse(tacit_json.document(transcript))
        if found is None:
            return
        self.history.delete_conversation(conversation_id)
        self.history.trash.erase_conversation(conversation_id)
        # What was forked from it, was forked from what it was forked from.
        for child, parent in list(self.origin.items()):
            if parent == conversation_id:
                self.origin[child] = self.origin[conversation_id]
        self.origin[conversation_id] = None
        self.history.transcripts.add(found.transcript)
        for folder in self.history.folders.all():
            held = bool(folder.parent_id and self.folders.get(folder.parent_id))
            self.folders.setdefault(folder.id, held)
        self.secret[conversation_id] |= self.is_held(conversation_id)

    # Switches -----------------------------------------------------------------------------

    @rule(rules=rule_sets)
    def change_rules(self, rules: Rules) -> None:
        self.rules_now = rules

    @rule(
        cloud=st.sampled_from([True, True, False]),
        providers=some_clouds,
        fallback=st.booleans(),
        fallback_for=some_failures,
        private_session=st.sampled_from([False, False, False, True]),
        sealed=st.sampled_from([False, False, False, True]),
        spent_usd=st.sampled_from([0.0, 0.0, 1.0, LIMIT]),
    )
    def switch(self, **switches: Any) -> None:
        self.switches = Switches(month_limit_usd=LIMIT, **switches)

    @precondition(lambda self: not self.switches.cloud)
    @rule()
    def open_all(self) -> None:
        self.switches = Switches(
            cloud=True,
            providers=frozenset(CLOUDS),
            fallback=True,
            fallback_for=frozenset(code.value for code in CODES),
        )

    # The book -----------------------------------------------------------------------------

    def pick(self, which: int) -> str:
        """One of the youngest, so that things happen to the same ones."""
        self.touched = self.conversations[-1 - which % min(3, len(self.conversations))]
        return self.touched

    def enter(self, conversation_id: str, origin: str | None, *, secret: bool) -> None:
        self.touched = conversation_id
        self.conversations.append(conversation_id)
        self.origin[conversation_id] = origin
        self.secret[conversation_id] = secret or self.is_held(conversation_id)

    def note(self, conversation_id: str) -> None:
        """It is confidential now, and so is all that was made from it."""
        self.secret[conversation_id] = True
        for child, parent in self.origin.items():
            if parent == conversation_id:
                self.note(child)

    def is_held(self, conversation_id: str) -> bool:
        folder_id = self.history.conversation(conversation_id).folder_id
        return folder_id is not None and self.folders[folder_id]
