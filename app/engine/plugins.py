"""Devices that a package beside the runtime brings: plugin execution providers.

Such a package is called `onnxruntime_ep_<device>` and says where its native library lies and
under which name it registers (the runtime's own convention, followed by onnxruntime-ep-webgpu).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import AppError, ErrorCode

_PREFIX = "onnxruntime_ep_"
_SUFFIX = "ExecutionProvider"
# What the runtime calls those that it spells in its own way; the others as they register.
_PROVIDERS = {"WebGpuExecutionProvider": "WebGPU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A library that registers as `name`; models are put on it as `provider`."""

    name: str
    provider: str
    library: str


def devices() -> frozenset[str]:
    """The devices that installed packages bring, by the end of their names; runs none of them."""
    found = (module.name for module in pkgutil.iter_modules())
    return frozenset(name.removeprefix(_PREFIX) for name in found if name.startswith(_PREFIX))


def find(device: str) -> Plugin | None:
    """The plugin for `device`, None where no package brings one. Runs the package's own code.

    Raises `AppError` DEVICE_UNAVAILABLE for a package that does not know its own library.
    """
    if device not in devices():
        return None
    try:
        module = importlib.import_module(f"{_PREFIX}{device}")
        name, library = str(module.get_ep_name()), str(module.get_library_path())
    except (ImportError, AttributeError, OSError, RuntimeError):
        raise AppError(
            f"The package that brings the device “{device}” is damaged.",
            "Install it again, or use the processor.",
            code=ErrorCode.DEVICE_UNAVAILABLE,
        ) from None
    provider = _PROVIDERS.get(name, name.removesuffix(_SUFFIX))
    return Plugin(name=name, provider=provider, library=library)


class Plugins:
    """Registers each plugin once in a process. `register` gets its name and its library."""

    def __init__(self, register: Callable[[str, str], object]) -> None:
        self._register = register
        self._known: dict[str, str] = {}

    def provider(self, device: str) -> str:
        """What a model asks the runtime for; "" where no package brings the device."""
        if device not in self._known:
            plugin = find(device)
            if plugin is None:
                return ""
            self._register(plugin.name, plugin.library)
            self._known[device] = plugin.provider
        return self._known[device]
