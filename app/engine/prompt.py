"""From messages to the tokens a model reads: chat template, forged markers, and what fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.errors import AppError, ErrorCode
from app.core.events import ContextUse
from app.core.messages import Message, Role
from app.engine.runtime import LoadedRuntime
from app.engine.text_stream import opened_reasoning

# A character that Unicode promises never to use, put where a forged marker is cut in two.
_CUT = "\ufdd0"
_PROBE_SYSTEM = "tacitprobesystem"
_PROBE_USER = "tacitprobeuser"
_PROBE_ANSWER = "tacitprobeanswer"
# When old turns must go, more of them go than needed, so that the start of the prompt stays
# the same for a while and need not be read again with every turn.
_FILL_AFTER_DROPPING = 0.75
SYSTEM_MOVED = (
    "This model takes no system message, so the system text was put before the first question."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the model reads. `reasoning_tag` is open at its end where the template opens one."""

    tokens: list[int]
    context: ContextUse
    notices: tuple[str, ...]
    reasoning_tag: str | None


class PromptBuilder:
    """Lays out conversations for one model.

    `markers` are texts of tokens that steer the model; a message that holds one is read as
    plain text. Raises `AppError` where the template is missing or unusable.
    """

    def __init__(self, model: LoadedRuntime, markers: Iterable[str] = ()) -> None:
        self._model = model
        texts = sorted(markers, key=len, reverse=True)
        self._markers = re.compile("|".join(map(re.escape, texts))) if texts else None
        self._takes_system = self._probe()
        self._last_start: tuple[Message, int] | None = None

    def end_token(self, special_tokens: dict[int, str]) -> int | None:
        """The special token that the template writes after an answer, where it writes one."""
        messages = (Message(Role.USER, _PROBE_USER), Message(Role.ASSISTANT, _PROBE_ANSWER))
        try:
            text = self._model.render(_plain(messages), answer=False)
        except AppError:
            return None
        after = text.rpartition(_PROBE_ANSWER)[2].lstrip()
        starts = ((token, s) for token, s in special_tokens.items() if s and after.startswith(s))
        return max(starts, key=lambda pair: len(pair[1]), default=(None, ""))[0]

    def build(self, messages: Sequence[Message], *, limit: int, reserve: int) -> Prompt:
        """The prompt of at most `limit` - `reserve` tokens; the oldest turns go first.

        Raises `AppError` (PROMPT_TOO_LONG) where the last message alone does not fit.
        """
        system, turns = _turns(messages)
        if not turns:
            raise AppError("There is no question.", "Write one.", code=ErrorCode.USAGE)
        text, tokens = self._lay_out(system, turns)
        whole = len(tokens)
        room = limit - reserve
        dropped = 0
        if whole > room:
            dropped = self._first_turn_that_fits(system, turns, room)
            text, tokens = self._lay_out(system, turns[dropped:])
        return Prompt(
            tokens=tokens,
            context=ContextUse(
                limit=limit,
                prompt_tokens=len(tokens),
                dropped_messages=sum(map(len, turns[:dropped])),
                dropped_tokens=whole - len(tokens),
            ),
            notices=(SYSTEM_MOVED,) if system and not self._takes_system else (),
            reasoning_tag=opened_reasoning(text),
        )

    def _first_turn_that_fits(
        self, system: Message | None, turns: list[list[Message]], room: int
    ) -> int:
        """How many of the oldest turns to leave out."""
        last = len(turns) - 1
        needed = self._count(system, turns[last:])
        if needed > room:
            raise _too_long(needed, room, with_system=system is not None)
        if (known := self._known_start(turns)) and self._count(system, turns[known:]) <= room:
            return known
        low, high = 1, last
        while low < high:
            middle = (low + high) // 2
            if self._count(system, turns[middle:]) <= room * _FILL_AFTER_DROPPING:
                high = middle
            else:
                low = middle + 1
        self._last_start = (turns[low][0], low)
        return low

    def _known_start(self, turns: list[list[Message]]) -> int:
        """Where this conversation began when turns were last left out of it, or 0."""
        if self._last_start is None:
            return 0
        message, start = self._last_start
        return start if start < len(turns) and turns[start][0] == message else 0

    def _count(self, system: Message | None, turns: list[list[Message]]) -> int:
        return len(self._lay_out(system, turns)[1])

    def _lay_out(self, system: Message | None, turns: list[list[Message]]) -> tuple[str, list[int]]:
        messages = [message for turn in turns for message in turn]
        if system is not None and self._takes_system:
            messages.insert(0, system)
        elif system is not None:
            # Joined to the first question, below.
            at = next((i for i, m in enumerate(messages) if m.role is Role.USER), 0)
            messages.insert(at, Message(Role.USER, system.text))
        laid_out = [self._guarded(m) for m in _joined(messages)]
        # An answer at the end is one that goes on: its words follow the opening of an answer.
        begun = laid_out.pop().text if laid_out[-1].role is Role.ASSISTANT else ""
        text = self._model.render(_plain(laid_out)) + begun
        return text, self._encode(text)

    def _encode(self, text: str) -> list[int]:
        return [token for part in text.split(_CUT) if part for token in self._model.encode(part)]

    def _guarded(self, message: Message) -> Message:
        """The message with every marker in it cut in two, so that it is no marker."""
        text = _clean(message.text)
        if self._markers is not None:
            while (cut := self._cut(text)) != text:
                text = cut
        return Message(message.role, text)

    def _cut(self, text: str) -> str:
        assert self._markers is not None
        return self._markers.sub(lambda found: found[0][0] + _CUT + found[0][1:], text)

    def _probe(self) -> bool:
        """Whether the template takes a system message; raises where it takes no user's."""
        user = Message(Role.USER, _PROBE_USER)
        try:
            text = self._model.render(_plain((Message(Role.SYSTEM, _PROBE_SYSTEM), user)))
            if _PROBE_SYSTEM in text and _PROBE_USER in text:
                return True
        except AppError:
            pass
        if _PROBE_USER not in self._model.render(_plain((user,))):
            raise AppError(
                "The model's chat template leaves out what you write.",
                "Choose another model.",
                code=ErrorCode.TEMPLATE_UNUSABLE,
            )
        return False


def _turns(messages: Sequence[Message]) -> tuple[Message | None, list[list[Message]]]:
    """The system message, and turns that each begin with the user's messages."""
    system = messages[0] if messages and messages[0].role is Role.SYSTEM else None
    if system is not None:
        messages = messages[1:]
    turns: list[list[Message]] = []
    previous: Role | None = None
    for message in messages:
        if not turns or (message.role is Role.USER and previous is not Role.USER):
            turns.append([])
        turns[-1].append(message)
        previous = message.role
    return (system if system is not None and system.text.strip() else None), turns


def _joined(messages: Iterable[Message]) -> list[Message]:
    """Empty answers left out and neighbours of one role made one: templates want them to
    alternate, and a failed answer leaves two questions in a row."""
    result: list[Message] = []
    for message in messages:
        if message.role is Role.ASSISTANT and not message.text.strip():
            continue
        if result and result[-1].role is message.role:
            joined = f"{result[-1].text}\n\n{message.text}"
            result[-1] = Message(message.role, joined)
        else:
            result.append(message)
    return result


def _plain(messages: Iterable[Message]) -> list[dict[str, str]]:
    return [{"role": str(m.role), "content": m.text} for m in messages]


def _clean(text: str) -> str:
    """Without what would cut the prompt short (NUL), break its encoding, or pass for a cut."""
    text = text.replace("\0", "\ufffd").replace(_CUT, "\ufffd")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _too_long(needed: int, room: int, *, with_system: bool) -> AppError:
    what = "Your message and the system text are" if with_system else "Your message is"
    return AppError(
        f"{what} {needed:,} tokens long, and the model has room for {max(room, 0):,}.",
        "Shorten it, split it, or raise the context limit in the settings.",
        code=ErrorCode.PROMPT_TOO_LONG,
    )
