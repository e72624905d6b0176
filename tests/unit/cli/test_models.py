"""The models on this computer, and how the starter model is installed."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import local_models
from app.cli.main import main
from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.logs import Logging
from app.models.starter import MODEL_ID, Tell
from app.paths import Paths
from tests.fakes.protection import unsealed

Run = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


class Starter:
    """An installation that says what it was told to say."""

    def __init__(self, install: Callable[[Tell, CancelToken], None]) -> None:
        self.install = install


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Any:
        code = main(["models", *arguments], no_window, unsealed)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


@pytest.fixture
def installing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets `tacit models starter` do what is passed in."""

    def use(install: Callable[[Tell, CancelToken], None]) -> None:
        monkeypatch.setattr(local_models, "starter_model", lambda *_places: Starter(install))

    return use


def test_an_empty_library_says_how_to_fill_it(run: Run) -> None:
    code, out, err = run("list")
    assert (code, out) == (0, "")
    assert "tacit models starter" in err
    assert json.loads(run("list", "--json")[1]) == {"models": [], "duplicates": []}


def test_a_broken_model_is_listed_with_what_is_wrong(run: Run, private_home: Path) -> None:
    folder = private_home / "models" / "half"
    folder.mkdir(parents=True)
    (folder / "genai_config.json").write_text("{")
    code, out, _ = run("list")
    assert code == 0
    assert out.splitlines()[1].startswith("half")
    assert "ready" not in out
    [listed] = json.loads(run("list", "--json")[1])["models"]
    assert set(listed["problem"]) == {"code", "what", "todo"}
    assert run("show", "half")[0] == 1


def test_the_starter_is_installed_with_its_steps_on_standard_error(
    run: Run, installing: Callable[..., None]
) -> None:
    def install(tell: Tell, _cancel: CancelToken) -> None:
        for share in (0.0, 0.5):
            tell("Fetching", share)
        tell("Checking", None)

    installing(install)
    code, out, err = run("starter")
    assert code == 0
    assert out == f"The starter model is installed: {MODEL_ID}\n"
    assert err == "Fetching ...\nChecking ...\n"
    document = json.loads(run("starter", "--json")[1])
    assert document["id"] == MODEL_ID
    assert document["folder"].endswith(MODEL_ID)


def test_a_terminal_shows_the_share(
    run: Run, installing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    installing(lambda tell, _cancel: tell("Fetching", 0.25))
    assert run("starter")[0] == 0
    assert "[######                  ] Fetching, 25% ..." in shown.getvalue()


def test_an_installation_that_fails_is_a_sentence(
    run: Run, installing: Callable[..., None]
) -> None:
    def install(_tell: Tell, _cancel: CancelToken) -> None:
        raise AppError("It could not be fetched.", "Try again.", code=ErrorCode.INSTALL_FAILED)

    installing(install)
    code, out, err = run("starter")
    assert (code, out) == (1, "")
    assert "It could not be fetched. Try again." in err


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal here")
def test_ctrl_c_stops_the_installation(run: Run, installing: Callable[..., None]) -> None:
    def install(_tell: Tell, cancel: CancelToken) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(30)
        raise AppError("It was stopped.", code=ErrorCode.CANCELLED)

    installing(install)
    code, _, err = run("starter", "--json")
    assert code == 130
    assert "It was stopped." in err
