"""What models are called where several stand beside each other; no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.models.library import InstalledModel


def told_apart(models: Iterable[InstalledModel]) -> dict[str, str]:
    """Names by id; models of one name have their id behind it."""
    found = list(models)
    times = Counter(model.name for model in found)
    return {
        model.id: model.name if times[model.name] == 1 else f"{model.name} ({model.id})"
        for model in found
    }
