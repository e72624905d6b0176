"""The manual page and the completions of shells, from the program's own parser.

`cli_docs.py man|bash|zsh|fish` prints one of them. Needs the program and what it imports for
its commands, no window.
"""

# ruff: noqa: SLF001  (argparse offers no public way to look into a parser)
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402  (found by the line above)
from app.cli.main import parser  # noqa: E402

_FILES = ("DIR", "F", "FILE", "FOLDER")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the words that call it, what it does, its options and its own commands."""

    words: tuple[str, ...]
    summary: str
    parser: argparse.ArgumentParser

    @property
    def options(self) -> list[argparse.Action]:
        """Everything that begins with a dash."""
        return [a for a in self.parser._actions if a.option_strings and a.help != argparse.SUPPRESS]

    @property
    def arguments(self) -> list[argparse.Action]:
        """Everything else that may follow, commands left out."""
        return [
            action
            for action in self.parser._actions
            if not action.option_strings and not isinstance(action, argparse._SubParsersAction)
        ]

    @property
    def commands(self) -> list[Command]:
        """The commands below this one."""
        found = []
        for table in self.parser._actions:
            if isinstance(table, argparse._SubParsersAction):
                for choice in table._choices_actions:
                    inner = table.choices[choice.dest]
                    found.append(Command((*self.words, choice.dest), choice.help or "", inner))
        return found

    def all(self) -> Iterator[Command]:
        """This command and all below it."""
        yield self
        for command in self.commands:
            yield from command.all()


def whole() -> Command:
    """The program as a command without words."""
    return Command((), "Private chat with a language model on your own computer", parser())


def words_after(command: Command) -> list[str]:
    """What may be completed behind a command: its commands, its options, fixed arguments."""
    found = [inner.words[-1] for inner in command.commands]
    found += [str(choice) for a in command.arguments for choice in a.choices or ()]
    return found + [option for a in command.options for option in a.option_strings]


# ---- the manual page -----------------------------------------------------------------------


def man(program: Command) -> Iterator[str]:
    """The page in the macros of `man(7)`."""
    day = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    yield f'.TH TACIT 1 "{day:%Y-%m-%d}" "Tacit {__version__}" "User Commands"'
    yield from (".SH NAME", f"tacit \\- {_roff(program.summary.lower())}", ".SH SYNOPSIS")
    yield from (".B tacit", "[OPTIONS] [COMMAND ... | FILE]", ".SH DESCRIPTION")
    yield "Without a command, Tacit opens its window. The model runs on this computer, and what"
    yield "you write stays on it. With the name of a FILE of chats, for example *.tacit, the window"
    yield "says what is in it and asks whether to import it."
    yield ".SH OPTIONS"
    for option in program.options:
        yield from _man_option(option)
    yield ".SH COMMANDS"
    for command in program.all():
        if command.words and not command.commands:
            yield from _man_command(command)
    yield from (".SH FILES", ".TP", ".I ~/.local/share/tacit")
    yield "Conversations, settings and models; TACIT_HOME or \\-\\-data\\-dir names another place."
    yield from (".SH EXIT STATUS", "0 done, 1 failed, 2 wrong usage, 130 interrupted.")


def _man_command(command: Command) -> Iterator[str]:
    arguments = " ".join(_place(a) for a in command.arguments)
    yield f".SS tacit {_roff(' '.join(command.words))} {_roff(arguments)}".rstrip()
    yield f"{_roff(command.summary)}."
    shared = set(words_after(whole()))
    for option in command.options:
        if not set(option.option_strings) <= shared:
            yield from _man_option(option)


def _man_option(option: argparse.Action) -> Iterator[str]:
    takes = f" {_place(option)}" if _takes_value(option) else ""
    yield ".TP"
    yield f".B {_roff(', '.join(option.option_strings) + takes)}"
    yield _roff(_help(option))


def _help(action: argparse.Action) -> str:
    return " ".join((action.help or "").replace("%%", "%").split())


def _place(action: argparse.Action) -> str:
    name = action.metavar or action.dest.upper()
    shown = name if isinstance(name, str) else " ".join(name)
    return f"[{shown}]" if action.nargs == "?" else shown


def _takes_value(option: argparse.Action) -> bool:
    return option.nargs != 0


def _roff(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


# ---- completions ---------------------------------------------------------------------------


def _takes_file(option: argparse.Action) -> bool:
    return str(option.metavar) in _FILES


def bash(program: Command) -> Iterator[str]:
    """For bash: what may follow the words typed so far."""
    options = [option for command in program.all() for option in command.options]
    files = {name for option in options if _takes_file(option) for name in option.option_strings}
    yield from ("# bash completion for tacit", "_tacit() {", "  local word before words i")
    yield "  word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=tacit"
    yield from ("  COMPREPLY=()", "  case $before in")
    yield f"    {'|'.join(sorted(files))})"
    yield '      mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;'
    yield from ("  esac", "  for ((i = 1; i < COMP_CWORD; i++)); do")
    yield '    case "$words ${COMP_WORDS[i]}" in'
    paths = [" ".join(("tacit", *c.words)) for c in program.all() if c.words]
    yield f'      {"|".join(_quoted(path) for path in paths)}) words+=" ${{COMP_WORDS[i]}}" ;;'
    yield from ("    esac", "  done", "  case $words in")
    for command in program.all():
        path = _quoted(" ".join(("tacit", *command.words)))
        yield f"    {path}) words='{' '.join(words_after(command))}' ;;"
    yield from ("  esac", '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")', "}")
    yield "complete -o filenames -o bashdefault -F _tacit tacit"


def zsh(program: Command) -> Iterator[str]:
    """For zsh: the same, with a description of each word."""
    yield from ("#compdef tacit", "_tacit() {", "  local typed=tacit entry", "  local -a found")
    yield "  for entry in ${words[2,CURRENT-1]}; do"
    paths = [" ".join(("tacit", *c.words)) for c in program.all() if c.words]
    yield '    case "$typed $entry" in'
    yield f'      {"|".join(_quoted(path) for path in paths)}) typed+=" $entry" ;;'
    yield from ("    esac", "  done", "  case $typed in")
    for command in program.all():
        told = " ".join(_quoted(f"{word}:{text}") for word, text in _described(command))
        yield f"    {_quoted(' '.join(('tacit', *command.words)))}) found=({told}) ;;"
    yield from ("  esac", "  _describe tacit found || _files", "}", '_tacit "$@"')


def fish(program: Command) -> Iterator[str]:
    """For fish: a line for each word."""
    yield "# fish completion for tacit"
    names = " ".join(command.words[0] for command in program.commands)
    for command in program.all():
        inner = " ".join(below.words[-1] for below in command.commands)
        unless = f"not __fish_seen_subcommand_from {inner or 'none'}"
        seen = [f"__fish_seen_subcommand_from {word}" for word in command.words]
        is_here = "; and ".join(seen or [f"not __fish_seen_subcommand_from {names}"])
        for below in command.commands:
            where = _quoted(f"{is_here}; and {unless}" if seen else is_here)
            word, told = below.words[-1], _quoted(below.summary)
            yield f"complete -c tacit -f -n {where} -a {word} -d {told}"
        if command.commands and command.words:
            continue
        for option in command.options:
            flags = " ".join(_fish_flag(name) for name in option.option_strings)
            more = (" -r" if _takes_file(option) else " -x") if _takes_value(option) else ""
            yield (
                f"complete -c tacit -n {_quoted(is_here)} {flags}{more} -d {_quoted(_help(option))}"
            )


def _described(command: Command) -> Iterator[tuple[str, str]]:
    for inner in command.commands:
        yield inner.words[-1], inner.summary
    for argument in command.arguments:
        yield from ((str(choice), "") for choice in argument.choices or ())
    for option in command.options:
        yield from ((name, _help(option)) for name in option.option_strings)


def _fish_flag(name: str) -> str:
    return f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


KINDS = {"man": man, "bash": bash, "zsh": zsh, "fish": fish}


def main(arguments: list[str]) -> int:
    """Print it; 2 for a wrong question."""
    if len(arguments) != 1 or arguments[0] not in KINDS:
        print(__doc__, file=sys.stderr)
        return 2
    print("\n".join(KINDS[arguments[0]](whole())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
