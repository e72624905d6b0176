"""`tacit self-test`: its lines, its document and its exit code."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import self_test
from app.cli.command import Context
from app.cli.output import Console
from app.logs import Logging
from app.paths import Paths
from app.selftest import trial
from app.selftest.trial import Outcome

GOOD = Outcome(name="model", passed=True, sentence="The model is whole.", seconds=0.5)
BAD = Outcome(name="window", passed=False, sentence="It did not open.", seconds=1.25)


@pytest.fixture
def run(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[int, str]]]:
    logging = Logging(private_home / "logs", keep=False)

    def call(*outcomes: Outcome, as_json: bool = False) -> tuple[int, str]:
        monkeypatch.setattr(trial, "run", lambda _tell: iter(outcomes))
        out = io.StringIO()
        context = Context(
            console=Console(out, io.StringIO()),
            paths=Paths.at(private_home),
            as_json=as_json,
            logging=logging,
        )
        return self_test._run(Namespace(), context), out.getvalue()

    yield call
    logging.close()


def test_when_all_works_that_is_the_last_line(run: Callable[..., tuple[int, str]]) -> None:
    code, out = run(GOOD)
    assert code == 0
    assert out == "ok      model       0.5 s  The model is whole.\nEverything works.\n"


def test_one_broken_part_makes_it_fail(run: Callable[..., tuple[int, str]]) -> None:
    code, out = run(BAD, GOOD)
    assert code == 1
    assert out.splitlines()[0] == "FAILED  window      1.2 s  It did not open."
    assert out.endswith("This installation is damaged.\n")


def test_the_document_has_every_part(run: Callable[..., tuple[int, str]]) -> None:
    code, out = run(GOOD, BAD, as_json=True)
    assert code == 1
    document = json.loads(out)
    assert document["passed"] is False
    assert document["parts"][1] == {
        "name": "window", "passed": False, "sentence": "It did not open.", "seconds": 1.25,
    }  # fmt: skip
