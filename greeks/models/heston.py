"""Heston's stochastic volatility model: every parameter has a tangent and a likelihood-ratio weight.

dS = (r - q) S dt + sqrt(v) S dW,  dv = kappa (theta - v) dt + xi sqrt(v) dB,  d<W, B> = rho dt. (theta is
``long_run_variance`` and rho ``correlation``: theta and rho are Greeks here.)

Given the variance path, the log-returns between dates are independent normals, built on the Brownian motion orthogonal
to the variance's. A weight is the score of these normals, differentiated through the variance path:
sum_k [(Z_k / s_k) dm_k + ((Z_k^2 - 1) / s_k) ds_k]. It needs nothing of the payoff, and its variance does not grow with
the number of time steps. Source: a form of Giles, Vibrato Monte Carlo sensitivities (2009). Verified against the
semi-analytic values of greeks.analytic.heston.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from math import ceil, inf, log, sqrt
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field

from greeks._jit import fma, kernel, select
from greeks.core.elementary import exp
from greeks.core.generator import fill_normals, fill_uniforms, stream_key
from greeks.models.base import Draw, Tangent
from greeks.models.heston_euler import EulerScored, euler_paths
from greeks.models.heston_qe import (
    PARAMETERS,
    SCRATCH,
    TILE,
    constants_and_derivatives,
    qe_paths,
    qe_tangents,
    qe_touches,
)
from greeks.spec import NonNegative, Positive, Rate, shifted, spec
from greeks.workspace import Array, Workspace

DEFAULT_STEPS_PER_YEAR = 32
_LEAST_STEPS = 8  # of a maturity, however short
_DOUBTFUL = 0.5  # Feller ratio below which tangents of the variance are not trusted
_VARIANCE_GREEKS = ("vega", "theta", *PARAMETERS[:4])
_NO_DENSITY = 1e100  # weights beyond come from an interval whose variance is 0
_VARIANCE_ROW = 2**32  # counter of the first random number of the variance; dates count from 0


def _variance(value: float) -> float:
    if value > 16.0:
        raise ValueError(
            f"a variance of {value:g} is a volatility of {sqrt(value):.0%}: write 0.04 for a volatility of 20 %"
        )
    return value


def _vol_of_vol(value: float) -> float:
    if value > 20.0:
        raise ValueError(f"a vol of vol of {value:g} is {value:.0%}: write {value / 100:g} for {value:g} %")
    return value


Variance = Annotated[NonNegative, AfterValidator(_variance)]


@spec
class Heston:
    """Heston's model.

    Parameters
    ----------
    spot : float
        > 0.
    rate, dividend_yield : float, default 0
        Continuously compounded, per year.
    initial_variance, long_run_variance : float
        Squares of volatilities: 0.04 for 20 %.
    mean_reversion : float
        Per year, >= 0.
    vol_of_vol : float
        > 0.
    correlation : float
        Of spot and variance, in [-1, 1]; at -1 or 1 no likelihood ratio exists.
    scheme : {"qe", "full_truncation"}, default "qe"
        QE-M, or log-Euler with full truncation (for comparison: no derivatives along the variance path).

    Raises
    ------
    pydantic.ValidationError
        For a value out of range.
    """

    kind: ClassVar[str] = "heston"
    _: KW_ONLY
    spot: Positive
    rate: Rate = 0.0
    dividend_yield: Rate = 0.0
    initial_variance: Variance
    mean_reversion: NonNegative
    long_run_variance: Variance
    vol_of_vol: Annotated[Positive, AfterValidator(_vol_of_vol)]
    correlation: Annotated[float, Field(ge=-1, le=1)]
    scheme: Literal["qe", "full_truncation"] = "qe"

    @property
    def feller_ratio(self) -> float:
        """2 kappa theta / xi^2; below 1 the variance reaches 0."""
        return 2.0 * self.mean_reversion * self.long_run_variance / self.vol_of_vol**2

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks; vega is the derivative to the initial volatility, the root of the initial variance."""
        return ("delta", "vega", "rho", "dividend_rho", "theta", *PARAMETERS[:5])

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """Time steps of a path."""
        return sum(self.substeps(dates, steps_per_year))

    def substeps(self, dates: tuple[float, ...], steps_per_year: int | None) -> tuple[int, ...]:
        """Equal steps within each interval between dates, so that every date is hit exactly."""
        least = _LEAST_STEPS / dates[-1] if steps_per_year is None else 0.0
        density = max(float(steps_per_year or DEFAULT_STEPS_PER_YEAR), least)
        before = (0.0, *dates)
        return tuple(max(1, ceil((b - a) * density - 1e-9)) for a, b in zip(before, dates, strict=False))

    def simulate(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> HestonPaths:
        """Simulate one block: one orthogonal normal for each date, one random number of the variance for each step."""
        substeps = self.substeps(dates, draw.steps_per_year)
        normals = workspace.array("normals", len(dates), draw.width)
        fill_normals(*draw.key, draw.first_path, 0, normals)
        drivers = workspace.array("drivers", sum(substeps), draw.width)
        fill = fill_uniforms if self.scheme == "qe" else fill_normals
        fill(*draw.key, draw.first_path, _VARIANCE_ROW, drivers)
        return HestonPaths(self, dates, substeps, normals, drivers, draw, workspace, "base")

    def no_density(self, greek: str) -> str | None:
        """No orthogonal part, no weight of second order beyond gamma, no tangents of full truncation."""
        if abs(self.correlation) == 1.0:
            return "at a correlation of +-1 the spot has no density given the variance"
        if greek in ("vanna", "volga"):
            return f"heston has no likelihood-ratio weight for {greek}"
        return self.no_tangent(greek)

    def no_tangent(self, greek: str) -> str | None:
        """Why no derivative along the variance path exists, or None."""
        if self.scheme == "full_truncation" and greek in ("vega", "theta", *PARAMETERS):
            return "full truncation has no usable derivative where the variance meets 0 (scheme qe has)"
        return None

    def doubt(self, greek: str) -> str | None:
        """Tangents of the variance path have heavy tails where it often meets 0."""
        if self.feller_ratio < _DOUBTFUL and greek in _VARIANCE_GREEKS:
            return (
                f"the Feller ratio is {self.feller_ratio:.3g}: derivatives along a variance path that keeps meeting 0 "
                "have heavy tails; use conditional or finite_difference"
            )
        return None

    def step_scale(self, greek: str, dates: tuple[float, ...]) -> float:
        """Shift of the parameter that moves the log-spot by about one standard deviation, or the parameter itself."""
        first, last = dates[0], dates[-1]
        deviation = sqrt(max(self.initial_variance, self.long_run_variance, 1e-6) * last)
        return {
            "delta": self.spot * deviation,
            "vega": sqrt(self.initial_variance),
            "rho": min(deviation / last, 1.0),
            "dividend_rho": min(deviation / last, 1.0),
            "theta": min(sqrt(first * last), 4.0 * first),
            "initial_variance": self.initial_variance,
            "mean_reversion": self.mean_reversion,
            "long_run_variance": self.long_run_variance,
            "vol_of_vol": self.vol_of_vol,
            "correlation": 1.0 - abs(self.correlation),
        }[greek]


@dataclass(frozen=True)
class _Grid:
    """What the kernels need to know of the dates."""

    times: Array
    lengths: Array
    substeps: Array
    drift: Array
    constants: Array
    slopes: Array


@lru_cache(maxsize=256)
def _grid(model: Heston, dates: tuple[float, ...], substeps: tuple[int, ...]) -> _Grid:
    lengths, steps = np.diff(dates, prepend=0.0), np.array(substeps)
    constants, slopes = constants_and_derivatives(model, lengths, steps)
    drift = (model.rate - model.dividend_yield) * lengths
    return _Grid(np.array(dates), lengths, steps, drift, constants, slopes)


class HestonPaths:
    """One block of paths: the conditional mean and variance of every log-return, and what follows from them."""

    def __init__(
        self,
        model: Heston,
        dates: tuple[float, ...],
        substeps: tuple[int, ...],
        normals: Array,
        drivers: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        moments: tuple[Array, Array] | None = None,
    ) -> None:
        self.model, self.draw, self.normals, self.drivers = model, draw, normals, drivers
        self.count = draw.count
        self.dates, self.substeps, self._workspace, self._slot = dates, substeps, workspace, slot
        self._grid = _grid(model, dates, substeps)
        self._moments = moments
        self._slopes: tuple[Array, Array] | None = None
        self._spot: Array | None = None
        self._log_spot: Array | None = None

    def array(self, name: str, *shape: int) -> Array:
        """Scratch of these paths."""
        return self._workspace.array(f"heston/{self._slot}/{name}", *shape)

    @property
    def moments(self) -> tuple[Array, Array]:
        """Mean (without drift) and variance of each log-return given the variance path, shape (dates, width)."""
        if self._moments is None:
            shape, grid, model = self.normals.shape, self._grid, self.model
            mean, variance = self.array("mean", *shape), self.array("variance", *shape)
            scratch = self._workspace.array("heston/scratch", SCRATCH + len(PARAMETERS), TILE)
            if model.scheme == "qe":
                qe_paths(
                    self.drivers,
                    model.initial_variance,
                    grid.constants,
                    grid.substeps,
                    self.count,
                    scratch,
                    mean,
                    variance,
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
        """Derivatives of :attr:`moments` to each of PARAMETERS, shape (parameters, dates, width)."""
        if self._slopes is None:
            shape, grid = self.normals.shape, self._grid
            mean, variance = self.array("mean", *shape), self.array("variance", *shape)
            slopes = self.array("mean_slope", 6, *shape), self.array("variance_slope", 6, *shape)
            scratch = self._workspace.array("heston/scratch", SCRATCH + len(PARAMETERS), TILE)
            qe_tangents(
                self.drivers, self.model.initial_variance, grid.constants, grid.slopes, grid.substeps, self.count,
                scratch, mean, variance, *slopes,
            )  # fmt: skip
            self._moments, self._slopes = (mean, variance), slopes
        return self._slopes

    @property
    def spot(self) -> Array:
        """Spot at each date, shape (dates, width)."""
        if self._spot is None:
            self._fill()
        assert self._spot is not None
        return self._spot

    @property
    def log_spot(self) -> Array:
        """Logarithm of the spot at each date, shape (dates, width)."""
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
        """Likelihood-ratio weights of ``greeks``, shape (len(greeks), width)."""
        needs = [self.slope_of(greek)[0] for greek in greeks if greek != "gamma"]
        slopes = self.slopes if any(row >= 0 for row in needs) else self.moments  # the latter unused then
        variance = self.moments[1]
        out = self.array("weights", len(greeks), self.normals.shape[1])
        for target, greek in zip(out, greeks, strict=True):
            if greek == "gamma":
                heston_gamma_weight(self.normals[0], variance[0], self.model.spot, self.count, target)
                continue
            row, factor, _ = self.slope_of(greek)
            mean_slope, variance_slope = (slopes[0][row], slopes[1][row]) if row >= 0 else self.moments
            heston_weight(
                self.normals, variance, mean_slope, variance_slope, factor, self.by_interval(greek), self.count, target
            )
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
        return HestonPaths(
            model, dates, self.substeps, self.normals, self.drivers, self.draw, self._workspace, slot, moments
        )

    def reflected(self, factor: float, slot: str) -> HestonPaths:
        """The normals of the spot multiplied by -1 or 0, on the same variance path."""
        normals = self._workspace.array(f"heston/{slot}/normals", *self.normals.shape)
        np.multiply(self.normals, factor, out=normals)
        paths = HestonPaths(
            self.model, self.dates, self.substeps, normals, self.drivers, self.draw, self._workspace, slot, self.moments
        )
        paths._slopes = self._slopes
        return paths


@dataclass(frozen=True)
class Diagnosis:
    """How often the variance meets 0.

    Attributes
    ----------
    feller_ratio : float
        2 kappa theta / xi^2.
    touching : float
        Share of simulated paths whose variance is 0 at some time step.
    """

    feller_ratio: float
    touching: float


def diagnose(model: Heston, maturity: float, steps_per_year: int | None = None, paths: int = 2**15) -> Diagnosis:
    """Feller ratio, and the share of QE paths that touch 0 before ``maturity`` (years)."""
    substeps = model.substeps((maturity,), steps_per_year)
    drivers = np.empty((sum(substeps), paths))
    fill_uniforms(*stream_key(42, "diagnose", maturity), 0, _VARIANCE_ROW, drivers)
    grid = _grid(model, (maturity,), substeps)
    touched = np.empty(paths)
    qe_touches(drivers, model.initial_variance, grid.constants[0], paths, np.empty((1, TILE)), touched)
    return Diagnosis(model.feller_ratio, float(np.mean(touched)))


@kernel
def heston_spots(
    normals: Array, mean: Array, variance: Array, drift: Array, start: float, n: int, spot: Array, log_spot: Array
) -> None:
    """Spots and log-spots from the conditional moments of the log-returns."""
    for k in range(normals.shape[0]):
        z, m, s2, x, s, step = normals[k], mean[k], variance[k], log_spot[k], spot[k], drift[k]
        before = log_spot[max(k - 1, 0)]
        for i in range(n):
            previous = start if k == 0 else before[i]
            x[i] = fma(sqrt(s2[i]), z[i], previous + (m[i] + step))
        for i in range(n):
            s[i] = exp(x[i])


@kernel
def heston_gamma_weight(normals: Array, variance: Array, spot: float, n: int, out: Array) -> None:
    """(Z^2 - 1) / (S_0 s)^2 - Z / (S_0^2 s) of the first interval."""
    scale = 1.0 / (spot * spot)
    for i in range(n):
        s2 = max(variance[i], 1e-300)
        out[i] = scale * ((normals[i] * normals[i] - 1.0) / s2 - normals[i] / sqrt(s2))


@kernel
def heston_weight(
    normals: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    by_interval: Array,
    n: int,
    out: Array,
) -> None:
    """sum_k (Z_k / s_k) dm_k + (Z_k^2 - 1) ds_k / s_k, with dm_k = factor mean_slope + by_interval.

    A return of variance 0 that the parameter moves has no density: the weight is infinite, and the number is refused.
    """
    for i in range(n):
        out[i] = 0.0
    for k in range(normals.shape[0]):
        z, s2, direct = normals[k], variance[k], by_interval[k]
        if factor == 0.0:
            if direct != 0.0:
                for i in range(n):
                    out[i] = fma(direct, z[i] / sqrt(max(s2[i], 1e-300)), out[i])
        else:
            dm, ds2 = mean_slope[k], variance_slope[k]
            for i in range(n):
                inverse = 1.0 / sqrt(max(s2[i], 1e-300))
                odd = z[i] * fma(factor, dm[i], direct)
                even = 0.5 * factor * fma(z[i], z[i], -1.0) * ds2[i] * inverse
                out[i] = fma(odd + even, inverse, out[i])
    for i in range(n):
        out[i] = select(abs(out[i]) < _NO_DENSITY, out[i], inf)


@kernel
def heston_increments(
    normals: Array, variance: Array, mean_slope: Array, variance_slope: Array, n: int, out: Array
) -> None:
    """Derivative of each log-return along the path: dm + Z ds."""
    for k in range(normals.shape[0]):
        z, s2, dm, ds2, row = normals[k], variance[k], mean_slope[k], variance_slope[k], out[k]
        for i in range(n):
            row[i] = fma(0.5 * z[i] / sqrt(max(s2[i], 1e-300)), ds2[i], dm[i])
