"""Settings to a file without secrets, and back: a file is taken as a whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.settings import file as settings_file
from app.settings.setting import Setting, Value
from app.settings.settings import Settings, find
from app.settings.table import SETTINGS

FILE_NAME = "tacit-settings.json"
_FORMAT, _VERSION = "tacit-settings", 1
_MOST_NAMED, _LONGEST_KEY = 20, 60
# A password inside an address, a key among what follows it, and what providers' keys look like.
_SECRET = re.compile(
    r"://[^\s/]*@|[?&;][^\s=]*(key|token|secret|passw|auth)[^\s=]*=|\b(sk-|hf_)[\w-]{16}",
    re.IGNORECASE,
)


class RefusedImportError(AppError):
    """Values of a file are wrong; `problems` names each of them in a sentence."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        few = len(problems) == 1
        count = "one of its values is" if few else f"{len(problems)} of its values are"
        named = problems[:_MOST_NAMED]
        more = len(problems) - len(named)
        if more:
            named = (*named, f"{more} more are.")
        super().__init__(
            f"Nothing was imported, because {count} wrong: {' '.join(named)}",
            "Correct the file, or take the wrong lines out of it.",
            code=ErrorCode.SETTING_INVALID,
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one setting."""

    setting: Setting
    before: Value
    after: Value

    @property
    def lets_out(self) -> bool:
        """Whether more may leave this computer afterwards, or go elsewhere."""
        judge = self.setting.lets_out
        return judge is not None and judge(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would change, each value checked."""

    changes: tuple[Change, ...]

    @property
    def openings(self) -> tuple[Change, ...]:
        """Those that need the person's yes."""
        return tuple(change for change in self.changes if change.lets_out)


def shown_settings() -> Iterator[Setting]:
    """The rows that a person sees, and that a file may have."""
    return (setting for setting in SETTINGS.values() if not setting.hidden)


def export(settings: Settings, file: Path) -> tuple[Setting, ...]:
    """Write all values in force to `file`, readable by its owner only.

    Returns the settings that were left out, because their text looks as if it had a key or a
    password in it. Raises `AppError` where the file cannot be written.
    """
    chosen, left_out = {}, []
    for setting in shown_settings():
        value = settings.get(setting.key)
        if isinstance(value, str) and _SECRET.search(value):
            left_out.append(setting)
        else:
            chosen[setting.key] = value
    if not file.parent.is_dir():
        raise AppError(
            f"There is no folder for {file.name}.", "Choose another place.", code=ErrorCode.USAGE
        )
    document = {"format": _FORMAT, "version": _VERSION, "settings": chosen}
    try:
        settings_file.write(file, document)
    except AppError as error:
        raise AppError(
            f"The settings could not be written to {file.name}.",
            "Choose another place, or free some space.",
            code=error.code,
        ) from error
    return tuple(left_out)


def read(settings: Settings, file: Path) -> Plan:
    """What taking over `file` would change.

    Raises `RefusedImportError` where any value is wrong, and `AppError` where the file is no
    export of settings. What a value names is looked at here only where that needs no yes.
    """
    values = _values(file)
    changes, problems = [], []
    named: set[str] = set()
    for key, value in values.items():
        try:
            setting = _row(key)
            after = setting.check(value)
        except AppError as error:
            problems.append(error.sentence)
            continue
        if setting.key in named:
            problems.append(f"{setting.key} is in the file twice.")
        named.add(setting.key)
        before = settings.get(setting.key)
        if after != before:
            changes.append(Change(setting, before, after))
    plan = Plan(tuple(changes))
    problems += _unverified(change for change in plan.changes if not change.lets_out)
    if problems:
        raise RefusedImportError(tuple(problems))
    return plan


def take(settings: Settings, plan: Plan, *, agreed: bool) -> tuple[Change, ...]:
    """Change what `plan` says, its openings only where the person agreed to them.

    Returns what was changed. Raises `AppError` and changes nothing where one is refused.
    """
    taken = tuple(change for change in plan.changes if agreed or not change.lets_out)
    if problems := _unverified(taken):
        raise RefusedImportError(tuple(problems))
    if taken:
        # A default stays one: a later version may have a better.
        settings.change(
            {
                change.setting.key: None if change.after == change.setting.default else change.after
                for change in taken
            }
        )
    return taken


def _row(key: str) -> Setting:
    try:
        setting = find(key)
    except AppError:
        name = key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}..."
        raise AppError(f"There is no setting called {name}.") from None
    if setting.hidden:
        raise AppError(f"{key} is kept by the window itself and cannot be imported.")
    return setting


def _unverified(changes: Iterator[Change] | tuple[Change, ...]) -> list[str]:
    problems = []
    for change in changes:
        try:
            if change.setting.verify is not None:
                change.setting.verify(change.after)
        except AppError as error:
            problems.append(f"{change.setting.key}: {error.sentence}")
    return problems


def _values(file: Path) -> Mapping[str, object]:
    try:
        if not file.is_file():
            raise _no_export(f"There is no file {file.name}.")
        document = settings_file.read(file)
    except OSError as error:
        raise _no_export(f"{file.name} could not be read.") from error
    except settings_file.BrokenFileError as error:
        raise _no_export(f"{file.name} {error}.") from error
    values, version = document.get("settings"), document.get("version")
    if document.get("format") != _FORMAT or not isinstance(values, dict):
        raise _no_export(f"{file.name} holds no settings of Tacit.")
    if version != _VERSION:
        raise _no_export(f"{file.name} is from another version of Tacit.")
    return values


def _no_export(what: str) -> AppError:
    return AppError(
        what,
        "Take a file that was made by Export, or by tacit config export.",
        code=ErrorCode.SETTING_INVALID,
    )
