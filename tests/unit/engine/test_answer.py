"""How large the pieces are in which a prompt is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.engine.answer import ChunkSize


def timed(chunks: ChunkSize, total: int, seconds_per_token: float) -> Iterator[int]:
    while total:
        size = chunks.next(total)
        chunks.took(size, size * seconds_per_token)
        total -= size
        yield size


@pytest.mark.parametrize("speed", [10, 300, 5_000, 1_000_000])
@pytest.mark.parametrize("total", [2, 17, 33, 1_000, 2_001])
def test_pieces_of_a_prompt_take_at_most_80_ms_and_are_never_single(
    speed: float, total: int
) -> None:
    chunks = ChunkSize()
    sizes = list(timed(chunks, total, 1 / speed))
    assert sum(sizes) == total
    assert min(sizes) >= 2
    assert max(sizes) <= 513
    allowed = max(0.08, 9 / speed)  # the smallest pieces take what they take
    assert all(size / speed <= allowed for size in sizes[1:])


def test_pieces_shrink_when_reading_slows_down() -> None:
    chunks = ChunkSize()
    list(timed(chunks, 5_000, 1 / 5_000))
    slower = list(timed(chunks, 1_000, 1 / 100))
    assert max(slower[1:]) <= 9


def test_a_device_that_reads_once_reads_all_at_once() -> None:
    assert list(timed(ChunkSize(whole=True), 5_000, 1 / 100)) == [5_000]
