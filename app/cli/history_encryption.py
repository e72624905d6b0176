"""`tacit history encrypt|decrypt|encryption`: whether what is on the disk can be read there."""

from __future__ import annotations

import argparse
import contextlib
import secrets as chance
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.history_keys import can_ask, system_keys
from app.cli.history_store import writing
from app.cli.output import EXIT_INTERRUPTED
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.core.history_key import HistoryKey
    from app.settings.history_keys import HistoryKeys
    from app.store.conversion import Converted

_ASKED_GROUPS = 2


def register(inner: Commands) -> None:
    """Add the commands."""
    encrypt = inner.add(
        "encrypt",
        _encrypt,
        "Encrypt the history and all copies of it",
        more="The key is kept in the keyring of your system. The recovery key opens the history "
        "where that is lost: nobody can help without it",
    )
    encrypt.add_argument(
        "--recovery-file",
        type=Path,
        metavar="FILE",
        help="write the recovery key to a new file instead of showing it",
    )
    inner.add("decrypt", _decrypt, "Make the history one that can be read without a key")
    inner.add("encryption", _status, "Whether the history is encrypted, and where its key is")


def _encrypt(options: argparse.Namespace, context: Context) -> int:
    from app.core.handoff import CancelToken
    from app.core.history_key import HistoryKey

    if options.recovery_file is None and (context.as_json or not can_ask()):
        raise AppError(
            "The recovery key has to be saved by somebody, or nothing is encrypted.",
            "Name a file for it: --recovery-file FILE. On a terminal it is shown.",
            code=ErrorCode.USAGE,
        )
    with writing(context) as history:
        if history.encryption.is_on:
            history.copies.finish_conversion()
            raise AppError(
                "The history is encrypted already.",
                "tacit history encryption says more.",
                code=ErrorCode.USAGE,
            )
        key, keys, cancel = HistoryKey.new(), system_keys(), CancelToken()
        context.console.status("Waiting for your keyring ...")
        keys.keep(key)
        try:
            _save(key, options.recovery_file, context)
            done = _converted(context, history.encryption.switch_on, cancel, key)
        except BaseException:
            _forget_unless_used(keys, key, context)
            raise
        if done is None:
            _forget_unless_used(keys, key, context)
            return EXIT_INTERRUPTED
    document = {**done, "encrypted": True}
    if options.recovery_file is not None:
        document["recovery_file"] = str(options.recovery_file)
    sentence = f"Encrypted {done['conversations']} conversations and {done['copies']} copies."
    return context.told(document, sentence)


def _forget_unless_used(keys: HistoryKeys, key: HistoryKey, context: Context) -> None:
    from app.store.connecting import key_id_of

    if key_id_of(context.paths.history_file) != key.id:
        with contextlib.suppress(AppError):
            keys.forget(key)


def _decrypt(_options: argparse.Namespace, context: Context) -> int:
    from app.core.handoff import CancelToken

    with writing(context) as history:
        if not history.encryption.is_on:
            history.copies.finish_conversion()
            raise AppError(
                "The history is not encrypted.",
                "tacit history encryption says more.",
                code=ErrorCode.USAGE,
            )
        done = _converted(context, history.encryption.switch_off, CancelToken())
    if done is None:
        return EXIT_INTERRUPTED
    sentence = (
        f"Decrypted {done['conversations']} conversations and {done['copies']} copies: whoever "
        "gets at this disk can read them."
    )
    return context.told({**done, "encrypted": False}, sentence)


def _converted(
    context: Context,
    switch: Callable[..., Converted],
    cancel: CancelToken,
    *arguments: HistoryKey,
) -> dict[str, Any] | None:
    """What was converted; None where Ctrl-C came in time."""
    from dataclasses import asdict

    from app.cli.interrupt import cancelling_blocking
    from app.store.copying import NotWantedError

    def tell(share: float) -> None:
        context.console.status(f"Converted {share:.0%} ...")

    with cancelling_blocking(cancel):
        try:
            return asdict(switch(*arguments, tell=tell, is_wanted=lambda: not cancel.is_cancelled))
        except NotWantedError:
            context.console.note("Stopped; the history is as it was.")
            return None


def _status(_options: argparse.Namespace, context: Context) -> int:
    from app.store import conversion
    from app.store.connecting import key_id_of

    file = context.paths.history_file
    key_id = key_id_of(file)
    is_unfinished = conversion.is_unfinished(file)
    is_kept = key_id is not None and system_keys().is_kept(key_id)
    document = {
        "encrypted": key_id is not None,
        "key_in_keyring": is_kept if key_id is not None else None,
        "unfinished": is_unfinished,
    }
    sentence = "The history is not encrypted: whoever gets at this disk can read it."
    if is_kept:
        sentence = "The history is encrypted, and your keyring holds its key."
    elif key_id is not None:
        sentence = "The history is encrypted; only the recovery key opens it, as far as is known."
    lines = [sentence]
    if is_unfinished:
        lines.append("Copies still wait to be converted; Tacit does that when it is opened.")
    return context.told(document, "\n".join(lines))


def _save(key: HistoryKey, file: Path | None, context: Context) -> None:
    """Have the person save the recovery key; raises `AppError` where they do not."""
    if file is not None:
        from app.settings import recovery_file

        recovery_file.write(key, file)
        return
    groups = key.groups()
    context.console.note(key.as_text())
    chosen = sorted(chance.SystemRandom().sample(range(len(groups)), _ASKED_GROUPS))
    for number in chosen:
        sys.stderr.write(f"To show that you have it, type group {number + 1} of it: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().upper() != groups[number]:
            raise AppError(
                "That is another group, so nothing was encrypted.",
                "Write the recovery key down first, then start again.",
                code=ErrorCode.USAGE,
            )
