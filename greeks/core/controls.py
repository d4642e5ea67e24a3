"""A row less what a control of known mean 0 explains of it: the same mean, a smaller variance.

The slope is that of least squares on the paths of a block. Its own noise leaves a bias of order 1 / n of the part that
is explained, and an error too small by 1 / (2 n). Several controls are made orthogonal first, by the same function.
Source: Glasserman, Monte Carlo Methods in Financial Engineering (2003), section 4.1. Verified against NumPy's least
squares.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array

FEWEST = 256  # paths of a block: with fewer, two slopes are noise of up to 1 % of the variance
LEAST = 1e-16  # variance of a control of size 1 below which it may be rounding: of mean 0 no more


@kernel
def remove(control: Array, n: int, row: Array) -> None:
    """``row -= slope control``; a control without variance, or whose moments overflow, explains nothing."""
    centre, middle = 0.0, 0.0
    for i in range(n):
        centre += control[i]
        middle += row[i]
    centre /= n
    middle /= n
    square, product = 0.0, 0.0
    for i in range(n):
        d = control[i] - centre
        square = fma(d, d, square)
        product = fma(d, row[i] - middle, product)
    slope = product / square if square > LEAST * n else 0.0
    if slope - slope == 0.0:
        for i in range(n):
            row[i] = fma(-slope, control[i], row[i])
