"""No name of a file leaves its folder or brings code along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.names import is_read_unasked, is_safe, is_wanted, slug


@pytest.mark.parametrize(
    "name",
    [
        "model.onnx", "model.onnx.data", "model.onnx_data", "genai_config.json", "LICENSE",
        "NOTICE", "licence.txt", "chat_template.jinja", "tokenizer.model", "merges.txt",
        "adapters/one.onnx_data_1", "README.md", "3rd_party_licenses.txt",
        "phi-3.5-mini-instruct-cpu-int4-awq-block-128-acc-level-4.onnx.data",
    ],
)  # fmt: skip
def test_what_models_consist_of_is_wanted(name: str) -> None:
    assert is_safe(name)
    assert is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "../model.onnx", "a/../../b.json", "a//b.json", "./a.json", "a/",
        "C:\\model.onnx", "C:model.onnx", "a\\b.json", "..", ".", ".hidden.json", "-rf.json",
        "a:b.json", "CON", "con.json", "a/NUL.json", "COM1.onnx", "model.onnx.", "a b.json",
        "a\0.json", "a\n.json", "ä.json", "x" * 201 + ".json", "a/b/c/d/e.json",
    ],
)  # fmt: skip
def test_names_that_leave_the_folder_are_not_safe(name: str) -> None:
    assert not is_safe(name)
    assert not is_wanted(name)


@pytest.mark.parametrize(
    "name",
    ["configuration_phi3.py", "evil.so", "evil.dll", "weights.bin", "weights.pkl", "model.pt",
     "run.sh", "a.exe", "model.safetensors", "LICENSE.exe"],
)  # fmt: skip
def test_code_and_other_weights_are_not_wanted(name: str) -> None:
    assert not is_wanted(name)


def test_what_the_runtime_reads_unasked() -> None:
    for name in ("chat_template.jinja", "special_tokens_map.json", "x.onnx", "x.onnx_data", "a.so"):
        assert is_read_unasked(name)
    for name in ("README.md", "notes.txt", "LICENSE"):
        assert not is_read_unasked(name)


@given(st.text())
def test_a_slug_is_always_a_safe_name(text: str) -> None:
    assert is_safe(slug(text))
    assert "/" not in slug(text)


def test_a_slug_is_readable() -> None:
    assert slug("Microsoft/Phi-4 mini (CPU)") == "microsoft-phi-4-mini-cpu"
    assert slug("...") == "model"
    assert slug("con") == "model-con"
