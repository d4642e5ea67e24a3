"""A block of paths as the estimators see it: each array is computed once and shared by the trades that need it."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from greeks.core.rows import add_scaled
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent


class Sample:
    """One block of one simulation group.

    Parameters
    ----------
    model
        The market model the paths were drawn from.
    paths : Paths
    weight_greeks : tuple of str
        Greeks whose likelihood-ratio weights any trade of the group may ask for.
    workspace : Workspace
    elapsed : float, default 0
        Years by which the valuation date was moved.
    antithetic : bool, default False
        Whether estimators that average over a pair of paths by themselves should do so.
    controls : {"", "paths", "grids"}
        What estimators may take off what functions of known mean explain of: nothing, contributions, or their
        differences between two grids.
    slot : str, default ""
        Names the memory of what is shifted or reflected from here.
    """

    def __init__(
        self,
        model: Any,
        paths: Paths,
        weight_greeks: tuple[str, ...],
        workspace: Workspace,
        elapsed: float = 0.0,
        antithetic: bool = False,
        slot: str = "",
        controls: str = "",
    ) -> None:
        self.model, self.paths, self.workspace, self.elapsed = model, paths, workspace, elapsed
        self.antithetic, self.controls, self._slot = antithetic, controls, slot
        self._mirrored: Sample | None = None
        self._reflected: dict[float, Sample] = {}
        self.weight_greeks = weight_greeks
        self._weights: Array | None = None
        self._tangents: dict[str, Tangent] = {}
        self._shifted: dict[tuple[tuple[str, float], ...], Sample] = {}

    def weights(self, greeks: Sequence[str]) -> tuple[Array, npt.NDArray[np.int64]]:
        """The group's weights, and the row of each of ``greeks`` in them (-1 for the price, which has none)."""
        if self._weights is None:
            if self.weight_greeks:
                self._weights = self.paths.weights(self.weight_greeks)
            else:
                self._weights = self.workspace.array("no_weights", 1, 1)
        index = [-1 if greek == "price" else self.weight_greeks.index(greek) for greek in greeks]
        return self._weights, np.array(index, dtype=np.int64)

    def tangent(self, greek: str) -> Tangent:
        """Tangent of the log-spot for a first-order Greek."""
        if greek not in self._tangents:
            self._tangents[greek] = self.paths.tangent(greek)
        return self._tangents[greek]

    def reflected(self, factor: float) -> Sample:
        """The antithetic partner (-1) of these paths, or the centre (0) of the pair."""
        if factor not in self._reflected:
            slot = f"{self._slot}reflected{len(self._reflected)}"
            paths = self.paths.reflected(factor, slot)
            self._reflected[factor] = Sample(
                self.model, paths, self.weight_greeks, self.workspace, self.elapsed, slot=f"{slot}/",
                controls=self.controls,
            )  # fmt: skip
        return self._reflected[factor]

    def drifted(self, shift: Array) -> tuple[Sample, Array]:
        """These paths with the normal of each interval moved, and the ratio of the densities by path.

        Not kept: the next call has the same memory.
        """
        slot, own = f"{self._slot}drifted", cast(Any, self.paths)  # of models that give it
        paths, ratio = own.drifted(shift, slot)
        return Sample(self.model, paths, self.weight_greeks, self.workspace, self.elapsed, slot=f"{slot}/"), ratio

    def mirrored(self) -> Sample | None:
        """The partner whose variance is driven by the reflected random numbers, where the variance is random."""
        if self._mirrored is None:
            paths = self.paths.mirrored(f"{self._slot}mirrored")
            if paths is not None:
                self._mirrored = Sample(
                    self.model, paths, self.weight_greeks, self.workspace, self.elapsed, self.antithetic,
                    f"{self._slot}mirrored/", self.controls,
                )  # fmt: skip
        return self._mirrored

    def shifted(self, *shifts: tuple[str, float]) -> Sample:
        """The same random numbers with the parameters of one or two Greeks moved by a step each."""
        if not shifts:
            return self
        if shifts not in self._shifted:
            paths, elapsed, model = self.paths, self.elapsed, self.model
            slot = f"{self._slot}shift{len(self._shifted)}"
            for depth, (greek, step) in enumerate(shifts):
                paths = paths.shifted(greek, step, f"{slot}/{depth}")
                elapsed += step if greek == "theta" else 0.0
                model = paths.model
            self._shifted[shifts] = Sample(model, paths, (), self.workspace, elapsed)
        return self._shifted[shifts]


class Valuation:
    """One payoff on one sample: its values and directional derivatives, each computed once.

    ``slot`` names their memory.
    """

    def __init__(self, payoff: Any, sample: Sample, stride: int, slot: str = "") -> None:
        self.payoff, self.sample, self.stride, self._slot = payoff, sample, stride, slot
        self._values: dict[int, Array] = {}
        self._directional: dict[tuple[str, ...], Array] = {}
        self.met: dict[int, Array] = {}  # by date whose return was moved, which pairs of paths crossed a jump

    def discount(self, sample: Sample | None = None) -> float:
        """Discount factor from the payment date, under the given (shifted) sample; 1 of what is settled daily."""
        if self.payoff.margined:
            return 1.0
        sample = sample or self.sample
        return exp(-sample.model.rate * (self.payoff.maturity + self.payoff.lag - sample.elapsed))

    def values(self, sample: Sample | None = None) -> Array:
        """Undiscounted payments, shape (stride,)."""
        sample = sample or self.sample
        key = id(sample)
        if key not in self._values:
            out = sample.workspace.array(f"{self._slot}values{len(self._values)}", self.stride)
            self.payoff.values(sample.paths, sample.workspace, out)
            self._values[key] = out
        return self._values[key]

    def directional(self, greeks: tuple[str, ...]) -> Array:
        """Undiscounted pathwise derivatives, one row a first-order Greek."""
        if greeks not in self._directional:
            sample = self.sample
            name = f"{self._slot}directional{len(self._directional)}"
            out = sample.workspace.array(name, len(greeks), self.stride)
            tangents = [sample.tangent(greek) for greek in greeks]
            self.payoff.directional(sample.paths, self.values(), tangents, sample.workspace, out)
            for row, greek in zip(out, greeks, strict=True):
                if greek in self.payoff.explicit:
                    part = sample.workspace.array("directional/explicit", self.stride)
                    self.payoff.explicit_part(sample.paths, greek, self.values(), sample.workspace, part)
                    add_scaled(part, 1.0, sample.paths.count, row)
            self._directional[greeks] = out
        return self._directional[greeks]

    def carry(self, greek: str) -> float:
        """Logarithmic derivative of the discount factor along a Greek: what multiplies the payment itself."""
        if self.payoff.margined:
            return 0.0
        if greek == "rho":
            return -float(self.payoff.maturity + self.payoff.lag)
        return float(self.sample.model.first_rate) if greek == "theta" else 0.0
