"""The runtime's exceptions, as it words them, become sentences that hold none of its text."""

from __future__ import annotations

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine.faults import Phase, in_words

# Messages of onnxruntime-genai 0.13.1 and 0.18.0, shortened.
SEEN = [
    (Phase.LOADING, "Unsupported model_type in config.json: nosuch", ErrorCode.MODEL_UNSUPPORTED),
    (Phase.LOADING, "x is not a registered function/op", ErrorCode.MODEL_UNSUPPORTED),
    (Phase.LOADING, "Load model failed:Protobuf parsing failed.", ErrorCode.MODEL_BROKEN),
    (Phase.LOADING, "offset: 6 size to read: 14 are out of bounds", ErrorCode.MODEL_BROKEN),
    (Phase.LOADING, "External data path does not exist", ErrorCode.MODEL_BROKEN),
    (Phase.LOADING, "std::bad_alloc", ErrorCode.OUT_OF_MEMORY),
    (
        Phase.LOADING,
        "Cuda interface not available: Failed to load library: libonnxruntime-genai-cuda.so",
        ErrorCode.DEVICE_UNAVAILABLE,
    ),
    (
        Phase.LOADING,
        "DML provider requested, but the installed GenAI has not been built with DML support",
        ErrorCode.DEVICE_UNAVAILABLE,
    ),
    (
        Phase.LOADING,
        r"E:\_work\1\onnxruntime-genai\src\dml\dml_helpers.cpp(50): Exception(1) 887A0004",
        ErrorCode.DEVICE_UNAVAILABLE,
    ),
    (Phase.TOKENIZER, "[json.exception.parse_error.101] parse error", ErrorCode.MODEL_BROKEN),
    (Phase.TOKENIZER, "Unsupported tokenizer class: NoSuch", ErrorCode.MODEL_BROKEN),
    (Phase.TEMPLATE, "Empty chat template.", ErrorCode.TEMPLATE_UNUSABLE),
    (Phase.TEMPLATE, "Value is not callable: null at row 1", ErrorCode.TEMPLATE_UNUSABLE),
    (Phase.TEMPLATE, "out of memory, says the person", ErrorCode.TEMPLATE_UNUSABLE),
    (Phase.GENERATING, "Failed to allocate memory for requested buffer", ErrorCode.OUT_OF_MEMORY),
    (Phase.GENERATING, "CUDA failure 2: out of memory", ErrorCode.OUT_OF_MEMORY),
    (Phase.GENERATING, "Got invalid dimensions for output: logits", ErrorCode.MODEL_BROKEN),
]


@pytest.mark.parametrize(("phase", "text", "code"), SEEN)
def test_every_message_that_was_seen_has_its_meaning(
    phase: Phase, text: str, code: ErrorCode
) -> None:
    error = in_words(RuntimeError(text), phase)
    assert error.code is code
    assert error.what.endswith(".")
    assert text not in error.sentence


def test_a_missing_template_is_told_apart_from_a_broken_one() -> None:
    none = in_words(RuntimeError("Empty chat template."), Phase.TEMPLATE)
    broken = in_words(RuntimeError("Invalid or unsupported chat template."), Phase.TEMPLATE)
    assert "no chat template" in none.what
    assert none != broken


@pytest.mark.parametrize("phase", list(Phase))
def test_words_of_a_conversation_never_get_out(phase: Phase) -> None:
    error = in_words(RuntimeError("at row 1: my secret diagnosis"), phase)
    assert "secret" not in error.sentence
    assert "secret" not in repr(error.args)


def test_memory_and_missing_parts_are_known_by_their_kind() -> None:
    assert in_words(MemoryError(), Phase.LOADING).code is ErrorCode.OUT_OF_MEMORY
    assert "Install the program" in in_words(ImportError("x.so"), Phase.LOADING).todo


def test_a_sentence_stays_what_it_is() -> None:
    error = AppError("It is so.", code=ErrorCode.USAGE)
    assert in_words(error, Phase.GENERATING) is error
