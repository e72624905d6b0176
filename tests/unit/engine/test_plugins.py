"""Plugin devices: found by the names of packages, registered once, damaged ones in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import devices, plugins
from app.engine.plugins import Plugins

GOOD = """
def get_ep_name(): return "WebGpuExecutionProvider"
def get_library_path(): return "/plugin/libwebgpu.so"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of a package that brings the device "pixel"."""
    folder = tmp_path / "onnxruntime_ep_pixel"
    folder.mkdir()
    (folder / "__init__.py").write_text(GOOD)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "onnxruntime_ep_pixel", raising=False)
    return folder


def test_an_installed_package_brings_a_device(package: Path) -> None:
    assert "pixel" in plugins.devices()
    assert "pixel" in devices.known()
    assert "onnxruntime_ep_pixel" not in sys.modules  # looking runs nothing of it
    assert list(devices.candidates("pixel", devices.known())) == ["pixel", "cpu"]


def test_auto_does_not_try_a_plugin(package: Path) -> None:
    assert "pixel" not in devices.candidates("auto", frozenset({"cuda", "pixel"}))


def test_it_is_registered_once(package: Path) -> None:
    registered: list[tuple[str, str]] = []
    made = Plugins(lambda name, library: registered.append((name, library)))
    assert [made.provider("pixel"), made.provider("pixel")] == ["WebGPU", "WebGPU"]
    assert registered == [("WebGpuExecutionProvider", "/plugin/libwebgpu.so")]
    assert made.provider("nothing") == ""


def test_a_provider_without_a_spelling_of_its_own_is_called_as_it_registers(package: Path) -> None:
    (package / "__init__.py").write_text(GOOD.replace("WebGpu", "Pixel"))
    found = plugins.find("pixel")
    assert found is not None
    assert found.provider == "Pixel"


@pytest.mark.parametrize("code", ["", "raise ImportError", "def get_ep_name(): raise OSError"])
def test_a_damaged_package_is_an_error_in_words(package: Path, code: str) -> None:
    (package / "__init__.py").write_text(code)
    with pytest.raises(AppError) as caught:
        plugins.find("pixel")
    assert caught.value.code is ErrorCode.DEVICE_UNAVAILABLE
    assert "pixel" in caught.value.what
