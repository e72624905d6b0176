"""`tacit update check`: what is said, and when not even a courier is started."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import update
from app.cli.command import Context
from app.cli.main import main
from app.cli.output import Console
from app.core.errors import AppError, ErrorCode
from app.logs import Logging
from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.paths import Paths
from app.process.start import Protection
from app.settings.settings import Settings
from app.updates import fetching
from app.updating import VARIABLE
from tests.fakes.announcing import DIGEST, PAGE, Makers
from tests.fakes.web import StandIn

Check = Callable[..., str]


@pytest.fixture
def makers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Makers]:
    with StandIn() as web:
        made = Makers(web)
        monkeypatch.setenv(VARIABLE, str(made.source_file(tmp_path)))
        yield made


@pytest.fixture
def check(makers: Makers, private_home: Path) -> Iterator[Check]:
    """The command with a courier in this process; returns what it prints."""
    paths = Paths.at(private_home)
    paths.create()
    courier = FakeCourier([fetching.handler(makers.source)], Policy(journal=str(paths.journal)))

    def run(*, as_json: bool = False) -> str:
        out = io.StringIO()
        context = Context(
            console=Console(out, io.StringIO()),
            paths=paths,
            as_json=as_json,
            logging=Logging(paths.logs, keep=False),
            courier=courier,
        )
        assert update._check(argparse.Namespace(), context) == 0
        return out.getvalue()

    yield run
    courier.end()


def test_a_newer_version_is_told_with_its_notes_and_digests(makers: Makers, check: Check) -> None:
    makers.announce()
    said = check()
    assert said.startswith("Tacit 0.2.0 is there (")
    assert "; this is 0.1.0.\n\n## What is new\n" in said
    assert f"Get it from {PAGE}\n" in said
    assert f"    tacit_0.2.0_amd64.deb, 200.0 MB, SHA-256 {DIGEST}\n" in said


def test_where_there_is_none_that_is_one_line(makers: Makers, check: Check) -> None:
    makers.announce("0.1.0")
    assert check() == "This is Tacit 0.1.0; there is no newer version.\n"


def test_the_document_has_all_of_it(makers: Makers, check: Check) -> None:
    makers.announce()
    document = json.loads(check(as_json=True))
    assert (document["current"], document["announced"]) == ("0.1.0", "0.2.0")
    assert document["is_newer"] is True
    assert document["page"] == PAGE
    assert [file["platform"] for file in document["files"]] == ["linux", "windows"]
    assert document["date"] < document["expires"]


def asked_for_a_courier(capsys: pytest.CaptureFixture[str]) -> tuple[bool, dict[str, str]]:
    """Whether the command wanted one, and what it said of its failure without it."""
    wanted: list[bool] = []

    def protect(_reason: str, before: Callable[[], None] | None) -> Protection:
        wanted.append(before is not None)
        return Protection()

    def no_window(_paths: Paths, _logging: Logging) -> int:
        raise AssertionError("the window was opened")

    assert main(["update", "check", "--json"], no_window, protect) == 1
    error: dict[str, str] = json.loads(capsys.readouterr().out)["error"]
    return wanted[0], error


def test_without_a_source_it_says_so_and_starts_no_courier(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    wanted, error = asked_for_a_courier(capsys)
    assert not wanted
    assert error["code"] == ErrorCode.NO_UPDATE_SOURCE
    assert "names no place where new versions are announced" in error["what"]


@pytest.mark.usefixtures("makers")
def test_sealed_it_says_what_to_do_and_starts_no_courier(
    capsys: pytest.CaptureFixture[str], private_home: Path
) -> None:
    Settings(Paths.at(private_home).settings_file).set("privacy.level", "sealed")
    wanted, error = asked_for_a_courier(capsys)
    assert not wanted
    assert error["code"] == ErrorCode.SEALED
    assert '"What Tacit may connect to"' in error["todo"]


@pytest.mark.usefixtures("makers")
def test_otherwise_it_wants_a_courier(private_home: Path) -> None:
    settings = Settings(Paths.at(private_home).settings_file)
    assert update._may_ask(argparse.Namespace(), settings)


def test_a_damaged_source_is_a_fault_of_the_installation(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "updates.json"
    damaged.write_text("{}")
    monkeypatch.setenv(VARIABLE, str(damaged))
    wanted, error = asked_for_a_courier(capsys)
    assert not wanted
    assert error["code"] == ErrorCode.INSTALL_FAILED


def test_nothing_of_an_announcement_is_shown_that_is_not_believed(
    makers: Makers, check: Check
) -> None:
    makers.publish(b"{}", signed=b"other")
    with pytest.raises(AppError, match="not signed"):
        check()
