"""Figures say truthfully whether their goal holds."""

from __future__ import annotations

import pytest

from app.bench.figures import Figure, machine, percentile, report, versions


def test_at_most_holds_up_to_the_goal() -> None:
    assert Figure("gap", 50.0, "ms", 50).holds is True
    assert Figure("gap", 50.1, "ms", 50).holds is False


def test_at_least_holds_from_the_goal() -> None:
    assert Figure("ratio", 0.95, "ratio", 0.95, "at least").holds is True
    assert Figure("ratio", 0.94, "ratio", 0.95, "at least").holds is False


def test_a_figure_without_goal_only_informs() -> None:
    assert Figure("rss", 60.0, "MB").holds is None


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1.0], 0.99, 1.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        (list(range(1, 101)), 0.99, 99),
        ([5.0], 0, 5.0),
    ],
)
def test_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_a_report_names_machine_versions_and_figures() -> None:
    document = report([Figure("gap", 12.34567, "ms", 50)])
    assert document["figures"] == [
        {
            "name": "gap",
            "value": 12.346,
            "unit": "ms",
            "goal": 50,
            "sense": "at most",
            "holds": True,
        }
    ]
    assert document["machine"]["cores"] == machine()["cores"]
    assert document["versions"]["python"] == versions()["python"]
