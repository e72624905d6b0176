"""Carries the blocks of a GGUF matrix over to the blocks of the operator MatMulNBits.

Both use blocks of 32 along the rows. GGUF's Q4_1 has an offset as a float, the fast kernel
an integer zero point: a weight is scale * (code - zero point). So every block gets the
scale and zero point with the smallest squared error, found by trying a few of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from gguf_file import Q4Blocks, Q8Blocks
from numpy.typing import NDArray

LEVELS = 16
_STRETCHES = np.linspace(0.86, 1.10, 13, dtype=np.float32)
_ROWS_AT_ONCE = 512

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Packed:
    """A matrix of `rows` x `columns` as MatMulNBits takes it.

    codes: uint8 of shape (rows, blocks, bytes in a block); scales: float32 (rows, blocks);
    zero_points: uint8 (rows, half of the blocks), None where 128 is meant (8 bits).
    """

    rows: int
    columns: int
    bits: int
    codes: Bytes
    scales: Floats
    zero_points: Bytes | None


def four_bits(weights: Floats) -> Packed:
    """`weights` of shape (rows, blocks, 32) in 4 bits, each block with a zero point."""
    parts = [
        _fit(weights[start : start + _ROWS_AT_ONCE])
        for start in range(0, len(weights), _ROWS_AT_ONCE)
    ]
    scales, zeros, codes = (np.concatenate(part) for part in zip(*parts, strict=True))
    rows, blocks, size = weights.shape
    if blocks % 2:
        zeros = np.concatenate([zeros, np.zeros((rows, 1), np.uint8)], axis=-1)
    return Packed(rows, blocks * size, 4, _halves(codes), scales, _halves(zeros))


def eight_bits(weights: Floats) -> Packed:
    """`weights` of shape (rows, blocks, 32) in 8 bits around 128."""
    rows, blocks, size = weights.shape
    scales = (np.abs(weights).max(axis=-1) / 127).astype(np.float32)
    codes = np.rint(weights / np.maximum(scales, 1e-12)[..., None]) + 128
    return Packed(rows, blocks * size, 8, codes.astype(np.uint8), scales, None)


def widen(blocks: Q4Blocks | Q8Blocks) -> Floats:
    """The weights as float32 of shape (rows, blocks, 32)."""
    if isinstance(blocks, Q8Blocks):
        return blocks.scale[..., None] * blocks.codes
    return blocks.scale[..., None] * blocks.codes + blocks.offset[..., None]


def _fit(weights: Floats) -> tuple[Floats, Bytes, Bytes]:
    """Scales, zero points and codes of some rows with the least squared error found."""
    low = np.minimum(weights.min(axis=-1), 0)
    high = np.maximum(weights.max(axis=-1), 0)
    step = np.maximum((high - low) / (LEVELS - 1), 1e-8).astype(np.float32)
    best = np.full(step.shape, np.inf, np.float32)
    scales = np.zeros_like(step)
    zeros = np.zeros(step.shape, np.uint8)
    codes = np.zeros(weights.shape, np.uint8)
    for nearest in (np.floor, np.ceil):
        zero = np.clip(nearest(-low / step), 0, LEVELS - 1)[..., None]
        for stretch in _STRETCHES:
            code = np.clip(np.rint(weights / (step * stretch)[..., None]) + zero, 0, LEVELS - 1)
            level = code - zero
            # For given codes the best scale is the one of least squares.
            scale = (weights * level).sum(-1) / np.maximum((level * level).sum(-1), 1e-9)
            error = ((level * scale[..., None] - weights) ** 2).sum(-1)
            better = error < best
            best = np.where(better, error, best)
            scales = np.where(better, scale, scales)
            zeros = np.where(better, zero[..., 0], zeros).astype(np.uint8)
            codes = np.where(better[..., None], code, codes).astype(np.uint8)
    return scales.astype(np.float32), zeros, codes


def _halves(codes: Bytes) -> Bytes:
    """Two codes in a byte, the first one in its low half."""
    return codes[..., 0::2] | (codes[..., 1::2] << 4)
