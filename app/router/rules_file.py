"""Reads a rules file: strictly, with the line of everything that is wrong.

`resources/router.schema.json` describes the form for editors. The names are those of the router
that this program's routing began with (agentic-flow), where conditions on privacy are declared
and not looked at; here a field that is not known or contradicts another one is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.cloud import LOCAL
from app.core.errors import AppError, ErrorCode
from app.router.fields import Fields, Problem, Problems
from app.router.json_lines import BrokenJsonError, Node, parse
from app.router.rules import (
    CLOUD,
    MOST,
    MOST_TOKENS,
    PROVIDERS,
    Condition,
    ProviderRules,
    Rule,
    Rules,
    is_provider,
)
from app.router.situation import Need, Preference

_DEVICES = ("cpu", "cuda", "dml")
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a text: rules, or problems; never both."""

    rules: Rules | None
    problems: tuple[Problem, ...] = ()


def read(text: str, source: str = "") -> Reading:
    """The rules of `text`, or everything that is wrong with it, in the order of the lines."""
    if len(text) > _LARGEST:
        return Reading(None, (Problem(1, "This is too long for a rules file."),))
    text = text.removeprefix("\ufeff")
    if text.strip()[:1] not in {"{", ""}:
        return Reading(None, (Problem(1, "The file has to begin with a brace: {.", "Add it."),))
    try:
        node = parse(text)
    except BrokenJsonError as error:
        return Reading(None, (Problem(error.line, f"{error.what}.", "Correct the JSON."),))
    problems = Problems()
    rules = _rules(Fields(node, "The file", problems), problems, source)
    if problems.found:
        return Reading(None, tuple(sorted(problems.found)))
    return Reading(rules)


def checked(text: str, source: str = "") -> Rules:
    """The rules of `text`; raises `AppError` with everything that is wrong."""
    reading = read(text, source)
    if reading.rules is None:
        raise AppError(
            f"The rules{f' in {source}' if source else ''} cannot be used.",
            " ".join(problem.sentence for problem in reading.problems),
            code=ErrorCode.SETTING_INVALID,
        )
    return reading.rules


def _rules(file: Fields, problems: Problems, source: str) -> Rules:
    file.node("$schema")
    default = file.provider("defaultProvider") or LOCAL
    chain = file.providers("fallbackChain")
    providers = _providers(file.node("providers"), problems)
    rules: tuple[Rule, ...] = ()
    if (routing := file.node("routing")) is not None:
        section = Fields(routing, '"routing"', problems)
        rules = _all_rules(section.node("rules"), problems)
        section.finish()
    file.finish()
    return Rules(
        default_provider=default,
        fallback_chain=chain,
        providers=providers,
        rules=rules,
        source=source,
    )


def _providers(node: Node | None, problems: Problems) -> dict[str, ProviderRules]:
    if node is None:
        return {}
    section = Fields(node, '"providers"', problems)
    found: dict[str, ProviderRules] = {}
    for name in filter(is_provider, section.names()):
        if (one := section.node(name)) is not None:
            found[name] = _provider(name, Fields(one, f'"{name}"', problems), problems)
    section.finish(PROVIDERS)
    return found


def _provider(name: str, fields: Fields, problems: Problems) -> ProviderRules:
    rules = ProviderRules(
        model=fields.text("modelId") or "",
        execution_providers=fields.texts("executionProviders", among=_DEVICES),
        max_tokens=fields.whole("maxTokens", 1, MOST_TOKENS),
        temperature=fields.number("temperature", 0, 5),
        local_inference=fields.flag("localInference"),
        gpu_acceleration=fields.flag("gpuAcceleration"),
    )
    fields.finish()
    is_local = name == LOCAL
    is_settled = is_local or name in CLOUD  # of a server of one's own, its address decides
    if rules.local_inference not in {None, is_local} and is_settled:
        where = "always runs on this computer" if is_local else "never runs on this computer"
        problems.add(
            fields.line_of("localInference"), f'"{name}" {where}.', 'Remove "localInference".'
        )
    for only in ("executionProviders", "gpuAcceleration"):
        if not is_local and fields.has(only):
            what = f'"{only}" makes sense for models on this computer only.'
            problems.add(fields.line_of(only), what, f'Move it to "{LOCAL}".')
    wants_card = bool(set(rules.execution_providers) - {"cpu"})
    if rules.gpu_acceleration is False and wants_card:
        what = '"gpuAcceleration" is false, but "executionProviders" names a graphics card.'
        problems.add(fields.line_of("gpuAcceleration"), what, "Change one of them.")
    if rules.gpu_acceleration and rules.execution_providers and not wants_card:
        what = '"gpuAcceleration" is true, but "executionProviders" names the processor alone.'
        problems.add(fields.line_of("gpuAcceleration"), what, "Change one of them.")
    return rules


def _all_rules(node: Node | None, problems: Problems) -> tuple[Rule, ...]:
    if node is None:
        return ()
    if not isinstance(node.value, tuple):
        problems.add(node.line, '"rules" has to be a list in brackets.')
        return ()
    found: list[Rule] = []
    for one in node.value:
        rule = _rule(Fields(one, "A rule", problems), problems)
        if rule is None:
            continue
        before = next((old for old in found if old.condition.covers(rule.condition)), None)
        if before is not None:
            what = f"This rule never applies: the one in line {before.line} does first."
            problems.add(rule.line, what, "Put it before that one, or remove it.")
        found.append(rule)
    return tuple(found)


def _rule(fields: Fields, problems: Problems) -> Rule | None:
    condition_node, action_node = fields.node("condition"), fields.node("action")
    reason = fields.text("reason")
    fields.finish()
    for name, node in (("condition", condition_node), ("action", action_node)):
        if node is None:
            problems.add(fields.line, f'This rule has no "{name}".', "Write one.")
    if not fields.has("reason"):
        problems.add(fields.line, 'This rule has no "reason".', "Say in a sentence what it is for.")
    if condition_node is None or action_node is None:
        return None
    where = Fields(condition_node, "A condition", problems)
    condition = _condition(where, problems)
    action = Fields(action_node, "An action", problems)
    if not action.has("provider"):
        problems.add(action.line, 'This action names no "provider".', "Write one.")
    provider = action.provider("provider")
    model = action.text("model") or ""
    action.finish()
    if provider is None:
        return None
    rule = Rule(
        condition=condition, provider=provider, model=model, reason=reason or "", line=fields.line
    )
    if (denied := condition.kept_here) and provider in CLOUD:
        what = f'{denied} never leaves this computer, so "{provider}" can never answer here.'
        problems.add(action.line_of("provider"), what, f'Write "{LOCAL}".')
    return rule


def _condition(fields: Fields, problems: Problems) -> Condition:
    condition = Condition(
        privacy=fields.member("privacy", Need),
        local_only=fields.flag("localOnly"),
        confidential=fields.flag("confidential"),
        folder=fields.text("folder"),
        attachments=fields.flag("attachments"),
        prompt_tokens_above=fields.whole("promptTokensAbove", 0, MOST_TOKENS),
        prompt_tokens_below=fields.whole("promptTokensBelow", 1, MOST_TOKENS),
        context_overflow=fields.flag("contextOverflow"),
        model_missing=fields.flag("modelMissing"),
        expected_seconds_above=fields.number("expectedSecondsAbove", 0, MOST),
        expected_cost_above=fields.number("expectedCostAbove", 0, MOST),
        prefer=fields.member("prefer", Preference),
    )
    fields.finish()
    if condition.is_impossible:
        above, below = condition.prompt_tokens_above, condition.prompt_tokens_below
        what = f"No question has more than {above} tokens and fewer than {below}."
        problems.add(fields.line_of("promptTokensBelow"), what, "Change one of the two.")
    return condition
