"""Models that are there twice: the same weights under two ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.models import manifest
from app.models.library import InstalledModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Models with the same weights. Sure where manifests say so, likely where only sizes do.

    `spare_bytes` would be free if one of them were kept.
    """

    ids: tuple[str, ...]
    is_sure: bool
    spare_bytes: int


def duplicates(models: Iterable[InstalledModel]) -> list[Duplicate]:
    """Every group of models with the same weights; reads only manifests and sizes."""
    by_size: dict[tuple[int, ...], list[InstalledModel]] = defaultdict(list)
    for model in models:
        if sizes := _weight_sizes(model):
            by_size[sizes].append(model)
    found = []
    for group in by_size.values():
        by_hash: dict[tuple[str, ...], list[InstalledModel]] = defaultdict(list)
        for model in group:
            listed = manifest.read(model.folder)
            by_hash[listed.weights if listed else ()].append(model)
        unknown = by_hash.pop((), [])
        for known in by_hash.values():
            found += _group(known + unknown, is_sure=not unknown)
        if not by_hash:
            found += _group(unknown, is_sure=False)
    return found


def _group(models: list[InstalledModel], *, is_sure: bool) -> list[Duplicate]:
    if len(models) < 2:
        return []
    ours = [model.size_bytes for model in models if not model.is_reference]
    return [
        Duplicate(
            ids=tuple(sorted(model.id for model in models)),
            is_sure=is_sure,
            # One copy is needed; a reference is one, and its bytes are not ours to free.
            spare_bytes=sum(ours) - (max(ours, default=0) if len(ours) == len(models) else 0),
        )
    ]


def _weight_sizes(model: InstalledModel) -> tuple[int, ...]:
    try:
        files = [file for file in model.folder.iterdir() if ".onnx" in file.name.lower()]
        return tuple(sorted(file.stat().st_size for file in files if file.is_file()))
    except OSError:
        return ()
