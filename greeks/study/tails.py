"""How the contributions of a number are spread: histogram, kurtosis, and what the few largest of them make up."""

from __future__ import annotations

import numpy as np

from greeks.core.workspace import Array

TOP = 0.001  # share of the paths whose part of the sum is reported


def top_share(contributions: Array) -> float:
    """Part of the sum of absolute contributions that the largest TOP of them make up; 0 where all are 0."""
    size = np.sort(np.abs(contributions))
    count = max(1, round(TOP * len(size)))
    whole = float(size.sum())
    return float(size[-count:].sum()) / whole if whole > 0.0 else 0.0


def histogram(contributions: Array, bins: int = 60) -> list[dict[str, float]]:
    """Densities between the quantiles 0.0005 and 0.9995, so that a far outlier does not flatten the picture.

    Returns
    -------
    list of dict
        ``low``, ``high`` and ``density`` of each bin; one bin where every contribution is alike.
    """
    low, high = (float(q) for q in np.quantile(contributions, (0.0005, 0.9995)))
    if not low < high:
        return [{"low": low, "high": high, "density": 1.0}]
    counts, edges = np.histogram(contributions, bins=bins, range=(low, high))
    density = counts / (len(contributions) * (edges[1] - edges[0]))
    return [
        {"low": float(a), "high": float(b), "density": float(d)}
        for a, b, d in zip(edges[:-1], edges[1:], density, strict=True)
    ]
