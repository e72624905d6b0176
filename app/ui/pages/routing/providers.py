"""What providers are called on the screen, and the lists to choose one and its model from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QComboBox

from app.core.cloud import LOCAL
from app.router.rules import OWN_SERVER, PROVIDERS, Condition
from app.router.words import in_words
from app.ui.appearance import Appearance
from app.ui.pages.fields import choice_words
from app.ui.pages.routing.controller import Offered
from app.ui.widgets.choice import Choice

_LEAST_WIDTH = 48


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name: services, and the models of this computer by id with their names.

    None where nobody has looked yet.
    """

    services: tuple[Offered, ...] | None = None
    models: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All providers."""
        if self.services is None:
            return PROVIDERS
        return (LOCAL, *(one.name for one in self.services))

    def models_of(self, provider: str) -> tuple[str, ...]:
        """The models that a service was found to have."""
        found = (one.models for one in self.services or () if one.name == provider)
        return next(found, ())

    def model_name(self, model: str) -> str:
        """What people call a model."""
        return (self.models or {}).get(model, model)

    def is_missing(self, provider: str, model: str) -> bool:
        """Whether a model of this computer is surely not there."""
        is_local = provider == LOCAL and bool(model)
        return is_local and self.models is not None and model not in self.models

    def words(self, provider: str) -> str:
        """A provider for a list to choose from, with what has to be known of it."""
        name = provider_name(provider)
        if self.services is None or provider == LOCAL:
            return name
        found = next((one for one in self.services if one.name == provider), None)
        if found is None:
            return _tr("{0} (not set up)").format(name)
        return name if found.is_on else _tr("{0} (switched off)").format(name)


def provider_name(provider: str) -> str:
    """What a person calls a provider."""
    if provider == LOCAL:
        return _tr("This computer")
    if provider.startswith(f"{OWN_SERVER}/"):
        return _tr("Your own server {0}").format(provider.removeprefix(f"{OWN_SERVER}/"))
    return choice_words(provider)


def answerer(provider: str, model: str, known: Known) -> str:
    """Who answers, in a sentence without its full stop."""
    if not model:
        return _tr("{0} answers").format(provider_name(provider))
    return _tr("{0} answers with {1}").format(provider_name(provider), known.model_name(model))


def when(condition: Condition) -> str:
    """When a rule holds."""
    if condition == Condition():
        return _tr("Always")
    return _tr("When {0}").format(in_words(condition))


def narrow_choice(look: Appearance) -> Choice:
    """A list as wide as its longest words, whenever they came, where there is the room."""
    choice = Choice(look)
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    choice.setMinimumWidth(_LEAST_WIDTH)
    return choice


def offer(choice: Choice, values: Sequence[tuple[str, str]], current: str) -> None:
    """Offer pairs of a value and its words, with `current` chosen, which may be none of them."""
    with QSignalBlocker(choice):
        choice.clear()
        for value, words in values:
            choice.addItem(words, value)
        if choice.findData(current) < 0:
            choice.addItem(current, current)
        choice.setCurrentIndex(choice.findData(current))


def offer_providers(
    choice: Choice, known: Known, current: str, *, but: Collection[str] = (), nobody: str = ""
) -> None:
    """Offer all providers but some; with `nobody` also none, in these words."""
    names = [name for name in known.names if name not in but]
    if current and current not in names:
        names.append(current)
    values = [(name, known.words(name)) for name in names]
    offer(choice, [("", nobody), *values] if nobody else values, current)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Providers", text)
