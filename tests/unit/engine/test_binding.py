"""How the runtime's binding is imported, with and without a runtime inside."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine import binding, devices


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delitem(sys.modules, "onnxruntime_genai", raising=False)
    binding.runtime_inside.cache_clear()
    yield
    sys.modules.pop("onnxruntime_genai", None)
    binding.runtime_inside.cache_clear()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the libraries and folders that were handed to the system, in their order."""
    names: list[str] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda path: names.append(Path(path).name))
    monkeypatch.setattr(
        os, "add_dll_directory", lambda path: names.append(Path(path).name), raising=False
    )
    monkeypatch.setattr(sys, "platform", "win32")
    return names


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, *libraries: str) -> None:
    """A binding that knows what was loaded before it, first on the path."""
    package = folder / "onnxruntime_genai"
    package.mkdir()
    (package / "__init__.py").write_text("name = 'the binding'\n")
    for library in libraries:
        (package / library).touch()
    monkeypatch.syspath_prepend(str(folder))


def test_the_runtime_inside_a_binding_is_loaded_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loaded: list[str]
) -> None:
    install(monkeypatch, tmp_path, "DirectML.dll", "onnxruntime.dll")
    assert binding.genai().name == "the binding"
    assert loaded == ["onnxruntime_genai", "DirectML.dll", "onnxruntime.dll"]
    binding.genai()
    assert len(loaded) == 3, "once is enough"
    assert devices.built_in() == {"dml"}


def test_a_binding_with_nothing_inside_finds_its_runtime_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loaded: list[str]
) -> None:
    install(monkeypatch, tmp_path, "onnxruntime-genai.dll")
    assert binding.genai().name == "the binding"
    assert loaded == []
    assert not binding.has_directml()


def test_without_directml_a_runtime_inside_has_the_processor_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loaded: list[str]
) -> None:
    install(monkeypatch, tmp_path, "onnxruntime.dll")
    binding.genai()
    assert loaded == ["onnxruntime_genai", "onnxruntime.dll"]
    assert not binding.has_directml()
