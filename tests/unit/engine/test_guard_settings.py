"""Configurations that would run code, open files or exhaust the machine are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import guard, model_folder
from tests.fakes.runtime import GENAI_CONFIG, write_model_folder


def session(**options: Any) -> dict[str, Any]:
    return {"model": {"decoder": {"session_options": options}}}


def named(options: dict[str, Any]) -> dict[str, Any]:
    return session(**options)


def provider(name: str, **options: Any) -> dict[str, Any]:
    return session(provider_options=[{name: options}])


def decoder(**values: Any) -> dict[str, Any]:
    return {"model": {"decoder": values}}


def model(**values: Any) -> dict[str, Any]:
    return {"model": {"vocab_size": 1_000, **values}}


def search(**values: Any) -> dict[str, Any]:
    return {"search": values}


# As published: Phi-4-mini for CUDA, Llama 3.2 for the processor, Qwen 2.5 for DirectML, a folder
# for OpenVINO, and a multi-modal one.
HONEST = [
    GENAI_CONFIG,
    {},
    session(log_id="onnxruntime-genai", intra_op_num_threads=8, enable_mem_pattern=False),
    provider("cuda", enable_cuda_graph="0", enable_skip_layer_norm_strict_mode="1"),
    provider("DML"),
    provider("dml", enable_graph_capture="1"),
    provider("CUDAExecutionProvider"),
    provider("WebGPU", enableGraphCapture="0", validationMode="basic"),
    provider(
        "NvTensorRtRtx", enable_cuda_graph="1", device_filtering_options={"hardware_device_id": 1}
    ),
    provider("web"),
    decoder(filename="decoder/model.onnx"),
    provider("OpenVINO", device_type="GPU", enable_causallm="True"),
    named({"session.intra_op.allow_spinning": "0", "session.set_denormal_as_zero": "1"}),
    {
        "model": {
            "type": "phi3",
            "bos_token_id": 199_999,
            "eos_token_id": [200_020, 199_999],
            "pad_token_id": 199_999,
            "vocab_size": 200_064,
            "context_length": 131_072,
            "decoder": {
                "head_size": 128,
                "hidden_size": 3_072,
                "num_attention_heads": 24,
                "num_hidden_layers": 32,
                "num_key_value_heads": 8,
                "filename": "model.onnx",
                "sliding_window": {"window_size": 128, "pad_value": 0, "alignment": "left"},
            },
            "vision": {"filename": "phi-3.5-v-instruct-vision.onnx", "config_filename": "p.json"},
            "speech": {"filename": "", "config_filename": ""},
        },
        "search": {
            "diversity_penalty": 0.0,
            "do_sample": True,
            "length_penalty": 1.0,
            "max_length": 131_072,
            "min_length": 0,
            "no_repeat_ngram_size": 0,
            "num_beams": 1,
            "num_return_sequences": 1,
            "past_present_share_buffer": True,
            "repetition_penalty": 1.0,
            "temperature": 0.6,
            "top_k": 20,
            "top_p": 0.95,
        },
    },
    model(pad_token_id=-1, bos_token_id=-1),
]
HOSTILE = [
    session(custom_ops_library="evil.so"),
    session(custom_ops_library=""),
    session(enable_profiling="trace"),
    session(enable_profiling=""),  # the runtime writes a file all the same
    session(optimized_model_filepath="x.onnx"),
    named({"session.optimized_model_filepath": "x"}),
    named({"session.collect_node_memory_stats_to_file": "1"}),
    named({"session.moe_expert_counter_state_file": "x"}),
    named({"session.model_external_initializers_file_folder_path": "/etc"}),
    named({"session.debug_layout_transformation": "1"}),
    named({"ep.context_file_path": "x", "ep.context_enable": "1"}),
    session(anything="/etc/passwd"),
    session(log_id="../../x"),
    session(log_id="http://a.example"),
    session(log_id="C:x.dll"),
    session(config_entries={"ep.library": "evil.dll"}),
    session(provider_options={"cuda": {}}),
    session(provider_options=["cuda"]),
    {"model": {"decoder": {"session_options": []}}},
    {"model": {"vision": {"session_options": {"custom_ops_library": "evil.so"}}}},
    {"model": {"embedding": {"session_options": {"enable_profiling": "x"}}}},
    {"model": {"draft": {"session_options": {"custom_ops_library": "evil.so"}}}},
    {"model": {"decoder": {"pipeline": [{"a": {"session_options": {"custom_ops_library": "x"}}}]}}},
    {"model": {"decoder": {"run_options": {"enable_profiling": "x"}}}},
    {"model": {"decoder": {"run_options": {"gpu_graph_id": "../x"}}}},
    provider("qnn", backend_path="QnnHtp.dll"),
    provider("cuda", user_compute_stream="12345"),
    provider("cuda", gpu_external_alloc="12345"),
    provider("openvino", device_type="http://a.example/x"),
    provider("openvino", cache_dir="cache"),
    provider("nonsense"),
    decoder(filename="../model.onnx"),
    decoder(filename="/dev/zero"),
    decoder(filename="C:model.onnx"),
    decoder(filename=5),
    decoder(pipeline=[{"embed": {"filename": "a/../b.onnx"}}]),
    decoder(filename="a//b.onnx"),
    decoder(filename="a/.b/c.onnx"),
    decoder(filename="a\\b.onnx"),
    decoder(shared_initializers=[{"data_file": "../../secret"}]),
    {"model": {"vision": {"config_filename": "../x.json"}}},
    {"model": {"vision": {"adapter_filename": "/x"}}},
    {"model": {"tokenizer_dir": "../other"}},
    {"model": {"tokenizer_dir": "/etc"}},
]
ABSURD = [
    session(intra_op_num_threads=5_000),
    session(inter_op_num_threads=-1),
    session(intra_op_num_threads=True),
    decoder(num_hidden_layers=10**9),
    decoder(num_hidden_layers=0),
    decoder(num_hidden_layers=30.5),
    decoder(num_hidden_layers="30"),
    decoder(num_attention_heads=10**6),
    decoder(num_key_value_heads=-1),
    decoder(head_size=0),
    decoder(head_size=-1),
    decoder(num_hidden_layers=1_000, num_key_value_heads=1_024, head_size=8_192),
    {"model": {"mtp": {"head_size": 10**9}}},
    model(vocab_size=10**9),
    model(vocab_size=2**31),
    model(vocab_size=0),
    model(vocab_size=True),
    model(context_length="long"),
    model(context_length=0),
    model(pad_token_id=10**9),
    model(pad_token_id=1_000),
    model(eos_token_id=[2, 1_000]),
    model(bos_token_id=-2),
    model(eos_token_id=[2.5]),
    search(top_k=-1),
    search(top_k=10**9),
    search(top_k=1.5),
    search(top_p=-0.1),
    search(top_p=2),
    search(top_p="1"),
    search(top_p=False),
    search(temperature=-1),
    search(num_beams=10_000),
    search(batch_size=10**9),
    search(max_length=-1),
    {"speculative": {"max_draft_tokens": 10**6}},
    {"engine": {"dynamic_batching": {"num_blocks": 10**15}}},
    model(sample_rate=10**300),
    model(tdt_durations=[1, 10**15]),
]


@pytest.mark.parametrize("config", HONEST)
def test_honest_settings_pass(config: dict[str, Any]) -> None:
    guard.check_config(config)


@pytest.mark.parametrize("config", HOSTILE + ABSURD, ids=str)
def test_hostile_settings_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        guard.check_config(config)
    assert caught.value.code is ErrorCode.MODEL_UNSUPPORTED
    assert "refused for your safety: it " in caught.value.what
    assert caught.value.todo.startswith("Choose")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (session(custom_ops_library="evil.so"), "program of its own"),
        (session(enable_profiling="x"), "write a file"),
        (named({"session.debug_layout_transformation": "1"}), "session.debug_layout_transf"),
        (named({"a <b>strange</b> name": "1"}), "with a name that is none"),
        (model(vocab_size=10**9), "vocab_size"),
        (model(pad_token_id=10**9), "pad_token_id"),
        ({"a strange key " * 9: 10**300}, "impossible number"),
        (provider("nonsense"), "unknown kind of device"),
    ],
)
def test_a_refusal_names_its_rule(config: dict[str, Any], words: str) -> None:
    with pytest.raises(AppError, match=words):
        guard.check_config(config)


def test_any_depth_is_looked_into_without_exhausting_the_stack() -> None:
    config: dict[str, Any] = session(custom_ops_library="evil.so")
    for _ in range(5_000):
        config = {"deeper": [config]}
    with pytest.raises(AppError, match="program of its own"):
        guard.check_config(config)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Python takes the last of them, the runtime heeds both: seen to run a library."""
    folder = write_model_folder(tmp_path / "model")
    file = folder / "genai_config.json"
    evil = '"session_options": {"custom_ops_library": "evil.so"}, "session_options"'
    text = file.read_text(encoding="utf-8").replace('"session_options"', evil)
    guard.check_config(json.loads(text))  # what Python makes of it looks honest
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AppError, match="twice"):
        model_folder.read(folder)


@pytest.mark.parametrize(
    "text",
    ['{"model": NaN}', '{"a": Infinity}', "[" * 200_000, '{"a": 1} {}', '{"a": 1,}', "\x00"],
)
def test_what_is_no_strict_json_is_damaged(tmp_path: Path, text: str) -> None:
    folder = write_model_folder(tmp_path / "model")
    (folder / "genai_config.json").write_text(text, encoding="utf-8")
    with pytest.raises(AppError, match="not valid JSON") as caught:
        model_folder.read(folder)
    assert caught.value.code is ErrorCode.MODEL_BROKEN


def test_a_huge_configuration_is_not_read(tmp_path: Path) -> None:
    folder = write_model_folder(tmp_path / "model")
    (folder / "genai_config.json").write_text(" " * 2_000_000, encoding="utf-8")
    with pytest.raises(AppError, match="far too large"):
        model_folder.read(folder)
