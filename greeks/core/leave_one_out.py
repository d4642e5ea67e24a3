"""Control variates of mean 0 whose coefficients come from the other draws alone, so that the mean stays unbiased.

Source: the downdate of least squares, beta_(i) = beta - A^-1 x_i e_i / (1 - h_i), Cook and Weisberg, Residuals and
Influence in Regression (1982). Verified against a loop that leaves out each draw in turn.
"""

from __future__ import annotations

import numpy as np

from greeks.core.workspace import Array

_LEVERAGE = 1e-8  # of the whole: what is left when one draw has nearly all of it, and is fitted anew
_RANK = 1e-10  # of the largest singular value: a combination of controls below it is none


def scalar_control(y: Array, z: Array) -> Array:
    """Contributions y_i - b_i z_i, with b_i = sum_{j != i} y_j z_j / sum_{j != i} z_j^2.

    Parameters
    ----------
    y, z : ndarray, shape (n,)
        Contributions and their control, of mean 0.

    Returns
    -------
    ndarray, shape (n,)
        ``y`` itself where the other controls are all 0.
    """
    square, product = z * z, y * z
    total = square.sum()
    rest, weighted = total - square, product.sum() - product
    for i in np.flatnonzero(rest <= _LEVERAGE * total) if total > 0.0 else ():  # one draw at most, but for zeros
        others = np.arange(y.size) != i
        rest[i], weighted[i] = square[others].sum(), product[others].sum()
    slope = np.zeros_like(y)
    np.divide(weighted, rest, out=slope, where=rest > 0.0)
    out: Array = y - slope * z
    return out


def controlled(y: Array, controls: Array) -> Array:
    """Contributions y_i - z_i beta_(i), with the slopes beta_(i) of a regression with intercept on the other draws.

    Parameters
    ----------
    y : ndarray, shape (n,)
    controls : ndarray, shape (n, k)
        Each of mean 0; those that depend on the others add nothing.

    Returns
    -------
    ndarray, shape (n,)
    """
    scale = np.sqrt(np.mean(controls**2, axis=0))
    scaled = controls[:, scale > 0.0] / scale[scale > 0.0]
    x = np.column_stack((np.ones(y.size), scaled))
    basis, size, turned = np.linalg.svd(x, full_matrices=False)
    kept = size > _RANK * size[0]
    basis, slopes = basis[:, kept], (turned[kept].T / size[kept])[1:]  # from the basis to the slopes
    coefficients = basis.T @ y
    left = 1.0 - np.einsum("ij,ij->i", basis, basis)
    residual = y - basis @ coefficients
    own = np.einsum("ij,ij->i", scaled, basis @ slopes.T)  # z_i of draw i times its pull on the slopes
    alone = left <= _LEVERAGE
    out: Array = y - scaled @ (slopes @ coefficients) + own * residual / np.where(alone, 1.0, left)
    for i in np.flatnonzero(alone):
        others = np.arange(y.size) != i
        out[i] = y[i] - scaled[i] @ np.linalg.lstsq(x[others], y[others], rcond=_RANK)[0][1:]
    return out
