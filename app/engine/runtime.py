"""The only door to onnxruntime-genai: a thin typed wrapper, and its failures put into words."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

import numpy as np

from app.engine.binding import genai
from app.engine.bounds import Bounds, NoBounds
from app.engine.faults import Phase, in_words
from app.engine.plugins import Plugins
from app.engine.sampling import Drawing

if TYPE_CHECKING:
    from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

# What the runtime calls a device that the settings name.
PROVIDERS: Mapping[str, str] = {"cuda": "cuda", "dml": "DML"}


class TokenGenerator(Protocol):
    """One token sequence and its key-value cache. Every method raises `AppError`."""

    def append(self, tokens: Sequence[int]) -> None:
        """Read `tokens` (at least one) behind the sequence. On some devices only once."""

    def rewind(self, length: int) -> None:
        """Forget all but the first `length` tokens."""

    def next(self) -> int:
        """Draw the next token as it was made to; it is read by the next call of `next`."""

    def logits(self) -> NDArray[np.float32]:
        """The scores of the next token, one for each token of the vocabulary."""

    def force(self, token: int) -> None:
        """Go on with `token` where `append` works only once; it is read by `logits`."""


class LoadedRuntime(Protocol):
    """A model in memory with its tokenizer. Every method raises `AppError`."""

    @property
    def device(self) -> str:
        """The execution provider in use: "cpu", "cuda", "dml" or that of a plugin."""

    @property
    def end_tokens(self) -> frozenset[int]:
        """The tokens that end an answer."""

    def render(self, messages: Sequence[Mapping[str, str]], *, answer: bool = True) -> str:
        """The chat template applied; with `answer` up to where the model goes on."""

    def encode(self, text: str) -> list[int]:
        """The tokens of `text`, special tokens recognised, none added."""

    def new_stream(self) -> Callable[[int], str]:
        """A decoder for one answer: token in, complete characters out ("" while waiting)."""

    def new_generator(self, max_length: int, drawing: Drawing) -> TokenGenerator:
        """A new sequence with room for `max_length` tokens, drawing without a fixed seed."""


class Runtime(Protocol):
    """Loads models."""

    def load(self, folder: Path, device: str, threads: int = 0) -> LoadedRuntime:
        """Load the model of `folder` on exactly that device; raises `AppError`.

        `threads` is how many of the processor's it computes with, 0 as many as the runtime
        takes by itself.
        """


def _worded(phase: Phase) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Raise every failure as `AppError`, cut off from the original and its text."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001  (the binding raises many kinds)
                meaning = in_words(error, phase)
            raise meaning

        return call

    return wrap


# What a tokenizer is read from, the template included.
_TOKENIZER_FILES = ("*.json", "*.jinja", "*.model")


class GenaiRuntime:
    """Loads models with onnxruntime-genai, their own templates held within `bounds`."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or NoBounds()
        self._plugins = Plugins(_register)

    def load(self, folder: Path, device: str, threads: int = 0) -> LoadedRuntime:
        """See `Runtime.load`."""
        self._bounds.allow_for(device)
        model = self._model(folder, device, threads)
        size = sum(f.stat().st_size for name in _TOKENIZER_FILES for f in folder.glob(name))
        with self._bounds.template_work(size):
            return self._with_tokenizer(model, device)

    @_worded(Phase.LOADING)
    def _model(self, folder: Path, device: str, threads: int) -> Any:
        og = genai()
        config = og.Config(str(folder))
        config.clear_providers()
        if device != "cpu":
            # One that nothing brings is asked for by its own name, and refused by the runtime.
            provider = PROVIDERS.get(device) or self._plugins.provider(device) or device
            config.append_provider(provider)
        if threads:
            options = {"intra_op_num_threads": threads}
            config.overlay(json.dumps({"model": {"decoder": {"session_options": options}}}))
        return og.Model(config)

    @_worded(Phase.TOKENIZER)
    def _with_tokenizer(self, model: Any, device: str) -> LoadedRuntime:
        return _GenaiModel(model, genai().Tokenizer(model), device, self._bounds)


def _register(name: str, library: str) -> None:
    genai().register_execution_provider_library(name, library)


class _GenaiModel:
    """See `LoadedRuntime`."""

    def __init__(self, model: Any, tokenizer: Any, device: str, bounds: Bounds) -> None:
        self._bounds = bounds
        self._model = model
        self._tokenizer = tokenizer
        self.device = device
        ends = getattr(tokenizer, "eos_token_ids", ())
        self.end_tokens = frozenset(int(token) for token in ends)
        bos = getattr(tokenizer, "bos_token_id", None)
        self._bos = None if bos is None else int(bos)
        if hasattr(tokenizer, "update_options"):
            tokenizer.update_options(add_special_tokens="false", skip_special_tokens="true")

    @_worded(Phase.TEMPLATE)
    def render(self, messages: Sequence[Mapping[str, str]], *, answer: bool = True) -> str:
        conversation = json.dumps(list(messages))
        with self._bounds.template_work(len(conversation)):
            text: str = self._tokenizer.apply_chat_template(
                conversation, add_generation_prompt=answer
            )
        return text

    @_worded(Phase.GENERATING)
    def encode(self, text: str) -> list[int]:
        with self._bounds.template_work(len(text)):
            tokens: list[int] = self._tokenizer.encode(text).tolist()
        # The template wrote the start token already; a tokenizer that insists adds it again.
        if len(tokens) > 1 and tokens[0] == tokens[1] == self._bos:
            del tokens[0]
        return tokens

    @_worded(Phase.GENERATING)
    def new_stream(self) -> Callable[[int], str]:
        stream = self._tokenizer.create_stream()

        def decode(token: int) -> str:
            try:
                piece: str = stream.decode(token)
            except (UnicodeDecodeError, RuntimeError):
                return ""  # Vocabularies are padded with tokens that have no text.
            return piece

        return decode

    @_worded(Phase.GENERATING)
    def new_generator(self, max_length: int, drawing: Drawing) -> TokenGenerator:
        og = genai()
        self._bounds.allow_for(self.device)
        params = og.GeneratorParams(self._model)
        # All are set, whatever the folder's own defaults are. They count for good: changing
        # them later changes some of them and not others (app/README.md, "Traps").
        params.set_search_options(
            max_length=max_length,
            min_length=0,
            num_beams=1,
            num_return_sequences=1,
            no_repeat_ngram_size=0,
            do_sample=drawing.temperature > 0,
            temperature=drawing.temperature or 1.0,
            top_p=drawing.top_p,
            top_k=drawing.top_k,
            repetition_penalty=drawing.repetition_penalty,
        )
        return _GenaiGenerator(og.Generator(self._model, params))


class _GenaiGenerator:
    """See `TokenGenerator`."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    @_worded(Phase.GENERATING)
    def append(self, tokens: Sequence[int]) -> None:
        self._generator.append_tokens(np.asarray(tokens, dtype=np.int32))

    @_worded(Phase.GENERATING)
    def rewind(self, length: int) -> None:
        self._generator.rewind_to(length)

    @_worded(Phase.GENERATING)
    def next(self) -> int:
        self._generator.generate_next_token()
        return int(self._generator.get_next_tokens()[0])

    @_worded(Phase.GENERATING)
    def logits(self) -> NDArray[np.float32]:
        scores = self._generator.get_logits()
        last: NDArray[np.float32] = scores.reshape(-1, scores.shape[-1])[-1]
        return last

    @_worded(Phase.GENERATING)
    def force(self, token: int) -> None:
        scores = np.full(self._generator.get_logits().shape, -1e9, dtype=np.float32)
        scores[..., token] = 0
        self._generator.set_logits(scores)
        self._generator.generate_next_token()
