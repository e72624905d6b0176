"""`tacit keys`: the keys of providers and the proxy's password, in the system's keyring."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.settings.secrets import Kept, Secrets

_LONGEST = 10_000
# The key of a further server of one's own (the setting cloud.own_more); no key looks like this.
_FURTHER = re.compile(r"openai/[A-Za-z0-9-]{1,40}")
_STATES = {
    "keyring": "kept in your keyring",
    "memory": "kept until Tacit closes",
    "nowhere": "not there",
    "unknown": "not known",
}


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("keys", None, "Keys and passwords, in the keyring of your system")
    inner = Commands(group, required=True)
    setter = inner.add(
        "set",
        _set,
        "Keep a key",
        needs_home=False,
        more="It is asked for without showing it, or read from standard input; never write it "
        "into the command, which others can see",
    )
    _provider(setter)
    # Taken in to be refused without a word of it; the parser would repeat it.
    setter.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    inner.add("list", _list, "Which keys are there, never the keys", needs_home=False)
    _provider(inner.add("delete", _delete, "Forget a key", needs_home=False))


def _provider(parser: argparse.ArgumentParser) -> None:
    from app.settings.secrets import NAMES

    parser.add_argument("provider", metavar="PROVIDER", help=f"one of: {', '.join(NAMES)}")


def _secrets() -> Secrets:
    from app.settings.secrets import Secrets

    return Secrets()


def _set(options: argparse.Namespace, context: Context) -> int:
    if options.rest:
        raise AppError(
            "A key must not stand in the command: other programs and the list of your commands "
            "would show it.",
            f"Write only: tacit keys set {_known(options.provider)}. If it was a real key, "
            "withdraw it where you got it and take a new one.",
            code=ErrorCode.USAGE,
        )
    from app.settings.secrets import checked

    name = _known(options.provider)
    secret = checked(name, _entered(name))
    context.console.status("Waiting for your keyring ...")
    _secrets().set(name, secret.text)
    return context.told({"provider": name, "kept": True}, f"It is kept in your keyring: {name}")


def _list(_options: argparse.Namespace, context: Context) -> int:
    from app.settings.secrets import NAMES

    secrets = _secrets()
    context.console.status("Waiting for your keyring ...")
    found = {name: secrets.look(name) for name in NAMES}
    problems = {kept.problem for kept in found.values() if kept.problem is not None}
    unknown = next((p for p in problems if p.code is not ErrorCode.KEYRING_LOCKED), None)
    if unknown is not None:
        raise unknown
    if context.as_json:
        context.console.json(
            {
                "keys": [
                    {"provider": name, "kept": _is_kept(kept), "locked": kept.problem is not None}
                    for name, kept in found.items()
                ]
            }
        )
        return EXIT_DONE
    rows = [("provider", "for", "key")]
    rows += [(name, NAMES[name], _STATES[kept.place]) for name, kept in found.items()]
    context.console.table(rows)
    for problem in problems:
        context.console.note(problem.sentence)
    return EXIT_DONE


def _delete(options: argparse.Namespace, context: Context) -> int:
    name = _known(options.provider)
    context.console.status("Waiting for your keyring ...")
    if not _secrets().delete(name):
        raise AppError(
            f"Your keyring holds nothing of Tacit's for {name}.",
            "tacit keys list shows what is there.",
            code=ErrorCode.KEY_MISSING,
        )
    return context.told(
        {"provider": name, "deleted": True}, f"It is gone from your keyring: {name}"
    )


def _is_kept(kept: Kept) -> bool:
    from app.settings.secrets import Place

    return kept.place is Place.KEYRING


def _known(name: str) -> str:
    """`name`, if it is one; it may be a key that was typed in its place, so it is not repeated."""
    from app.settings.secrets import NAMES

    if name not in NAMES and not _FURTHER.fullmatch(name):
        raise AppError(
            "This is no provider that Tacit knows.",
            f"Take one of: {', '.join(NAMES)}.",
            code=ErrorCode.USAGE,
        )
    return name


def _entered(name: str) -> str:
    """What the person types, unseen, or what comes on standard input."""
    if sys.stdin is None:
        return ""
    if not sys.stdin.isatty():
        reconfigure = getattr(sys.stdin, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="surrogateescape")  # what is no text is refused as no key
        return sys.stdin.read(_LONGEST)
    import getpass
    import warnings

    with warnings.catch_warnings():
        # Where it cannot be hidden, it is not asked for.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"Key for {name} (it is not shown): ", stream=sys.stderr)
        except getpass.GetPassWarning:
            raise AppError(
                "This terminal would show the key while you type it.",
                "Use another terminal, or give it on standard input.",
                code=ErrorCode.USAGE,
            ) from None
        except EOFError:
            return ""
