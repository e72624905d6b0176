"""What happens in the random lives of `tests.fakes.lives`, as Hypothesis draws it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from app.chat.turn import TurnOptions
from app.core.errors import ErrorCode
from app.core.events import Event
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest
from app.providers.fake import FakeProvider
from app.router.rules import Condition, Rule, Rules
from app.router.situation import Need
from app.store.history import History

T = TypeVar("T")
CLOUDS = ("anthropic", "openrouter")
NAMES = ("onnx", *CLOUDS)
CODES = (ErrorCode.OUT_OF_MEMORY, ErrorCode.HOST_CRASHED, ErrorCode.CONNECTION_FAILED)
LIMIT = 5.0


@dataclass
class Counts:
    """What the runs have seen, all together: a test that saw nothing proves nothing."""

    turns: int = 0
    left: int = 0
    fell_back: int = 0
    refused: int = 0


COUNTS = Counts()
numbers = st.integers(0, 50)
some_clouds = st.sampled_from(
    [frozenset(CLOUDS), frozenset(CLOUDS), frozenset(CLOUDS[:1]), frozenset[str]()]
)
some_failures = st.sampled_from(
    [frozenset(code.value for code in CODES), frozenset({CODES[0].value}), frozenset[str]()]
)
conditions = st.builds(
    Condition,
    privacy=st.sampled_from([None, Need.LOW, Need.HIGH]),
    local_only=st.sampled_from([None, None, True, False]),
    confidential=st.sampled_from([None, None, True, False]),
    prompt_tokens_above=st.sampled_from([None, None, 1, 50]),
)
rule_sets = st.builds(
    Rules,
    default_provider=st.sampled_from([*CLOUDS, *NAMES]),
    fallback_chain=st.permutations(NAMES).map(tuple),
    rules=st.lists(
        st.builds(
            Rule, condition=conditions, provider=st.sampled_from(NAMES), reason=st.just("R.")
        ),
        max_size=3,
    ).map(tuple),
)
# None: it answers. Otherwise how many words come before this failure.
Script = tuple[int, ErrorCode] | None
failures = st.none() | st.none() | st.tuples(st.sampled_from([0, 0, 1]), st.sampled_from(CODES))


questions: dict[str, st.SearchStrategy[Any]] = {
    "which": numbers,
    "how": st.sampled_from(["send", "send", "regenerate", "edit"]),
    "options": st.builds(
        TurnOptions,
        provider=st.sampled_from(["auto", "auto", "auto", *CLOUDS, *NAMES]),
        privacy=st.sampled_from([*[Need.NONE] * 5, Need.MEDIUM, Need.HIGH]),
        local_only=st.sampled_from([*[False] * 6, True]),
    ),
    "fails": failures,
    "cloud_fails": failures,
    "meanwhile": st.sampled_from([False, False, False, True]),
}


class Inline:
    """A history without a thread, so that thousands of lives do not take hours."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def run(self, job: Callable[[History], T]) -> T:
        return job(self._history)


class Guarded(FakeProvider):
    """A provider that calls `reached` before it takes anything."""

    def __init__(self, name: str, reached: Callable[[str, ChatRequest], None]) -> None:
        super().__init__(name, is_local=name == "onnx")
        self._reached = reached

    async def stream(self, request: ChatRequest, cancel: CancelToken) -> AsyncIterator[Event]:
        self._reached(self.name, request)
        async for event in super().stream(request, cancel):
            yield event
