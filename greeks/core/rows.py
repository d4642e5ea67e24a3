"""Rows of a block filled with a constant or multiplied by one.

NumPy does this as well, but only calls of kernels can be recorded and repeated; see ``greeks/_tape.py``.
"""

from __future__ import annotations

from greeks._jit import kernel
from greeks.workspace import Array


@kernel
def fill_rows(rows: Array, value: float, n: int) -> None:
    """``value`` in the first ``n`` columns."""
    for k in range(rows.shape[0]):
        row = rows[k]
        for i in range(n):
            row[i] = value


@kernel
def scale_rows(rows: Array, factor: float, n: int, out: Array) -> None:
    """``out = factor rows`` in the first ``n`` columns."""
    for k in range(rows.shape[0]):
        row, target = rows[k], out[k]
        for i in range(n):
            target[i] = factor * row[i]
