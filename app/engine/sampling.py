"""How the next token is drawn, and the drawing where the runtime's own does not serve.

The runtime draws fastest, but its generators take parameters and seed only when they are made,
and a kept sequence must serve any of them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.core.errors import AppError, ErrorCode
from app.core.messages import GenerationParameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Tokens = NDArray[np.int64]

# Scores are looked through in columns of this height: the best k lie in the k columns with the
# best maxima.
_HEIGHT = 64
# The runtime forgets `top_p` where `top_k` is 0 (app/README.md, "Traps").
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The parameters that a generator is made for; `temperature` 0 is greedy."""

    temperature: float
    top_p: float
    top_k: int
    repetition_penalty: float

    @classmethod
    def of(cls, parameters: GenerationParameters) -> Drawing:
        """Equal for parameters that draw alike, seeds aside."""
        greedy = parameters.temperature == 0 or parameters.top_p == 0 or parameters.top_k == 1
        return cls(
            temperature=0.0 if greedy else parameters.temperature,
            top_p=1.0 if greedy else parameters.top_p,
            top_k=0 if greedy else parameters.top_k,
            repetition_penalty=parameters.repetition_penalty,
        )


GREEDY = Drawing(temperature=0.0, top_p=1.0, top_k=0, repetition_penalty=1.0)


def needs_sampler(parameters: GenerationParameters, generator: Drawing) -> bool:
    """Whether a generator made for `generator` cannot draw as `parameters` say."""
    wanted = Drawing.of(parameters)
    if wanted.temperature > 0 and (parameters.seed is not None or not 0 < wanted.top_k <= _MOST):
        return True
    return wanted != generator


class Sampler:
    """Chooses tokens of one answer.

    `prompt` counts for the repetition penalty. Equal seeds and equal scores give equal tokens.
    """

    def __init__(self, parameters: GenerationParameters, prompt: Sequence[int]) -> None:
        self._temperature = parameters.temperature
        self._top_p = parameters.top_p
        self._top_k = parameters.top_k
        self._penalty = np.float32(parameters.repetition_penalty)
        self._random = random.Random(parameters.seed)  # noqa: S311  (no secret)
        self._kept = np.empty(0, dtype=np.float32)
        self._seen: set[int] = set(prompt) if self._penalty != 1 else set()
        self._seen_array: Tokens = np.fromiter(self._seen, np.int64, len(self._seen))

    def choose(self, scores: Scores) -> int:
        """The next token; raises `AppError` where the model's scores are no numbers."""
        if not np.isfinite(scores.max()):
            raise AppError(
                "The model gave no usable numbers on this device.",
                "Choose the device “cpu” in the settings, or another model.",
                code=ErrorCode.MODEL_BROKEN,
            )
        if self._penalty != 1:
            scores = self._penalised(scores)
        token = self._draw(scores) if self._temperature > 0 else int(scores.argmax())
        if self._penalty != 1 and token not in self._seen:
            self._seen.add(token)
            self._seen_array = np.append(self._seen_array, token)
        return token

    def _penalised(self, scores: Scores) -> Scores:
        scores = scores.copy()
        seen = scores[self._seen_array]
        scores[self._seen_array] = np.where(seen < 0, seen * self._penalty, seen / self._penalty)
        return scores

    def _draw(self, scores: Scores) -> int:
        if 0 < self._top_k < len(scores):
            candidates = _best(scores, self._top_k)
            return self._pick(candidates, self._weights(scores[candidates]), None)
        weights = self._weights(scores)
        if self._top_p >= 1:
            return self._pick(None, weights, None)
        # All tokens below the border together weigh less than what `top_p` leaves out, so that
        # only the others need to be sorted.
        total = float(weights.sum(dtype=np.float64))
        border = total * (1 - self._top_p) / len(weights)
        candidates = np.flatnonzero(weights >= min(border, weights.max()))
        candidates = candidates[np.argsort(-weights[candidates], kind="stable")]
        return self._pick(candidates, weights[candidates], total)

    def _pick(self, tokens: Tokens | None, weights: Scores, total: float | None) -> int:
        """Draw from `tokens` (None: all of them), best first; `total` is the weight of all."""
        sums = np.cumsum(weights, dtype=np.float64)
        kept = len(sums)
        if self._top_p < 1:
            wanted = self._top_p * (float(sums[-1]) if total is None else total)
            kept = min(int(np.searchsorted(sums, wanted)) + 1, kept)
        drawn = np.searchsorted(sums, self._random.random() * sums[kept - 1], side="right")
        at = min(int(drawn), kept - 1)
        return at if tokens is None else int(tokens[at])

    def _weights(self, scores: Scores) -> Scores:
        # Into one array kept for all tokens: getting a new one costs more than the sums.
        if len(self._kept) < len(scores):
            self._kept = np.empty(len(scores), dtype=np.float32)
        weights = self._kept[: len(scores)]
        np.subtract(scores, scores.max(), out=weights)
        weights /= np.float32(self._temperature)
        return np.exp(weights, out=weights)


def _best(scores: Scores, count: int) -> Tokens:
    """The `count` best tokens, best first."""
    width = len(scores) // _HEIGHT
    tokens: Tokens
    if count * 4 < width:
        maxima = scores[: width * _HEIGHT].reshape(_HEIGHT, width).max(axis=0)
        columns = np.argpartition(maxima, -count)[-count:]
        rest = np.arange(width * _HEIGHT, len(scores))
        grid = columns + np.arange(0, width * _HEIGHT, width)[:, None]
        tokens = np.concatenate([grid.ravel(), rest])
    else:
        tokens = np.arange(len(scores))
    values = scores[tokens]
    if count < len(tokens):
        top = np.argpartition(values, -count)[-count:]
        tokens, values = tokens[top], values[top]
    order: Tokens = tokens[np.lexsort((tokens, -values))]
    return order
