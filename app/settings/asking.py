"""One question to a keyring, put on a thread that is given up when it takes too long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings import keyring_help
from app.settings.keyrings import LockedError

T = TypeVar("T")


class Asking:
    """Puts one question at a time: what is stuck in a frozen keyring must not pile up."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def ask(self, question: Callable[[], T], limit_s: float, cancel: CancelToken | None) -> T:
        """The answer; raises `AppError` for every other end.

        A question that was given up may still be answered later: nobody can call it back.
        """
        asked = _Question(question)
        forget = (cancel or CancelToken()).on_cancel(asked.give_up)
        threading.Thread(
            target=asked.put, args=(self._turn, limit_s), name="keyring", daemon=True
        ).start()
        try:
            return asked.answer(limit_s)
        finally:
            forget()


class _Question(Generic[T]):
    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._answers: SimpleQueue[tuple[T] | AppError] = SimpleQueue()
        self._is_given_up = threading.Event()

    def put(self, turn: threading.Lock, limit_s: float) -> None:
        if not turn.acquire(timeout=limit_s):
            return
        try:
            answer = _STOPPED if self._is_given_up.is_set() else self._outcome()
        finally:
            turn.release()
        self._answers.put(answer)

    def answer(self, limit_s: float) -> T:
        try:
            answer = self._answers.get(timeout=limit_s)
        except Empty:
            self._is_given_up.set()
            raise keyring_help.silent() from None
        if isinstance(answer, AppError):
            raise answer
        return answer[0]

    def give_up(self) -> None:
        self._is_given_up.set()
        self._answers.put(_STOPPED)

    def _outcome(self) -> tuple[T] | AppError:
        try:
            return (self._question(),)
        except AppError as error:
            return error
        except LockedError:
            return keyring_help.still_locked()
        except Exception as error:  # noqa: BLE001  (its text could hold the secret)
            return keyring_help.failed(type(error).__name__)


_STOPPED = AppError("It was stopped.", "Start it again when you want it.", code=ErrorCode.CANCELLED)
