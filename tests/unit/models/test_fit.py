"""What fits, what is slow, what will not fit: with the numbers, and in words."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.models import fit as fits
from app.models.catalogue import FILE, Entry, load
from app.models.fit import Fit, Need, Verdict
from app.models.machine import Machine, bandwidth, disk, examine
from app.paths import resources_dir

GB = 1_000_000_000
OURS = Machine(
    memory_total=25 * GB,
    memory_available=20 * GB,
    disk_free=100 * GB,
    disk_total=200 * GB,
    bandwidth=25 * GB,
    devices=frozenset({"cpu"}),
)
STARTER_BYTES = 86_000_000


def entry(name: str) -> Entry:
    catalogue = load(resources_dir() / FILE)
    return next(model for model in catalogue.models if model.id == name)


def need(name: str, device: str = "cpu") -> Need:
    model = entry(name)
    variant = next(v for v in model.variants if device in v.devices)
    return Need.of(model, variant, device)


def fit(name: str, machine: Machine = OURS, device: str = "cpu") -> Fit:
    return fits.fit(need(name, device), machine)


def test_phi_4_mini_fits_this_machine_and_is_slow() -> None:
    found = fit("phi-4-mini-instruct")
    assert found.verdict is Verdict.SLOW
    assert found.context == 4096
    # 4.91 GB of weights, 32 x 8 x 128 x 2 x 4 bytes a token for 4,096 tokens, the runtime.
    assert found.memory_bytes == 4_910_000_000 + 4096 * 262_144 + 150_000_000
    assert found.sentences == (
        "About 3 tokens a second: readable, slow.",
        "It takes 6.1 GB of memory with a context of 4,096 tokens; 20.0 GB are free.",
    )


def test_a_small_model_is_quick() -> None:
    found = fit("qwen2.5-0.5b-instruct")
    assert found.verdict is Verdict.FITS
    assert found.tokens_per_s is not None
    assert found.tokens_per_s > 20
    assert found.sentences[0].startswith("It takes ")


def test_what_the_memory_can_never_hold_will_not_fit() -> None:
    found = fit("phi-4", replace(OURS, memory_total=8 * GB, memory_available=6 * GB))
    assert found.verdict is Verdict.WILL_NOT_FIT
    assert found.sentences == (
        (
            "It needs 11.9 GB of memory and this computer has 8.0 GB, of which the system needs "
            "a part."
        ),
    )
    assert found.tokens_per_s is None


def test_what_fits_once_others_are_closed_is_tight() -> None:
    found = fit("phi-4-mini-instruct", replace(OURS, memory_available=4 * GB))
    assert found.verdict is Verdict.TIGHT
    assert "only 4.0 GB are free now: close other programs first" in found.sentences[0]


def test_less_memory_means_a_shorter_context() -> None:
    small = replace(OURS, memory_available=4 * GB)
    found = fit("phi-3.5-mini-instruct", replace(small, memory_available=5 * GB))
    assert found.context == 2048
    assert fit("phi-3.5-mini-instruct").context == 4096


@pytest.mark.parametrize("free", [5, 6])
def test_a_full_disk_refuses_with_the_numbers(free: int) -> None:
    found = fit("phi-4-mini-instruct", replace(OURS, disk_free=free * GB))
    if free == 6:
        assert found.verdict is not Verdict.WILL_NOT_FIT
        return
    assert found.verdict is Verdict.WILL_NOT_FIT
    assert found.sentences == (
        (
            "It is 4.9 GB on the disk, and 4.0 GB can be used (5.0 GB are free, a reserve stays "
            "for the history)."
        ),
    )


def test_a_model_that_is_here_needs_no_disk() -> None:
    here = replace(need("phi-4-mini-instruct"), download_bytes=0)
    assert fits.fit(here, replace(OURS, disk_free=0)).verdict is Verdict.SLOW


def test_the_reserve_is_small_on_a_small_disk() -> None:
    assert fits.disk_reserve(200_000_000) == 10_000_000
    assert fits.disk_reserve(500 * GB) == GB


def test_a_device_that_is_not_there_is_said() -> None:
    found = fit("phi-4-mini-instruct", device="cuda")
    assert found.verdict is Verdict.WILL_NOT_FIT
    assert "NVIDIA" in found.sentences[0]


def test_a_graphics_card_is_not_judged_before_it_was_tried() -> None:
    found = fit("phi-4-mini-instruct", replace(OURS, devices=frozenset({"cpu", "dml"})), "dml")
    assert (found.verdict, found.tokens_per_s) == (Verdict.FITS, None)
    assert "shows when it is tried" in found.sentences[0]


def test_unknown_figures_refuse_nothing() -> None:
    unknown = Machine(
        memory_total=0, memory_available=0, disk_free=0, disk_total=0, bandwidth=0.0,
        devices=frozenset({"cpu"}),
    )  # fmt: skip
    found = fit("phi-4", unknown)
    assert (found.verdict, found.tokens_per_s) == (Verdict.FITS, None)


def test_the_recommended_choice_comes_first() -> None:
    model = entry("phi-4-mini-instruct")
    assert [choice.device for choice in fits.choices(model, OURS)] == ["cpu", "cuda", "dml"]
    graphics = replace(OURS, devices=frozenset({"cpu", "dml"}))
    assert [choice.device for choice in fits.choices(model, graphics)] == ["dml", "cpu", "cuda"]


def test_the_speed_of_the_starter_model_calibrates() -> None:
    share = fits.efficiency(118, STARTER_BYTES, 25e9)
    assert share == pytest.approx(0.304, abs=0.001)
    machine = replace(OURS, efficiency=share)
    # Measured with Phi-4 mini's shape: 338 ms a token.
    speed = fits.tokens_per_second(need("phi-4-mini-instruct"), machine)
    assert speed == pytest.approx(1 / 0.338, rel=0.15)
    assert fits.efficiency(0, STARTER_BYTES, 25e9) is None
    assert fits.efficiency(118, STARTER_BYTES, 0) is None
    assert fits.efficiency(10, 2 * GB, 25e9) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (0.2, "About 5 seconds for each token: hardly usable."),
        (0.9, "About 2 seconds for each token: hardly usable."),
        (1.2, "About 1 token a second: very slow."),
        (6, "About 6 tokens a second: readable, slow."),
        (12, "About 12 tokens a second: about as fast as one reads."),
        (118, "About 120 tokens a second: faster than one reads."),
    ],
)
def test_speeds_in_words(speed: float, words: str) -> None:
    assert fits.in_words(speed) == words


def test_this_machine_is_examined_quickly(tmp_path: Path) -> None:

    bandwidth.cache_clear()
    began = time.perf_counter()
    machine = examine(tmp_path / "not" / "there", {"dml"})
    took = time.perf_counter() - began
    assert machine.memory_total >= machine.memory_available > 0
    assert machine.disk_total >= machine.disk_free > 0
    assert machine.devices == {"cpu", "dml"}
    assert machine.bandwidth > 1e8
    assert took < 2.0  # 0.1 s where nothing else runs; importing numpy included
    assert bandwidth() == machine.bandwidth
    assert disk(tmp_path)[1] == machine.disk_total
