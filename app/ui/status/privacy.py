"""What the privacy chip says: words for every state, drawn from facts and never from a setting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.core.egress import Opening, Purpose
from app.core.privacy import Indicator, Privacy, PrivacyFacts, SealPart, SealReport, indicate

ICONS = {
    Privacy.SEALED: "lock-keyhole",
    Privacy.LOCAL_ONLY: "lock",
    Privacy.NOT_ENFORCED: "lock-open",
    Privacy.DOWNLOADING: "arrow-down",
    Privacy.CLOUD: "cloud",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyState:
    """What holds now. `word` stands in the chip, `short` in the window's title; `facts` are
    whole sentences for a person who asks, `check` how they can see for themselves, `details`
    what a specialist would ask ("" for none)."""

    state: Privacy
    word: str
    short: str
    facts: tuple[str, ...]
    check: tuple[str, ...]
    details: str = ""


def describe(facts: PrivacyFacts) -> PrivacyState:
    """The words for what `facts` allow to be said."""
    shown = indicate(facts)
    word, short = _words(shown)
    if shown.reason and shown.state is not Privacy.NOT_ENFORCED:
        word, short = (_tr("{0}, not enforced").format(text) for text in (word, short))
    return PrivacyState(
        state=shown.state,
        word=word,
        short=short,
        facts=(*_sentences(shown, facts), *_missing_seal(facts, shown)),
        check=_ways_to_check(shown),
        details=shown.reason,
    )


def opening_words(opening: Opening) -> str:
    """What the gateway is open for, as a sentence."""
    sentences = {
        Purpose.STARTER_MODEL: _tr("The starter model is being fetched from {0}."),
        Purpose.MODEL_LIST: _tr("A list of models is being fetched from {0}."),
        Purpose.MODEL_DOWNLOAD: _tr("A model is being fetched from {0}."),
        Purpose.CLOUD_ANSWER: _tr("What you send in this chat goes to {0}, which answers it."),
        Purpose.LOCAL_SERVER: _tr("What you send in this chat goes to {0}, another program."),
        Purpose.LINK: _tr("A link to {0} is being handed to your browser."),
        Purpose.UPDATE_CHECK: _tr("The news of a newer version is being fetched from {0}."),
    }
    host = opening.host
    named = f"{opening.label} ({host})" if opening.label and opening.label != host else host
    return sentences[opening.purpose].format(named)


def _words(shown: Indicator) -> tuple[str, str]:
    """For the chip, and for the window's title."""
    host = shown.opening.host if shown.opening is not None else ""
    if shown.state is Privacy.CLOUD:
        label = (shown.opening.label if shown.opening is not None else "") or host
        return _tr("Cloud: {0}").format(label), _tr("cloud: {0}").format(label)
    if shown.opening is not None and shown.opening.purpose is Purpose.LINK:
        return _tr("Opening a link: {0}").format(host), _tr("opening a link: {0}").format(host)
    if shown.state is Privacy.DOWNLOADING:
        return _tr("Downloading from {0}").format(host), _tr("downloading from {0}").format(host)
    if shown.state is Privacy.LOCAL_ONLY:
        return _tr("Local only"), _tr("local only")
    if shown.state is Privacy.SEALED:
        return _tr("Sealed: nothing can leave"), _tr("sealed")
    return _tr("Not enforced"), _tr("not enforced")


def _sentences(shown: Indicator, facts: PrivacyFacts) -> tuple[str, ...]:
    if shown.state is Privacy.SEALED:
        return (
            _tr("Nothing can leave this computer."),
            _tr(
                "The operating system refuses every internet connection that Tacit could try, "
                "and no part of Tacit is left that may open one. Only starting Tacit again can "
                "change that."
            ),
        )
    if shown.state is Privacy.LOCAL_ONLY and shown.opening is not None:
        return (
            opening_words(shown.opening),
            _tr("Tacit does not connect to any other computer for this."),
        )
    if shown.state is Privacy.LOCAL_ONLY:
        return (
            _tr("Your chats are answered on this computer. No connection is open."),
            _tr(
                "The operating system refuses the internet to the processes that hold your "
                "chats and run the model. One small process, the courier, could connect; it "
                "does not hold your chats, and it does so only when you ask for a download, a "
                "link, a cloud answer or news of a newer version."
            ),
        )
    if shown.state is Privacy.NOT_ENFORCED:
        return ()
    sentences = tuple(opening_words(opening) for opening in facts.courier.openings)
    if shown.state is Privacy.CLOUD or shown.reason:
        return sentences
    return (*sentences, _tr("Your chats stay on this computer meanwhile."))


def _missing_seal(facts: PrivacyFacts, shown: Indicator) -> tuple[str, ...]:
    """Why the seal is not enforced, as a person may understand it; nothing where it is."""
    if not shown.reason:
        return ()
    report = facts.window if not facts.window.enforced else facts.host
    reasons = _reasons(report) if report is not None else ()
    return (
        _tr("Not enforced: {0}.").format("; ".join(reasons)),
        _tr(
            "No part of Tacit opens a connection unless you ask for it. But that rests on how "
            "Tacit is built: the operating system does not refuse it."
        ),
    )


def _reasons(report: SealReport) -> tuple[str, ...]:
    if not report.parts:
        return (_tr("there is no lock for this system, or it has not been checked yet"),)
    words = {
        "no network sockets": _tr("the system did not take the rule that refuses connections"),
        "no socket from before": _tr("a network connection was open before Tacit was locked"),
        "private memory": _tr("the system could write a copy of Tacit's memory to the disk"),
        "files read-only": _tr("the process that runs the model could still change files"),
        "seal looked at again": _tr("the system does not say whether Tacit is still locked"),
        "no sockets, no programs": _tr(
            "the process that runs the model could still connect, or start programs"
        ),
    }

    def reason(part: SealPart) -> str:
        # The system's own words follow the part's name or a number; others were meant to be read.
        is_technical = part.detail.startswith((f"{part.name}:", "thread ", "descriptor "))
        if part.detail and not is_technical:
            return part.detail
        return words.get(part.name, part.detail or part.name)

    return tuple(reason(part) for part in report.parts if not part.holds)


def _ways_to_check(shown: Indicator) -> tuple[str, ...]:
    connections = _tr(
        "List the connections of Tacit's processes (their numbers are on the Privacy page), on "
        "Linux with ss -tupn, on Windows in the Resource Monitor."
    )
    if shown.state is Privacy.CLOUD:
        return (connections, _tr("The journal on the Privacy page counts every byte."))
    if shown.state is Privacy.DOWNLOADING:
        return (
            _tr("{0} There is one, of the courier.").format(connections),
            _tr("The journal on the Privacy page counts every byte."),
        )
    return (
        _tr("Switch the network off. Everything goes on as before."),
        _tr("{0} There is none.").format(connections),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Privacy", text)
