"""The model commands from end to end on small folders: what they print, do and return."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.local_models import model_trials
from app.logs import Logging
from app.models.trials import Trial
from app.paths import Paths
from app.process.start import Protection
from tests.fakes.model_folders import flip, make, make_verified

Run = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logging: Logging) -> int:
    raise AssertionError("the window was opened")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> Any:
        code = main(["models", *arguments], no_window, lambda _why, _before: Protection())
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


@pytest.fixture
def models(private_home: Path) -> Path:
    folder = private_home / "models"
    make_verified(folder / "small", name="Small", licence="MIT", repository="org/small")
    return folder


def answer(result: tuple[int, str, str]) -> dict[str, Any]:
    code, out, _ = result
    assert code == 0, result
    document: dict[str, Any] = json.loads(out)
    return document


def test_a_model_is_verified_damaged_and_repaired(run: Run, models: Path) -> None:
    assert answer(run("list", "--json"))["models"][0]["verified"] == "not-yet"
    code, out, err = run("verify")
    assert (code, out) == (0, "small: verified\n")
    assert "Checking model.onnx ..." in err
    assert answer(run("list", "--json"))["models"][0]["verified"] == "yes"
    flip(models / "small" / "model.onnx.data")
    code, out, _ = run("verify", "small")
    assert code == 1
    assert "small: DAMAGED, model.onnx.data does not hold the bytes that it should" in out
    code, out, _ = run("verify", "small", "--repair", "--json")
    [result] = json.loads(out)["models"]
    assert (code, result["verified"]) == (1, False)
    assert result["flaws"] == [{"name": "model.onnx.data", "flaw": "wrong-bytes"}]
    assert [file["name"] for file in result["missing"]] == ["model.onnx.data"]
    assert Path(result["moved"][0]).is_file()
    assert "model.onnx.data is missing" in run("list")[1]
    assert "has to be fetched again: model.onnx.data, 2.0 KB" in run("verify", "--repair")[1]


def test_what_a_model_runs_on_is_shown_and_forgotten(run: Run, models: Path) -> None:
    shown = answer(run("device", "small", "--json"))
    assert (shown["device"], shown["threads"], shown["context_limit"]) == ("", 0, 0)
    assert [device["name"] for device in shown["devices"]][:2] == ["cpu", "cuda"]
    (models.parent / "models.json").write_text(
        json.dumps({"placements": {"small": {"device": "cuda", "threads": 3, "context_limit": 0}}})
    )
    _, out, _ = run("device", "small")
    assert "device:     cuda" in out
    assert "threads:    3" in out
    assert "cpu: The processor always works." in out
    assert answer(run("device", "small", "--usual", "--json"))["device"] == ""
    assert answer(run("device", "small", "--json"))["threads"] == 0
    assert run("device", "gone")[0] == 1


def test_what_came_without_a_manifest_is_not_called_verified(run: Run, models: Path) -> None:
    make(models / "own")
    code, out, _ = run("verify", "own")
    assert (code, out) == (0, "own: not verified, it came without a manifest\n")
    assert run("verify", "nothing")[0] == 1


def test_a_folder_is_imported_by_copy_and_by_reference(
    run: Run, models: Path, tmp_path: Path
) -> None:
    source = make(tmp_path / "stick" / "Brought")
    copied = answer(run("import", str(source), "--name", "Mine", "--json"))
    assert (copied["id"], copied["name"], copied["verified"]) == ("mine", "Mine", "yes")
    code, out, err = run("import", str(source), "--reference")
    assert (code, out) == (0, "The model is in the library: brought\n")
    assert "Copying" not in err
    listed = answer(run("list", "--json"))
    assert {m["id"]: m["is_reference"] for m in listed["models"]} == {
        "brought": True, "mine": False, "small": False,
    }  # fmt: skip
    # Their weights have the same sizes; only two of them have hashes.
    assert "may be the same model" in run("list")[2]
    assert run("import", str(tmp_path / "nothing"))[0] == 1
    assert run("import", str(tmp_path / "nothing"), "--reference")[0] == 2
    assert run("import", str(source), "--name", "x" * 81)[0] == 2


def test_a_model_goes_to_another_computer(run: Run, models: Path, tmp_path: Path) -> None:
    sent = answer(run("export", "small", str(tmp_path), "--json"))
    assert sent["file"] == str(tmp_path / "small.tacit-model")
    assert run("export", "small", str(tmp_path / "small"))[0] == 2
    other = ("--data-dir", str(tmp_path / "other"))
    code, out, err = run("import", sent["file"], *other)
    assert (code, out) == (0, "The model is in the library: small\n")
    assert "Importing model.onnx ..." in err
    assert run("verify", *other)[1] == "small: verified\n"
    renamed = answer(run("import", sent["file"], "--name", "Second", *other, "--json"))
    assert (renamed["id"], renamed["name"]) == ("small-2", "Second")
    assert "are the same model" in run("list", *other)[2]


def test_removing_wants_to_be_meant(
    run: Run, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("remove", "small")[0] == 2
    assert run("remove", "small", "--json")[0] == 2

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    code, _, err = run("remove", "small")
    assert code == 130
    assert "Delete small and free " in err
    assert (models / "small").is_dir()
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    code, out, _ = run("remove", "small")
    assert code == 0
    assert out.startswith("small is deleted, ")
    assert run("remove", "small", "--yes")[0] == 1


def test_a_reference_is_only_taken_off_the_list(run: Run, tmp_path: Path) -> None:
    source = make(tmp_path / "own")
    run("import", str(source), "--reference")
    removed = answer(run("remove", "own", "--yes", "--json"))
    assert removed == {"id": "own", "freed_bytes": 0, "was_reference": True}
    assert (source / "model.onnx").is_file()


def test_the_library_moves_and_is_found_there(run: Run, models: Path, tmp_path: Path) -> None:
    moved = answer(run("move", str(tmp_path / "disk"), "--json"))
    assert moved["folder"] == str(tmp_path / "disk")
    assert moved["moved_bytes"] > 3000
    [model] = answer(run("list", "--json"))["models"]
    assert model["folder"] == str(tmp_path / "disk" / "small")
    assert not (models / "small").exists()
    code, out, _ = run("move", str(models))
    assert code == 0
    assert "were moved" in out


def test_a_name_and_the_default_are_chosen(run: Run, models: Path) -> None:
    make(models / "another")
    assert run("default")[1] == "another\n"
    assert run("default", "small")[1] == "small\n"
    assert answer(run("default", "--json"))["id"] == "small"
    assert run("default", "nothing")[0] == 1
    assert run("rename", "small", "Little one")[1] == "small is called Little one.\n"
    assert answer(run("rename", "small", "", "--json"))["name"] == "Small"


def test_show_tells_what_the_page_of_a_model_shows(
    run: Run, models: Path, private_home: Path
) -> None:
    (models / "small" / "chat_template.jinja").write_text("{{ messages }}")
    model_trials(Paths.at(private_home)).add(
        "small",
        Trial(at=0.0, device="cpu", load_s=1.0, first_token_s=0.5, tokens_per_s=20.0, tokens=64,
              weight_bytes=3000, memory_bytes=1_000_000),
    )  # fmt: skip
    code, out, _ = run("show", "small")
    assert code == 0
    for words in ("org/small", "temperature 0.7", "<|end|>", "14 characters", "of memory with a",
                  "first token after 0.50 s, 20 tokens a second on cpu"):  # fmt: skip
        assert words in out
    shown = answer(run("show", "small", "--json"))
    assert shown["template"] == "{{ messages }}"
    assert shown["fit"]["verdict"] == "fits"
    assert shown["trials"][0]["tokens_per_s"] == 20.0
    assert run("show", "small", "--template")[1] == "{{ messages }}\n"


def test_the_catalogue_says_what_fits(run: Run, private_home: Path) -> None:
    code, out, _ = run("catalogue")
    assert code == 0
    assert out.splitlines()[1].startswith("Phi-4 mini instruct")
    assert "4.9 GB*" in out
    found = answer(run("catalogue", "--json"))["models"]
    assert found[0]["id"] == "phi-4-mini-instruct"
    assert found[0]["choices"][0]["device"] == "cpu"
    assert found[0]["choices"][0]["fit"]["sentences"]


def test_another_process_that_changes_the_models_is_said(run: Run, models: Path) -> None:
    from app.models import disk

    with disk.writing(models):
        code, _, err = run("rename", "small", "x")
    assert code == 1
    assert "being changed by another window or command" in err
