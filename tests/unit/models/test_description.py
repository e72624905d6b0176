"""A quantization is guessed from what names usually say."""

from __future__ import annotations

import pytest

from app.models.description import quantization_in


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("SmolLM2-135M-Instruct-int4", "int4"),
        ("phi-3/cpu-int4-rtn-block-32", "int4"),
        ("model_q4_k_m", "int4"),
        ("Qwen-4bit", "int4"),
        ("llama-AWQ", "int4"),
        ("gemma-uint8", "int8"),
        ("smollm2-q8_0.gguf", "int8"),
        ("phi-fp16", "fp16"),
        ("phi-bf16", "bf16"),
        ("plain", ""),
        ("print4", ""),
        ("", ""),
    ],
)
def test_names_speak(name: str, quantization: str) -> None:
    assert quantization_in(name) == quantization
