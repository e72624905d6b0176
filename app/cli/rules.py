"""`tacit rules`: the file that says who answers what."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED, short_path
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.router.rules import Rules
    from app.routing import RulesStore


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("rules", None, "The rules that say who answers what")
    inner = Commands(group, required=True)
    inner.add("show", _show, "The rules in force, with their reasons")
    check = inner.add(
        "check",
        _check,
        "Look for mistakes in a rules file",
        more="Each is told with its line; exit code 1 where there are some",
    )
    check.add_argument("file", metavar="FILE", nargs="?", help="without one: the rules in force")
    take = inner.add("import", _import, "Put a rules file in force", more="A wrong one is refused")
    take.add_argument("file", metavar="FILE")
    give = inner.add("export", _export, "Write the rules in force to a file")
    give.add_argument("file", metavar="FILE")
    inner.add("remove", _remove, "Do without rules: everything is answered on this computer")


def _store(context: Context) -> RulesStore:
    from app.routing import rules_store

    return rules_store(context.paths)


def _show(_options: argparse.Namespace, context: Context) -> int:
    from app.router.words import in_words

    rules = _store(context).rules()
    if context.as_json:
        context.console.json(document(rules))
        return EXIT_DONE
    line = context.console.line
    line(f"Rules: {rules.source or 'none; everything is answered on this computer'}")
    line(f"Default: {rules.default_provider}")
    line(f"Instead, where fall-back is on: {', '.join(rules.fallback_chain) or 'nobody'}")
    if rules.rules:
        line()
        rows = [("when", "answers", "model", "reason")]
        rows += [
            (in_words(rule.condition), rule.provider, rule.model, rule.reason)
            for rule in rules.rules
        ]
        context.console.table(rows)
    _warn(rules, context)
    return EXIT_DONE


def _check(options: argparse.Namespace, context: Context) -> int:
    from app.router.rules_file import read
    from app.routing import read_file

    store = _store(context)
    text = read_file(Path(options.file)) if options.file else store.text()
    name = Path(options.file).name if options.file else store.file.name
    if not options.file and not text:
        return context.told({"ok": True, "problems": []}, "There is no rules file.")
    reading = read(text, name)
    problems = [
        {"line": problem.line, "what": problem.what, "todo": problem.todo}
        for problem in reading.problems
    ]
    if context.as_json:
        context.console.json({"ok": not problems, "problems": problems})
    elif reading.rules is None:
        for problem in reading.problems:
            context.console.line(f"{name}: {problem.sentence}")
    else:
        context.console.line(f"{name} is in order: {len(reading.rules.rules)} rules.")
        _warn(reading.rules, context)
    return EXIT_FAILED if problems else EXIT_DONE


def _import(options: argparse.Namespace, context: Context) -> int:
    from app.routing import read_file

    store = _store(context)
    rules = store.save(read_file(Path(options.file)))
    if not context.as_json:
        _warn(rules, context)
    sentence = f"{len(rules.rules)} rules are in force, from {short_path(Path(options.file))}."
    return context.told(document(rules), sentence)


def _export(options: argparse.Namespace, context: Context) -> int:
    from app.routing import write_file

    text = _store(context).text()
    if not text:
        raise AppError(
            "There is no rules file to export.",
            "tacit rules import puts one in force.",
            code=ErrorCode.USAGE,
        )
    file = Path(options.file)
    write_file(file, text)
    return context.told({"file": str(file)}, f"Written to {short_path(file)}.")


def _remove(_options: argparse.Namespace, context: Context) -> int:
    _store(context).remove()
    return context.told({"removed": True}, "There are no rules any more.")


def document(rules: Rules) -> dict[str, Any]:
    """The rules as a JSON object, as they were understood."""
    from app.router.words import in_words

    return {
        "source": rules.source,
        "default_provider": rules.default_provider,
        "fallback_chain": list(rules.fallback_chain),
        "rules": [
            {
                "line": rule.line,
                "when": in_words(rule.condition),
                "provider": rule.provider,
                "model": rule.model,
                "reason": rule.reason,
            }
            for rule in rules.rules
        ],
    }


def _warn(rules: Rules, context: Context) -> None:
    clouds = ", ".join(rules.named_clouds)
    if clouds:
        context.console.note(
            f"These rules name {clouds}. Importing them switches nothing on: nothing leaves this "
            "computer until you allow it in the settings."
        )
