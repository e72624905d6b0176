"""The files beside the graph: tokenizer, chat template and the runtime's configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gguf_file import GgufFile
from graph import GRAPH_FILE, Shape

_CONTROL_TOKEN = 3
# How GPT-2 cuts a text before its tokens are merged. SmolLM2 takes every digit alone first,
# which GGUF says by the name "smollm" only.
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_DIGIT = r"\p{N}"
_PRE_TOKENIZER = "smollm"


def write(source: GgufFile, shape: Shape, folder: Path) -> None:
    """Write tokenizer.json, tokenizer_config.json, chat_template.jinja, genai_config.json."""
    fields = source.fields
    if fields["tokenizer.ggml.pre"] != _PRE_TOKENIZER:
        raise ValueError("the text is cut in a way that this conversion does not know")
    # 50,000 words: on lines of their own they would be nearly twice the size.
    _json(folder / "tokenizer.json", _tokenizer(fields), indent=None)
    _json(folder / "tokenizer_config.json", _tokenizer_config(fields, shape))
    template: str = fields["tokenizer.chat_template"]
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8", newline="\n")
    _json(folder / "genai_config.json", _runtime_config(fields, shape))


def _tokenizer(fields: dict[str, Any]) -> dict[str, Any]:
    tokens = fields["tokenizer.ggml.tokens"]
    kinds = fields["tokenizer.ggml.token_type"]
    special = [number for number, kind in enumerate(kinds) if kind == _CONTROL_TOKEN]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_special(number, tokens[number]) for number in special],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [_split(_DIGIT), _split(_WORDS), _bytes(use_regex=False)],
        },
        "post_processor": None,
        "decoder": _bytes(use_regex=True),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in fields["tokenizer.ggml.merges"]],
        },
    }


def _special(number: int, token: str) -> dict[str, Any]:
    return {
        "id": number,
        "content": token,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _split(pattern: str) -> dict[str, Any]:
    return {
        "type": "Split",
        "pattern": {"Regex": pattern},
        "behavior": "Isolated",
        "invert": False,
    }


def _bytes(*, use_regex: bool) -> dict[str, Any]:
    return {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": use_regex,
    }


def _tokenizer_config(fields: dict[str, Any], shape: Shape) -> dict[str, Any]:
    tokens = fields["tokenizer.ggml.tokens"]
    return {
        "bos_token": tokens[fields["tokenizer.ggml.bos_token_id"]],
        "eos_token": tokens[fields["tokenizer.ggml.eos_token_id"]],
        "pad_token": tokens[fields["tokenizer.ggml.padding_token_id"]],
        "unk_token": tokens[fields["tokenizer.ggml.unknown_token_id"]],
        "model_max_length": shape.context,
        # The name that every version of the runtime knows.
        "tokenizer_class": "PreTrainedTokenizerFast",
    }


def _runtime_config(fields: dict[str, Any], shape: Shape) -> dict[str, Any]:
    key_values = {
        "past_key_names": "past_key_values.%d.key",
        "past_value_names": "past_key_values.%d.value",
    }
    return {
        "model": {
            "type": "llama",
            "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
            "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
            "pad_token_id": fields["tokenizer.ggml.padding_token_id"],
            "vocab_size": shape.vocabulary,
            "context_length": shape.context,
            "decoder": {
                "session_options": {"log_id": "onnxruntime-genai", "provider_options": []},
                "filename": GRAPH_FILE,
                "head_size": shape.head,
                "hidden_size": shape.hidden,
                "num_attention_heads": shape.heads,
                "num_hidden_layers": shape.layers,
                "num_key_value_heads": shape.kv_heads,
                "inputs": {
                    "input_ids": "input_ids",
                    "attention_mask": "attention_mask",
                    **key_values,
                },
                "outputs": {
                    "logits": "logits",
                    "present_key_names": "present.%d.key",
                    "present_value_names": "present.%d.value",
                },
            },
        },
        "search": {
            "do_sample": False,
            "max_length": shape.context,
            "past_present_share_buffer": True,
        },
    }


def _json(file: Path, value: dict[str, Any], indent: int | None = 1) -> None:
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")
