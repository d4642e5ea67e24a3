"""Geometric Brownian motion, exact on any grid of dates, with scores and tangents.

X_j - X_{j-1} = mu h_j + sigma sqrt(h_j) Z_j with X = log S, mu = r - q - sigma^2 / 2 and h_j = t_j - t_{j-1}.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2004), sections 3.2 and 7.2-7.3; the second-order
weights follow from (d_a d_b p) / p = s_a s_b + d_b s_a. Verified against Black-Scholes, against quadrature, and
against the NumPy reference implementation in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from greeks.core.generator import fill_normals
from greeks.core.rows import scaled
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw, Tangent
from greeks.models.gbm_kernels import (
    affine_row,
    gbm_last,
    gbm_last_weights,
    gbm_log_paths,
    gbm_paths,
    gbm_weights,
    one_date_coefficients,
    weight_coefficients,
)
from greeks.spec import Price, Rate, Volatility, shifted, spec

_PARAMETER = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}


@spec
class GBM:
    """Geometric Brownian motion with constant coefficients.

    Parameters
    ----------
    spot : float
        Spot price, > 0, in currency.
    rate, dividend_yield : float, default 0
        Continuously compounded, per year, as decimals.
    volatility : float
        Per square root of a year, as a decimal: 0.20 for 20 %. 0 gives the deterministic forward.

    Raises
    ------
    UsageError
        For a value out of range; a volatility above 4 is taken for a percentage and refused.
    """

    kind: ClassVar[str] = "gbm"
    _: KW_ONLY
    spot: Price
    rate: Rate = 0.0
    dividend_yield: Rate = 0.0
    volatility: Volatility

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks of this model."""
        return ("delta", "vega", "rho", "dividend_rho", "theta")

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """One step a date: the simulation is exact."""
        return len(dates)

    def simulate(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> GBMPaths:
        """Simulate one block; the normals are kept for tangents and shifted paths."""
        normals = workspace.array("normals", len(dates), draw.stride)
        fill_normals(*draw.key, draw.first_path, 0, normals, draw.width)
        return GBMPaths(self, dates, normals, draw.count, workspace, "base")

    @property
    def still(self) -> bool:
        """Whether nothing is random."""
        return self.volatility == 0.0

    def no_density(self, greek: str, dates: tuple[float, ...], steps_per_year: int | None = None) -> str | None:
        """A path without randomness has no density to differentiate."""
        return "the volatility is 0, so the paths have no density" if self.volatility == 0.0 else None

    def no_tangent(self, greek: str) -> str | None:
        """Every tangent exists."""
        return None

    def doubt(self, greek: str) -> str | None:
        """Every tangent has light tails."""
        return None

    def step_scale(self, greek: str, dates: tuple[float, ...]) -> float:
        """Shift of the parameter that moves the log-spot by about one standard deviation."""
        first, last = dates[0], dates[-1]
        deviation = (self.volatility * float(np.sqrt(last))) or 0.01  # a deterministic path: one per cent
        return {
            "delta": self.spot * deviation,
            "vega": self.volatility,
            "rho": min(deviation / last, 1.0),
            "dividend_rho": min(deviation / last, 1.0),
            "theta": min(float(np.sqrt(first * last)), 4.0 * first),
        }[greek]


class GBMPaths:
    """One block of paths; everything beyond the normals is computed on first use."""

    def __init__(
        self, model: GBM, dates: tuple[float, ...], normals: Array, count: int, workspace: Workspace, slot: str
    ) -> None:
        self.model, self.count = model, count
        self._dates, self._normals, self._workspace, self._slot = dates, normals, workspace, slot
        self._grid = _grid(model, dates)
        self._spot: Array | None = None
        self._log_spot: Array | None = None
        self._sums: Array | None = None

    def _array(self, name: str, *shape: int) -> Array:
        return self._workspace.array(f"gbm/{self._slot}/{name}", *shape)

    @property
    def spot(self) -> Array:
        """Spot at each date, shape (dates, stride)."""
        if self._spot is None:
            self._spot = self._array("spot", *self._normals.shape)
            grid, volatility = self._grid, self.model.volatility
            if len(self._dates) == 1:
                start, diffusion = grid.start + float(grid.drift[0]), volatility * float(grid.root[0])
                gbm_last(self._normals, start, diffusion, self.count, self._spot)
            else:
                self._sums = self._array("sums", 2, self._normals.shape[1])
                gbm_paths(
                    self._normals, grid.start, grid.drift, volatility, grid.root, self.count, self._spot, self._sums
                )
        return self._spot

    @property
    def log_spot(self) -> Array:
        """Logarithm of the spot at each date, shape (dates, stride)."""
        if self._log_spot is None:
            self._log_spot = self._array("log_spot", *self._normals.shape)
            grid = self._grid
            diffusion = self.model.volatility * grid.root
            gbm_log_paths(self._normals, grid.start, grid.drift, diffusion, self.count, self._log_spot)
        return self._log_spot

    def weights(self, greeks: Sequence[str]) -> Array:
        """Likelihood-ratio weights of ``greeks``, shape (len(greeks), stride)."""
        out = self._array("weights", len(greeks), self._normals.shape[1])
        if len(self._dates) == 1:
            gbm_last_weights(
                self._normals, one_date_coefficients(self.model, self._dates[0], tuple(greeks)), self.count, out
            )
            return out
        _ = self.spot  # fills the sums
        assert self._sums is not None
        coefficients = weight_coefficients(self.model, self._dates, tuple(greeks))
        gbm_weights(self._normals, self._sums, coefficients, self.count, out)
        return out

    def tangent(self, greek: str) -> Tangent:
        """Derivative of the log-spot at each date with respect to the Greek's parameter."""
        model, times = self.model, self._grid.times
        if greek == "delta":
            return Tangent(by_date=np.full(len(times), 1.0 / model.spot))
        if greek in ("rho", "dividend_rho"):
            return Tangent(by_date=times if greek == "rho" else -times)
        if greek == "theta":  # the first interval shrinks, hence the sign
            slope = self._array("slope", self._normals.shape[1])
            half = 0.5 * model.volatility / float(self._grid.root[0])
            affine_row(self._normals, half, _log_drift(model), self.count, slope)
            return Tangent(by_date=np.full(len(times), -1.0), by_path=slope)
        return Tangent(by_date=-model.volatility * times, increments=self._normals, scale=self._grid.root)

    def shifted(self, greek: str, step: float, slot: str) -> GBMPaths:
        """The same normals with one parameter shifted by ``step``; theta shortens the first interval."""
        model, dates = self.model, self._dates
        if greek == "theta":
            dates = tuple(date - step for date in dates)
        else:
            model = shifted(model, _PARAMETER[greek], step)
        return GBMPaths(model, dates, self._normals, self.count, self._workspace, slot)

    def reflected(self, factor: float, slot: str) -> GBMPaths:
        """The normals multiplied by -1 or 0."""
        normals = self._workspace.array(f"gbm/{slot}/normals", *self._normals.shape)
        scaled(self._normals.reshape(-1), factor, normals.size, normals.reshape(-1))
        return GBMPaths(self.model, self._dates, normals, self.count, self._workspace, slot)


@dataclass(frozen=True)
class _Grid:
    """What the kernels need to know of the dates; ``drift`` is that of the log-spot over each interval."""

    start: float
    times: Array
    root: Array
    drift: Array


def _log_drift(model: GBM) -> float:
    return model.rate - model.dividend_yield - 0.5 * model.volatility**2


@lru_cache(maxsize=256)
def _grid(model: GBM, dates: tuple[float, ...]) -> _Grid:
    steps = np.diff(dates, prepend=0.0)
    return _Grid(float(np.log(model.spot)), np.array(dates), np.sqrt(steps), _log_drift(model) * steps)
