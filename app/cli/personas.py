"""`tacit personas` and `tacit prompts`: who answers and how, and what is asked again."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.cli.command import Commands, Context
from app.cli.history_store import reading, writing
from app.cli.output import EXIT_DONE
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.store.history import History
    from app.store.personas import Persona, SavedPrompt

Kept = TypeVar("Kept", bound="Persona | SavedPrompt")

_NUMBERS = {
    "temperature": float,
    "top_p": float,
    "top_k": int,
    "repetition_penalty": float,
    "seed": int,
    "max_tokens": int,
}
_OF_AN_ANSWER = frozenset({"system", "model", "stop", "repetition_penalty", *_NUMBERS})
# How the options of an answer say that there is none.
_NO_LIMIT = {"seed": -1, "max_tokens": 0}


def register(commands: Commands) -> None:
    """Add both groups."""
    group = commands.add("personas", None, "Whom you talk to: instructions, model, parameters")
    inner = Commands(group, required=True)
    inner.add("list", _list, "All personas")
    _named(inner.add("show", _show, "One persona"))
    add = inner.add("add", _add, "Make a persona")
    edit = inner.add("edit", _edit, "Change a persona")
    for parser in (add, edit):
        _named(parser)
        _add_contents(parser)
    edit.add_argument("--rename", metavar="NAME", help="its new name")
    _named(inner.add("remove", _remove, "Forget a persona"))
    export = inner.add(
        "export", _export, "Write personas, presets and prompts into one file to pass on"
    )
    export.add_argument("file", type=Path, metavar="FILE")
    _import = inner.add("import", _take_in, "Take in such a file", more="Twice makes no doubles")
    _import.add_argument("file", type=Path, metavar="FILE")
    _register_prompts(commands)


def _register_prompts(commands: Commands) -> None:
    group = commands.add("prompts", None, "Questions that you ask again, with gaps to fill in")
    inner = Commands(group, required=True)
    inner.add("list", _list_prompts, "All prompts")
    _named(inner.add("show", _show_prompt, "One prompt and its gaps"))
    add = inner.add(
        "add",
        _add_prompt,
        "Keep a prompt",
        more="{{name}} is a gap, {{name: text}} one with a text that stands there otherwise, "
        "{{date}} is filled in by itself",
    )
    _named(add)
    add.add_argument("text", metavar="TEXT", help='the prompt; "-" reads standard input')
    add.add_argument("--replace", action="store_true", help="where the name is taken, change it")
    _named(inner.add("remove", _remove_prompt, "Forget a prompt"))


def _named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")


def _add_contents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--system", metavar="S", help="instructions for the model")
    parser.add_argument("--icon", metavar="I", help="a letter or an emoji")
    parser.add_argument("--model", metavar="ID", help="the model that answers")
    for name, kind in _NUMBERS.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", dest=name, type=kind, metavar="N", help=argparse.SUPPRESS
        )
    parser.epilog = (
        "Parameters: " + ", ".join(f"--{name.replace('_', '-')} N" for name in _NUMBERS) + "."
    )


def with_persona(options: argparse.Namespace, context: Context) -> argparse.Namespace:
    """The options of an answer, with those of `--persona` where they say nothing themselves."""
    if not options.persona:
        return options
    with reading(context) as history:
        one = persona(history, options.persona)
    said = argparse.Namespace(**vars(options))
    wanted = {"system": one.system_prompt, "model": one.model, **one.parameters}
    for name, value in wanted.items():
        if getattr(said, name, None) in (None, "") and name in _OF_AN_ANSWER:
            setattr(said, name, _NO_LIMIT[name] if value is None else value)
    return said


def filled_prompt(options: argparse.Namespace, context: Context) -> str | None:
    """The saved prompt of `--use` with the gaps of `--with`; None where none is wanted."""
    if not options.use:
        if options.gaps:
            raise AppError(
                "--with fills in a saved prompt.", "Name one with --use.", code=ErrorCode.USAGE
            )
        return None
    from app.chat.gaps import filled

    values = {}
    for given in options.gaps:
        name, is_there, text = given.partition("=")
        if not is_there:
            raise AppError(
                f"{given} fills no gap.", 'Write --with "gap=text".', code=ErrorCode.USAGE
            )
        values[name.strip()] = text
    with reading(context) as history:
        return filled(prompt(history, options.use).text, values)


def persona(history: History, name: str) -> Persona:
    """The persona of that name, whatever its case; raises `AppError`."""
    return _called(history.personas.all(), name, "persona", "tacit personas list")


def prompt(history: History, name: str) -> SavedPrompt:
    """The saved prompt of that name, whatever its case; raises `AppError`."""
    return _called(history.personas.prompts(), name, "prompt", "tacit prompts list")


def _called(kept: Sequence[Kept], name: str, word: str, where: str) -> Kept:
    for one in kept:
        if one.name.casefold() == name.casefold():
            return one
    raise AppError(
        f"There is no {word} {name}.", f"{where} shows all of them.", code=ErrorCode.USAGE
    )


def _list(_options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        kept = history.personas.all()
    if context.as_json:
        context.console.json({"personas": [_document(one) for one in kept]})
    elif kept:
        rows = [("name", "model", "parameters")]
        rows += [(f"{p.icon} {p.name}".strip(), p.model, _shown(p.parameters)) for p in kept]
        context.console.table(rows)
    else:
        context.console.note("There are none. tacit personas add makes one.")
    return EXIT_DONE


def _show(options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        one = persona(history, options.name)
    if context.as_json:
        context.console.json(_document(one))
        return EXIT_DONE
    context.console.line(f"{one.icon} {one.name}".strip())
    if one.model:
        context.console.line(f"model: {one.model}")
    if one.parameters:
        context.console.line(f"parameters: {_shown(one.parameters)}")
    if one.system_prompt:
        context.console.line()
        context.console.line(one.system_prompt.strip())
    return EXIT_DONE


def _add(options: argparse.Namespace, context: Context) -> int:
    from app.store.personas import Persona

    with writing(context) as history:
        made = history.personas.save(_changed(Persona(id="", name=options.name), options))
    return context.told(_document(made), f"The persona is kept: {made.name}")


def _edit(options: argparse.Namespace, context: Context) -> int:
    with writing(context) as history:
        old = persona(history, options.name)
        changed = replace(_changed(old, options), name=options.rename or old.name)
        made = history.personas.save(changed)
    return context.told(_document(made), f"The persona is changed: {made.name}")


def _changed(old: Persona, options: argparse.Namespace) -> Persona:
    """`old` with what the options say; -1 for the seed and 0 for the length mean no fixed one."""
    said = {name: getattr(options, name) for name in _NUMBERS}
    parameters = dict(old.parameters) | {n: v for n, v in said.items() if v is not None}
    if said["seed"] == -1:
        parameters["seed"] = None
    if said["max_tokens"] == 0:
        parameters["max_tokens"] = None
    texts = {"system_prompt": options.system, "icon": options.icon, "model": options.model}
    kept = {name: text for name, text in texts.items() if text is not None}
    return replace(old, parameters=parameters, **kept)


def _remove(options: argparse.Namespace, context: Context) -> int:
    return _removed(options, context, persona)


def _remove_prompt(options: argparse.Namespace, context: Context) -> int:
    return _removed(options, context, prompt)


def _removed(
    options: argparse.Namespace,
    context: Context,
    find: Callable[[History, str], Persona | SavedPrompt],
) -> int:
    with writing(context) as history:
        one = find(history, options.name)
        history.personas.delete(one)
    return context.told({"removed": one.name}, f"It is gone: {one.name}")


def _export(options: argparse.Namespace, context: Context) -> int:
    from app.exchange import personas as exchange

    with reading(context) as history:
        collection = exchange.everything(history)
    exchange.write(options.file, collection)
    return context.told(
        {"file": str(options.file), "exported": len(collection)},
        f"{len(collection)} written to {options.file}",
    )


def _take_in(options: argparse.Namespace, context: Context) -> int:
    from app.exchange import personas as exchange

    collection = exchange.read(options.file)
    with writing(context) as history:
        taken = exchange.take_in(history, collection)
    if context.as_json:
        context.console.json(
            {"new": taken.new, "known": taken.known, "left_out": list(taken.left_out)}
        )
        return EXIT_DONE
    context.console.line(f"New: {taken.new}. There already: {taken.known}.")
    for reason in taken.left_out:
        context.console.note(f"Left out: {reason}")
    return EXIT_DONE


def _list_prompts(_options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        kept = history.personas.prompts()
    if context.as_json:
        context.console.json({"prompts": [_prompt_document(one) for one in kept]})
    elif kept:
        context.console.table(
            [("name", "text"), *((one.name, " ".join(one.text.split())[:60]) for one in kept)]
        )
    else:
        context.console.note("There are none. tacit prompts add keeps one.")
    return EXIT_DONE


def _show_prompt(options: argparse.Namespace, context: Context) -> int:
    with reading(context) as history:
        one = prompt(history, options.name)
    return context.told(_prompt_document(one), one.text.strip())


def _add_prompt(options: argparse.Namespace, context: Context) -> int:
    from app.store.personas import SavedPrompt

    text = sys.stdin.read() if options.text == "-" else options.text
    new = SavedPrompt(id="", name=options.name, text=text)
    with writing(context) as history:
        if options.replace:
            taken = [
                p for p in history.personas.prompts() if p.name.casefold() == new.name.casefold()
            ]
            new = replace(new, id=taken[0].id) if taken else new
        made = history.personas.save(new)
    return context.told(_prompt_document(made), f"The prompt is kept: {made.name}")


def _shown(parameters: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(parameters.items()))


def _document(one: Persona) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "icon": one.icon,
        "model": one.model,
        "system_prompt": one.system_prompt,
        "parameters": dict(one.parameters),
    }


def _prompt_document(one: SavedPrompt) -> dict[str, Any]:
    from app.chat.gaps import gaps

    return {
        "id": one.id,
        "name": one.name,
        "text": one.text,
        "gaps": [{"name": gap.name, "otherwise": gap.otherwise} for gap in gaps(one.text)],
    }
