"""Which device a model runs on: found out by trying, never by asking for flags.

The runtime's own flags say what it was built with, not what works (app/README.md, "Traps").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.core.errors import AppError, ErrorCode
from app.engine import binding, plugins
from app.engine.jobs import INSTEAD
from app.engine.runtime import LoadedRuntime, Runtime
from app.engine.sampling import GREEDY

GRAPHICS = ("cuda", "dml", "webgpu")
DEVICES = ("auto", "cpu", *GRAPHICS)
_NAMES = {
    "cuda": "NVIDIA graphics (CUDA)",
    "dml": "graphics through DirectML",
    "webgpu": "graphics through WebGPU",
}
_ORT_NAMES = {"cuda": "CUDAExecutionProvider", "dml": "DmlExecutionProvider"}
# Two tokens that every vocabulary has; what they mean does not matter.
_TRIAL = (0, 1)
_TRIAL_LENGTH = 16


def built_in() -> frozenset[str]:
    """The devices, apart from the processor, that the installed runtime has code for."""
    if binding.has_directml():
        return frozenset({"dml"})
    try:
        import onnxruntime

        providers = set(onnxruntime.get_available_providers())
    except (ImportError, OSError, AttributeError):
        return frozenset()
    return frozenset(device for device, name in _ORT_NAMES.items() if name in providers)


def known() -> frozenset[str]:
    """Every device that the installed runtime, or a package beside it, has code for."""
    return built_in() | plugins.devices()


def candidates(wanted: str, available: frozenset[str]) -> Sequence[str]:
    """The devices to try, best first; the processor is always the last. Raises `AppError`.

    "auto" tries what the runtime itself has: whether a plugin finds its device only shows when
    it is loaded, so a plugin has to be asked for.
    """
    if wanted not in DEVICES and wanted not in available:
        raise AppError(
            f"There is no device “{wanted}”.",
            f"Choose one of {', '.join(dict.fromkeys([*DEVICES, *sorted(available)]))}.",
            code=ErrorCode.USAGE,
        )
    if wanted == "auto":
        return [*(device for device in ("cuda", "dml") if device in available), "cpu"]
    return [wanted] if wanted == "cpu" else [wanted, "cpu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A model on a device.

    `note` says in a sentence why it is not the first device that was tried ("" where it is).
    `goes_on` says whether a sequence can be read in several pieces; DirectML cannot.
    """

    model: LoadedRuntime
    note: str
    goes_on: bool


def load(runtime: Runtime, folder: Path, tried: Sequence[str], threads: int = 0) -> Placed:
    """Load the model on the first of the devices `tried` on which it gives a token.

    `threads` are the processor's, 0 for the usual number. Raises `AppError` where it fails on
    the last device, the processor, too.
    """
    note = ""
    for device in tried[:-1]:
        try:
            model = runtime.load(folder, device, threads)
            goes_on = _try_tokens(model)
        except AppError as error:
            note = note or _why_not(device, error)
        else:
            return Placed(model=model, note=note, goes_on=goes_on)
    model = runtime.load(folder, tried[-1], threads)
    return Placed(model=model, note=note, goes_on=True)


def _try_tokens(model: LoadedRuntime) -> bool:
    """Whether more can be read behind what was read; raises `AppError` if nothing works."""
    generator = model.new_generator(_TRIAL_LENGTH, GREEDY)
    generator.append(_TRIAL)
    if not np.isfinite(generator.logits()).all():
        raise AppError(
            "The model gave no usable numbers on this device.", code=ErrorCode.DEVICE_UNAVAILABLE
        )
    try:
        generator.append(_TRIAL)
        generator.rewind(len(_TRIAL))
    except AppError:
        return False
    return True


def _why_not(device: str, error: AppError) -> str:
    reasons = {
        ErrorCode.DEVICE_UNAVAILABLE: "because the program or the computer's driver lacks it",
        ErrorCode.OUT_OF_MEMORY: "because it has too little free memory for this model",
    }
    reason = reasons.get(error.code, "because this model does not run on it")
    name = _NAMES.get(device, device)
    return f"{INSTEAD}{name} cannot be used {reason}."
