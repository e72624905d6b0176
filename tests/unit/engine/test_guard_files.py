"""Folders that hold what no model needs are refused; real folders with odd company are not."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import model_folder
from app.engine.guard import files
from tests.fakes.runtime import write_model_folder

PE = b"MZ" + bytes(0x3A) + (0x40).to_bytes(4, "little") + b"PE\0\0"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "model")


def refusal(folder: Path) -> AppError:
    with pytest.raises(AppError, match="refused for your safety") as caught:
        model_folder.read(folder)
    assert caught.value.code is ErrorCode.MODEL_UNSUPPORTED
    return caught.value


@pytest.mark.parametrize(
    "start",
    [
        b"\x7fELF\x02\x01",
        PE,
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
        b"\xca\xfe\xba\xbe",
        b"\xca\xfe\xba\xbf",
        b"#!/bin/sh\n",
        b"#! /usr/bin/env python\n",
    ],
)
@pytest.mark.parametrize("name", ["evil.so", "model.onnx.data", "sub/readme.txt"])
def test_programs_are_refused_under_any_name(folder: Path, name: str, start: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(start + b"...")
    assert "which no model needs" in refusal(folder).what


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("configuration_phi3.py", b"# coding=utf-8\nimport os\n"),
        ("convert.py", b"#!/usr/bin/env python\n"),
        (".git/hooks/pre-commit.sample", b"#!/bin/sh\n"),
        (".cache/huggingface/download/model.onnx.metadata", b"0123\n"),
        (".gitattributes", b"*.onnx filter=lfs\n"),
        ("pytorch_model.bin", b"PK\x03\x04..."),
        ("training_args.bin", b"\x80\x02}q."),
        ("model_q4.onnx.data", b"MZ" + bytes(100)),  # by chance
        ("short.data", b"MZ"),
        ("empty.txt", b""),
        ("Umlaut ä (1).md", b"#!x"),
        *[(f"{name}", b"{}") for name in ("special_tokens_map.json", "vocab.json", "config.json")],
        *[(f"{name}", b"x y\n") for name in ("merges.txt", "tokenizer.model", "LICENSE")],
    ],
)
def test_the_company_of_real_models_is_passed_over(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    assert model_folder.read(folder).model_type == "llama"


def test_a_program_in_a_hidden_folder_is_refused(folder: Path) -> None:
    (folder / ".x").mkdir()
    (folder / ".x" / "y").write_bytes(b"\x7fELF")
    assert "program" in refusal(folder).what


@posix_only
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    (folder / "model.onnx.data").unlink()
    os.mkfifo(folder / "model.onnx.data")
    assert "plain file" in refusal(folder).what


@posix_only
@pytest.mark.parametrize("name", ["genai_config.json", "tokenizer.json", "sub"])
def test_a_pipe_under_any_name_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert "plain file" in refusal(folder).what


@posix_only
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, is_folder: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "model.onnx").write_bytes(b"onnx")
    if is_folder:
        (folder / "more").symlink_to(outside)
    else:
        (folder / "model.onnx").unlink()
        (folder / "model.onnx").symlink_to(outside / "model.onnx")
    error = refusal(folder)
    assert "link that leads out" in error.what
    assert error.todo.startswith("Copy")


@posix_only
def test_a_link_to_a_neighbour_with_a_longer_name_is_refused(folder: Path, tmp_path: Path) -> None:
    neighbour = tmp_path / "model-2"
    neighbour.mkdir()
    (folder / "x").symlink_to(neighbour)
    assert "leads out" in refusal(folder).what


@posix_only
@pytest.mark.parametrize("target", ["nowhere", "loop"])
def test_a_link_that_leads_nowhere_is_refused(folder: Path, target: str) -> None:
    (folder / "loop").symlink_to(target)
    assert "leads" in refusal(folder).what


@posix_only
def test_links_inside_and_a_linked_folder_are_fine(folder: Path, tmp_path: Path) -> None:
    (folder / "weights").mkdir()
    (folder / "model.onnx.data").rename(folder / "weights" / "data")
    (folder / "model.onnx.data").symlink_to("weights/data")
    (folder / "again").symlink_to("weights")
    link = tmp_path / "by-reference"
    link.symlink_to(folder)
    assert model_folder.read(link).weight_bytes == len(b"onnx") + len(b"weights")


def test_a_folder_with_far_too_many_files_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MAX_ENTRIES", 20)
    model_folder.read(folder)
    for number in range(20):
        (folder / f"{number}.txt").touch()
    assert "far more files" in refusal(folder).what


BIG = "x" * 100_000
TEMPLATES: dict[str, dict[str, Any]] = {
    "tokenizer_config.json": {"chat_template": BIG},
    "chat_template.json": {"chat_template": BIG},
    "tokenizer_module.json": {"chat_template": BIG},
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_enormous_template_is_refused_wherever_it_is(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps(TEMPLATES[name]), encoding="utf-8")
    assert "chat template of 97 KB" in refusal(folder).what


@pytest.mark.parametrize(
    "template",
    [
        [{"name": "default", "template": BIG}],
        {"default": "short", "tool_use": BIG},
    ],
)
def test_an_enormous_template_among_several_is_refused(folder: Path, template: object) -> None:
    content = json.dumps({"chat_template": template})
    (folder / "tokenizer_config.json").write_text(content, encoding="utf-8")
    assert "chat template" in refusal(folder).what


@pytest.mark.parametrize("name", ["chat_template.jinja", "additional_chat_templates/tools.jinja"])
def test_an_enormous_template_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(BIG, encoding="utf-8")
    assert "chat template" in refusal(folder).what


@pytest.mark.parametrize("place", ["../secret", "/etc/passwd", "a/b", "..", "C:x"])
@pytest.mark.parametrize("name", ["tokenizer_config.json", "tokenizer_module.json"])
def test_a_vocabulary_elsewhere_is_refused(folder: Path, name: str, place: str) -> None:
    (folder / name).write_text(json.dumps({"tiktoken_file": place}), encoding="utf-8")
    assert "outside its folder" in refusal(folder).what


def test_the_tokenizers_settings_must_be_strict_json(folder: Path) -> None:
    """The tokenizer reads comments, which Python does not: what they hide would go unchecked."""
    text = '{"chat_template": "a" /* , */ }'
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")
    with pytest.raises(AppError, match="not valid JSON"):
        model_folder.read(folder)


def test_what_was_checked_is_what_the_fingerprint_names(folder: Path) -> None:
    read = model_folder.read(folder)
    assert read.fingerprint == model_folder.fingerprint(folder)
    kept = (folder / "model.onnx").stat()
    (folder / "other").write_bytes(b"ONNX")
    os.utime(folder / "other", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    (folder / "other").replace(folder / "model.onnx")
    assert read.fingerprint != model_folder.fingerprint(folder)
