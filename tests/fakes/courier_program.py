"""Verbs for tests of the courier, and the program that is a real courier with them."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from app.core.egress import Purpose
from app.core.errors import AppError
from app.network import http
from app.network.faults import stopped
from app.network.url import parse
from app.network.verb import AnyHandler, Handler, Verb, VerbContext, codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the test wants: a number of items, an address, or a way to fail."""

    items: int = 0
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """An item."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result."""

    words: str


def _verb(name: str) -> Verb[Wish, Count, Answer]:
    return Verb(name=name, arguments=codec(Wish), item=codec(Count), result=codec(Answer))


COUNT, WAIT, DEAF, GET, REFUSE, FAULT, VANISH, READ, WRITE, UNKNOWN = (
    _verb(name)
    for name in (
        "count", "wait", "deaf", "get", "refuse", "fault", "vanish", "read", "write", "unknown",
    )
)  # fmt: skip


def _count(wish: Wish, context: VerbContext[Count]) -> Answer:
    for number in range(wish.items):
        context.tell(Count(number=number))
    return Answer(words=wish.words)


def _wait(_wish: Wish, context: VerbContext[Count]) -> Answer:
    context.tell(Count(number=0))
    if context.cancel.wait(60):
        raise stopped()
    return Answer(words="nobody stopped it")


def _deaf(_wish: Wish, context: VerbContext[Count]) -> Answer:
    context.tell(Count(number=0))
    time.sleep(2)
    return Answer(words="too late")


def _get(wish: Wish, context: VerbContext[Count]) -> Answer:
    rule = parse(wish.url).rule
    with context.open(Purpose.MODEL_LIST, rule, label="a test", allowed_by="a test") as passage:
        context.tell(Count(number=0))
        with http.request(passage, wish.url) as response:
            return Answer(words=response.read(2**20).decode())


def _refuse(wish: Wish, _context: VerbContext[Count]) -> Answer:
    raise AppError("It was refused.", wish.words)


def _fault(wish: Wish, _context: VerbContext[Count]) -> Answer:
    raise RuntimeError(wish.words)


def _vanish(_wish: Wish, _context: VerbContext[Count]) -> Answer:
    if threading.current_thread() is not threading.main_thread():
        os._exit(7)
    return Answer(words="")


def _read(wish: Wish, _context: VerbContext[Count]) -> Answer:
    try:
        return Answer(words=Path(wish.words).read_text(encoding="utf-8"))
    except OSError as error:
        return Answer(words=f"refused: {error.strerror}")


def _write(wish: Wish, _context: VerbContext[Count]) -> Answer:
    try:
        Path(wish.words).write_text("written", encoding="utf-8")
    except OSError as error:
        return Answer(words=f"refused: {error.strerror}")
    return Answer(words="written")


def handlers() -> list[AnyHandler]:
    """The handlers of all verbs but `UNKNOWN`."""
    does = {
        COUNT: _count,
        WAIT: _wait,
        DEAF: _deaf,
        GET: _get,
        REFUSE: _refuse,
        FAULT: _fault,
        VANISH: _vanish,
        READ: _read,
        WRITE: _write,
    }
    return [
        Handler(verb=verb, reach={Purpose.MODEL_LIST: ()}, run=run) for verb, run in does.items()
    ]


def command() -> list[str]:
    """What starts a real courier with the verbs of this module and those of the program."""
    return [sys.executable, "-P", str(Path(__file__).resolve())]


if __name__ == "__main__":
    from app.network import courier
    from app.network.verbs import standard

    sys.exit(courier.main([*handlers(), *standard.handlers(Path("no-builder"))]))
