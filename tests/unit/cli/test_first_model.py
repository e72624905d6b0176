"""Whether the model that came along is put into its place before the first question."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from app import local_models
from app.cli import ask, chat
from app.cli.command import Commands, Context, Parser
from app.cli.first_model import put_in_place
from app.cli.output import Console
from app.core.errors import AppError
from app.logs import Logging
from app.models.starter import MODEL_ID
from app.paths import Paths
from tests.fakes.model_folders import make_bundle


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an installer brings."""
    folder = make_bundle(tmp_path / "bundle")
    monkeypatch.setattr(local_models, "starter_bundle", lambda: folder)
    return folder


@pytest.fixture
def context(private_home: Path, bundle: Path) -> Context:
    paths = Paths.at(private_home)
    paths.create()
    return Context(
        console=Console(io.StringIO(), io.StringIO()),
        paths=paths,
        as_json=False,
        logging=Logging(paths.logs, keep=False),
    )


def models(context: Context) -> list[str]:
    return sorted(path.name for path in context.paths.models.iterdir() if path.is_dir())


def test_it_is_installed_where_there_is_no_model(context: Context) -> None:
    put_in_place(context)
    assert models(context) == [MODEL_ID]


def test_where_there_is_one_it_is_not(context: Context) -> None:
    other = context.paths.models / "another"
    other.mkdir()
    (other / "genai_config.json").write_text("{}")
    put_in_place(context)
    assert models(context) == ["another"]


def test_a_models_folder_that_is_gone_is_left_to_be_said(context: Context) -> None:
    context.paths.models.rmdir()
    put_in_place(context)
    assert not context.paths.models.exists()


def test_without_one_that_came_along_nothing_is_fetched(context: Context, bundle: Path) -> None:
    shutil.rmtree(bundle)
    put_in_place(context)
    assert models(context) == []


@pytest.mark.parametrize("arguments", [["ask", "Hello?"], ["chat"]])
def test_questions_put_it_in_place_first(
    context: Context, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def stop(_context: Context) -> None:
        raise AppError("That comes first.")

    monkeypatch.setattr("app.cli.first_model.put_in_place", stop)
    parser = Parser(prog="tacit")
    commands = Commands(parser)
    ask.register(commands)
    chat.register(commands)
    options = parser.parse_args(arguments)
    with pytest.raises(AppError, match="comes first"):
        options.run(options, context)
