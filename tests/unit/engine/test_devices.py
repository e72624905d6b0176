"""Devices are found by trying them, and the processor is always there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.errors import AppError, ErrorCode
from app.engine import devices
from tests.fakes.runtime import FakeGenerator, FakeModel, FakeRuntime

FOLDER = Path("model")


@pytest.mark.parametrize(
    ("wanted", "available", "expected"),
    [
        ("auto", set(), ["cpu"]),
        ("auto", {"dml"}, ["dml", "cpu"]),
        ("auto", {"dml", "cuda"}, ["cuda", "dml", "cpu"]),
        ("cpu", {"cuda"}, ["cpu"]),
        ("cuda", set(), ["cuda", "cpu"]),
        ("dml", {"cuda"}, ["dml", "cpu"]),
    ],
)
def test_the_order_in_which_devices_are_tried(
    wanted: str, available: set[str], expected: list[str]
) -> None:
    assert list(devices.candidates(wanted, frozenset(available))) == expected


def test_an_unknown_device_is_an_error() -> None:
    with pytest.raises(AppError) as caught:
        devices.candidates("abacus", frozenset())
    assert caught.value.code is ErrorCode.USAGE


@pytest.mark.parametrize("device", ["cuda", "dml"])
def test_a_device_that_works_is_used(device: str) -> None:
    model = FakeModel(device=device)
    placed = devices.load(FakeRuntime(model, FakeModel()), FOLDER, [device, "cpu"])
    assert (placed.model, placed.note, placed.goes_on) == (model, "", True)
    assert model.read_pieces  # it was tried


def test_directml_cannot_go_on_with_a_sequence() -> None:
    model = FakeModel(device="dml", goes_on=False)
    placed = devices.load(FakeRuntime(model), FOLDER, ["dml", "cpu"])
    assert placed.model is model
    assert not placed.goes_on


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ErrorCode.DEVICE_UNAVAILABLE, "driver lacks it"),
        (ErrorCode.OUT_OF_MEMORY, "too little free memory"),
        (ErrorCode.MODEL_BROKEN, "does not run on it"),
    ],
)
def test_a_device_that_fails_to_load_is_explained(code: ErrorCode, reason: str) -> None:
    runtime = FakeRuntime(FakeModel(), errors={"cuda": code})
    placed = devices.load(runtime, FOLDER, ["cuda", "cpu"])
    assert placed.model.device == "cpu"
    assert "CUDA" in placed.note
    assert reason in placed.note
    assert placed.note.endswith(".")


def test_a_device_that_loads_but_does_not_run_is_explained() -> None:
    broken = FakeModel(device="cuda")
    broken.fail_after = 0
    placed = devices.load(FakeRuntime(broken, FakeModel()), FOLDER, ["cuda", "cpu"])
    assert placed.model.device == "cpu"
    assert "does not run on it" in placed.note


def test_a_device_that_computes_nonsense_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = FakeModel(device="dml")
    nonsense = FakeRuntime(broken, FakeModel())

    def logits(self: FakeGenerator) -> NDArray[np.float32]:
        return np.full(4, np.nan, dtype=np.float32)

    monkeypatch.setattr(FakeGenerator, "logits", logits)
    placed = devices.load(nonsense, FOLDER, ["dml", "cpu"])
    assert placed.model.device == "cpu"
    assert "DirectML" in placed.note


def test_the_first_reason_of_several_is_told() -> None:
    runtime = FakeRuntime(
        FakeModel(),
        errors={"cuda": ErrorCode.OUT_OF_MEMORY, "dml": ErrorCode.DEVICE_UNAVAILABLE},
    )
    placed = devices.load(runtime, FOLDER, ["cuda", "dml", "cpu"])
    assert "CUDA" in placed.note
    assert "memory" in placed.note


def test_a_failure_on_the_processor_is_an_error() -> None:
    with pytest.raises(AppError):
        devices.load(FakeRuntime(errors={"cpu": ErrorCode.MODEL_BROKEN}), FOLDER, ["cpu"])


def test_what_is_built_in_is_read_from_the_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    providers = ["DmlExecutionProvider", "CPUExecutionProvider"]
    fake = SimpleNamespace(get_available_providers=lambda: providers)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    assert devices.built_in() == {"dml"}
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert devices.built_in() == frozenset()
