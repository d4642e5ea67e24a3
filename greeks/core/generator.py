"""Counter-based random numbers: uniforms from Threefry, and normals from them by Box and Muller.

A number is a function of (key, path, row): any block can be drawn by anyone at any time, and path i always has the
same numbers. Source: Box and Muller, A note on the generation of random normal deviates (1958). Verified against the
NumPy reference implementation in the tests, which is held against the known answers of Random123.
"""

from __future__ import annotations

import hashlib
import struct
from math import sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import bits_float, device, kernel, threefry2x64
from greeks.core.elementary import log, sin_cos_turn
from greeks.core.workspace import Array

Word: TypeAlias = np.uint64
Counter: TypeAlias = npt.NDArray[np.uint64]
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


def fill_normals(key0: int, key1: int, first_path: Counter, row0: int, out: Array, width: int | None = None) -> None:
    """Fill the first ``width`` columns of ``out`` with standard normals.

    Parameters
    ----------
    key0, key1 : int
        From :func:`stream_key`.
    first_path : ndarray, shape (1,)
        Index of the block's first path, a multiple of the width; see :func:`first_of`.
    row0 : int
        Counter of the first row: a step and factor of the simulation.
    out : ndarray, shape (rows, width or more)
    width : int, optional
        A multiple of 8; default: all columns. Path i of a block shares its draw with path i + width / 2.

    Raises
    ------
    ValueError
        If the width is no multiple of 8, or more than ``out`` has.
    """
    _fill_normals(np.uint64(key0), np.uint64(key1), first_path, np.uint64(row0), out, _checked(width, out))


def fill_uniforms(key0: int, key1: int, first_path: Counter, row0: int, out: Array, width: int | None = None) -> None:
    """Fill the first ``width`` columns of ``out`` with uniforms in (0, 1), ends excluded."""
    _fill_uniforms(np.uint64(key0), np.uint64(key1), first_path, np.uint64(row0), out, _checked(width, out))


def _checked(width: int | None, out: Array) -> int:
    width = out.shape[1] if width is None else width
    if width % 8 or width > out.shape[1]:
        raise ValueError(f"{width} paths in {out.shape[1]} columns: a multiple of 8 is needed that fits")
    return width


@device
def _from_one_to_two(bits: Word) -> float:
    """The upper 52 bits as a number in [1, 2)."""
    return bits_float(np.int64((bits >> _MANTISSA_SHIFT) | _ONE_BITS))


@device
def _draw(k0: Word, k1: Word, start: Word, row: Word, n: int, left: Array, right: Array) -> None:
    """The ``n`` draws from counter ``start`` on, as numbers in [1, 2); ``n`` is a multiple of 4."""
    quarter = n // 4
    i1, i2, i3 = quarter, 2 * quarter, 3 * quarter
    for m in range(quarter):
        a = start + np.uint64(m)
        b, c, d = a + np.uint64(i1), a + np.uint64(i2), a + np.uint64(i3)
        words = threefry2x64(k0, k1, a, b, c, d, row)
        left[m], right[m] = _from_one_to_two(words[0]), _from_one_to_two(words[4])
        left[i1 + m], right[i1 + m] = _from_one_to_two(words[1]), _from_one_to_two(words[5])
        left[i2 + m], right[i2 + m] = _from_one_to_two(words[2]), _from_one_to_two(words[6])
        left[i3 + m], right[i3 + m] = _from_one_to_two(words[3]), _from_one_to_two(words[7])


@kernel
def _fill_normals(k0: Word, k1: Word, first_path: Counter, row0: Word, out: Array, width: int) -> None:
    half, first = width // 2, first_path[0]
    for row in range(out.shape[0]):
        for low in range(0, half, _TILE):
            high = min(low + _TILE, half)
            left, right = out[row, low:high], out[row, half + low : half + high]
            # Two loops: a processor hides the waits within a path by working on the next paths meanwhile, but sees too
            # few of them if one path takes too many instructions.
            _draw(k0, k1, first + np.uint64(low), row0 + np.uint64(row), high - low, left, right)
            for m in range(high - low):
                # One draw gives two paths; 2 - f is in (0, 1], so the logarithm is finite.
                radius = sqrt(-2.0 * log(2.0 - left[m]))
                sine, cosine = sin_cos_turn(right[m] - 1.0)
                left[m], right[m] = radius * cosine, radius * sine


@kernel
def _fill_uniforms(k0: Word, k1: Word, first_path: Counter, row0: Word, out: Array, width: int) -> None:
    half, first = width // 2, first_path[0]
    for row in range(out.shape[0]):
        for low in range(0, half, _TILE):
            high = min(low + _TILE, half)
            left, right = out[row, low:high], out[row, half + low : half + high]
            _draw(k0, k1, first + np.uint64(low), row0 + np.uint64(row), high - low, left, right)
            for m in range(high - low):
                left[m] -= _HALF_STEP_BELOW_ONE
                right[m] -= _HALF_STEP_BELOW_ONE
