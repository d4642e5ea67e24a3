"""Scrambled Sobol points: any block of any replicate, drawn from the indices of its points.

The points are those of Joe and Kuo in the order of Gray's code, read from the table that SciPy is shipped with. Each
replicate multiplies the digits of every dimension by a random lower-triangular matrix and adds a random shift, both to
64 digits: every point is uniform, and the variance is that of Owen's nested scrambling. Both act on the direction
numbers alone, so a scrambled point costs no more than a plain one.

Source: Joe and Kuo, Constructing Sobol sequences with better two-dimensional projections (2008); Matousek, On the
L2-discrepancy for anchored boxes (1998); Owen, Variance with alternative scramblings of digital nets (2003). Verified
in the tests: the plain points have the bits of SciPy's, and every replicate is a net.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import bits_float, device, float_bits, kernel, threefry2x64
from greeks.core.elementary import inverse_normal
from greeks.core.generator import Counter, Word
from greeks.core.workspace import Array

Words: TypeAlias = npt.NDArray[np.uint64]
Index: TypeAlias = npt.NDArray[np.int64]
MOST_DIMENSIONS = 21201  # of the table
BITS = 32  # of a point's index within its replicate
_DIGITS = 64  # of a coordinate
_TOP = np.uint64(_DIGITS - 1)
_TILE = 512
_NONE, _ONE = np.uint64(0), np.uint64(1)
_POINT, _REPLICATE_SHIFT = np.uint64(2**BITS - 1), np.uint64(BITS)
_MANTISSA_SHIFT, _ONE_BITS = np.uint64(12), np.uint64(0x3FF0000000000000)
_HALF_STEP_BELOW_ONE = 1.0 - 2.0**-53


def place(replicate: int, point: int) -> int:
    """One index that says both, as the number of a path."""
    return (replicate << BITS) | point


def columns(dimensions: int) -> Words:
    """Digits that bit k of a point's index adds, the first at the top, shape (dimensions, BITS); read-only.

    In the order of Gray's code, so that bit k adds the direction numbers k and k - 1.

    Raises
    ------
    ValueError
        Beyond the dimensions of the table.
    """
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"{dimensions} dimensions: the table has {MOST_DIMENSIONS}")
    return _columns(min(1 << (dimensions - 1).bit_length(), MOST_DIMENSIONS))[:dimensions]


@lru_cache(maxsize=4)
def _columns(dimensions: int) -> Words:
    polynomials, initial = (each[:dimensions] for each in _table())
    odd = np.ones((dimensions, BITS), dtype=np.int64)
    degrees = np.array([int(each).bit_length() - 1 for each in polynomials])
    for degree in range(1, int(degrees.max()) + 1):
        rows = np.flatnonzero(degrees == degree)
        m, polynomial = np.zeros((BITS, len(rows)), dtype=np.int64), polynomials[rows]
        m[:degree] = initial[rows, :degree].T
        for j in range(degree, BITS):
            m[j] = m[j - degree]
            for k in range(1, degree + 1):
                m[j] ^= ((polynomial >> (degree - k)) & 1) * (m[j - k] << k)
        odd[rows] = m.T
    directions = odd.astype(np.uint64) << (_TOP - np.arange(BITS, dtype=np.uint64))
    directions[:, 1:] ^= directions[:, :-1].copy()
    directions.flags.writeable = False
    return directions


def _table() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Primitive polynomials and initial direction numbers, from SciPy's file."""
    from importlib.util import find_spec
    from pathlib import Path

    found = find_spec("scipy.stats")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("scipy.stats, which has the table of direction numbers")
    with np.load(Path(found.origin).parent / "_sobol_direction_numbers.npz") as table:
        return table["poly"], table["vinit"]


@kernel
def scramble(k0: Word, k1: Word, plain: Words, lower: Words, out: Words, shifts: Words) -> None:
    """Multiply the digits of every dimension by a random matrix, and draw a shift; ``lower`` is scratch of 32 words."""
    for d in range(plain.shape[0]):
        row = np.uint64(d)
        for q in range(5):
            a = np.uint64(4 * q)
            words = threefry2x64(k0, k1, a, a + _ONE, a + np.uint64(2), a + np.uint64(3), row)
            if q == 4:
                shifts[d] = words[0]
            else:
                _keep(words, 8 * q, lower)
        for j in range(BITS):  # column j of the matrix: 1 on the diagonal, random below
            digit = _ONE << (_TOP - np.uint64(j))
            lower[j] = (lower[j] & (digit - _ONE)) | digit
        for k in range(BITS):
            word, scrambled = plain[d, k], _NONE
            for j in range(k + 1):
                if (word >> (_TOP - np.uint64(j))) & _ONE:
                    scrambled ^= lower[j]
            out[d, k] = scrambled


@device
def _keep(words: Any, start: int, out: Words) -> None:
    out[start], out[start + 1], out[start + 2], out[start + 3] = words[0], words[1], words[2], words[3]
    out[start + 4], out[start + 5], out[start + 6], out[start + 7] = words[4], words[5], words[6], words[7]


@kernel
def fill_sobol(
    digits: Words, shifts: Words, dimensions: Index, first: Counter, width: int, normal: bool, out: Array
) -> None:
    """Coordinates of ``width`` points, as uniforms in (0, 1) or as normals, one row a dimension.

    ``digits`` and ``shifts`` have one entry a replicate; ``first`` is :func:`place` of the first point, whose index is
    a multiple of the width; the width is a power of two, at least 512.
    """
    replicate, start = np.int64(first[0] >> _REPLICATE_SHIFT), first[0] & _POINT
    for j in range(out.shape[0]):
        d = dimensions[j]
        of_bit = digits[replicate, d]
        for low in range(0, width, _TILE):
            index, base = start + np.uint64(low), shifts[replicate, d]
            for k in range(BITS):
                if (index >> np.uint64(k)) & _ONE:
                    base ^= of_bit[k]
            row = out[j, low : low + _TILE]
            _double(base, of_bit, row)
            if normal:
                for i in range(_TILE):
                    row[i] = inverse_normal(_uniform(row[i]))
            else:
                for i in range(_TILE):
                    row[i] = _uniform(row[i])


@device
def _double(base: Word, of_bit: Words, row: Array) -> None:
    """Digits of a tile of points, as the bits of floats: each bit of the index doubles what is there."""
    row[0] = bits_float(np.int64(base))
    done, k = 1, 0
    while done < _TILE:
        column = np.int64(of_bit[k])
        for i in range(done):
            row[done + i] = bits_float(float_bits(row[i]) ^ column)
        done, k = 2 * done, k + 1


@device
def _uniform(digits: float) -> float:
    """The upper 52 digits as a number in (0, 1), ends excluded."""
    word = np.uint64(float_bits(digits))
    return bits_float(np.int64((word >> _MANTISSA_SHIFT) | _ONE_BITS)) - _HALF_STEP_BELOW_ONE
