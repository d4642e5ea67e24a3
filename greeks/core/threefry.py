"""Threefry2x64-20: two random words from a two-word key and a two-word counter.

Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011). Verified against the known answers of the
Random123 library.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from greeks._jit import device

Word: TypeAlias = np.uint64
Four: TypeAlias = tuple[Word, Word, Word, Word]
_PARITY = np.uint64(0x1BD11BDAA9FC1A22)
_R0, _R1, _R2, _R3 = np.uint64(16), np.uint64(42), np.uint64(12), np.uint64(31)
_R4, _R5, _R6, _R7 = np.uint64(16), np.uint64(32), np.uint64(24), np.uint64(21)
_WORD = np.uint64(64)


@device
def threefry2x64(k0: Word, k1: Word, c0: Word, c1: Word) -> tuple[Word, Word]:
    """Twenty rounds, in unsigned 64-bit arithmetic."""
    x, y = threefry2x64_four(k0, k1, (c0, c0, c0, c0), c1)
    return x[0], y[0]


@device
def threefry2x64_four(k0: Word, k1: Word, c0: Four, c1: Word) -> tuple[Four, Four]:
    """Four counters at once: a round waits for the one before it, so one counter alone leaves a processor idle."""
    k2 = _PARITY ^ k0 ^ k1
    x, y = _four_rounds(_plus(c0, k0), _plus((c1, c1, c1, c1), k1), _R0, _R1, _R2, _R3)
    x, y = _four_rounds(_plus(x, k1), _plus(y, k2 + np.uint64(1)), _R4, _R5, _R6, _R7)
    x, y = _four_rounds(_plus(x, k2), _plus(y, k0 + np.uint64(2)), _R0, _R1, _R2, _R3)
    x, y = _four_rounds(_plus(x, k0), _plus(y, k1 + np.uint64(3)), _R4, _R5, _R6, _R7)
    x, y = _four_rounds(_plus(x, k1), _plus(y, k2 + np.uint64(4)), _R0, _R1, _R2, _R3)
    return _plus(x, k2), _plus(y, k0 + np.uint64(5))


@device
def _four_rounds(x: Four, y: Four, a: Word, b: Word, c: Word, d: Word) -> tuple[Four, Four]:
    x, y = _round(x, y, a)
    x, y = _round(x, y, b)
    x, y = _round(x, y, c)
    return _round(x, y, d)


@device
def _round(x: Four, y: Four, turn: Word) -> tuple[Four, Four]:
    a, b, c, d = x[0] + y[0], x[1] + y[1], x[2] + y[2], x[3] + y[3]
    return (a, b, c, d), (_turn(y[0], turn) ^ a, _turn(y[1], turn) ^ b, _turn(y[2], turn) ^ c, _turn(y[3], turn) ^ d)


@device
def _turn(word: Word, places: Word) -> Word:
    return (word << places) | (word >> (_WORD - places))


@device
def _plus(x: Four, word: Word) -> Four:
    return x[0] + word, x[1] + word, x[2] + word, x[3] + word
