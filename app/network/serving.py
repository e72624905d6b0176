"""The courier's work: does what it is asked, each call on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from app.core.cancel import CancelToken
from app.core.egress import Opening, Purpose
from app.core.errors import AppError, ErrorCode
from app.network import protocol
from app.network.faults import not_allowed, stopped
from app.network.gateway import Gateway, Passage
from app.network.policy import Policy
from app.network.protocol import Call, Cancel, Hello, Seen, SetPolicy
from app.network.verb import AnyHandler
from app.process.frames import FrameTooLargeError
from app.process.plain import Plain, ProtocolError

MOST_CALLS = 32
_SEEN_S = 10.0


class Serving:
    """Obeys commands and reports with `write`, from any thread; one per courier.

    `write` raises `OSError` where nobody listens any more. `confine` shuts the thread of a
    call off from the files that are none of its business.
    """

    def __init__(
        self,
        write: Callable[[Plain], None],
        handlers: Sequence[AnyHandler],
        confine: Callable[[Policy], None] = lambda _policy: None,
    ) -> None:
        self._write = write
        self._confine = confine
        self._handlers = {handler.verb.name: handler for handler in handlers}
        self._calls: dict[int, tuple[CancelToken, threading.Thread]] = {}
        self._serial = self._seen = 0
        self._changed = threading.Condition()
        self.gateway = Gateway(self._announce)

    def obey(self, command: Hello | SetPolicy | Call | Cancel | Seen) -> None:
        """Do it, or have it done; raises `ProtocolError` for another version."""
        match command:
            case Hello(version):
                if version != protocol.VERSION:
                    raise ProtocolError("the client speaks another version")
            case SetPolicy(policy):
                self.gateway.policy = policy
            case Call():
                self._begin(command)
            case Cancel(number):
                if call := self._calls.get(number):
                    call[0].cancel()
            case Seen(serial):
                with self._changed:
                    self._seen = max(self._seen, serial)
                    self._changed.notify_all()

    def close(self, timeout_s: float) -> None:
        """Stop every call, and wait for their ends so long."""
        deadline = time.monotonic() + timeout_s
        calls = list(self._calls.values())
        for cancel, _thread in calls:
            cancel.cancel()
        with self._changed:
            self._changed.notify_all()
        for _cancel, thread in calls:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _begin(self, call: Call) -> None:
        handler = self._handlers.get(call.verb)
        if handler is None:
            self._report(protocol.failed(call.number, _UNKNOWN))
        elif len(self._calls) >= MOST_CALLS:
            self._report(protocol.failed(call.number, _TOO_MANY))
        else:
            cancel = CancelToken()
            thread = threading.Thread(
                target=self._run, args=(call, handler, cancel), name=call.verb, daemon=True
            )
            self._calls[call.number] = cancel, thread
            thread.start()

    def _run(self, call: Call, handler: AnyHandler, cancel: CancelToken) -> None:
        number = call.number
        try:
            arguments = handler.verb.arguments.decode(call.arguments)
            if not handler.starts_programs:
                self._confine(self.gateway.policy)
            context = _Context(self, number, handler, cancel)
            result = handler.run(arguments, context)
            frame = protocol.done(number, handler.verb.result.encode(result))
        except AppError as error:
            # Whatever broke when it was stopped: it was no longer wanted.
            frame = protocol.failed(number, stopped() if cancel.is_cancelled else error)
        except ProtocolError:
            frame = protocol.failed(number, _UNKNOWN)
        except Exception:  # noqa: BLE001  (its text could hold a key)
            frame = protocol.failed(number, _FAULT)
        self._calls.pop(number, None)
        self._report(frame)

    def item(self, number: int, value: Any) -> None:
        """Report an item of a call."""
        self._report(protocol.item(number, value))

    def _report(self, frame: Plain) -> None:
        try:
            self._write(frame)
        except FrameTooLargeError:
            self._write(protocol.failed(int(frame["number"]), _TOO_LARGE))

    def _announce(self, openings: tuple[Opening, ...]) -> Callable[[], None]:
        self._serial += 1  # the gateway calls this one at a time
        serial = self._serial
        self._write(protocol.openings(serial, openings))
        return lambda: self._wait_until_seen(serial)

    def _wait_until_seen(self, serial: int) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._seen >= serial, _SEEN_S):
                raise not_allowed("The window did not show that the gateway opens.")


class _Context:
    """What a handler works with; see `app.network.verb.VerbContext`."""

    def __init__(
        self, serving: Serving, number: int, handler: AnyHandler, cancel: CancelToken
    ) -> None:
        self._serving = serving
        self._number = number
        self._handler = handler
        self.cancel = cancel

    @property
    def policy(self) -> Policy:
        return self._serving.gateway.policy

    def tell(self, item: Any) -> None:
        self._serving.item(self._number, self._handler.verb.item.encode(item))

    def open(
        self,
        purpose: Purpose,
        *wanted: str,
        named: Sequence[str] = (),
        label: str = "",
        conversation: str = "",
        allowed_by: str,
    ) -> AbstractContextManager[Passage]:
        return self._serving.gateway.open(
            self._handler.reach,
            purpose,
            wanted,
            named=named,
            label=label,
            conversation=conversation,
            allowed_by=allowed_by,
            cancel=self.cancel,
        )

    def hand_over(
        self, purpose: Purpose, host: str, port: int, *, allowed_by: str, act: Callable[[], None]
    ) -> None:
        if purpose not in self._handler.reach:
            raise not_allowed(f"Nothing is handed over to {host} for this.")
        self._serving.gateway.hand_over(purpose, host, port, allowed_by=allowed_by, act=act)


_UNKNOWN = AppError(
    "The courier does not know what it was asked for.", "Close Tacit and start it again."
)
_TOO_MANY = AppError("Too much is going on at once.", "Wait until something has ended.")
_TOO_LARGE = AppError("What came from the network is too large.", "Try again later.")
_FAULT = AppError(
    "This did not work because of a fault in Tacit.",
    "Try again; if it stays so, report it.",
    code=ErrorCode.UNKNOWN,
)
