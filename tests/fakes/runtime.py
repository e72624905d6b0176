"""A runtime without a model: bytes are tokens, the template is text, answers are scripted."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.errors import AppError, ErrorCode
from app.core.messages import GenerationParameters, Message, Role
from app.engine.jobs import GenerateJob
from app.engine.sampling import GREEDY, Drawing

# Special tokens, in front of the 256 bytes.
MARKERS = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<think>", "</think>")
END = 0
FIRST_BYTE = 10
VOCABULARY = FIRST_BYTE + 256

GENAI_CONFIG: dict[str, Any] = {
    "model": {
        "type": "llama",
        "context_length": 1024,
        "eos_token_id": [END],
        "vocab_size": VOCABULARY,
        "decoder": {
            "session_options": {"provider_options": []},
            "filename": "model.onnx",
            "head_size": 8,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "num_hidden_layers": 2,
        },
    },
    "search": {"max_length": 1024},
}


def write_model_folder(folder: Path, **model: Any) -> Path:
    """A folder that has all its parts, `model` overriding the section of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {**GENAI_CONFIG, "model": {**GENAI_CONFIG["model"], **model}}
    added = [
        {"id": token, "content": text, "special": text.startswith("<|")}
        for token, text in enumerate(MARKERS)
    ]
    (folder / "genai_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "model.onnx").write_bytes(b"onnx")
    (folder / "model.onnx.data").write_bytes(b"weights")
    (folder / "tokenizer.json").write_text(json.dumps({"added_tokens": added}), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text("{}", encoding="utf-8")
    template = "<|system|><|user|><|assistant|><|end|>"
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder


def encode(text: str) -> list[int]:
    """Tokens of `text`, markers recognised as a real tokenizer does."""
    tokens: list[int] = []
    while text:
        found = [(text.find(marker), n) for n, marker in enumerate(MARKERS) if marker in text]
        at, token = min(found, default=(len(text), -1))
        tokens += [FIRST_BYTE + byte for byte in text[:at].encode()]
        if token >= 0:
            tokens.append(token)
            at += len(MARKERS[token])
        text = text[at:]
    return tokens


def chat_template(messages: Sequence[Mapping[str, str]], answer: bool) -> str:
    text = "".join(f"<|{m['role']}|>{m['content']}<|end|>" for m in messages)
    return text + ("<|assistant|>" if answer else "")


def fails(code: ErrorCode = ErrorCode.MODEL_BROKEN) -> AppError:
    return AppError("It failed.", "Try again.", code=code)


class FakeModel:
    """Answers every question with `answer(prompt)` and counts what it is asked to do."""

    def __init__(
        self,
        answer: str | Callable[[str], str] = "Hello.",
        *,
        device: str = "cpu",
        template: Callable[[Sequence[Mapping[str, str]], bool], str] = chat_template,
        goes_on: bool = True,
        can_rewind: bool = True,
    ) -> None:
        self.answer = answer
        self.device = device
        self.template = template
        self.goes_on = goes_on
        self.can_rewind = can_rewind
        self.end_tokens = frozenset({END})
        self.generators: list[FakeGenerator] = []
        self.renders = 0
        self.refuse_generator: Callable[[int], bool] = lambda _length: False
        self.fail_after: int | None = None

    def render(self, messages: Sequence[Mapping[str, str]], *, answer: bool = True) -> str:
        self.renders += 1
        return self.template(messages, answer)

    def encode(self, text: str) -> list[int]:
        return encode(text)

    def new_stream(self) -> Callable[[int], str]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def decode(token: int) -> str:
            if token >= FIRST_BYTE:
                return decoder.decode(bytes([token - FIRST_BYTE]))
            return "" if MARKERS[token].startswith("<|") else MARKERS[token]

        return decode

    def new_generator(self, max_length: int, drawing: Drawing = GREEDY) -> FakeGenerator:
        if self.refuse_generator(max_length):
            raise fails(ErrorCode.OUT_OF_MEMORY)
        self.generators.append(FakeGenerator(self, max_length, drawing))
        return self.generators[-1]

    @property
    def read_pieces(self) -> list[int]:
        """Sizes of all pieces that were read, in the order of the generators."""
        return [size for generator in self.generators for size in generator.pieces]


class FakeGenerator:
    """Continues the text behind the last "<|assistant|>" with the scripted answer."""

    def __init__(self, model: FakeModel, max_length: int, drawing: Drawing) -> None:
        self._model = model
        self.max_length = max_length
        self.drawing = drawing
        self.drawn = 0
        self.tokens: list[int] = []
        self.pieces: list[int] = []
        self.rewinds: list[int] = []
        self.forced = 0
        self._steps = 0

    def append(self, tokens: Sequence[int]) -> None:
        if self.tokens and not self._model.goes_on:
            raise fails()
        assert len(self.tokens) + len(tokens) <= self.max_length
        self.tokens += tokens
        self.pieces.append(len(tokens))

    def rewind(self, length: int) -> None:
        if not self._model.can_rewind:
            raise fails()
        assert 0 <= length <= len(self.tokens)
        self.rewinds.append(length)
        del self.tokens[length:]

    def next(self) -> int:
        self.drawn += 1
        token = int(self.logits().argmax())
        self.tokens.append(token)
        assert len(self.tokens) <= self.max_length
        return token

    def force(self, token: int) -> None:
        self.forced += 1
        self.tokens.append(token)

    def logits(self) -> NDArray[np.float32]:
        self._steps += 1
        if self._model.fail_after is not None and self._steps > self._model.fail_after:
            raise fails()
        assistant = MARKERS.index("<|assistant|>")
        scores = np.zeros(VOCABULARY, dtype=np.float32)
        if assistant not in self.tokens:
            return scores
        start = len(self.tokens) - self.tokens[::-1].index(assistant)
        answer = self._model.answer
        text = answer if isinstance(answer, str) else answer(_text(self.tokens[:start]))
        rest = [*encode(text), END][len(self.tokens) - start :]
        scores[rest[0] if rest else END] = 30.0
        return scores


def _text(tokens: Sequence[int]) -> str:
    return b"".join(
        MARKERS[t].encode() if t < FIRST_BYTE else bytes([t - FIRST_BYTE]) for t in tokens
    ).decode(errors="replace")


class FakeRuntime:
    """Loads the models it is given, by device; a device without one fails with `errors`."""

    def __init__(self, *models: FakeModel, errors: Mapping[str, ErrorCode] | None = None) -> None:
        self._models = {model.device: model for model in models}
        self._errors = errors or {}
        self.loads: list[tuple[Path, str]] = []
        self.threads: list[int] = []

    def load(self, folder: Path, device: str, threads: int = 0) -> FakeModel:
        self.loads.append((folder, device))
        self.threads.append(threads)
        if device in self._errors:
            raise fails(self._errors[device])
        return self._models[device]


def job(folder: Path, *said: str, system: str = "", **options: Any) -> GenerateJob:
    """A greedy job with user and assistant messages in turn; `options` override its fields
    and parameters."""
    roles = (Role.USER, Role.ASSISTANT)
    messages = [Message(roles[at % 2], text) for at, text in enumerate(said)]
    if system:
        messages.insert(0, Message(Role.SYSTEM, system))
    names = {"device", "context_limit", "messages", "model_folder", "threads"}
    fields = {name: options.pop(name) for name in names & options.keys()}
    return GenerateJob(
        **{
            "model_folder": str(folder),
            "model_id": "fake",
            "device": "cpu",
            "messages": tuple(messages),
            "parameters": GenerationParameters(**{"temperature": 0.0, **options}),
            **fields,
        }
    )
