"""One block of Heston paths: what is known of every log-return given the variance path, and all that follows from it.

The spots, the likelihood-ratio weights and the tangents are all functions of the conditional mean and variance of each
log-return, of their derivatives, and of one orthogonal normal for each date. Source: :mod:`greeks.models.heston`.
Verified path by path against a slow NumPy version and differences of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Any

import numpy as np

from greeks.core.rows import fill, one_minus, scaled
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw, Tangent
from greeks.models.heston_constants import PARAMETERS, SCRATCH, TILE, grid_of
from greeks.models.heston_euler import EulerScored, euler_paths
from greeks.models.heston_kernels import (
    heston_gamma_weight,
    heston_increments,
    heston_spots,
    heston_vanna_weight,
    heston_weight,
)
from greeks.models.heston_known import known_of, rows_of
from greeks.models.heston_qe import qe_paths
from greeks.models.heston_qe_tangents import qe_tangents
from greeks.models.hits import Hits, halfway_hits
from greeks.models.laws import Bridges, Known, Returns
from greeks.spec import shifted

_NONE = np.empty((0, 1))
VARIANCE_ROW = 2**32  # counter of the first random number of the variance; dates count from 0


class HestonPaths:
    """One block of paths; see :class:`greeks.models.base.Paths` for what the estimators ask of it."""

    def __init__(
        self,
        model: Any,
        dates: tuple[float, ...],
        substeps: tuple[int, ...],
        normals: Array,
        drivers: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        moments: tuple[Array, Array] | None = None,
        partner: bool = False,
    ) -> None:
        self.model, self.draw, self.normals, self.drivers = model, draw, normals, drivers
        self.count = draw.count
        self.dates, self.substeps, self._workspace, self._slot = dates, substeps, workspace, slot
        self._partner = partner  # the antithetic path, whose uniforms are reflected too
        self._grid = grid_of(model, dates, substeps)
        self._moments = moments
        self._slopes: tuple[Array, Array] | None = None
        self._keeps = False  # the variance at each date too
        self._levels = _NONE
        self._level_slopes: Array | None = None
        self._known: dict[tuple[tuple[float, ...], int], Known] = {}
        self._spot: Array | None = None
        self._log_spot: Array | None = None

    def array(self, name: str, *shape: int) -> Array:
        """Scratch of these paths."""
        return self._workspace.array(f"heston/{self._slot}/{name}", *shape)

    @property
    def moments(self) -> tuple[Array, Array]:
        """Mean (without drift) and variance of each log-return given the variance path, shape (dates, stride)."""
        if self._moments is None:
            shape, grid, model = self.normals.shape, self._grid, self.model
            mean, variance = self.array("mean", *shape), self.array("variance", *shape)
            scratch = self._workspace.array("heston/scratch", SCRATCH + len(PARAMETERS), TILE)
            levels = self._room()
            if model.still:
                for rows in (mean, variance, levels):
                    fill(0.0, rows.size, rows.reshape(-1))
            elif model.scheme == "qe":
                qe_paths(
                    self.drivers,
                    model.initial_variance,
                    grid.constants,
                    grid.substeps,
                    self.count,
                    scratch,
                    mean,
                    variance,
                    levels,
                )
            else:
                parameters = model.mean_reversion, model.long_run_variance, model.vol_of_vol, model.correlation
                euler_paths(
                    self.drivers, model.initial_variance, *parameters, grid.lengths, grid.substeps, self.count, scratch,
                    mean, variance,
                )  # fmt: skip
            self._moments = mean, variance
        return self._moments

    @property
    def slopes(self) -> tuple[Array, Array]:
        """Derivatives of :attr:`moments` to each of PARAMETERS, shape (parameters, dates, stride)."""
        if self._slopes is None:
            shape, grid = self.normals.shape, self._grid
            mean, variance = self.array("mean", *shape), self.array("variance", *shape)
            slopes = self.array("mean_slope", 6, *shape), self.array("variance_slope", 6, *shape)
            levels = self._room()
            level_slopes = self.array("level_slope", 6, *shape) if self._keeps else levels[None]
            self._level_slopes = level_slopes if self._keeps else None
            if self.model.still:
                for rows in (mean, variance, *slopes, levels, level_slopes):
                    fill(0.0, rows.size, rows.reshape(-1))
                self._moments, self._slopes = (mean, variance), slopes
                return self._slopes
            scratch = self._workspace.array("heston/scratch", SCRATCH + len(PARAMETERS), TILE)
            qe_tangents(
                self.drivers, self.model.initial_variance, grid.constants, grid.slopes, grid.substeps, self.count,
                scratch, mean, variance, *slopes, levels, level_slopes,
            )  # fmt: skip
            self._moments, self._slopes = (mean, variance), slopes
        return self._slopes

    def keep_levels(self) -> None:
        """Have the variance at each date too, for :meth:`known`: asked for before all else, it costs no second path."""
        if not self._keeps:
            self._keeps = True
            self._moments = self._slopes = None  # what there may be has none

    def _room(self) -> Array:
        """Where the variance at each date is kept; no row where it is not."""
        self._levels = self.array("levels", *self.normals.shape) if self._keeps else _NONE
        return self._levels

    def with_levels(self, slopes: bool) -> tuple[Array, ...]:
        """Moments and the variance at each date; then :attr:`slopes` and the derivatives of that variance."""
        self.keep_levels()
        found = self.slopes if slopes else ()
        return (*self.moments, self._levels, *found, *((self._level_slopes,) if slopes else ()))

    def known(self, weights: tuple[float, ...], greek: str = "") -> Known:
        """Functions of the variance path of known means (:mod:`greeks.models.heston_known`), or their derivatives."""
        row = self.slope_of(greek)[0] if greek else -1
        if (weights, row) not in self._known:
            place = self.array(f"known/{len(self._known)}", rows_of(len(weights), row), self.normals.shape[1])
            scratch = self._workspace.array("heston/scratch", SCRATCH + len(PARAMETERS), TILE)
            self._known[weights, row] = known_of(self, weights, row, scratch, place)
        return self._known[weights, row]

    @property
    def spot(self) -> Array:
        """Spot at each date, shape (dates, stride)."""
        if self._spot is None:
            self._fill()
        assert self._spot is not None
        return self._spot

    @property
    def log_spot(self) -> Array:
        """Logarithm of the spot at each date, shape (dates, stride)."""
        if self._log_spot is None:
            self._fill()
        assert self._log_spot is not None
        return self._log_spot

    def _fill(self) -> None:
        shape = self.normals.shape
        self._spot, self._log_spot = self.array("spot", *shape), self.array("log_spot", *shape)
        start = log(self.model.spot)
        heston_spots(self.normals, *self.moments, self._grid.drift, start, self.count, self._spot, self._log_spot)

    def slope_of(self, greek: str) -> tuple[int, float, float]:
        """Row of :attr:`slopes` that a Greek needs (-1 for none), its factor, and the slope of the first drift."""
        model = self.model
        if greek == "vega":
            return 0, 2.0 * sqrt(model.initial_variance), 0.0
        if greek == "theta":  # the first interval shrinks, hence the sign
            return 5, -1.0, -(model.rate - model.dividend_yield)
        return (PARAMETERS.index(greek), 1.0, 0.0) if greek in PARAMETERS else (-1, 0.0, 0.0)

    def by_interval(self, greek: str) -> Array:
        """Derivative of the drift of each log-return that does not depend on the path."""
        out = np.zeros(len(self.dates))
        if greek in ("rho", "dividend_rho"):
            out[:] = self._grid.lengths if greek == "rho" else -self._grid.lengths
        elif greek == "delta":
            out[0] = 1.0 / self.model.spot
        else:
            out[0] = self.slope_of(greek)[2]
        return out

    def scored(self) -> EulerScored:
        """Paths of the full-truncation scheme on the same grid, with the score of every transition."""
        return EulerScored(self.model, self.dates, self._grid.lengths, self._grid.substeps, self.draw, self._workspace)

    def weights(self, greeks: Sequence[str]) -> Array:
        """Likelihood-ratio weights of ``greeks``, shape (len(greeks), stride)."""
        needs = [self.slope_of("vega" if greek == "vanna" else greek)[0] for greek in greeks if greek != "gamma"]
        slopes = self.slopes if any(row >= 0 for row in needs) else self.moments  # the latter unused then
        variance = self.moments[1]
        out = self.array("weights", len(greeks), self.normals.shape[1])
        for target, greek in zip(out, greeks, strict=True):
            if greek == "gamma":
                heston_gamma_weight(self.normals[0], variance[0], self.model.spot, self.count, target)
                continue
            moved = "vega" if greek == "vanna" else greek
            row, factor, _ = self.slope_of(moved)
            mean_slope, variance_slope = (slopes[0][row], slopes[1][row]) if row >= 0 else self.moments
            heston_weight(
                self.normals, variance, mean_slope, variance_slope, factor, self.by_interval(moved), self.count, target
            )
            if greek == "vanna":
                first = self.normals[0], variance[0], mean_slope[0], variance_slope[0]
                heston_vanna_weight(*first, factor, self.model.spot, self.count, target)
        return out

    def tangent(self, greek: str) -> Tangent:
        """Derivative of the log-spot at each date with respect to the Greek's parameter."""
        by_date = np.cumsum(self.by_interval(greek))
        row, factor, _ = self.slope_of(greek)
        if row < 0:
            return Tangent(by_date=by_date)
        slopes = self.slopes
        increments = self.array(f"increments/{row}", *self.normals.shape)
        heston_increments(self.normals, self.moments[1], slopes[0][row], slopes[1][row], self.count, increments)
        return Tangent(by_date=by_date, increments=increments, scale=np.full(len(by_date), factor))

    def returns(self, greeks: Sequence[str]) -> Returns:
        """Mean and variance of each log-return given the variance path, and their derivatives along Greeks."""
        found = [self.slope_of(greek)[:2] for greek in greeks]
        rows, factors = np.array([row for row, _ in found], dtype=np.int64), np.array([factor for _, factor in found])
        slopes = self.slopes if (rows >= 0).any() else (self.moments[0][None], self.moments[1][None])
        none = np.zeros(len(self.dates))
        by_interval = np.array([self.by_interval(greek) for greek in greeks]).reshape(len(greeks), len(self.dates))
        return Returns(*self.moments, self._grid.drift, *slopes, rows, factors, by_interval, none)

    def bridges(self, greeks: Sequence[str]) -> Bridges:
        """As if each interval's whole variance were a Brownian bridge's: approximate, and better the more dates.

        Given the variance path only the orthogonal part of a return is open, a share 1 - correlation^2 of its variance;
        but where the path went between the dates is open too, and moves the spot by the rest of it.
        """
        whole, shape = 1.0 / (1.0 - self.model.correlation**2), self.normals.shape
        rows = [(-1, 0.0) if greek == "correlation" else self.slope_of(greek)[:2] for greek in greeks]
        slopes = self.slopes[1] if any(row >= 0 for row, _ in rows) else self.moments[1][None]
        variance, none = self.array("bridges", *shape), np.zeros((len(self.dates), 1))
        scaled(self.moments[1].reshape(-1), whole, variance.size, variance.reshape(-1))
        found = []
        for place, (row, factor) in enumerate(rows):
            out = self.array(f"bridges/{place}", *shape) if row >= 0 else none
            if row >= 0:
                scaled(slopes[row].reshape(-1), factor * whole, out.size, out.reshape(-1))
            found.append(out)
        return Bridges(variance, tuple(found), none)

    def hits(self, greeks: Sequence[str]) -> Hits:
        """As if in the middle of the interval: half a time step, where the bridges are approximate too."""
        return halfway_hits(self.model.rate, self.dates, greeks)

    def uniforms(self, first_row: int) -> Array:
        """Uniforms of a stream of their own, one row a date."""
        out = self._workspace.array(f"heston/uniforms/{first_row}", *self.normals.shape)
        self.draw.uniforms(first_row, out)
        if self._partner:
            other = self._workspace.array(f"heston/uniforms/{first_row}/partner", *out.shape)
            one_minus(out.reshape(-1), out.size, other.reshape(-1))
            return other
        return out

    def under(self, model: Any) -> HestonPaths:
        """The paths of another model from the same random numbers, in place of these."""
        drivers = self.normals, self.drivers, self.draw
        return HestonPaths(
            model, self.dates, self.substeps, *drivers, self._workspace, self._slot, partner=self._partner
        )

    def shifted(self, greek: str, step: float, slot: str) -> HestonPaths:
        """The same random numbers with one parameter shifted by ``step``; theta shortens the first interval."""
        model, dates, moments = self.model, self.dates, None
        if greek == "theta":
            dates = tuple(date - step for date in dates)
        elif greek == "vega":
            initial = (sqrt(model.initial_variance) + step) ** 2
            model = shifted(model, "initial_variance", initial - model.initial_variance)
        else:
            name = {"delta": "spot", "rho": "rate", "dividend_rho": "dividend_yield"}.get(greek, greek)
            model = shifted(model, name, step)
            moments = self.moments if name != greek or greek == "delta" else None
        paths = HestonPaths(
            model,
            dates,
            self.substeps,
            self.normals,
            self.drivers,
            self.draw,
            self._workspace,
            slot,
            moments,
            self._partner,
        )
        paths._keeps, paths._levels = self._keeps, self._levels
        return paths

    def reflected(self, factor: float, slot: str) -> HestonPaths:
        """The normals of the spot multiplied by -1, and uniforms to 1 - U, or by 0; on the same variance path."""
        normals = self._workspace.array(f"heston/{slot}/normals", *self.normals.shape)
        scaled(self.normals.reshape(-1), factor, normals.size, normals.reshape(-1))
        paths = HestonPaths(
            self.model,
            self.dates,
            self.substeps,
            normals,
            self.drivers,
            self.draw,
            self._workspace,
            slot,
            self.moments,
            factor < 0.0,
        )
        paths._slopes, paths._known = self._slopes, self._known
        paths._keeps, paths._levels, paths._level_slopes = self._keeps, self._levels, self._level_slopes
        return paths

    def mirrored(self, slot: str) -> HestonPaths:
        """The same spot normals, on the variance path of the reflected random numbers: 1 - U, or -Z."""
        drivers = self._workspace.array(f"heston/{slot}/drivers", *self.drivers.shape)
        flat = drivers.reshape(-1)
        if self.model.scheme == "qe":
            one_minus(self.drivers.reshape(-1), flat.size, flat)
        else:
            scaled(self.drivers.reshape(-1), -1.0, flat.size, flat)
        paths = HestonPaths(
            self.model, self.dates, self.substeps, self.normals, drivers, self.draw, self._workspace, slot
        )
        paths._keeps = self._keeps
        return paths
