"""`tacit update check` as it runs: sealed, with its courier, against a stand-in server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.egress import Purpose
from app.network.journal.reader import Journal
from app.paths import Paths
from app.updating import VARIABLE
from tests.fakes.announcing import Makers
from tests.fakes.web import StandIn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def makers() -> Iterator[Makers]:
    with StandIn() as web:
        yield Makers(web)


def tacit(source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "app", "update", "check", "--json"],
        env={**os.environ, VARIABLE: str(source), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_is_announced_comes_through_the_courier_and_is_remembered(
    makers: Makers, tmp_path: Path, private_home: Path
) -> None:
    source = makers.source_file(tmp_path)
    makers.announce("0.3.0")
    done = tacit(source)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["announced"], document["is_newer"]) == ("0.3.0", True)
    journal = Journal(Paths.at(private_home).journal)
    records = list(journal.records())
    assert {(record.purpose, record.port) for record in records} == {
        (Purpose.UPDATE_CHECK, makers.web.port)
    }
    assert journal.check().is_whole
    makers.announce("0.2.0")
    again = tacit(source)
    assert again.returncode == 1
    assert "version 0.3.0 was announced already" in json.loads(again.stdout)["error"]["what"]
