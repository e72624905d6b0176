"""Sees to it that the formulas of lines are drawn before these are written; no Qt in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from app.ui.markdown.formulas import Formulas, formulas
from app.ui.markdown.values import Face, Line, Run, Runs

# Seconds that one message may wait for its formulas; those of a hostile one are then shown as
# they were written.
_PATIENCE_S = 3.0


class Drawing:
    """The formulas of one message."""

    def __init__(self, known: Formulas | None = None) -> None:
        self._known = known or formulas()
        self._waited_s = 0.0

    def wait_for(self, lines: Sequence[Line], until: float) -> bool:
        """Have the formulas of `lines` drawn, one after the other, until the clock
        `perf_counter` shows `until`; whether they all are, or are no longer waited for."""
        for run in _formulas_of(lines):
            if self._waited_s > _PATIENCE_S:
                return True
            key = (run.math, run.by_itself)
            if self._known.is_known(key):
                continue
            began = perf_counter()
            is_drawn = self._known.want(key, until)
            self._waited_s += perf_counter() - began
            if not is_drawn:
                return False
        return True


def with_drawn_formulas(line: Line, known: Formulas | None = None) -> Line:
    """`line` with the source in the place of each formula that is not drawn."""
    drawn = known or formulas()
    if line.table is not None:
        rows = tuple(tuple(_resolved(cell, drawn) for cell in row) for row in line.table.rows)
        return (
            line if rows == line.table.rows else replace(line, table=replace(line.table, rows=rows))
        )
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
