"""What a decision is made from: the situation of one question, and what the person switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.cloud import LOCAL, split_reference
from app.core.errors import ErrorCode
from app.core.messages import ChatRequest

AUTO = "auto"
# A text has about so many characters for each token, in the languages that models know best.
_CHARACTERS_PER_TOKEN = 3.5
_USUAL_ANSWER = 400


class Need(StrEnum):
    """How private a question is said to be; `high` never leaves this machine."""

    NONE = ""
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Preference(StrEnum):
    """What the person would rather have of an answer."""

    NONE = ""
    SPEED = "speed"
    QUALITY = "quality"


class MarkedBy(StrEnum):
    """What it is that bears the mark "confidential"."""

    NOTHING = ""
    CHAT = "chat"
    FOLDER = "folder"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One question, as far as choosing who answers goes; no word of it.

    `provider` and `model` are what was asked for ("auto" and "" leave it open). `marked` says
    what makes it confidential. `folder` is the name of the folder around the conversation, `words`
    what the person wants replaced in that folder before anything leaves. `attachments` counts
    the files that are told with it.
    `fixed` names the parameters that were asked for expressly, which no rules file changes.
    `prompt_tokens` is estimated, and never less than it was said to be; `expected_s` and
    `expected_cost_usd` are None where nothing is known. `has_begun`: a word of the answer has
    been shown. `tried` are the providers that have failed already, the last of them with
    `failure`.
    """

    provider: str = AUTO
    model: str = ""
    privacy: Need = Need.NONE
    local_only: bool = False
    marked: MarkedBy = MarkedBy.NOTHING
    prefer: Preference = Preference.NONE
    conversation: str = ""
    folder: str = ""
    words: tuple[str, ...] = field(default=(), repr=False)
    attachments: int = 0
    fixed: frozenset[str] = frozenset()
    prompt_tokens: int = 0
    expected_s: float | None = None
    expected_cost_usd: float | None = None
    has_begun: bool = False
    tried: tuple[str, ...] = ()
    failure: ErrorCode | None = None

    @property
    def is_confidential(self) -> bool:
        """Whether something marks it so."""
        return self.marked != MarkedBy.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What the person switched on, and what there is: by default nothing that leaves.

    `providers` are the cloud providers switched on one by one; `cloud` is the switch above them
    all. `fallback_for` are the failures (`ErrorCode`) that a fall-back is wanted for, `fallback_to`
    who is asked then where no rules file has a chain ("" for nobody).
    `month_limit_usd` is None for no limit. `locals` are the providers that run on this machine,
    `known` all there are. `models` maps the ids of the installed models to their context lengths
    (0: unknown), and is None where nobody has looked; `default_model` is the one that answers
    where none is named, `tokens_per_s` how fast (0: not tried). `prices` has US dollars for a
    million tokens read and written, for each provider whose price is known.
    """

    cloud: bool = False
    providers: frozenset[str] = frozenset()
    fallback: bool = False
    fallback_for: frozenset[str] = frozenset()
    fallback_to: str = ""
    private_session: bool = False
    sealed: bool = False
    month_limit_usd: float | None = None
    spent_usd: float = 0.0
    locals: frozenset[str] = frozenset({LOCAL})
    known: frozenset[str] = frozenset({LOCAL})
    models: Mapping[str, int] | None = field(default=None, hash=False)
    default_model: str = ""
    tokens_per_s: float = 0.0
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)

    def is_local(self, provider: str) -> bool:
        """Whether what this provider is asked stays on this machine."""
        return provider in self.locals

    def supposing(self, *, cloud: bool) -> Switches:
        """The same, as if everything elsewhere were switched on, or off; for explaining only."""
        return replace(self, cloud=cloud, providers=self.known if cloud else frozenset())


def estimated_tokens(characters: int) -> int:
    """About how many tokens a text of so many characters has."""
    return round(characters / _CHARACTERS_PER_TOKEN)


def measured(situation: Situation, request: ChatRequest, switches: Switches) -> Situation:
    """`situation` with what can be told from the request and from what is known of providers.

    What an answer would cost is reckoned with the dearest provider that is switched on.
    """
    estimated = estimated_tokens(sum(len(m.text) for m in request.messages))
    tokens = max(estimated, situation.prompt_tokens)
    written = min(request.parameters.max_tokens or _USUAL_ANSWER, _USUAL_ANSWER)
    costs = [
        (read * tokens + write * written) / 1e6
        for name, (read, write) in switches.prices.items()
        if name in switches.providers
    ]
    service, model = split_reference(request.model)
    return replace(
        situation,
        provider=service if service and situation.provider == AUTO else situation.provider,
        model=model,
        prompt_tokens=tokens,
        expected_s=written / switches.tokens_per_s if switches.tokens_per_s else None,
        expected_cost_usd=max(costs, default=None),
    )
