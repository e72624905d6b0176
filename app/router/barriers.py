"""What keeps a question on this machine: each check alone, and every one of them can say no.

Rules, fall-back, `--provider` and other programs can only choose among what passes here.
"""

from __future__ import annotations

from collections.abc import Callable

from app.core.errors import ErrorCode
from app.router.situation import MarkedBy, Need, Situation, Switches

Barrier = Callable[[Situation, Switches, str], str]

_MARKED = {
    MarkedBy.CHAT: "This chat is marked confidential.",
    MarkedBy.FOLDER: "The folder of this chat is marked confidential.",
    MarkedBy.FILE: "A file that belongs to this question is marked confidential.",
}


def confidential(situation: Situation, _switches: Switches, _provider: str) -> str:
    """What is marked confidential never leaves, nor does anything made from it."""
    return _MARKED[situation.marked] if situation.is_confidential else ""


def private_session(_situation: Situation, switches: Switches, _provider: str) -> str:
    """A session that leaves nothing behind leaves nothing elsewhere either."""
    return "This is a private session." if switches.private_session else ""


def sealed(_situation: Situation, switches: Switches, _provider: str) -> str:
    """Nothing leaves a sealed program."""
    return "Tacit is sealed." if switches.sealed else ""


def local_only(situation: Situation, _switches: Switches, _provider: str) -> str:
    """Asked to stay on this machine."""
    return "This question was to stay on this computer." if situation.local_only else ""


def high_privacy(situation: Situation, _switches: Switches, _provider: str) -> str:
    """Asked with the highest need for privacy."""
    return "This question was said to be highly private." if situation.privacy == Need.HIGH else ""


def master_switch(_situation: Situation, switches: Switches, _provider: str) -> str:
    """The one switch above all cloud providers."""
    return "" if switches.cloud else "Cloud providers are switched off."


def provider_switch(_situation: Situation, switches: Switches, provider: str) -> str:
    """The switch of this provider."""
    return "" if provider in switches.providers else f"{provider} is not switched on."


def cost_limit(situation: Situation, switches: Switches, _provider: str) -> str:
    """The month's limit, which is kept before it is passed."""
    limit = switches.month_limit_usd
    if limit is None:
        return ""
    expected = switches.spent_usd + (situation.expected_cost_usd or 0.0)
    if switches.spent_usd >= limit or expected > limit:
        return f"The limit of {limit:.2f} US dollars for this month would be passed."
    return ""


BARRIERS: tuple[Barrier, ...] = (
    confidential,
    private_session,
    sealed,
    local_only,
    high_privacy,
    master_switch,
    provider_switch,
    cost_limit,
)


# What a program is told, where one of these is among the reasons; the first of them counts.
_CODES: tuple[tuple[Barrier, ErrorCode], ...] = (
    (confidential, ErrorCode.NOT_ALLOWED),
    (private_session, ErrorCode.SEALED),
    (sealed, ErrorCode.SEALED),
    (local_only, ErrorCode.NOT_ALLOWED),
    (high_privacy, ErrorCode.NOT_ALLOWED),
    (master_switch, ErrorCode.CLOUD_OFF),
    (provider_switch, ErrorCode.CLOUD_OFF),
    (cost_limit, ErrorCode.COST_LIMIT),
)


def code_of(situation: Situation, switches: Switches, provider: str) -> ErrorCode:
    """What kind of refusal it is."""
    for barrier, code in _CODES:
        if barrier(situation, switches, provider):
            return code
    return ErrorCode.NOT_ALLOWED


def refusals(situation: Situation, switches: Switches, provider: str) -> tuple[str, ...]:
    """Every reason why `provider` may not get this question; none for one on this machine."""
    if switches.is_local(provider):
        return ()
    found = (barrier(situation, switches, provider) for barrier in BARRIERS)
    return tuple(reason for reason in found if reason)
