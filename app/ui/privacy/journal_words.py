"""The journal in plain words: a sentence for each record, amounts and months; no widgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication

from app.core.egress import JournalCheck, JournalRecord, Purpose
from app.ui.privacy.sources import Traffic
from app.ui.status.figures import seconds, size

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ENDED_WELL = {"", "done", "handed to the browser"}


@dataclass(frozen=True, slots=True)
class Month:
    """What all purposes of one month come to; `key` is for example "2026-11"."""

    key: str
    connections: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


def sentence(record: JournalRecord, today: date | None = None) -> str:
    """What happened, for example "12 Nov, 14:03: 93 MB received from pypi.org for ..."."""
    words = _what(record)
    if record.allowed_by:
        words = _tr("{0}, allowed by {1}").format(words, record.allowed_by)
    if record.seconds is None:
        words = _tr("{0}; still open, or cut off").format(words)
    elif record.outcome.lower() not in _ENDED_WELL:
        words = _tr("{0}; ended: {1}").format(words, record.outcome)
    return f"{when(record.began, today)}: {words}"


def details(record: JournalRecord) -> str:
    """The rest of what a record holds, as lines."""
    lines = [
        _tr("Connection {0}, to {1} port {2}").format(
            record.number, record.address or record.host, record.port
        ),
        _tr("Certificate verified: {0}").format(record.peer or _tr("none")),
        _tr("Sent {0}, received {1}").format(
            amount(record.sent_bytes), amount(record.received_bytes)
        ),
    ]
    if record.seconds is not None:
        lines.append(_tr("Took {0}").format(seconds(record.seconds)))
    if record.conversation:
        lines.append(_tr("Chat {0}").format(record.conversation))
    if record.outcome:
        lines.append(_tr("Ended: {0}").format(record.outcome))
    return "\n".join(lines)


def purpose_words(purpose: Purpose) -> str:
    """What a connection was for."""
    return {
        Purpose.STARTER_MODEL: _tr("the starter model"),
        Purpose.MODEL_LIST: _tr("a list of models"),
        Purpose.MODEL_DOWNLOAD: _tr("a model"),
        Purpose.CLOUD_ANSWER: _tr("a cloud answer"),
        Purpose.LOCAL_SERVER: _tr("a local server"),
        Purpose.LINK: _tr("a link"),
        Purpose.UPDATE_CHECK: _tr("news of a newer version"),
    }[purpose]


def when(began: str, today: date | None = None) -> str:
    """A time of the journal as it was here, for example "12 Nov, 14:03"; as it is where odd."""
    try:
        moment = datetime.fromisoformat(began).astimezone()
    except (ValueError, OverflowError, OSError):
        return began[:40]
    year = (today or datetime.now().astimezone().date()).year
    day = f"{moment.day} {MONTHS[moment.month - 1]}"
    day = day if moment.year == year else f"{day} {moment.year}"
    return f"{day}, {moment:%H:%M}"


def month_words(key: str) -> str:
    """For example "Nov 2026"; as it is where it is no month."""
    try:
        moment = datetime.strptime(key, "%Y-%m")  # noqa: DTZ007  (a month has no zone)
    except ValueError:
        return key
    return f"{MONTHS[moment.month - 1]} {moment.year}"


def amount(count: int) -> str:
    """Bytes in people's units, nothing rounded up to something."""
    if count <= 0:
        return _tr("nothing")
    return _tr("{0} bytes").format(count) if count < 1000 else size(count)


def by_month(totals: Iterable[Traffic]) -> list[Month]:
    """The months in their order, over all purposes."""
    months: dict[str, Month] = {}
    for total in totals:
        known = months.get(total.month, Month(total.month))
        months[total.month] = Month(
            total.month,
            known.connections + total.connections,
            known.sent_bytes + total.sent_bytes,
            known.received_bytes + total.received_bytes,
        )
    return [months[key] for key in sorted(months)]


def month_sentence(month: Month) -> str:
    """For example "Nov 2026: 93 MB received, 40 kB sent, 4 connections"."""
    count = (
        _tr("1 connection")
        if month.connections == 1
        else _tr("{0:,} connections").format(month.connections)
    )
    return _tr("{0}: {1} received, {2} sent, {3}").format(
        month_words(month.key), amount(month.received_bytes), amount(month.sent_bytes), count
    )


def check_sentence(check: JournalCheck) -> str:
    """What checking the journal found."""
    if check.is_whole and not check.records:
        return _tr("The journal is empty, and whole.")
    if check.is_whole:
        words = _tr("All {0:,} records are there, unchanged and in their order.")
        return words.format(check.records)
    place = _tr(" (line {0} of the file)").format(check.line) if check.line else ""
    return _tr("The journal is not whole{0}. {1}").format(place, check.problem)


def _what(record: JournalRecord) -> str:
    sent, received = record.sent_bytes, record.received_bytes
    purpose = purpose_words(record.purpose)
    if record.seconds is None:
        # What it moved is not known before its end.
        return _tr("a connection to {0} for {1}").format(record.host, purpose)
    if record.purpose is Purpose.LINK:
        return _tr("a link to {0} handed to your browser").format(record.host)
    if record.purpose in {Purpose.CLOUD_ANSWER, Purpose.LOCAL_SERVER}:
        return _tr("{0} sent to {1} and {2} received for {3}").format(
            amount(sent), record.host, amount(received), purpose
        )
    return _tr("{0} received from {1} for {2}").format(amount(received), record.host, purpose)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Journal", text)
