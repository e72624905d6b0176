"""What is said of models that could be downloaded: what they are, and whether they fit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from app.models.catalogue import Entry
from app.models.fit import Verdict
from app.models.listing import FoundRepository, Gate
from app.models.offers import Offer
from app.ui.status.figures import size

_MOST_LANGUAGES = 6


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict as a word, a shape and a colour of the theme."""

    word: str
    icon: str
    colour: str


def judgement(verdict: Verdict) -> Judgement:
    """How a verdict is shown."""
    shown = {
        Verdict.FITS: (_tr("Fits this computer"), "circle-check", "accent"),
        Verdict.SLOW: (_tr("Fits, but answers slowly"), "clock", "not_enforced"),
        Verdict.TIGHT: (_tr("Fits once memory is free"), "triangle-alert", "not_enforced"),
        Verdict.WILL_NOT_FIT: (_tr("Will not fit"), "circle-alert", "error"),
    }
    return Judgement(*shown[verdict])


def device(devices: tuple[str, ...]) -> str:
    """What a variant runs on."""
    names = {
        "cpu": _tr("the processor"),
        "cuda": _tr("NVIDIA cards (CUDA)"),
        "dml": _tr("graphics cards on Windows (DirectML)"),
        "webgpu": _tr("graphics cards (WebGPU)"),
    }
    return _tr("for {0}").format(_tr(" and ").join(names.get(name, name) for name in devices))


def variant(offer: Offer) -> str:
    """The variant in one line: size, quantization, device."""
    parts = [size(offer.size), offer.quantization, device(offer.devices)]
    return " - ".join(part for part in parts if part)


def place(offer: Offer) -> str:
    """Where the variant lies at the hub."""
    return f"{offer.repository}/{offer.folder}" if offer.folder else offer.repository


def numbers(offer: Offer) -> str:
    """The sentences of the verdict, and what they rest on."""
    sentences = list(offer.fit.sentences)
    if offer.is_estimate and offer.fit.tokens_per_s is not None:
        sentences.append(_tr("Estimated from its size."))
    return " ".join(sentences)


def facts(entry: Entry) -> str:
    """Licence, context and languages of a model in the catalogue."""
    context = _tr("{0:,} tokens of context").format(entry.context_length)
    if entry.usable_context < entry.context_length:
        context = _tr("{0}, of which Tacit uses {1:,}").format(context, entry.usable_context)
    parts = [_tr("Licence: {0}").format(entry.licence.name), context, languages(entry)]
    if entry.reasoning:
        parts.append(_tr("thinks before it answers"))
    return " - ".join(parts)


def languages(entry: Entry) -> str:
    """Which languages it knows, or how many there are."""
    codes = entry.languages
    if len(codes) > _MOST_LANGUAGES:
        return _tr("{0} languages").format(len(codes))
    return ", ".join(language(code) for code in codes)


def language(code: str) -> str:
    """What a language is called, for example "English"."""
    return QLocale.languageToString(QLocale(code).language())


def found(repository: FoundRepository) -> str:
    """What the hub says of a repository, in one line."""
    count = len(repository.folders)
    parts = [
        _tr("{0} variants").format(count) if count > 1 else _tr("1 variant"),
        _tr("licence {0}").format(repository.licence or _tr("unknown")),
        _tr("{0:,} downloads").format(repository.downloads),
    ]
    if repository.updated:
        parts.append(_tr("changed {0}").format(repository.updated[:10]))
    return " - ".join(parts)


def gate(shut: Gate) -> str:
    """What the publisher asks for first; "" where the gate is open."""
    return {
        Gate.OPEN: "",
        Gate.AUTOMATIC: _tr("Its licence has to be accepted at the hub first."),
        Gate.MANUAL: _tr("Its publisher has to grant access at the hub first."),
    }[shut]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Discover", text)
