"""One block of paths of geometric Brownian motion: spots, scores, tangents, and the law from date to date.

Source: :mod:`greeks.models.gbm`. Verified path by path against the NumPy reference implementation in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from greeks.core.rows import add_scaled, one_minus, scaled
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw, Tangent
from greeks.models.gbm_kernels import (
    affine_row,
    gbm_last,
    gbm_last_weights,
    gbm_log_paths,
    gbm_paths,
    gbm_weights,
    move_normals,
    one_date_coefficients,
    weight_coefficients,
)
from greeks.models.hits import Hits, exact_hits
from greeks.models.laws import Bridges, Returns
from greeks.spec import shifted

if TYPE_CHECKING:
    from greeks.models.lognormal import Lognormal

_PARAMETER = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}


class GBMPaths:
    """One block of paths; everything beyond the normals is computed on first use."""

    def __init__(
        self,
        model: Lognormal,
        dates: tuple[float, ...],
        normals: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        partner: bool = False,
    ) -> None:
        self.model, self.draw, self.count = model, draw, draw.count
        self._dates, self._normals, self._workspace, self._slot = dates, normals, workspace, slot
        self._partner = partner  # the antithetic path, whose uniforms are reflected too
        self._grid = self._grid_of(model, dates)
        self._spot: Array | None = None
        self._log_spot: Array | None = None
        self._sums: Array | None = None

    @staticmethod
    def _grid_of(model: Any, dates: tuple[float, ...]) -> Grid:
        return _grid(model, dates)

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
        if any(greek in self.model.chain for greek in greeks):
            return self._chained(tuple(greeks))
        return self._plain_weights(tuple(greeks))

    def _chained(self, greeks: tuple[str, ...]) -> Array:
        """Weights of parameters that move the spot too: with their part of that of the spot."""
        named = greeks if "delta" in greeks else (*greeks, "delta")
        out = self._plain_weights(named)
        for greek, row in zip(named, out, strict=True):
            if greek in self.model.chain:
                add_scaled(out[named.index("delta")], self.model.chain[greek], self.count, row)
        return out

    def _plain_weights(self, greeks: tuple[str, ...]) -> Array:
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
        """Derivative of the log-spot at each date with respect to the Greek's parameter; volga: of that of vega."""
        model, times = self.model, self._grid.times
        if greek == "volga":  # W / sigma - sigma t / 2 + const. differentiated at fixed spots
            nothing = np.zeros(len(times))
            return Tangent(by_date=nothing, increments=self._normals, scale=-self._grid.root / model.volatility)
        if greek == "delta":
            return Tangent(by_date=np.full(len(times), 1.0 / model.spot))
        if greek in ("rho", "dividend_rho"):
            by_rate = _rate_slope(model) * times if greek == "rho" else -times
            return Tangent(by_date=by_rate + _by_spot(model, greek))
        if greek == "theta":  # the first interval shrinks, hence the sign
            slope = self._array("slope", self._normals.shape[1])
            half = 0.5 * model.volatility / float(self._grid.root[0])
            affine_row(self._normals, half, _log_drift(model) - _by_spot(model, greek), self.count, slope)
            return Tangent(by_date=np.full(len(times), -1.0), by_path=slope)
        return Tangent(by_date=-model.volatility * times, increments=self._normals, scale=self._grid.root)

    def returns(self, greeks: Sequence[str]) -> Returns:
        """Mean and variance of each log-return, and their derivatives along first-order Greeks."""
        return _returns(self.model, self._dates, tuple(greeks))

    def bridges(self, greeks: Sequence[str]) -> Bridges:
        """The law between the dates: exact."""
        return _bridges(self.model, self._dates, tuple(greeks))

    def hits(self, greeks: Sequence[str]) -> Hits:
        """Exact."""
        model = self.model
        carry = _rate_slope(model)
        return exact_hits(model.rate, model.dividend_yield, model.volatility, len(self._dates), greeks, carry)

    def uniforms(self, first_row: int) -> Array:
        """Uniforms of a stream of their own, one row a date."""
        out = self._workspace.array(f"gbm/uniforms/{first_row}", *self._normals.shape)
        self.draw.uniforms(first_row, out)
        if self._partner:
            other = self._workspace.array(f"gbm/uniforms/{first_row}/partner", *out.shape)
            one_minus(out.reshape(-1), out.size, other.reshape(-1))
            return other
        return out

    def under(self, model: Lognormal) -> GBMPaths:
        """The paths of another model from the same normals, in place of these."""
        return model.of_normals(self._dates, self._normals, self.draw, self._workspace, self._slot, self._partner)

    def shifted(self, greek: str, step: float, slot: str) -> GBMPaths:
        """The same normals with one parameter shifted by ``step``; theta shortens the first interval."""
        model, dates = self.model, self._dates
        if greek == "theta":
            dates = tuple(date - step for date in dates)
        if model.chain:
            model = cast(Any, model).moved(greek, step)
        elif greek != "theta":
            model = shifted(model, _PARAMETER[greek], step)
        return GBMPaths(model, dates, self._normals, self.draw, self._workspace, slot, self._partner)

    def reflected(self, factor: float, slot: str) -> GBMPaths:
        """The normals multiplied by -1, and uniforms to 1 - U, or by 0."""
        normals = self._workspace.array(f"gbm/{slot}/normals", *self._normals.shape)
        scaled(self._normals.reshape(-1), factor, normals.size, normals.reshape(-1))
        return type(self)(self.model, self._dates, normals, self.draw, self._workspace, slot, factor < 0.0)

    def drifted(self, shift: Array, slot: str) -> tuple[GBMPaths, Array]:
        """The normal of each interval moved, and the density without the drift over that with it, by path."""
        normals = self._workspace.array(f"gbm/{slot}/normals", *self._normals.shape)
        ratio = self._workspace.array(f"gbm/{slot}/ratio", self._normals.shape[1])
        move_normals(self._normals, shift, self.count, normals, ratio)
        return type(self)(self.model, self._dates, normals, self.draw, self._workspace, slot), ratio

    def mirrored(self, slot: str) -> None:
        """The variance is certain."""
        return None


@dataclass(frozen=True)
class Grid:
    """What the kernels need to know of the dates; ``drift`` is that of the log-spot over each interval."""

    start: float
    times: Array
    root: Array
    drift: Array


def _rate_slope(model: Lognormal) -> float:
    """By how much the rate moves the drift: not that of a futures price."""
    return 0.0 if model.futures else 1.0


def _by_spot(model: Lognormal, greek: str) -> float:
    """By how much a Greek's parameter moves the logarithm of the spot today."""
    return model.chain[greek] / model.spot if greek in model.chain else 0.0


def _log_drift(model: Lognormal) -> float:
    return model.rate - model.dividend_yield - 0.5 * model.volatility**2


@lru_cache(maxsize=256)
def _grid(model: Lognormal, dates: tuple[float, ...]) -> Grid:
    steps = np.diff(dates, prepend=0.0)
    return Grid(float(np.log(model.spot)), np.array(dates), np.sqrt(steps), _log_drift(model) * steps)


@lru_cache(maxsize=256)
def _returns(model: Lognormal, dates: tuple[float, ...], greeks: tuple[str, ...]) -> Returns:
    steps, sigma = np.diff(dates, prepend=0.0), model.volatility
    first, no_slope = np.zeros(len(dates)), np.zeros(len(dates))
    first[0] = 1.0
    by_interval = {
        "delta": first / model.spot,
        "vega": -sigma * steps,
        "rho": _rate_slope(model) * steps,
        "dividend_rho": -steps,
        "theta": -_log_drift(model) * first,
    }
    variance = {"vega": 2.0 * sigma * steps, "theta": -(sigma**2) * first}
    shape = len(greeks), len(dates)
    slopes = np.array([variance.get(greek, no_slope) for greek in greeks]).reshape(*shape, 1)
    return Returns(
        np.zeros((len(dates), 1)),
        (sigma**2 * steps)[:, None],
        _log_drift(model) * steps,
        np.zeros_like(slopes),
        slopes,
        np.arange(len(greeks), dtype=np.int64),
        np.ones(len(greeks)),
        np.array([by_interval[greek] + _by_spot(model, greek) * first for greek in greeks]).reshape(shape),
        -steps,
    )


@lru_cache(maxsize=256)
def _bridges(model: Lognormal, dates: tuple[float, ...], greeks: tuple[str, ...]) -> Bridges:
    returns = _returns(model, dates, greeks)
    second = 2.0 * np.diff(dates, prepend=0.0)[:, None]
    return Bridges(returns.variance, tuple(returns.variance_slopes), second)
