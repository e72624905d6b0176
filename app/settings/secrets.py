"""Keys and passwords: kept in the system's keyring, or in memory until the program ends.

Never in a file, an argument or an environment. Everything that asks the keyring happens on a
thread that is given up after a deadline: a frozen keyring, or one whose dialog nobody answers,
blocks its caller for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TypeVar

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings import keyring_help, keyrings
from app.settings.asking import Asking
from app.settings.keyrings import Keyring, Lock

T = TypeVar("T")

PROXY = "proxy"
NAMES = {
    "anthropic": "Anthropic",
    "openrouter": "OpenRouter",
    "huggingface": "Hugging Face",
    "openai": "a server that speaks the OpenAI protocol",
    PROXY: "the proxy of your network",
}
"""The names that secrets have, and whom each of them is for."""

DEADLINE_S = 10.0
ASKING_S = 300.0
_PROBE_S = 5.0
_LONGEST = 1000  # the Credential Manager of Windows takes 2,560 bytes, as UTF-16
_KEY = re.compile(r"[\x21-\x7e]+")


class KeyringAnswer(StrEnum):
    """What came of asking for the keyring."""

    USABLE = "usable"
    LOCKED = "locked"
    NONE = "none"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringState:
    """Whether a keyring of the system can keep secrets; `backend` names it ("" for none)."""

    answer: KeyringAnswer
    backend: str
    sentence: str


class Place(StrEnum):
    """Where a secret is kept."""

    NOWHERE = "nowhere"
    KEYRING = "keyring"
    MEMORY = "memory"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a secret is; `problem` says what is in the way of knowing or reading it."""

    place: Place
    problem: AppError | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """A key or a password; printing it shows neither."""

    text: str = field(repr=False)


class Secrets:
    """The secrets of this program by name (see `NAMES`).

    Any thread may call; what asks the keyring blocks, at most for the deadlines (seconds), and
    raises `AppError` with a code of its own for each trouble: KEYRING_MISSING, KEYRING_LOCKED,
    KEYRING_SILENT, KEYRING_FAILED, and CANCELLED once `cancel` is. Only what a person has just
    asked for may make the system ask for the keyring's password, which may take `asking_s`.
    """

    def __init__(
        self,
        find: Callable[[], Keyring | None] = keyrings.find,
        *,
        deadline_s: float = DEADLINE_S,
        asking_s: float = ASKING_S,
    ) -> None:
        self._find = find
        self._deadline_s = deadline_s
        self._asking_s = asking_s
        self._memory: dict[str, Secret] = {}
        self._callbacks: list[Callable[[str], None]] = []
        self._asking = Asking()
        # Whether somebody wanted a secret and could not have it.
        self._was_missed = False

    def state(self) -> KeyringState:
        """Which keyring there is, reading no secret and unlocking nothing."""
        try:
            keyring, lock = self._look_for(None)
        except AppError as error:
            is_silent = error.code is ErrorCode.KEYRING_SILENT
            answer = KeyringAnswer.SILENT if is_silent else KeyringAnswer.NONE
            return KeyringState(answer=answer, backend="", sentence=error.sentence)
        words = f"The keyring of the system answers ({keyring.name})"
        if lock is Lock.LOCKED:
            answer, words = KeyringAnswer.LOCKED, f"{words}, and is locked"
        else:
            answer = KeyringAnswer.USABLE
        return KeyringState(answer=answer, backend=keyring.name, sentence=f"{words}.")

    def look(self, name: str, *, cancel: CancelToken | None = None) -> Kept:
        """Where the secret is, reading and unlocking nothing; raises only CANCELLED."""
        if name in self._memory:
            return Kept(place=Place.MEMORY)
        try:
            keyring, lock = self._look_for(cancel)
            is_there = lock is not Lock.EMPTY and self._ask(partial(keyring.holds, name), cancel)
        except AppError as error:
            if error.code is ErrorCode.CANCELLED:
                raise
            return Kept(place=Place.UNKNOWN, problem=error)
        problem = keyring_help.locked() if is_there and lock is Lock.LOCKED else None
        if problem is None and self._was_missed:
            self._tell("")
        return Kept(place=Place.KEYRING if is_there else Place.NOWHERE, problem=problem)

    def get(
        self, name: str, *, may_ask: bool = False, cancel: CancelToken | None = None
    ) -> Secret | None:
        """The secret of that name, None where there is none.

        `may_ask`: a person waits for this and may be asked to unlock the keyring.
        """
        if (kept := self._memory.get(name)) is not None:
            return kept
        try:
            keyring, lock = self._open(cancel) if may_ask else self._look_for(cancel)
            if lock is Lock.EMPTY:
                return None
            if lock is Lock.LOCKED:
                raise keyring_help.locked()
            text = self._ask(partial(keyring.read, name), cancel)
        except AppError:
            self._was_missed = True
            raise
        return None if text is None else Secret(text)

    def set(
        self,
        name: str,
        text: str,
        *,
        session_only: bool = False,
        cancel: CancelToken | None = None,
    ) -> None:
        """Keep what the person entered; raises `AppError` for what is no key, before all else.

        With `session_only` it is kept in memory until the program ends, which is for a person
        who agreed to that because no keyring can be used.
        """
        secret = checked(name, text)
        if session_only:
            self._memory[name] = secret
        else:
            keyring, lock = self._open(cancel)
            # The first secret of all: the system asks which password the keyring shall have.
            limit_s = self._asking_s if lock is Lock.EMPTY else self._deadline_s
            self._asking.ask(partial(_write, keyring, name, secret), limit_s, cancel)
            self._memory.pop(name, None)
        self._tell(name)

    def delete(self, name: str, *, cancel: CancelToken | None = None) -> bool:
        """Forget the secret; False where there was none."""
        if self._memory.pop(name, None) is not None:
            self._tell(name)
            return True
        keyring, lock = self._open(cancel)
        was_there = lock is not Lock.EMPTY and self._ask(partial(keyring.remove, name), cancel)
        self._tell(name)
        return was_there

    def unlock(self, *, cancel: CancelToken | None = None) -> None:
        """Have the system ask the person for the keyring's password, where it is locked."""
        self._open(cancel)
        self._tell("")

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback(name)` after a secret was set or deleted, `callback("")` once the keyring
        can be read again, on the thread that found out; returns the end of that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def _look_for(self, cancel: CancelToken | None) -> tuple[Keyring, Lock]:
        """The keyring as it is; raises `AppError` where there is none."""

        def look_for() -> tuple[Keyring, Lock]:
            if (keyring := self._find()) is None:
                raise keyring_help.missing()
            return keyring, keyring.lock()

        return self._ask(look_for, cancel)

    def _open(self, cancel: CancelToken | None) -> tuple[Keyring, Lock]:
        """The keyring, unlocked by the person where it has to be."""
        keyring, lock = self._look_for(cancel)
        if lock is not Lock.LOCKED:
            return keyring, lock
        # The keyring's own limit ends first, so that this question is not left behind.
        limit_s = self._asking_s + self._deadline_s
        if not self._asking.ask(partial(keyring.unlock, self._asking_s), limit_s, cancel):
            raise keyring_help.still_locked()
        return keyring, Lock.OPEN

    def _ask(self, question: Callable[[], T], cancel: CancelToken | None) -> T:
        return self._asking.ask(question, self._deadline_s, cancel)

    def _tell(self, name: str) -> None:
        if not name:
            self._was_missed = False
        for callback in tuple(self._callbacks):
            callback(name)


def checked(name: str, text: str) -> Secret:
    """What a person entered, as a secret; raises `AppError`, which does not repeat it.

    A key is made of the visible letters, digits and signs of ASCII; a password may hold others,
    and spaces. What ends in an HTTP header can thus neither break it nor fail to be written.
    """
    is_key = name != PROXY
    stripped = text.strip() if is_key else text.strip("\r\n")
    word = "key" if is_key else "password"
    if not stripped:
        raise _invalid(f"The {word} is empty.", f"Enter the {word}.")
    if len(stripped) > _LONGEST:
        raise _invalid(f"The {word} is too long.", f"It may have {_LONGEST} characters.")
    if is_key and not _KEY.fullmatch(stripped):
        raise _invalid(
            "The key holds a space, a line break or a character that no key has.",
            "Copy it once more, the key alone.",
        )
    if not stripped.isprintable():
        raise _invalid(
            "The password holds a line break or a character that cannot be typed.",
            "Enter it once more.",
        )
    return Secret(stripped)


def probe(find: Callable[[], Keyring | None] = keyrings.find) -> KeyringState:
    """Ask which keyring there is, reading no secret and unlocking nothing."""
    return Secrets(find, deadline_s=_PROBE_S).state()


def _write(keyring: Keyring, name: str, secret: Secret) -> None:
    keyring.write(name, secret.text)
    # Some keyrings say yes and keep nothing.
    if keyring.read(name) != secret.text:
        raise keyring_help.forgetful()


def _invalid(what: str, todo: str) -> AppError:
    return AppError(what, todo, code=ErrorCode.KEY_INVALID)
