"""The settings in force: read from the file, checked against the table, saved on change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import AppError, ErrorCode
from app.settings import file as settings_file
from app.settings.setting import Setting, Value
from app.settings.table import SETTINGS

if TYPE_CHECKING:  # the window reads its settings before it needs a message
    from app.core.messages import GenerationParameters

Callback = Callable[[str, Value], None]


class Settings:
    """Values by key. Any thread may read; callbacks run on the thread that made the change.

    A value that the table refuses is replaced by its default, and keys that the table does
    not know stay in the file: a newer version may have written them. `notices` says in
    sentences what was wrong with the file. With `keep` False the file is only read: changes
    hold until the end of the program.
    """

    def __init__(self, file: Path, *, keep: bool = True) -> None:
        self._file = file
        self._keep = keep
        self._document: dict[str, object] = {}
        self._values: dict[str, Value] = {}
        self._callbacks: list[Callback] = []
        self._lock = threading.RLock()
        # True while a file lies there that could neither be read nor be renamed.
        self._unreadable = False
        self.notices: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """Where the settings are kept."""
        return self._file

    def load(self) -> None:
        """Read the file; a broken one is kept under another name and the defaults hold."""
        with self._lock:
            self._unreadable = False
            try:
                document, notices = settings_file.read(self._file), []
            except settings_file.BrokenFileError as error:
                document, notices = {}, [self._broken(str(error))]
            self._take(document, notices)

    def refresh(self) -> None:
        """Read the file again, which somebody else wrote, and announce what has changed."""
        with self._lock:
            before = {key: self.get(key) for key in SETTINGS}
            if self._keep:
                self.load()
            changed = [key for key in SETTINGS if self.get(key) != before[key]]
        self._announce(changed)

    def get(self, key: str) -> Value:
        """The value in force; raises `AppError` for a key that is not in the table."""
        setting = find(key)
        return self._values.get(setting.key, setting.default)

    def is_set(self, key: str) -> bool:
        """Whether the file holds a value for it that the table accepts."""
        return find(key).key in self._values

    def set(self, key: str, value: object) -> None:
        """Check, save and announce a value; raises `AppError` and changes nothing if refused."""
        self.change({key: value})

    def reset(self, key: str) -> None:
        """Go back to the default; raises `AppError` where the file cannot be written."""
        self.change({key: None})

    def change(self, values: Mapping[str, object]) -> None:
        """Set several in one step; None goes back to the default.

        All hold before the first is announced. Raises `AppError` and changes nothing where one
        is refused.
        """
        checked: dict[Setting, Value | None] = {}
        for key, value in values.items():
            setting = find(key)
            checked[setting] = None if value is None else setting.check(value)
        for setting, typed in checked.items():
            if setting.verify is not None and typed is not None:
                setting.verify(typed)
        self._save(checked)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call `callback(key, value)` after every change; returns the end of that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def _save(self, values: Mapping[Setting, Value | None]) -> None:
        with self._lock:
            before = {key: self.get(key) for key in SETTINGS}
            if self._keep:
                # Another process may have written since: its values must survive ours.
                self.load()
            if self._keep and self._unreadable:
                raise AppError(
                    "The setting was not saved: the settings file cannot be read.",
                    "Check the permissions of the data folder (tacit config path shows it).",
                    code=ErrorCode.STORE_UNWRITABLE,
                )
            document = dict(self._document)
            for setting, value in values.items():
                for name in (setting.key, *setting.renamed_from):
                    document.pop(name, None)
                if value is not None:
                    document[setting.key] = value
            if self._keep:
                settings_file.write(self._file, document)
            self._take(document, [])
            changed = [key for key in SETTINGS if self.get(key) != before[key]]
        self._announce(changed)

    def _announce(self, keys: list[str]) -> None:
        for key in keys:
            for callback in tuple(self._callbacks):
                callback(key, self.get(key))

    def _take(self, document: dict[str, object], notices: list[str]) -> None:
        values: dict[str, Value] = {}
        for setting in SETTINGS.values():
            found = [name for name in (setting.key, *setting.renamed_from) if name in document]
            if not found:
                continue
            try:
                values[setting.key] = setting.check(document[found[0]])
            except AppError as error:
                notices.append(f"{error.what} The default is used.")
        self._document, self._values = document, values
        self.notices = tuple(notices)

    def _broken(self, clause: str) -> str:
        if not self._keep:
            return f"The settings file {clause}, so the defaults are used."
        kept = settings_file.set_aside(self._file)
        self._unreadable = kept is None
        where = f" It is kept as {kept.name}." if kept is not None else ""
        return f"The settings file {clause}, so the defaults are used.{where}"


def find(key: str) -> Setting:
    """The row of `key`, which may be the key of an earlier version; raises `AppError`."""
    if key in SETTINGS:
        return SETTINGS[key]
    for setting in SETTINGS.values():
        if key in setting.renamed_from:
            return setting
    raise AppError(
        f"There is no setting called {key}.",
        "tacit config list shows all of them.",
        code=ErrorCode.SETTING_INVALID,
    )


def generation_parameters(settings: Settings) -> GenerationParameters:
    """How answers are drawn, from the settings of the group "Answers"."""
    from app.core.messages import GenerationParameters

    seed = int(settings.get("generation.seed"))
    return GenerationParameters(
        temperature=float(settings.get("generation.temperature")),
        top_p=float(settings.get("generation.top_p")),
        top_k=int(settings.get("generation.top_k")),
        repetition_penalty=float(settings.get("generation.repetition_penalty")),
        seed=None if seed < 0 else seed,
        max_tokens=int(settings.get("generation.max_tokens")) or None,
    )
