"""How fast each model was when it was tried on this computer, kept as a short history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.models import disk, fit
from app.process.plain import ProtocolError, from_plain

MOST_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One measurement of one model on one device.

    `at` is in seconds since 1970, other times in seconds, sizes in bytes; `load_s` is 0 where
    the model was in memory already. `tokens` were written at `tokens_per_s` behind the first.
    `weight_bytes` is the size of the model's weights, `memory_bytes` that of its process.
    """

    at: float
    device: str
    load_s: float
    first_token_s: float
    tokens_per_s: float
    tokens: int
    weight_bytes: int
    memory_bytes: int


class Trials:
    """The history of all models, in one small file; what cannot be read of it counts as empty."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, model_id: str) -> tuple[Trial, ...]:
        """The trials of a model, the latest first."""
        return self._all().get(model_id, ())

    def add(self, model_id: str, trial: Trial) -> None:
        """Keep a trial; raises `AppError` where that is not possible."""
        known = self._all()
        known[model_id] = (trial, *known.get(model_id, ()))[:MOST_KEPT]
        self._write(known)

    def forget(self, model_id: str) -> None:
        """The model is gone; raises `AppError` where the file cannot be written."""
        known = self._all()
        if known.pop(model_id, None) is not None:
            self._write(known)

    def efficiency(self, bandwidth: float) -> float | None:
        """The share of the memory bandwidth that decoding reached here; None where not tried.

        Of the largest model that was tried on the processor, which says most about others.
        """
        latest = [trials[0] for trials in self._all().values() if trials]
        on_processor = [trial for trial in latest if trial.device == "cpu"]
        if not on_processor:
            return None
        best = max(on_processor, key=lambda trial: trial.weight_bytes)
        return fit.efficiency(best.tokens_per_s, best.weight_bytes, bandwidth)

    def _all(self) -> dict[str, tuple[Trial, ...]]:
        plain = disk.read_json(self._file)
        models = plain.get("models") if isinstance(plain, dict) else None
        entries = models.items() if isinstance(models, dict) else ()
        return {key: tuple(_read(value)) for key, value in entries if isinstance(value, list)}

    def _write(self, known: dict[str, tuple[Trial, ...]]) -> None:
        models = {key: [asdict(trial) for trial in trials] for key, trials in known.items()}
        with disk.errors("The measurement could not be kept"):
            disk.write_json(self._file, {"format": 1, "models": models})


def _read(plain: Iterable[object]) -> Iterable[Trial]:
    for entry in plain:
        try:
            yield from_plain(Trial, entry)
        except ProtocolError:
            continue
