"""A row filled with a constant, multiplied by one, added, or taken from 1.

NumPy does this as well, but only calls of kernels can be recorded and repeated; see ``greeks/compiler/tape.py``.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array


@kernel
def fill(value: float, n: int, out: Array) -> None:
    """``out = value``."""
    for i in range(n):
        out[i] = value


@kernel
def scaled(values: Array, factor: float, n: int, out: Array) -> None:
    """``out = factor values``."""
    for i in range(n):
        out[i] = factor * values[i]


@kernel
def add_scaled(values: Array, factor: float, n: int, out: Array) -> None:
    """``out += factor values``."""
    for i in range(n):
        out[i] = fma(factor, values[i], out[i])


@kernel
def one_minus(values: Array, n: int, out: Array) -> None:
    """``out = 1 - values``."""
    for i in range(n):
        out[i] = 1.0 - values[i]
