"""Who answers and why: one pure function from a situation, the rules and the switches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.cloud import LOCAL
from app.core.errors import AppError, ErrorCode
from app.router.barriers import code_of, refusals
from app.router.matching import failing, is_missing, overflows
from app.router.permitting import refusal
from app.router.rules import Rule, Rules, is_provider
from app.router.situation import AUTO, Need, Situation, Switches

Facts = tuple[Situation, Rules, Switches]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who answers with which model ("": the provider's own choice).

    `reason` is a sentence for the person, `trail` all that was considered, in order, and
    `notices` what the person has to know or do. `problem` says why nobody may answer; the
    provider is then the one that was asked for. `rule` is the one that chose, if one did.
    """

    provider: str
    model: str = ""
    is_local: bool = True
    reason: str
    trail: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    problem: AppError | None = None
    rule: Rule | None = None
    device: str = ""
    max_tokens: int | None = None
    temperature: float | None = None


def decide(situation: Situation, rules: Rules, switches: Switches) -> Decision:
    """The decision for `situation`. The first rule that holds wins; what denies wins over it.

    What was asked for by name is given or refused, never replaced. What a rule or the file's
    default names is replaced by the model on this computer where it is not allowed: staying
    here needs nobody's leave.
    """
    if situation.provider != AUTO:
        return _asked_for(situation, rules, switches)
    trail: list[str] = []
    facts = (situation, rules, switches)
    rule = _first(situation, rules, switches, trail)
    if rule is not None:
        wanted, reason = rule.provider, rule.reason
    else:
        wanted = rules.default_provider
        reason = _default_reason(rules)
        trail.append(f"No rule applies, so the default holds: {wanted}.")
    reasons = _reasons_against(situation, switches, wanted)
    if not reasons:
        return _chosen(wanted, reason, trail, facts, rule)
    trail.append(f"{wanted} may not answer: {' '.join(reasons)}")
    notices = reasons[:1]
    if situation.local_only or situation.privacy == Need.HIGH:
        notices = ()  # that was the person's own word
    elif rule is None and not switches.cloud:
        notices = (_cloud_is_off(rules, wanted),)
    stays = f"{reasons[0]} So the model on this computer answers."
    decision = _chosen(LOCAL, stays, trail, facts)
    return replace(decision, notices=(*notices, *decision.notices))


def fall_back(situation: Situation, rules: Rules, switches: Switches) -> Decision | None:
    """Who answers instead of the providers in `situation.tried`; None where nobody does.

    Only before the first word, only where the switch is on, only for a failure that the person
    chose, only along the file's chain, and only to what may have the question at all.
    """
    if not may_fall_back(situation, switches):
        return None
    failed = situation.tried[-1]
    trail = [f"{failed} could not answer ({situation.failure}), and fall-back is switched on."]
    own = (switches.fallback_to,) if switches.fallback_to else ()
    for name in rules.fallback_chain or own:
        if name in situation.tried:
            continue
        if reasons := _reasons_against(situation, switches, name):
            trail.append(f"{name} may not answer instead: {' '.join(reasons)}")
            continue
        reason = f"{failed} could not answer, so {name} answers instead: fall-back is switched on."
        # What the person chose for the one that failed is no model of this one.
        other = replace(situation, model="")
        return _chosen(name, reason, trail, (other, rules, switches))
    return None


def may_fall_back(situation: Situation, switches: Switches) -> bool:
    """Whether another provider may be looked for at all."""
    return (
        switches.fallback
        and not situation.has_begun
        and bool(situation.tried)
        and situation.provider == AUTO
        and situation.failure is not None
        and situation.failure.value in switches.fallback_for
    )


def _asked_for(situation: Situation, rules: Rules, switches: Switches) -> Decision:
    name = situation.provider
    reason = f"You asked for {name}."
    if reasons := _reasons_against(situation, switches, name):
        return Decision(
            provider=name,
            is_local=switches.is_local(name),
            reason=reason,
            trail=(reason, *reasons),
            problem=_problem(name, reasons, situation, switches),
        )
    return _chosen(name, reason, [reason], (situation, rules, switches))


def _first(situation: Situation, rules: Rules, switches: Switches, trail: list[str]) -> Rule | None:
    for number, rule in enumerate(rules.rules, 1):
        name = f"Rule {number}{f' (line {rule.line})' if rule.line else ''}"
        if why := failing(rule.condition, situation, switches):
            trail.append(f"{name} does not apply: {why}")
            continue
        trail.append(f"{name} applies: {rule.provider}. {rule.reason}")
        return rule
    return None


def _reasons_against(situation: Situation, switches: Switches, name: str) -> tuple[str, ...]:
    """Why `name` may not answer; none where it may, and for the engine on this computer."""
    if name == LOCAL:
        return ()
    if name not in switches.known and not is_provider(name):
        return (f'There is no provider called "{name}".',)
    if reasons := refusals(situation, switches, name):
        return reasons
    if name not in switches.known:
        return (f"{name} is not set up.",)
    return ()


def _problem(
    name: str, reasons: tuple[str, ...], situation: Situation, switches: Switches
) -> AppError:
    is_known = name in switches.known or is_provider(name)
    if is_known and refusals(situation, switches, name):
        return refusal(name, reasons, code_of(situation, switches, name))
    return AppError(
        f'The provider "{name}" is not available. {reasons[0]}',
        'Set it up in the settings, or use "onnx", which runs on this computer.',
        code=ErrorCode.PROVIDER_UNAVAILABLE,
    )


def _engine_problem(switches: Switches) -> AppError | None:
    """Why nothing can be answered on this computer; None where it can."""
    if LOCAL in switches.known and switches.is_local(LOCAL):
        return None
    return AppError(
        "The engine that runs models on this computer is missing.",
        "Install Tacit again.",
        code=ErrorCode.PROVIDER_UNAVAILABLE,
    )


def _chosen(
    name: str, reason: str, trail: list[str], facts: Facts, rule: Rule | None = None
) -> Decision:
    situation, rules, switches = facts
    said = rules.of(name)
    is_local = switches.is_local(name)
    asked = situation.model
    if not is_local and switches.models is not None and asked in switches.models:
        asked = ""  # a model of the library means nothing to a cloud provider
    model = asked or (rule.model if rule is not None else "") or said.model
    notices: list[str] = []
    if is_local and is_missing(model, switches) and model != situation.model:
        notices.append(_not_in_library(model, rule, rules, switches))
        trail.append(f"The model {model} is not in the library.")
        model = ""
    if is_local and overflows(situation, switches):
        notices.append("This is longer than the model can read; the oldest part is left out.")
    trail.append(f"{name} answers{f' with {model}' if model else ''}. {reason}")
    return Decision(
        provider=name,
        model=model,
        is_local=is_local,
        reason=reason,
        trail=tuple(trail),
        notices=tuple(notices),
        problem=_engine_problem(switches) if name == LOCAL else None,
        rule=rule,
        device=said.device if is_local else "",
        max_tokens=None if "max_tokens" in situation.fixed else said.max_tokens,
        temperature=None if "temperature" in situation.fixed else said.temperature,
    )


def _default_reason(rules: Rules) -> str:
    if not rules.source:
        return "The model on this computer answers."
    return f"No rule applies, and the default of {rules.source} is {rules.default_provider}."


def _cloud_is_off(rules: Rules, wanted: str) -> str:
    return (
        f"{rules.source or 'The rules file'} names {wanted} as the default, but cloud providers "
        "are switched off. They stay off until you switch them on in the settings."
    )


def _not_in_library(model: str, rule: Rule | None, rules: Rules, switches: Switches) -> str:
    asking = "A rule" if rule is not None and rule.model == model else rules.source or "The file"
    other = switches.default_model or "another model"
    return (
        f"{asking} asks for the model {model}, which is not in the library; {other} answers. "
        f'Look for it with "tacit models search" or on the page Models, or change the rule.'
    )
