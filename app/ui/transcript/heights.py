"""The heights of many rows: sums, and the row at a place, in logarithmic time; no Qt."""

from __future__ import annotations

from collections.abc import Iterable


class Heights:
    """Heights of rows from top to bottom, in whole pixels, as a Fenwick tree."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights: list[int] = []
        self._tree: list[int] = [0]
        self._total = 0
        self.reset(heights)

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    @property
    def total(self) -> int:
        """The height of all rows together."""
        return self._total

    def reset(self, heights: Iterable[int]) -> None:
        """Replace all rows, in linear time."""
        self._heights = list(heights)
        tree = [0, *self._heights]
        for index in range(1, len(tree)):
            parent = index + (index & -index)
            if parent < len(tree):
                tree[parent] += tree[index]
        self._tree = tree
        self._total = sum(self._heights)

    def set(self, row: int, height: int) -> int:
        """Change one row's height; returns by how much it changed."""
        change = height - self._heights[row]
        if change:
            self._heights[row] = height
            self._total += change
            index = row + 1
            while index < len(self._tree):
                self._tree[index] += change
                index += index & -index
        return change

    def append(self, height: int) -> None:
        """Add a row at the bottom."""
        self._heights.append(height)
        self._total += height
        index = len(self._heights)
        # A new node covers the rows of its children, which stand directly below it.
        value, child = height, index - 1
        stop = index - (index & -index)
        while child > stop:
            value += self._tree[child]
            child -= child & -child
        self._tree.append(value)

    def insert(self, row: int, heights: Iterable[int]) -> None:
        """Add rows before `row`, in linear time."""
        self.reset([*self._heights[:row], *heights, *self._heights[row:]])

    def remove(self, row: int) -> None:
        """Take a row out, in linear time."""
        self.reset([*self._heights[:row], *self._heights[row + 1 :]])

    def top(self, row: int) -> int:
        """Where `row` begins: the height of all rows above it."""
        result = 0
        while row > 0:
            result += self._tree[row]
            row -= row & -row
        return result

    def row_at(self, y: int) -> int:
        """The row that covers the pixel `y`, the nearest one outside; -1 without rows."""
        size = len(self._heights)
        if size == 0:
            return -1
        if y < 0:
            return 0
        row, step = 0, 1 << size.bit_length()
        while step:
            following = row + step
            if following <= size and self._tree[following] <= y:
                row = following
                y -= self._tree[following]
            step >>= 1
        return min(row, size - 1)
