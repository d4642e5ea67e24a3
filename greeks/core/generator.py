"""Counter-based random numbers: Threefry2x64-20, and normals from it by Box and Muller.

A number is a function of (key, path, row): any block can be drawn by anyone at any time, and path i always has the
same numbers. Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011). Verified against the known
answers of the Random123 library.
"""

from __future__ import annotations

import hashlib
import struct
from math import sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from greeks._jit import bits_float, device, kernel
from greeks.core.elementary import log, sin_cos_turn
from greeks.workspace import Array

Word: TypeAlias = np.uint64
Counter: TypeAlias = npt.NDArray[np.uint64]
_PARITY = np.uint64(0x1BD11BDAA9FC1A22)
_R0, _R1, _R2, _R3 = np.uint64(16), np.uint64(42), np.uint64(12), np.uint64(31)
_R4, _R5, _R6, _R7 = np.uint64(16), np.uint64(32), np.uint64(24), np.uint64(21)
_WORD = np.uint64(64)
_MANTISSA_SHIFT = np.uint64(12)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_HALF_STEP_BELOW_ONE = 1.0 - 2.0**-53
_TILE = 512


def stream_key(seed: int, *words: str | float) -> tuple[int, int]:
    """Two 64-bit words from a seed and anything that names a stream.

    Parameters
    ----------
    seed : int
        In [0, 2^63).
    *words : str or float
        Encoded with type and length, so that no two lists collide by concatenation.

    Returns
    -------
    tuple of int
        Key for :func:`fill_normals`.
    """
    digest = hashlib.blake2b(struct.pack("<Q", seed), digest_size=16)
    for word in words:
        encoded = word.encode() if isinstance(word, str) else struct.pack("<d", word)
        digest.update(struct.pack("<cQ", b"s" if isinstance(word, str) else b"f", len(encoded)) + encoded)
    return struct.unpack("<QQ", digest.digest())


def first_of(path: int) -> Counter:
    """The index of a block's first path, in an array: kernels called again read it anew."""
    return np.array([path], dtype=np.uint64)


def fill_normals(
    key0: int, key1: int, first_path: Counter, row0: int, out: Array, width: int | None = None
) -> None:
    """Fill the first ``width`` columns of ``out`` with standard normals.

    Parameters
    ----------
    key0, key1 : int
        From :func:`stream_key`.
    first_path : ndarray, shape (1,)
        Index of the block's first path, a multiple of the (even) width; see :func:`first_of`.
    row0 : int
        Counter of the first row: a step and factor of the simulation.
    out : ndarray, shape (rows, width or more)
    width : int, optional
        Default: all columns. Path i of a block shares its draw with path i + width / 2.
    """
    _fill_normals(np.uint64(key0), np.uint64(key1), first_path, np.uint64(row0), out, width or out.shape[1])


def fill_uniforms(
    key0: int, key1: int, first_path: Counter, row0: int, out: Array, width: int | None = None
) -> None:
    """Fill the first ``width`` columns of ``out`` with uniforms in the open interval (0, 1); as :func:`fill_normals`."""
    _fill_uniforms(np.uint64(key0), np.uint64(key1), first_path, np.uint64(row0), out, width or out.shape[1])


@device
def threefry2x64(k0: Word, k1: Word, c0: Word, c1: Word) -> tuple[Word, Word]:
    """Twenty rounds of Threefry on a two-word counter, in unsigned 64-bit arithmetic."""
    k2 = _PARITY ^ k0 ^ k1
    x, y = _four_rounds(c0 + k0, c1 + k1, _R0, _R1, _R2, _R3)
    x, y = _four_rounds(x + k1, y + k2 + np.uint64(1), _R4, _R5, _R6, _R7)
    x, y = _four_rounds(x + k2, y + k0 + np.uint64(2), _R0, _R1, _R2, _R3)
    x, y = _four_rounds(x + k0, y + k1 + np.uint64(3), _R4, _R5, _R6, _R7)
    x, y = _four_rounds(x + k1, y + k2 + np.uint64(4), _R0, _R1, _R2, _R3)
    return x + k2, y + k0 + np.uint64(5)


@device
def _four_rounds(x: Word, y: Word, a: Word, b: Word, c: Word, d: Word) -> tuple[Word, Word]:
    x += y
    y = ((y << a) | (y >> (_WORD - a))) ^ x
    x += y
    y = ((y << b) | (y >> (_WORD - b))) ^ x
    x += y
    y = ((y << c) | (y >> (_WORD - c))) ^ x
    x += y
    y = ((y << d) | (y >> (_WORD - d))) ^ x
    return x, y


@kernel
def _fill_normals(k0: Word, k1: Word, first_path: Counter, row0: Word, out: Array, width: int) -> None:
    half, first = width // 2, first_path[0]
    for row in range(out.shape[0]):
        c1 = row0 + np.uint64(row)
        for low in range(0, half, _TILE):
            high = min(low + _TILE, half)
            left, right, start = out[row, low:high], out[row, half + low : half + high], first + np.uint64(low)
            # Two loops: the rounds of Threefry wait for each other, and so do the terms of a polynomial. A processor
            # hides that by working on the next paths meanwhile, but sees too few of them if a path takes too long.
            for m in range(high - low):
                a, b = threefry2x64(k0, k1, start + np.uint64(m), c1)
                left[m], right[m] = _from_one_to_two(a), _from_one_to_two(b)
            for m in range(high - low):
                # One draw gives two paths; 2 - f is in (0, 1], so the logarithm is finite.
                radius = sqrt(-2.0 * log(2.0 - left[m]))
                sine, cosine = sin_cos_turn(right[m] - 1.0)
                left[m], right[m] = radius * cosine, radius * sine


@device
def _from_one_to_two(bits: Word) -> float:
    """The upper 52 bits as a number in [1, 2)."""
    return bits_float(np.int64((bits >> _MANTISSA_SHIFT) | _ONE_BITS))


@kernel
def _fill_uniforms(k0: Word, k1: Word, first_path: Counter, row0: Word, out: Array, width: int) -> None:
    half, first = width // 2, first_path[0]
    for row in range(out.shape[0]):
        c1 = row0 + np.uint64(row)
        for m in range(half):
            a, b = threefry2x64(k0, k1, first + np.uint64(m), c1)
            out[row, m] = _from_one_to_two(a) - _HALF_STEP_BELOW_ONE
            out[row, m + half] = _from_one_to_two(b) - _HALF_STEP_BELOW_ONE
