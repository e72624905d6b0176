"""Sees to it that the formulas of lines are drawn before these are written; no Qt in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from app.ui.markdown.formulas import Formulas, Key, formulas
from app.ui.markdown.values import Face, Line, Run, Runs

# Seconds that the words of one message wait for its formulas; then these come later.
_HOLD_S = 0.4
# Seconds that go into formulas of one message that turn out not to be drawable: of a hostile
# one the rest is left as it was written.
_PATIENCE_S = 3.0


class Drawing:
    """The formulas of one message."""

    def __init__(self, known: Formulas | None = None) -> None:
        self._known = known or formulas()
        self._held_s = self._waited_s = self._wasted_s = 0.0
        # Written as source so far, in the order in which they are to be drawn.
        self._missing: dict[Key, None] = {}

    @property
    def is_lacking(self) -> bool:
        """Whether `catch_up` has something to do."""
        return bool(self._missing)

    def wait_for(self, lines: Sequence[Line], until: float) -> bool:
        """Have the formulas of `lines` drawn, one after the other, until the clock
        `perf_counter` shows `until`; whether the lines can be written."""
        for run in _formulas_of(lines):
            key = (run.math, run.by_itself)
            if self._has_given_up or self._known.is_known(key):
                continue
            if self._held_s > _HOLD_S:
                self._missing[key] = None
            elif not self._draw(key, until):
                return False
        return True

    def ask_for(self, lines: Sequence[Line]) -> None:
        """Have the formulas of `lines` drawn some time."""
        for run in _formulas_of(lines):
            if not self._has_given_up:
                self._known.want((run.math, run.by_itself), 0)

    def catch_up(self, until: float) -> bool:
        """Draw what is lacking until the clock shows `until`; whether nothing is any more."""
        while self._missing and not self._has_given_up:
            key = next(iter(self._missing))
            if not self._draw(key, until):
                return False
            del self._missing[key]
        self._missing.clear()
        return True

    @property
    def _has_given_up(self) -> bool:
        return self._wasted_s + self._waited_s > _PATIENCE_S

    def _draw(self, key: Key, until: float) -> bool:
        began = perf_counter()
        is_tried = self._known.want(key, until)
        took_s = perf_counter() - began
        self._held_s += took_s
        self._waited_s += took_s
        if is_tried:
            if self._known.get(key) is None:
                self._wasted_s += self._waited_s
            self._waited_s = 0.0
        return is_tried


def with_drawn_formulas(line: Line, known: Formulas | None = None) -> Line:
    """`line` with the source in the place of each formula that is not drawn."""
    drawn = known or formulas()
    if line.table is not None:
        rows = tuple(tuple(_resolved(cell, drawn) for cell in row) for row in line.table.rows)
        same = rows == line.table.rows
        return line if same else replace(line, table=replace(line.table, rows=rows))
    runs = _resolved(line.runs, drawn)
    return line if runs is line.runs else replace(line, runs=runs)


def _resolved(runs: Runs, known: Formulas) -> Runs:
    if not any(run.math for run in runs):
        return runs
    return tuple(_source_of(run, known) if run.math else run for run in runs)


def _source_of(run: Run, known: Formulas) -> Run:
    if known.get((run.math, run.by_itself)) is not None:
        return run
    return Run(run.written, run.face | Face.CODE)


def _formulas_of(lines: Sequence[Line]) -> Iterator[Run]:
    for line in lines:
        if line.table is not None:
            yield from (run for row in line.table.rows for cell in row for run in cell if run.math)
        else:
            yield from (run for run in line.runs if run.math)
