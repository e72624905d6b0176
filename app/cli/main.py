"""The command line as a whole: reads it, runs one command, turns failures into sentences."""

from __future__ import annotations

import argparse
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.cli.command import Commands, Context, Parser, UsageError, global_options
from app.cli.output import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    Console,
    OutputClosedError,
)
from app.core.errors import AppError, ErrorCode
from app.core.opening import PLAIN, Opening
from app.logs import Logging
from app.paths import Paths
from app.process.start import Protection
from app.settings.settings import Settings

if TYPE_CHECKING:  # the window passes through here on its way to the screen
    from app.core.proof import Attempt
    from app.network.base import Courier

_WORDS = """\
Without a command, Tacit opens its window; with the name of a file (tacit chats.tacit) it says there
what is in it and asks whether to import it. Everything runs on this computer.
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""

log = logging.getLogger(__name__)

OpenWindow = Callable[..., int]
"""Takes the paths and the logging, and as `opening` what it was started for, if anything."""

Protect = Callable[[str, Callable[[], None] | None], Protection]
TryThroughQt = Callable[[], "Sequence[Attempt]"]


def main(
    arguments: Sequence[str],
    open_window: OpenWindow,
    protect: Protect,
    try_through_qt: TryThroughQt = tuple,
) -> int:
    """Run what the arguments ask for and return the exit code; never raises.

    `open_window` is called where no command is given; it is passed in because the command
    line does not know the window. `protect` seals this process for good before a command
    runs, or leaves it open for the reason that it is given; what it is given besides is called
    before. `try_through_qt` is for the proof.
    """
    console = Console()
    try:
        options = _window_options(arguments) or parser().parse_args(arguments)
    except UsageError as error:
        # What was typed there may be a key.
        message = error.message if "keys" not in arguments else "This cannot be understood"
        return _wrong_usage(message, error.usage, console, as_json="--json" in arguments)
    except SystemExit as ended:  # --help and --version end the library's parser this way
        return ended.code if isinstance(ended.code, int) else EXIT_USAGE
    as_json = getattr(options, "json", False)
    try:
        return _run(options, console, open_window, protect, try_through_qt)
    except AppError as error:
        return console.fail(error, as_json=as_json)
    except KeyboardInterrupt:
        console.clear_status()
        return EXIT_INTERRUPTED
    except OutputClosedError:
        return EXIT_DONE


def parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    # Not needed for the window, which has to be on the screen quickly.
    from app.cli import (
        ask,
        bench,
        chat,
        cloud,
        compare,
        config,
        doctor,
        history,
        keys,
        models,
        personas,
        privacy,
        redact,
        rules,
        self_test,
        update,
        why,
    )

    top = Parser(
        prog="tacit",
        description="Private chat with a language model on your own computer.",
        epilog=_WORDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_window_parser()],
    )
    top.add_argument("--version", action="version", version=f"tacit {__version__}")
    top.set_defaults(run=None)
    commands = Commands(top)
    groups = (ask, why, chat, compare, models, history, personas, rules, redact, config, keys)
    for group in (*groups, cloud, privacy, update, doctor, self_test, bench):
        group.register(commands)
    return top


def _window_options(arguments: Sequence[str]) -> argparse.Namespace | None:
    """The options where only the window is wanted, which need not wait for the commands."""
    try:
        options, rest = _window_parser().parse_known_args(arguments, argparse.Namespace(run=None))
    except UsageError:
        return None
    match rest:
        case []:
            return options
        # No command has a dot in its name; a file that is to be opened ends with one and a word.
        case [one] if not one.startswith("-") and Path(one).suffix:
            options.opened = Path(one).absolute()
            return options
    return None


def _window_parser() -> argparse.ArgumentParser:
    """The options that the window has."""
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS, parents=[global_options()])
    group = options.add_argument_group("options for the window")
    group.add_argument(
        "--private",
        action="store_true",
        help="a session that leaves nothing on this computer: no chat, no draft, no log",
    )
    group.add_argument(
        "--new-chat",
        action="store_true",
        help="with a new chat in front, also in a window that is open: for a key of your desktop",
    )
    return options


def _run(
    options: argparse.Namespace,
    console: Console,
    open_window: OpenWindow,
    protect: Protect,
    try_through_qt: TryThroughQt,
) -> int:
    as_json = getattr(options, "json", False)
    if options.run is None and as_json:
        raise AppError("--json needs a command.", "tacit --help lists them.", code=ErrorCode.USAGE)
    file: Path | None = getattr(options, "opened", None)
    if file is not None and not file.is_file():
        raise AppError(
            f"There is no file {file.name}.",
            "Look at its name and folder. tacit --help lists the commands.",
            code=ErrorCode.USAGE,
        )
    paths = _paths(options)
    try:
        paths.create()
    except AppError:
        if options.run is None or options.needs_home:
            raise
    logs = Logging(
        paths.logs,
        verbose=getattr(options, "verbose", False),
        keep=not paths.keeps_nothing,
        tell=lambda sentence: console.note(f"tacit: {sentence}"),
    )
    log.info("Tacit %s begins: %s", __version__, _name_of(options))
    try:
        if options.run is None:
            opening = Opening(file=file, new_chat=getattr(options, "new_chat", False))
            named = {} if opening == PLAIN else {"opening": opening}
            return open_window(paths, logs, **named)
        with _context(options, console, paths, logs, protect) as context:
            code: int = options.run(options, replace(context, try_through_qt=try_through_qt))
            return code
    except (AppError, OutputClosedError):
        raise
    except Exception as error:  # the last place: no traceback reaches a person
        if isinstance(error, ImportError) and not _is_own_fault(error):
            from app.cli import display

            raise display.import_failed(error) from error
        logs.report(error, "a command")
        if as_json:
            console.json(_inner_failure())
        return EXIT_FAILED
    finally:
        logs.close()


def _paths(options: argparse.Namespace) -> Paths:
    data_dir: Path | None = getattr(options, "data_dir", None)
    paths = Paths.find(data_dir)
    if not getattr(options, "private", False):
        return paths
    if options.run is not None:
        raise AppError(
            "--private is for the window.",
            "tacit ask and tacit chat keep nothing anyway.",
            code=ErrorCode.USAGE,
        )
    return paths.for_private_session()


@contextlib.contextmanager
def _context(
    options: argparse.Namespace, console: Console, paths: Paths, logs: Logging, protect: Protect
) -> Iterator[Context]:
    """What the command works with: this process sealed, and a courier where it asked for one."""
    context = Context(
        console=console, paths=paths, as_json=getattr(options, "json", False), logging=logs
    )
    courier: Courier | None = None
    settings: Settings | None = None

    def start_courier() -> None:
        nonlocal courier, settings
        from app import courier as couriers

        settings = context.settings()
        courier = couriers.start(paths, settings)

    try:
        protection = protect(
            options.unsealed, start_courier if _wants_courier(options, paths) else None
        )
        if courier is not None and settings is not None:
            _tell_password(courier, settings, context)
        yield replace(context, protection=protection, courier=courier)
    finally:
        if courier is not None:
            courier.end()


def _wants_courier(options: argparse.Namespace, paths: Paths) -> bool:
    if not callable(options.courier):
        return bool(options.courier)
    settings = Settings(paths.settings_file, keep=False)
    settings.load()
    return bool(options.courier(options, settings))


def _tell_password(courier: Courier, settings: Settings, context: Context) -> None:
    """Have the courier know the proxy's password; without it, the proxy's own answer will say."""
    from app import courier_policy
    from app.settings.secrets import Secrets

    problem = courier_policy.tell(courier, context.paths, settings, Secrets())
    if problem is not None:
        context.console.note(f"The password for the proxy is not known. {problem.sentence}")


def _name_of(options: argparse.Namespace) -> str:
    return "the window" if options.run is None else str(options.run.__module__)


def _inner_failure() -> dict[str, dict[str, str]]:
    return {
        "error": {
            "code": str(ErrorCode.UNKNOWN),
            "what": "Something went wrong inside Tacit.",
            "todo": "The log file notes where.",
        }
    }


def _is_own_fault(error: ImportError) -> bool:
    """Whether a module of this program is asked for wrongly, which is no fault of the system."""
    return ".so" not in str(error) and (error.name or "app").startswith("app")


def _wrong_usage(message: str, usage: str, console: Console, *, as_json: bool) -> int:
    what = message[:1].upper() + message[1:] + "."
    wrong = AppError(what, "tacit --help shows the commands.", code=ErrorCode.USAGE)
    console.note(usage)
    return console.fail(wrong, as_json=as_json)
