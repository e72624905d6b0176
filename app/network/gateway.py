"""The one way out: shut, except for one purpose to named hosts for as long as that lasts."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.cancel import CancelToken
from app.core.egress import Opening, Purpose
from app.core.errors import AppError, ErrorCode
from app.network import faults, hosts, proxy
from app.network.dial import addresses, dial
from app.network.faults import not_allowed
from app.network.policy import Policy
from app.network.wire import Connection, CountedSocket

if TYPE_CHECKING:
    from app.network.journal.writer import JournalWriter

CONNECT_S = 20.0
_LONGEST_WORDS = 200
_OUTCOMES = {ErrorCode.NOT_ALLOWED: "refused by Tacit", ErrorCode.CANCELLED: "stopped"}

Reach = Mapping[Purpose, Sequence[str]]


class Announce(Protocol):
    """Makes openings visible to the person."""

    def __call__(self, openings: tuple[Opening, ...]) -> Callable[[], None]:
        """Show these and no others; what is returned waits until they are visible.

        Waiting raises `AppError` where nobody can be shown anything.
        """


class Gateway:
    """Knows what is open, and gives out connections to nothing else.

    Looking up a name is left to the system: those few bytes are in no count, but they, too,
    are only sent after the record of the connection has begun. `policy` may be replaced at
    any time; it counts for the next connection.
    """

    def __init__(self, announce: Announce) -> None:
        self.policy = Policy()
        self._announce = announce
        self._openings: list[Opening] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def open(
        self,
        reach: Reach,
        purpose: Purpose,
        wanted: Sequence[str] = (),
        *,
        named: Sequence[str] = (),
        label: str = "",
        conversation: str = "",
        allowed_by: str,
        cancel: CancelToken,
    ) -> Iterator[Passage]:
        """Open it for `purpose`; at the end every connection is closed, and then it is shut.

        `wanted` are host rules within `reach[purpose]` (all of them by default), or endpoints
        of the policy. `named` are further servers that the person named, in a configuration
        that the verb itself has read. Each rule is an `Opening`, visible before this returns.
        `label` is what the person calls it, `conversation` a random id, `allowed_by` who
        allowed it. Raises `AppError` for rules outside the table.
        """
        endpoints = (*self.policy.endpoints, *named)
        rules = _rules(reach.get(purpose, ()), endpoints, wanted)
        _check_words(label, conversation, allowed_by)
        passage = Passage(
            self,
            purpose,
            rules,
            endpoints,
            conversation=conversation,
            allowed_by=allowed_by,
            cancel=cancel,
        )
        openings = [Opening(purpose=purpose, host=rule, label=label) for rule in rules]
        try:
            self._show(openings)
            forget = cancel.on_cancel(passage.abort)
            try:
                yield passage
            finally:
                forget()
                passage.close()
        finally:
            self._hide(openings)

    def hand_over(
        self, purpose: Purpose, host: str, port: int, *, allowed_by: str, act: Callable[[], None]
    ) -> None:
        """Have another program connect to `host`: it gets a record, and nothing is opened."""
        _check_words(allowed_by)
        journal = self.journal()
        record = journal.begin(
            purpose=purpose, host=host, port=port, conversation="", allowed_by=allowed_by
        )
        outcome = "failed"
        try:
            act()
            outcome = "handed to the browser"
        finally:
            _end(journal, record, outcome)

    def journal(self) -> JournalWriter:
        """The journal; raises `AppError` where the policy names none."""
        if not self.policy.journal:
            raise not_allowed("There is no journal, so no connection is made.", "")
        # Here and not at the top: the idle courier stays small without it.
        from app.network.journal.writer import JournalWriter

        return JournalWriter(Path(self.policy.journal))

    def _show(self, openings: Sequence[Opening]) -> None:
        with self._lock:
            self._openings.extend(openings)
            # Within the lock, so that an older state never follows a newer one.
            wait_until_visible = self._announce(tuple(self._openings))
        wait_until_visible()

    def _hide(self, openings: Sequence[Opening]) -> None:
        with self._lock:
            for opening in openings:
                self._openings.remove(opening)
            self._announce(tuple(self._openings))


class Passage:
    """An open gateway: makes connections to its hosts, each with a record in the journal.

    Any thread may connect; `abort` ends everything from any thread.
    """

    def __init__(
        self,
        gateway: Gateway,
        purpose: Purpose,
        rules: Sequence[str],
        endpoints: Sequence[str],
        *,
        conversation: str,
        allowed_by: str,
        cancel: CancelToken,
    ) -> None:
        self._gateway = gateway
        self._purpose = purpose
        self._rules = rules
        self._endpoints = endpoints
        self._conversation = conversation
        self._allowed_by = allowed_by
        self._cancel = cancel
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def connect(
        self, host: str, port: int, *, tls: bool = True, timeout_s: float = CONNECT_S
    ) -> Connection:
        """A connection to `host`, verified by TLS; without `tls` to this machine only.

        `timeout_s` is what each step of it may take, and each later call on it. Raises
        `AppError`, which is a `TransientError` where trying again makes sense.
        """
        return self._connect(host, port, timeout_s, tls=tls, is_tunnel=False)

    def tunnel(self, host: str, port: int, *, timeout_s: float = CONNECT_S) -> Connection:
        """A connection through which another program speaks TLS with `host` by itself.

        The caller has to see to it that it does. Raises `AppError` as `connect` does.
        """
        return self._connect(host, port, timeout_s, tls=False, is_tunnel=True)

    def allows(self, host: str, port: int) -> bool:
        """Whether a connection there would be made."""
        if hosts.rule_of(host, port) in self._rules:
            return True
        return port == hosts.HTTPS and any(hosts.matches(rule, host) for rule in self._rules)

    def abort(self) -> None:
        """End every call on every connection now."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.abort()

    def close(self) -> None:
        """Close every connection; no further one is made."""
        with self._lock:
            self._is_closed = True
            connections = list(self._connections)
        for connection in connections:
            connection.close()

    def _connect(
        self, host: str, port: int, timeout_s: float, *, tls: bool, is_tunnel: bool
    ) -> Connection:
        journal, started = self._gateway.journal(), time.monotonic()
        host = hosts.clean(host)
        record = journal.begin(
            purpose=self._purpose,
            host=host or "no host name",
            port=port,
            conversation=self._conversation,
            allowed_by=self._allowed_by,
        )
        ended = partial(self._ended, journal, record, started)
        try:
            self._check(host, port, is_plain=not tls and not is_tunnel)
            way = proxy.choose(self._gateway.policy.proxy, host)
            connection = self._dialled(host, port, way, timeout_s, ended)
        except AppError as error:
            _end(journal, record, _OUTCOMES.get(error.code, "not reached"))
            raise
        except OSError as error:
            _end(journal, record, "not reached")
            raise faults.in_words(error, host) from error
        except BaseException:
            _end(journal, record, "not reached")
            raise
        return self._prepared(connection, way, tls=tls)

    def _check(self, host: str, port: int, *, is_plain: bool) -> None:
        if not host:
            raise not_allowed("An address names no server.")
        if self._is_closed or not self.allows(host, port):
            raise not_allowed(f"Tacit does not connect to {hosts.endpoint(host, port)} for this.")
        if is_plain and not hosts.is_loopback_name(host):
            raise not_allowed(f"{host} would have been reached without encryption.")

    def _dialled(
        self,
        host: str,
        port: int,
        way: proxy.Proxy | None,
        timeout_s: float,
        on_close: Callable[[Connection], None],
    ) -> Connection:
        is_named = hosts.rule_of(host, port) in self._endpoints
        if way is None:
            choices = addresses(host, port, may_be_local=is_named)
        else:
            choices = addresses(way.host, way.port, may_be_local=True)
        raw = dial(choices, timeout_s, lambda: self._cancel.is_cancelled or self._is_closed)
        connection = Connection(
            CountedSocket(raw),
            host=host,
            port=port,
            address=str(raw.getpeername()[0]),
            on_close=on_close,
        )
        with self._lock:
            self._connections.add(connection)
        return connection

    def _prepared(
        self, connection: Connection, way: proxy.Proxy | None, *, tls: bool
    ) -> Connection:
        """The connection once the proxy and TLS have had their say; closed where they refuse."""
        try:
            if self._cancel.is_cancelled or self._is_closed:  # before it could be aborted
                raise faults.stopped()
            if way is not None:
                proxy.ask_for_tunnel(connection, way)
            if tls:
                from app.network import trust

                context = trust.context(self._gateway.policy.ca_file)
                connection.outcome = "no trusted encryption"
                connection.start_tls(context)
            connection.outcome = "done"
        except OSError as error:
            connection.close()
            if self._cancel.is_cancelled:
                raise faults.stopped() from error
            raise faults.in_words(error, connection.host) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _ended(
        self, journal: JournalWriter, record: int, started: float, connection: Connection
    ) -> None:
        with self._lock:
            self._connections.discard(connection)
        _end(
            journal,
            record,
            connection.outcome,
            seconds=time.monotonic() - started,
            address=connection.address,
            peer=connection.peer,
            sent_bytes=connection.sent_bytes,
            received_bytes=connection.received_bytes,
        )


def _rules(table: Sequence[str], endpoints: Sequence[str], wanted: Sequence[str]) -> list[str]:
    rules = list(dict.fromkeys(wanted or (*table, *endpoints)))
    for rule in rules:
        if rule not in endpoints and not hosts.within(rule, table):
            raise not_allowed(f"Tacit does not connect to {rule} for this.")
    if not rules:
        raise not_allowed("Tacit knows no server for this.")
    return rules


def _end(
    journal: JournalWriter,
    record: int,
    outcome: str,
    *,
    seconds: float = 0.0,
    address: str = "",
    peer: str = "",
    sent_bytes: int = 0,
    received_bytes: int = 0,
) -> None:
    # What has happened cannot be refused any more: a record without an end shows as such,
    # and the next beginning fails.
    with contextlib.suppress(AppError):
        journal.end(
            record,
            seconds=seconds,
            address=address,
            peer=peer,
            sent_bytes=sent_bytes,
            received_bytes=received_bytes,
            outcome=outcome,
        )


def _check_words(*words: str) -> None:
    if any(len(word) > _LONGEST_WORDS or not word.isprintable() for word in words):
        raise not_allowed("A description for the journal is too long or not printable.")
