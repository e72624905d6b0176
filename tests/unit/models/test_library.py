"""Model folders are found where they are looked for, and broken ones say what is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.models.library import InstalledModel, Library

CONFIG = {"model": {"type": "llama", "context_length": 2048, "decoder": {"filename": "model.onnx"}}}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def install(folder: Path, config: object = CONFIG) -> Path:
    folder.mkdir(parents=True)
    (folder / "genai_config.json").write_text(json.dumps(config))
    (folder / "model.onnx").write_bytes(b"x" * 100)
    return folder


def only(models: Path) -> InstalledModel:
    (model,) = Library(lambda: (models,)).scan()
    return model


def problem(models: Path) -> str:
    found = only(models).problem
    assert found is not None
    assert found.code is ErrorCode.MODEL_BROKEN
    assert found.todo
    return found.what


def test_a_model_is_described(models: Path) -> None:
    folder = install(models / "SmolLM2-135M-Instruct-int4")
    (folder / "model.onnx.data").write_bytes(b"y" * 900)
    (folder / "LICENSE").write_text("\n   Apache License\nVersion 2.0")
    size = sum(f.stat().st_size for f in folder.iterdir())
    assert only(models) == InstalledModel(
        id="SmolLM2-135M-Instruct-int4",
        name="SmolLM2 135M Instruct int4",
        folder=folder,
        size_bytes=size,
        model_type="llama",
        context_length=2048,
        quantization="int4",
        licence="Apache License",
        problem=None,
        device="cpu",
        root=models,
    )


def test_the_manifest_says_more(models: Path) -> None:
    folder = install(models / "starter")
    manifest = {
        "name": "SmolLM2  135M\n",
        "source": "https://example.org/smollm2-q8_0.gguf",
        "licence": "Apache-2.0",
        "files": [{"name": "model.onnx", "size": 100, "sha256": "0" * 64}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    model = only(models)
    assert (model.name, model.quantization, model.licence) == (
        "SmolLM2 135M",
        "int8",
        "Apache-2.0",
    )
    assert model.problem is None


@pytest.mark.parametrize(
    ("size", "words"),
    [(101, "is cut short (100 of 101 bytes)"), (99, "is longer than it should be")],
)
def test_a_file_of_the_wrong_size_is_said(models: Path, size: int, words: str) -> None:
    folder = install(models / "starter")
    manifest = {"files": [{"name": "model.onnx", "size": size}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert words in problem(models)


def test_a_file_that_only_the_manifest_knows_is_missed(models: Path) -> None:
    folder = install(models / "starter")
    manifest = {"files": [{"name": "model.onnx.data", "size": 5}], "licence": "MIT"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "model.onnx.data is missing" in problem(models)
    assert only(models).licence == "MIT"


@pytest.mark.parametrize(
    "manifest",
    [
        "no json",
        "[]",
        '{"files": 3}',
        '{"files": [3, {"name": 1, "size": 2}, {"name": "model.onnx", "size": "big"}]}',
        '{"files": [{"name": "../../elsewhere", "size": 3}]}',
        '{"name": 7, "licence": null}',
    ],
)
def test_a_manifest_of_another_kind_is_left_aside(models: Path, manifest: str) -> None:
    folder = install(models / "starter")
    (folder / "manifest.json").write_text(manifest)
    assert only(models).problem is None
    assert only(models).name == "starter"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("", "genai_config.json is empty"),
        (" \n", "genai_config.json is empty"),
        ("{", "genai_config.json is not valid JSON"),
        ("[" * 200_000, "genai_config.json is not valid JSON"),
        (b"\xff\xfe", "genai_config.json is not valid JSON"),
        ("[]", "genai_config.json does not describe a model"),
        ('{"model": 3}', "genai_config.json does not describe a model"),
        (" " * 5_000_000, "genai_config.json is too large"),
        ('{"model": {"decoder": {"filename": "other.onnx"}}}', "other.onnx is missing"),
        ('{"model": {"vision": {"filename": "../v.onnx"}}}', "outside its own folder"),
        ('{"model": {"decoder": {"filename": "C:v.onnx"}}}', "outside its own folder"),
        ('{"model": {"decoder": {"filename": "/etc/passwd"}}}', "outside its own folder"),
        ('{"model": {"decoder": {"filename": "empty.onnx"}}}', "empty.onnx is empty"),
        ('{"model": {"decoder": {"filename": "folder.onnx"}}}', "folder.onnx is not a file"),
    ],
)
def test_a_broken_folder_says_what_is_wrong(models: Path, config: str | bytes, words: str) -> None:
    folder = install(models / "broken")
    raw = config.encode() if isinstance(config, str) else config
    (folder / "genai_config.json").write_bytes(raw)
    (folder / "empty.onnx").touch()
    (folder / "folder.onnx").mkdir()
    what = problem(models)
    assert words in what
    assert what.startswith('The model "broken" cannot be used: ')


def test_missing_weights_are_said(models: Path) -> None:
    (install(models / "broken", {"model": {}}) / "model.onnx").unlink()
    assert "model.onnx is missing" in problem(models)


@pytest.mark.parametrize("value", [None, "many", 0, -5, 1.5, True])
def test_a_context_length_that_is_none_is_none(models: Path, value: object) -> None:
    install(models / "odd", {"model": {"type": 7, "context_length": value}})
    assert (only(models).context_length, only(models).model_type) == (None, "")


def test_a_configuration_that_begins_with_a_mark_is_read(models: Path) -> None:
    folder = install(models / "windows")
    (folder / "genai_config.json").write_text("\ufeff" + json.dumps(CONFIG), encoding="utf-8")
    assert only(models).problem is None


def test_folders_are_found_three_deep_and_not_inside_a_model(models: Path) -> None:
    install(models / "b")
    install(models / "org" / "c")
    install(models / "org" / "phi" / "cpu-int4-rtn")
    install(models / "too" / "far" / "down" / "here")
    install(models / "b" / "inner")
    install(models / ".hidden")
    install(models / "loading.partial")
    install(models / "org" / ".cache" / "d")
    (models / "empty").mkdir()
    (models / "a file").touch()
    found = Library(lambda: (models,)).scan()
    assert [m.id for m in found] == ["b", "org/c", "org/phi/cpu-int4-rtn"]
    assert [m.name for m in found] == ["b", "c", "phi"]
    assert found[2].quantization == "int4"


def test_no_folder_is_no_model(tmp_path: Path) -> None:
    assert Library(lambda: (tmp_path / "nothing",)).scan() == []


@pytest.mark.skipif(os.name != "posix", reason="making links needs rights on Windows")
def test_links_are_not_followed_out_of_the_folder(models: Path, tmp_path: Path) -> None:
    outside = install(tmp_path / "outside")
    (models / "linked").symlink_to(outside)
    (models / "loop").symlink_to(models)
    assert Library(lambda: (models,)).scan() == []
    inside = install(models / "inside")
    (inside / "model.onnx").unlink()
    (inside / "model.onnx").symlink_to(outside / "model.onnx")
    assert "model.onnx is a link that leads out of the folder" in problem(models)
    (inside / "model.onnx").unlink()
    os.mkfifo(inside / "model.onnx")
    assert "model.onnx is not a file" in problem(models)
    (inside / "genai_config.json").unlink()
    (inside / "genai_config.json").symlink_to(outside / "genai_config.json")
    assert "genai_config.json is a link" in problem(models)
    assert only(models).size_bytes < 1000


@pytest.mark.skipif(os.name != "posix", reason="making links needs rights on Windows")
def test_a_models_folder_may_itself_be_a_link(models: Path, tmp_path: Path) -> None:
    install(models / "small")
    (tmp_path / "link").symlink_to(models)
    assert [m.problem for m in Library(lambda: (tmp_path / "link",)).scan()] == [None]


def test_extra_folders_are_models_or_hold_some(models: Path, tmp_path: Path) -> None:
    install(models / "starter")
    shipped = tmp_path / "shipped"
    install(shipped / "starter")
    install(shipped / "other")
    single = install(tmp_path / "elsewhere" / "single")
    found = Library(lambda: (models, shipped, single)).scan()
    assert [m.id for m in found] == ["other", "single", "starter"]
    assert found[2].folder == models / "starter"


def test_a_model_is_got_by_its_id(models: Path) -> None:
    install(models / "org" / "small")
    install(models / "broken", [])
    library = Library(lambda: (models,))
    assert library.get("org/small").folder == models / "org" / "small"
    with pytest.raises(AppError) as broken:
        library.get("broken")
    assert broken.value.code is ErrorCode.MODEL_BROKEN
    for unknown in ("", "nothing", "../models/org/small", "org"):
        with pytest.raises(AppError) as missing:
            library.get(unknown)
        assert missing.value.code is ErrorCode.MODEL_MISSING


def test_the_default_is_the_preferred_one_or_the_first_that_works(models: Path) -> None:
    library = Library(lambda: (models,))
    with pytest.raises(AppError, match="There is no model yet") as none:
        library.default()
    assert none.value.code is ErrorCode.MODEL_MISSING
    install(models / "a-broken", [])
    with pytest.raises(AppError, match="a-broken") as unusable:
        library.default("a-broken")
    assert unusable.value.code is ErrorCode.MODEL_MISSING
    assert "does not describe a model" in unusable.value.todo
    install(models / "b")
    install(models / "c")
    assert library.default().id == "b"
    assert library.default("c").id == "c"
    assert library.default("a-broken").id == "b"
    assert library.default("gone").id == "b"
