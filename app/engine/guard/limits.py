"""Which numbers a model's configuration may hold; the runtime takes most of them on trust.

Wide enough for every model there is: the largest have 126 layers, 128 heads and vocabularies of
262,144 tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from app.core.errors import AppError
from app.engine.guard.refusal import refused

_MAX_THREADS = 256
_MAX_VOCABULARY = 4_000_000
_MAX_CACHE_BYTES_A_TOKEN = 32 * 2**20
_CACHE_BYTES_A_VALUE = 4
_MAX_NUMBER = 2**40
_LONGEST_KEY = 40

# Smallest and largest whole number, wherever the key stands.
_WHOLE: Mapping[str, tuple[int, int]] = {
    "num_hidden_layers": (1, 1_000),
    "num_attention_heads": (1, 1_024),
    "num_key_value_heads": (1, 1_024),
    "head_size": (1, 8_192),
    "hidden_size": (1, 1_000_000),
    "conv_cache_size": (0, 1_000_000),
    "vocab_size": (1, _MAX_VOCABULARY),
    "context_length": (1, 100_000_000),
    "min_length": (0, 100_000_000),
    "max_length": (0, 100_000_000),
    "window_size": (1, 100_000_000),
    "cache_slack": (0, 1_000_000),
    "top_k": (0, _MAX_VOCABULARY),
    "num_beams": (1, 64),
    "num_return_sequences": (1, 64),
    "batch_size": (1, 64),
    "max_batch_size": (1, 1_024),
    "no_repeat_ngram_size": (0, 1_024),
    "max_draft_tokens": (0, 1_024),
    "ngram_size": (0, 1_024),
    "log_severity_level": (0, 4),
    "log_verbosity_level": (-1, 100),
    "intra_op_num_threads": (0, _MAX_THREADS),
    "inter_op_num_threads": (0, _MAX_THREADS),
}
_FRACTIONS: Mapping[str, tuple[float, float]] = {
    "top_p": (0.0, 1.0),
    "temperature": (0.0, 100.0),
    "repetition_penalty": (0.0, 100.0),
}
_TOKENS = ("pad_token_id", "eos_token_id", "bos_token_id", "decoder_start_token_id")


def check_numbers(config: Mapping[str, object]) -> None:
    """Refuse numbers that no model has; raises `AppError`."""
    for section in _sections(config):
        for key, value in section.items():
            _check(key, value)
        _check_cache(section)
    model = config.get("model")
    if isinstance(model, Mapping):
        _check_tokens(model)


def _sections(config: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    stack: list[object] = [config]
    while stack:
        current = stack.pop()
        if isinstance(current, Mapping):
            yield current
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)


def _check(key: str, value: object) -> None:
    if value is None:
        return
    if key in _WHOLE:
        low, high = _WHOLE[key]
        if not _is_whole(value) or not low <= value <= high:
            raise _impossible(key)
    elif key in _FRACTIONS:
        lowest, highest = _FRACTIONS[key]
        if not _is_number(value) or not lowest <= value <= highest:
            raise _impossible(key)
    elif key.endswith("_num_threads"):
        if not _is_whole(value) or not 0 <= value <= _MAX_THREADS:
            raise _impossible(key)
    elif any(abs(n) > _MAX_NUMBER for n in _items(value) if _is_number(n)):
        raise _impossible(key)


def _check_cache(section: Mapping[str, object]) -> None:
    """Layers, heads and sizes may each be possible and together be absurd."""
    heads = section.get("num_key_value_heads", section.get("num_attention_heads"))
    size = 2 * _CACHE_BYTES_A_VALUE
    for part in (section.get("num_hidden_layers"), heads, section.get("head_size")):
        size *= part if _is_whole(part) else 1
    if size > _MAX_CACHE_BYTES_A_TOKEN:
        raise refused("asks for more memory a word than any model needs")


def _check_tokens(model: Mapping[str, object]) -> None:
    size = model.get("vocab_size")
    size = size if _is_whole(size) else _MAX_VOCABULARY
    for key in _TOKENS:
        for token in _items(model.get(key)):
            # Converters write -1 for a token that the model does not have.
            if token is not None and not (_is_whole(token) and -1 <= token < size):
                raise refused(f"names a token in “{key}” that its vocabulary does not have")


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else (value,)


def _is_whole(value: object) -> TypeGuard[int]:
    # A bool is an int to Python, and must not pass for one here.
    return type(value) is int


def _is_number(value: object) -> TypeGuard[int | float]:
    return type(value) in {int, float}


def _impossible(key: str) -> AppError:
    if len(key) > _LONGEST_KEY:
        return refused("has an impossible number in its configuration")
    return refused(f"has an impossible value for “{key}”")
