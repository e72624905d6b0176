"""Everything that the page of a model shows, read at once; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.bootstrap import Services
from app.core.status import DeviceStatus
from app.local_models import devices, machine
from app.models import page
from app.models.fit import fit
from app.models.library import InstalledModel
from app.models.page import ModelPage
from app.models.placement import Placement
from app.models.trials import Trial
from app.ui.pages.model.naming import told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A model as it is found now; `twins` are the names of models with the same weights.

    `here` says in sentences whether it fits this computer, `checked_at` when its bytes were
    last compared with the manifest, in seconds since 1970. `freed_bytes` is what deleting it
    gives back, 0 for one that is used where it lies.
    """

    model: InstalledModel
    page: ModelPage
    placement: Placement
    devices: tuple[DeviceStatus, ...]
    trials: tuple[Trial, ...]
    twins: tuple[str, ...]
    here: tuple[str, ...]
    checked_at: float | None

    @property
    def freed_bytes(self) -> int:
        """Bytes that are free once it is deleted."""
        return 0 if self.model.is_reference else self.model.size_bytes


def read(services: Services, model_id: str) -> Facts:
    """Blocking; raises `AppError` for a model that is not there."""
    model = services.library.find(model_id)
    shelf = services.models.shelf
    placement = shelf.records.placement(model_id)
    shown = page.read(model.folder, placement.device or model.device or "cpu")
    here: tuple[str, ...] = ()
    if shown.need is not None:
        here = fit(shown.need, machine(services.paths, services.library.main)).sentences
    names = told_apart(services.library.scan())
    return Facts(
        model=model,
        page=shown,
        placement=placement,
        devices=tuple(devices()),
        trials=shelf.trials.of(model_id),
        twins=tuple(
            names.get(twin, twin)
            for same in services.models.duplicates()
            if model_id in same.ids
            for twin in same.ids
            if twin != model_id
        ),
        here=() if model.problem is not None else here,
        checked_at=shelf.checks.checked_at(model.folder),
    )
