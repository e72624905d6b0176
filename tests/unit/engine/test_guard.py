"""Folders that would run code, write files or exhaust the machine are refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import guard, model_folder
from tests.fakes.runtime import GENAI_CONFIG, write_model_folder


def session(**options: Any) -> dict[str, Any]:
    return {"model": {"decoder": {"session_options": options}}}


def provider(name: str, **options: Any) -> dict[str, Any]:
    return session(provider_options=[{name: options}])


@pytest.mark.parametrize(
    "config",
    [
        GENAI_CONFIG,
        {},
        session(log_id="onnxruntime-genai", intra_op_num_threads=8, enable_profiling=""),
        provider("cuda", enable_cuda_graph="0"),
        provider("DML"),
        provider("CUDAExecutionProvider"),
    ],
)
def test_honest_settings_pass(config: dict[str, Any]) -> None:
    guard.check_config(config)


@pytest.mark.parametrize(
    "config",
    [
        session(custom_ops_library="evil.so"),
        session(enable_profiling="trace"),
        session(optimized_model_filepath="x.onnx"),
        session(intra_op_num_threads=5_000),
        session(inter_op_num_threads=-1),
        session(anything="/etc/passwd"),
        session(anything="..\\..\\x"),
        session(config_entries={"ep.library": "evil.dll"}),
        provider("qnn", backend_path="QnnHtp.dll"),
        provider("nonsense"),
        {"model": {"decoder": {"filename": "../model.onnx"}}},
        {"model": {"decoder": {"filename": "/dev/zero"}}},
        {"model": {"decoder": {"filename": 5}}},
        {"model": {"decoder": {"pipeline": [{"embed": {"filename": "a/b.onnx"}}]}}},
        {"model": {"decoder": {"num_hidden_layers": 10**9}}},
        {"model": {"decoder": {"head_size": -1}}},
        {"model": {"vocab_size": 10**9}},
        {"model": {"context_length": "long"}},
    ],
)
def test_hostile_settings_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        guard.check_config(config)
    assert caught.value.code is ErrorCode.MODEL_UNSUPPORTED
    assert "refused" in caught.value.what


@pytest.mark.parametrize("start", [b"\x7fELF\x02\x01", b"MZ\x90\x00", b"\xcf\xfa\xed\xfe"])
@pytest.mark.parametrize("name", ["evil.so", "model.onnx.data", "sub/readme.txt"])
def test_programs_are_refused_under_any_name(tmp_path: Path, name: str, start: bytes) -> None:
    folder = write_model_folder(tmp_path / "model")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(start + b"...")
    with pytest.raises(AppError, match="refused"):
        model_folder.read(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = write_model_folder(tmp_path / "model")
    (folder / "model.onnx.data").unlink()
    os.mkfifo(folder / "model.onnx.data")
    with pytest.raises(AppError, match="plain file"):
        model_folder.read(folder)


def test_an_enormous_template_is_refused(tmp_path: Path) -> None:
    folder = write_model_folder(tmp_path / "model")
    (folder / "chat_template.jinja").write_text("x" * 100_000, encoding="utf-8")
    with pytest.raises(AppError, match="template"):
        model_folder.read(folder)
