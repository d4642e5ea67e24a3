"""Kernels that assemble contributions from values, weights and derivatives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greeks._jit import fma, kernel
from greeks.workspace import Array

Index = npt.NDArray[np.int64]


@kernel
def product_rows(values: Array, weights: Array, index: Index, shift: Array, scale: float, n: int, out: Array) -> None:
    """``out[k] = scale values (weights[index[k]] + shift[k])``; an index of -1 stands for a weight of 0."""
    for k in range(index.shape[0]):
        constant, target = scale * shift[k], out[k]
        if index[k] < 0:
            for i in range(n):
                target[i] = constant * values[i]
        else:
            row = weights[index[k]]
            for i in range(n):
                target[i] = values[i] * fma(scale, row[i], constant)


@kernel
def sum_rows(values: Array, slopes: Array, index: Index, shift: Array, scale: float, n: int, out: Array) -> None:
    """``out[k] = scale (slopes[index[k]] + shift[k] values)``; an index of -1 stands for a slope of 0."""
    for k in range(index.shape[0]):
        constant, target = scale * shift[k], out[k]
        if index[k] < 0:
            for i in range(n):
                target[i] = constant * values[i]
        else:
            row = slopes[index[k]]
            for i in range(n):
                target[i] = fma(constant, values[i], scale * row[i])


@kernel
def add_scaled(values: Array, factor: float, n: int, out: Array) -> None:
    """``out += factor values``."""
    for i in range(n):
        out[i] = fma(factor, values[i], out[i])
