"""Heights against a plain list that does the same in linear time."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from app.ui.transcript.heights import Heights

SIZES = st.lists(st.integers(0, 50), max_size=40)


def check(heights: Heights, expected: list[int]) -> None:
    tops = [0, *accumulate(expected)]
    assert len(heights) == len(expected)
    assert heights.total == tops[-1]
    assert [heights.top(row) for row in range(len(expected) + 1)] == tops
    assert [heights[row] for row in range(len(expected))] == expected
    for y in range(-1, tops[-1] + 2):
        covering = [r for r in range(len(expected)) if tops[r] <= y < tops[r + 1]]
        if covering:
            assert heights.row_at(y) == covering[0]
        elif expected:
            assert heights.row_at(y) == (0 if y < 0 else len(expected) - 1)
        else:
            assert heights.row_at(y) == -1


@given(SIZES)
def test_sums_and_places(sizes: list[int]) -> None:
    check(Heights(sizes), sizes)


@given(SIZES, st.data())
def test_changes(sizes: list[int], data: st.DataObject) -> None:
    heights = Heights(sizes)
    expected = list(sizes)
    for _ in range(data.draw(st.integers(0, 8))):
        match data.draw(st.sampled_from(["set", "append", "remove", "insert"])):
            case "set" if expected:
                row = data.draw(st.integers(0, len(expected) - 1))
                new = data.draw(st.integers(0, 50))
                assert heights.set(row, new) == new - expected[row]
                expected[row] = new
            case "append":
                new = data.draw(st.integers(0, 50))
                heights.append(new)
                expected.append(new)
            case "remove" if expected:
                row = data.draw(st.integers(0, len(expected) - 1))
                heights.remove(row)
                del expected[row]
            case "insert":
                row = data.draw(st.integers(0, len(expected)))
                more = data.draw(SIZES)
                heights.insert(row, more)
                expected[row:row] = more
            case _:
                pass
        check(heights, expected)


def test_many_rows_are_no_work() -> None:
    heights = Heights([30] * 100_000)
    for row in range(0, 100_000, 1000):
        heights.set(row, 40)
    assert heights.total == 3_000_000 + 1000
    assert heights.row_at(heights.top(54_321)) == 54_321
