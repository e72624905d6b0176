"""What every command shares: the parser, the global options and the context it runs in."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from app.cli.output import EXIT_DONE, Console
from app.logs import Logging
from app.paths import Paths
from app.process.start import Protection
from app.settings.settings import Settings

if TYPE_CHECKING:  # the window passes through here on its way to the screen
    from app.core.proof import Attempt
    from app.network.base import Courier


class UsageError(Exception):
    """The command line cannot be understood."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a command works with. `protection` says what shuts its process in,
    `courier` is there for the commands that asked for one.

    `try_through_qt` has the window's library try to get out; it is passed in because the
    command line does not know the window.
    """

    console: Console
    paths: Paths
    as_json: bool
    logging: Logging
    protection: Protection = field(default_factory=Protection)
    try_through_qt: Callable[[], Sequence[Attempt]] = tuple
    courier: Courier | None = None

    def told(self, document: dict[str, Any], sentence: str) -> int:
        """Say what was done, as JSON or in words; returns the exit code for that."""
        if self.as_json:
            self.console.json(document)
        else:
            self.console.line(sentence)
        return EXIT_DONE

    def settings(self) -> Settings:
        """The settings of this root, with a remark on standard error where the file is wrong."""
        settings = Settings(self.paths.settings_file)
        settings.load()
        for notice in settings.notices:
            self.console.note(notice)
        return settings


Run = Callable[[argparse.Namespace, Context], int]
NeedsCourier = Callable[[argparse.Namespace, Settings], bool]


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` instead of ending the program."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        """Called by the library for everything that it does not understand."""
        raise UsageError(message, self.format_usage().strip())


class Commands:
    """The table of commands, filled by each command module's `register`."""

    def __init__(self, parser: argparse.ArgumentParser, *, required: bool = False) -> None:
        self._table = parser.add_subparsers(
            title="commands", metavar="COMMAND", dest="command", required=required
        )

    def add(
        self,
        name: str,
        run: Run | None,
        summary: str,
        *,
        needs_home: bool = True,
        unsealed: str = "",
        courier: bool | NeedsCourier = False,
        more: str = "",
    ) -> argparse.ArgumentParser:
        """One command. Without `needs_home` it also runs where the data folder is unusable.

        `unsealed` is the reason why its process is not sealed ("" where it is). With `courier`
        one is started before it is sealed, for what has to come from the network: always, or
        where the function says so. `run` is None for a group whose commands are added to the
        returned parser.
        """
        parser: argparse.ArgumentParser = self._table.add_parser(
            name,
            help=summary,
            description=f"{summary}. {more}".rstrip(". ") + ".",
            parents=[global_options()],
        )
        if run is not None:
            parser.set_defaults(run=run, needs_home=needs_home, unsealed=unsealed, courier=courier)
        return parser


def global_options() -> argparse.ArgumentParser:
    """The options that may stand before or after the command."""
    # SUPPRESS keeps a command's default from overwriting what stood before the command.
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = options.add_argument_group("options for every command")
    group.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="keep everything under DIR instead of the usual place (also: TACIT_HOME)",
    )
    group.add_argument(
        "--json", action="store_true", help="print exactly one JSON document on standard output"
    )
    group.add_argument(
        "--verbose", action="store_true", help="show the log on standard error as well"
    )
    return options
