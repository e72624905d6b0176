"""The rules by which a provider is chosen, as values; `rules_file` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from app.core.cloud import LOCAL
from app.router.situation import Need, Preference

# Every provider that a file may name; which of them there are is another question. Of a server of
# one's own, its address decides whether it is local; further ones are "openai-compatible/NAME".
CLOUD = ("anthropic", "openrouter", "huggingface")
OWN_SERVER = "openai-compatible"
PROVIDERS = (LOCAL, *CLOUD, OWN_SERVER)
LONGEST_TEXT = 500
MOST_TOKENS = 1_000_000
MOST = 1e9
"""Of seconds and of US dollars."""


def is_provider(name: str) -> bool:
    """Whether a file may name it."""
    return name in PROVIDERS or (name.startswith(f"{OWN_SERVER}/") and len(name) < 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a rule holds: in every respect that is not None.

    Lengths are estimated tokens of everything that would be sent, times in seconds, costs in US
    dollars. `privacy` is the least need for privacy that the rule holds for. `context_overflow`
    asks whether the question is longer than the local model's context, `model_missing` whether
    the model that was asked for is not in the library.
    """

    privacy: Need | None = None
    local_only: bool | None = None
    confidential: bool | None = None
    folder: str | None = None
    attachments: bool | None = None
    prompt_tokens_above: int | None = None
    prompt_tokens_below: int | None = None
    context_overflow: bool | None = None
    model_missing: bool | None = None
    expected_seconds_above: float | None = None
    expected_cost_above: float | None = None
    prefer: Preference | None = None

    def covers(self, other: Condition) -> bool:
        """Whether this holds wherever `other` does, as far as equal or open fields tell."""
        return all(
            getattr(self, one.name) is None or getattr(self, one.name) == getattr(other, one.name)
            for one in fields(Condition)
        )

    @property
    def kept_here(self) -> str:
        """What of it keeps a question on this computer, whatever is asked; "" for nothing."""
        if self.confidential:
            return "What is confidential"
        if self.local_only:
            return "What is to stay local"
        return "What is highly private" if self.privacy is Need.HIGH else ""

    @property
    def is_impossible(self) -> bool:
        """Whether no question is so long and so short at once."""
        above, below = self.prompt_tokens_above, self.prompt_tokens_below
        return above is not None and below is not None and below <= above + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Under `condition`, `provider` answers with `model` ("": its own choice), for `reason`.

    `line` is where the rule begins in its file.
    """

    condition: Condition
    provider: str
    model: str = ""
    reason: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """How one provider answers where it is chosen; None and empty leave it to the settings.

    `execution_providers` are the devices for a local model, in the order of preference.
    """

    model: str = ""
    execution_providers: tuple[str, ...] = ()
    max_tokens: int | None = None
    temperature: float | None = None
    local_inference: bool | None = None
    gpu_acceleration: bool | None = None

    @property
    def device(self) -> str:
        """The device that the engine is to take; "" leaves it to the settings."""
        if self.execution_providers:
            return self.execution_providers[0]
        return "cpu" if self.gpu_acceleration is False else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All of a rules file. Without one, the model on this computer answers everything.

    `fallback_chain` says who may be asked instead, in this order; only where fall-back is
    switched on. `source` is what the person calls the file ("" for none).
    """

    default_provider: str = LOCAL
    fallback_chain: tuple[str, ...] = ()
    providers: Mapping[str, ProviderRules] = field(default_factory=dict, hash=False)
    rules: tuple[Rule, ...] = ()
    source: str = ""

    def of(self, provider: str) -> ProviderRules:
        """What the file says of a provider."""
        return self.providers.get(provider, ProviderRules())

    @property
    def named_clouds(self) -> tuple[str, ...]:
        """The cloud providers that the file would like to use, each once."""
        named = (self.default_provider, *self.fallback_chain, *(r.provider for r in self.rules))
        return tuple(dict.fromkeys(name for name in named if name != LOCAL))
