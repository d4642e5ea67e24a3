"""Draws that come in batches: kept, and estimated together.

What is left out of a coefficient is a draw or a cluster of all batches, so the draws are kept and not their sums: the
estimate has the bits of one call with all of them, however they were split.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from greeks.errors import UsageError
from greeks.results.estimate import Estimate
from greeks.score_function import GradientEstimate, score_function_estimate


class ScoreDraws:
    """Values and scores added batch by batch; memory grows with the draws.

    Verified against one call with all draws, bit for bit, also where clusters span batches.
    """

    def __init__(self) -> None:
        self._batches: dict[str, list[npt.NDArray[Any]]] = {}

    def add(self, values: npt.ArrayLike, scores: npt.ArrayLike, **given: npt.ArrayLike) -> None:
        """Add a batch; nothing of it is kept where it is refused.

        Parameters
        ----------
        values, scores : array_like, shapes (n,) and (n,) or (n, p)
        **given : array_like
            ``controls``, ``pathwise``, ``weights``, ``clusters``, as in :func:`score_function_estimate`; the same ones
            in every batch. A label of a cluster means the same cluster in all batches.

        Raises
        ------
        UsageError
            If a batch is not as long throughout, or not made as the first.
        """
        unknown = sorted(set(given) - {"controls", "pathwise", "weights", "clusters"})
        if unknown:
            raise UsageError(f"{unknown[0]} is no part of a batch: write controls, pathwise, weights or clusters")
        try:
            batch = {name: np.array(x) for name, x in {"values": values, "scores": scores, **given}.items()}
        except ValueError:
            raise UsageError("a batch holds what is no array: write one number for each draw") from None
        if any(x.shape[:1] != batch["values"].shape or x.ndim == 0 for x in batch.values()):
            shapes = ", ".join(f"{name} {x.shape}" for name, x in batch.items())
            raise UsageError(f"a batch of {shapes} is not of one length: give values (n,), and the others alike")
        if self._batches and set(batch) != set(self._batches):
            raise UsageError(f"a batch has {', '.join(batch)}, the first {', '.join(self._batches)}: give the same")
        for name, x in batch.items():
            first = self._batches[name][0] if self._batches else x
            if x.shape[1:] != first.shape[1:] or (x.dtype.kind in "US") != (first.dtype.kind in "US"):
                raise UsageError(f"{name} {x.shape} do not go with those of the first batch, {first.shape}")
        for name, x in batch.items():
            self._batches.setdefault(name, []).append(x)

    def estimate(
        self, *, baseline: bool | Literal["all"] = False, normalised: bool = False
    ) -> Estimate | GradientEstimate:
        """The estimate of all draws added so far.

        Raises
        ------
        UsageError
            As :func:`score_function_estimate`, and where no batch was added.
        """
        if not self._batches:
            raise UsageError("there are no draws: add a batch first")
        whole: dict[str, Any] = {name: np.concatenate(batches) for name, batches in self._batches.items()}
        return score_function_estimate(**whole, baseline=baseline, normalised=normalised)
