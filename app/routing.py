"""How routing is put together: the rules file, what the settings allow, and what is installed.

Apart from `bootstrap`, because commands need it without everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from app.cloud import Cloud
from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text
from app.models.library import Library
from app.models.trials import Trials
from app.paths import Paths, resources_dir
from app.redaction.lexicon import NameLists
from app.redaction.redactor import Redactor
from app.redaction.words import OwnWords
from app.router.rules import Rules
from app.router.rules_file import checked
from app.router.situation import Switches
from app.settings.settings import Settings

NAME = "router.config.json"
_LARGEST = 1_000_000


class RulesStore:
    """The person's rules file. Blocking; read again whenever it has changed."""

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self.file = file
        self._keep = keep
        self._read: tuple[tuple[int, int], Rules] | None = None

    def text(self) -> str:
        """The file as it is; "" where there is none. Raises `AppError` where it is unreadable."""
        return read_file(self.file) if self.file.exists() else ""

    def rules(self) -> Rules:
        """The rules in force; without a file, everything stays here. Raises `AppError`."""
        try:
            state = self.file.stat()
        except FileNotFoundError:
            return Rules()
        except OSError as error:
            raise _unreadable(self.file) from error
        stamp = (state.st_mtime_ns, state.st_size)
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, checked(read_file(self.file), self.file.name))
        return self._read[1]

    def save(self, text: str) -> Rules:
        """Put `text` in the file's place, whole or not at all; raises `AppError`."""
        rules = checked(text, self.file.name)
        self._require_keeping()
        write_file(self.file, text)
        return rules

    def replace(self, seen: str, text: str) -> None:
        """Put `text` in the place of what the person has `seen`; an empty one takes the file away.

        Raises `AppError`, also where the file is another by now.
        """
        if self.text() != seen:
            raise AppError(
                f"{self.file.name} was changed by another program meanwhile.",
                "Look at what stands there now, and save again.",
                code=ErrorCode.USAGE,
            )
        if text.strip():
            self.save(text)
        else:
            self.remove()

    def remove(self) -> None:
        """Do without rules; raises `AppError`."""
        self._require_keeping()
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.file) from error

    def _require_keeping(self) -> None:
        if not self._keep:
            raise AppError(
                "This is a private session, which keeps nothing: the rules were not changed.",
                "Change them in an ordinary window.",
                code=ErrorCode.USAGE,
            )


def read_file(file: Path) -> str:
    """The text of a file that a person names; raises `AppError`."""
    try:
        if file.stat().st_size > _LARGEST:
            raise AppError(
                f"{file.name} is too large for a rules file.",
                "Choose the right file.",
                code=ErrorCode.USAGE,
            )
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AppError(
            f"{file.name} is no text in UTF-8.", "Choose the right file.", code=ErrorCode.USAGE
        ) from error
    except OSError as error:
        raise _unreadable(file) from error


def write_file(file: Path, text: str) -> None:
    """Put `text` in the file's place, whole or not at all; raises `AppError`."""
    try:
        replace_text(file, text)
    except OSError as error:
        raise _unwritable(file) from error


def rules_store(paths: Paths) -> RulesStore:
    """The rules file of this root."""
    return RulesStore(paths.root / NAME, keep=not paths.keeps_nothing)


def own_words(paths: Paths) -> OwnWords:
    """The person's own words for redaction, in this root."""
    return OwnWords(paths.root / "redaction-words.json", keep=not paths.keeps_nothing)


@cache
def name_lists() -> NameLists:
    """The common names; blocking the first time. Raises `AppError` for a broken installation."""
    try:
        return NameLists.load(resources_dir())
    except OSError as error:
        raise AppError(
            "The program's own files are incomplete: the list of names is missing.",
            "Install Tacit again.",
            code=ErrorCode.INSTALL_FAILED,
        ) from error


def redactor(settings: Settings, words: OwnWords) -> Redactor:
    """What takes personal data out of whatever leaves, where the settings say so."""
    return Redactor(
        lists=name_lists,
        is_on=lambda: bool(settings.get("routing.redact")),
        words=words.all,
    )


def switches(
    settings: Settings,
    library: Callable[[], Library],
    trials: Trials,
    cloud: Cloud,
    *,
    private_session: bool,
) -> Switches:
    """What the person switched on, which models there are, what was spent; blocking.

    `locals` and `known` are for the router to fill.
    """
    models = [model for model in library().scan() if model.problem is None]
    preferred = str(settings.get("model.default"))
    default = next((m.id for m in models if m.id == preferred), models[0].id if models else "")
    tried = trials.of(default)
    return Switches(
        cloud=cloud.is_on,
        providers=frozenset(service.name for service in cloud.usable()),
        fallback=bool(settings.get("cloud.fall_back")),
        fallback_for=frozenset(str(settings.get("cloud.fall_back_on")).split()),
        fallback_to=cloud.falls_back_to(),
        private_session=private_session,
        sealed=cloud.is_sealed,
        month_limit_usd=cloud.limit_usd or None,
        spent_usd=cloud.costs.spent() if cloud.limit_usd else 0.0,
        prices=cloud.rates(),
        models={model.id: model.context_length or 0 for model in models},
        default_model=default,
        tokens_per_s=tried[0].tokens_per_s if tried else 0.0,
    )


def _unreadable(file: Path) -> AppError:
    return AppError(
        f"{file.name} cannot be read.",
        "Check its name and its permissions.",
        code=ErrorCode.USAGE,
    )


def _unwritable(file: Path) -> AppError:
    return AppError(
        f"{file.name} cannot be written.",
        "Check the free space and the permissions of its folder.",
        code=ErrorCode.STORE_UNWRITABLE,
    )
