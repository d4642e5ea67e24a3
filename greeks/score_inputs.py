"""What the bare score-function estimator is given: arrays that go together, and what is wrong where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.core.workspace import Array
from greeks.errors import UsageError

Labels = npt.NDArray[np.intp]

FEWEST = 4


def numbers(name: str, given: Any) -> Array:
    """An array of floats; what is none is refused by its name."""
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise UsageError(f"{name} are no array of numbers: write one number for each draw") from None


def check_shapes(given: dict[str, Array]) -> None:
    """Refuse arrays that do not go with the values."""
    size = given["values"].size
    for name, array in given.items():
        fits = array.shape == given["scores"].shape if name == "pathwise" else array.shape[:1] == (size,)
        if not fits or array.ndim > (1 if name in ("values", "weights") else 2):
            raise UsageError(f"{name} {array.shape} do not go with {size} values and scores {given['scores'].shape}")
    weights = given.get("weights")
    if weights is not None and (bool((weights < 0.0).any()) or not weights.any()):
        raise UsageError("weights are negative or all 0: write density over that drawn from, for each draw")


def numbered(clusters: npt.ArrayLike | None, size: int) -> tuple[Labels | None, int]:
    """Number of the cluster of each draw, none without clusters, and how many there are."""
    if clusters is None:
        return None, size
    labels = np.asarray(clusters)
    if labels.shape != (size,) or labels.dtype == object or (labels.dtype.kind == "f" and np.isnan(labels).any()):
        raise UsageError(f"clusters {labels.shape} are no labels of {size} draws: write one number or text for each")
    names, index = np.unique(labels, return_inverse=True)
    if names.size < FEWEST:
        raise UsageError(f"{names.size} clusters have no error bar: give at least {FEWEST}")
    return index.astype(np.intp), int(names.size)


def not_finite(name: str, array: Array) -> str:
    """How many are not finite, and where the first of them is."""
    bad = ~np.isfinite(array)
    first = np.unravel_index(int(np.argmax(bad)), array.shape)
    where = ", ".join(str(int(i)) for i in first)
    text = f"{int(bad.sum())} of {array.size} {name} are not finite (the first is {array[first]} at {where})"
    return f"{text}: leave them out only if they belong to no density"
