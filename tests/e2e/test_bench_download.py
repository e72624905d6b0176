"""The benchmark of downloads, with a small file: real courier, real client, real journal."""

from __future__ import annotations

from pathlib import Path

from app.bench import download

SIZE = 12_000_000


def test_both_sides_are_measured_in_one_run(tmp_path: Path) -> None:
    figures = {figure.name: figure for figure in download.measure(tmp_path, SIZE, rounds=1)}
    assert set(figures) == {
        "throughput_ratio_to_hub_client",
        "throughput",
        "hub_client_throughput",
        "cpu_s_per_gb",
        "hub_client_cpu_s_per_gb",
        "journalled_share",
    }
    assert all(figure.value > 0 for figure in figures.values())
    ratio = figures["throughput"].value / figures["hub_client_throughput"].value
    assert abs(figures["throughput_ratio_to_hub_client"].value - ratio) < 0.01 * ratio
    assert figures["throughput_ratio_to_hub_client"].goal == 0.9
    # The listing and every head of an answer are on top of the file's own bytes.
    assert 1 < figures["journalled_share"].value < 1.01
    assert not (tmp_path / "theirs").exists()
    assert [p.name for p in (tmp_path / "home" / "models").iterdir()] == [".tacit"]
