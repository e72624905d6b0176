"""What a folder says about its model, and a sentence for every way in which it is broken."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import model_folder
from tests.fakes.runtime import END, GENAI_CONFIG, write_model_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "model")


def with_config(folder: Path, **sections: Any) -> Path:
    config = {**GENAI_CONFIG, **sections}
    (folder / "genai_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def refused(folder: Path) -> AppError:
    with pytest.raises(AppError) as caught:
        model_folder.read(folder)
    error = caught.value
    assert error.what.endswith(".")
    assert error.todo.endswith(".")
    assert str(folder) not in error.sentence
    return error


def test_what_a_whole_folder_says(folder: Path) -> None:
    model = model_folder.read(folder)
    assert model.path == folder
    assert (model.model_type, model.context_length) == ("llama", 1024)
    assert model.end_tokens == {END}
    assert model.cache.bytes_per_token(4) == 2 * 2 * 8 * 2 * 4
    assert model.weight_bytes == len(b"onnx") + len(b"weights")
    assert model.special_tokens[END] == "<|end|>"
    assert not model.sliding_window
    assert model.rope_border == 0


@pytest.mark.parametrize(("value", "ends"), [(7, {7}), ([1, 2, 2], {1, 2}), (None, set())])
def test_end_tokens_may_be_one_or_many(tmp_path: Path, value: object, ends: set[int]) -> None:
    assert model_folder.read(write_model_folder(tmp_path, eos_token_id=value)).end_tokens == ends


def test_markers_are_special_tokens_and_what_the_template_writes(folder: Path) -> None:
    template = folder / "chat_template.jinja"
    template.write_text("<|user|> </think> a", encoding="utf-8")
    tokenizer = {
        "added_tokens": [
            {"id": 0, "content": "<|end|>", "special": True},
            {"id": 1, "content": "</think>", "special": False},
            {"id": 2, "content": "<table>", "special": False},
            {"id": 3, "content": "\n\n", "special": True},
            {"id": 4, "content": "a", "special": False},
        ]
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    model = model_folder.read(folder)
    assert model.markers == {"<|end|>", "</think>"}
    assert set(model.special_tokens) == {0, 3}


def test_tokens_and_template_of_the_older_layout(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.model").write_bytes(b"pieces")
    config = {
        "added_tokens_decoder": {"5": {"content": "<s>", "special": True}, "x": {}},
        "chat_template": "hello",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    model = model_folder.read(folder)
    assert model.special_tokens == {5: "<s>"}
    assert model.chat_template == "hello"


@pytest.mark.parametrize(("kind", "border"), [("phi3", 4096), ("phi3small", 8192), ("qwen2", 0)])
def test_models_with_two_sets_of_rotary_factors(tmp_path: Path, kind: str, border: int) -> None:
    assert model_folder.read(write_model_folder(tmp_path, type=kind)).rope_border == border


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert refused(tmp_path / "none").code is ErrorCode.MODEL_MISSING


@pytest.mark.parametrize("name", ["genai_config.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refused(folder)
    assert error.code is ErrorCode.MODEL_BROKEN
    assert "missing" in error.what
    assert name in error.what or "tokenizer" in error.what


@pytest.mark.parametrize("text", ["", "{", "[1]", "nonsense", "[" * 200_000, '{"a": 1}', "\x00"])
def test_a_damaged_configuration(folder: Path, text: str) -> None:
    (folder / "genai_config.json").write_text(text, encoding="utf-8")
    error = refused(folder)
    assert error.code is ErrorCode.MODEL_BROKEN
    assert "genai_config.json" in error.what


def test_an_empty_file_of_weights(folder: Path) -> None:
    (folder / "model.onnx.data").write_bytes(b"")
    assert "empty" in refused(folder).what


def test_other_variants_in_the_folder_do_not_count(folder: Path) -> None:
    before = model_folder.read(folder).weight_bytes
    (folder / "model_fp16.onnx").write_bytes(b"x" * 1000)
    assert model_folder.read(folder).weight_bytes == before


def test_a_model_that_is_not_for_text(folder: Path) -> None:
    error = refused(with_config(folder, model={"type": "whisper", "encoder": {}}))
    assert error.code is ErrorCode.MODEL_UNSUPPORTED


def test_a_damaged_tokenizer_is_left_to_the_runtime(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{", encoding="utf-8")
    assert model_folder.read(folder).special_tokens == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_in_place_of_the_configuration_is_not_waited_for(folder: Path) -> None:
    (folder / "genai_config.json").unlink()
    os.mkfifo(folder / "genai_config.json")
    assert refused(folder).code is ErrorCode.MODEL_UNSUPPORTED


def touch(file: Path) -> None:
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: touch(folder / "genai_config.json"),
        lambda folder: (folder / "model.onnx.data").write_bytes(b"other weights"),
        lambda folder: (folder / "chat_template.jinja").unlink(),
    ],
)
def test_the_fingerprint_changes_with_the_files(
    folder: Path, change: Callable[[Path], object]
) -> None:
    before = model_folder.fingerprint(folder)
    assert model_folder.fingerprint(folder) == before == model_folder.read(folder).fingerprint
    change(folder)
    assert model_folder.fingerprint(folder) != before


def test_a_folder_that_is_gone_has_no_fingerprint(tmp_path: Path) -> None:
    assert model_folder.fingerprint(tmp_path / "none") == ()


def test_the_graph_may_lie_in_a_folder_below(folder: Path) -> None:
    (folder / "decoder").mkdir()
    for name in ("model.onnx", "model.onnx.data"):
        (folder / name).rename(folder / "decoder" / name)
    config = json.loads((folder / "genai_config.json").read_text(encoding="utf-8"))
    config["model"]["decoder"]["filename"] = "decoder/model.onnx"
    (folder / "genai_config.json").write_text(json.dumps(config), encoding="utf-8")
    read = model_folder.read(folder)
    assert read.weight_bytes == len(b"onnx") + len(b"weights")
    (folder / "decoder" / "model.onnx").write_bytes(b"another")
    assert model_folder.fingerprint(folder) != read.fingerprint
    (folder / "decoder" / "model.onnx").unlink()
    assert "missing" in refused(folder).what
