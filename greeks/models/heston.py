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

from collections.abc import Mapping
from dataclasses import KW_ONLY
from functools import lru_cache
from math import ceil, expm1, inf, sqrt
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from greeks.checks.ranges import MEAN_REVERSION, VARIANCE
from greeks.core.workspace import Array, Workspace
from greeks.models.base import SPOT_ROW, Draw
from greeks.models.heston_constants import PARAMETERS
from greeks.models.heston_grids import both_grids, controls
from greeks.models.heston_paths import VARIANCE_ROW, HestonPaths
from greeks.models.heston_qe import CRITICAL
from greeks.names import parts_of
from greeks.spec import NonNegative, Number, Positive, Price, Rate, altered, spec, within

DEFAULT_STEPS_PER_YEAR = 32
_LEAST_STEPS = 8  # of a maturity, however short
_STEPS_A_REVERSION = 4  # steps in the time 1 / mean_reversion, so that a fast variance is not stepped over
_DOUBTFUL = 0.5  # Feller ratio below which tangents of the variance are not trusted
_NEVER = 1e-9  # probability below which an interval without variance is not reckoned with
_EVERY_RETURN = ("rho", "dividend_rho", *PARAMETERS[1:5])  # what moves every return; the others move the first
_VARIANCE_GREEKS = ("vega", "theta", *PARAMETERS[:4])


def _variance(value: float) -> float:
    if value > 16.0:
        raise ValueError(
            f"a variance of {value:g} is a volatility of {sqrt(value):.0%}: write 0.04 for a volatility of 20 %"
        )
    return within(VARIANCE, value)


def _vol_of_vol(value: float) -> float:
    if value > 5.0:
        raise ValueError(f"a vol of vol of {value:g} is {value:.0%}: write {value / 100:g} for {value:g} %")
    if value < 1e-4:
        raise ValueError(f"with a vol of vol of {value:g} the variance is not random: use model gbm, or at least 1e-4")
    return value


def _mean_reversion(value: float) -> float:
    if value > 100.0:
        raise ValueError(f"a mean reversion of {value:g} a year is a half-life of {253 / value:.2g} days: at most 100")
    return within(MEAN_REVERSION, value)


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
        Per year, 0 to 100.
    vol_of_vol : float
        1e-4 to 5.
    correlation : float
        Of spot and variance, in [-1, 1]; at -1 or 1 no likelihood ratio exists.
    scheme : {"qe", "full_truncation"}, default "qe"
        QE-M, or log-Euler with full truncation (for comparison: no derivatives along the variance path).

    Raises
    ------
    UsageError
        For a value out of range.

    Notes
    -----
    Source: Heston, A closed-form solution for options with stochastic volatility (1993); Andersen, Simple and efficient
    simulation of the Heston stochastic volatility model (2008). Verified against semi-analytic values for seven
    parameter sets, see docs/heston_tables.md, and at the ends of the parameters' ranges in the tests.
    """

    kind: ClassVar[str] = "heston"
    futures: ClassVar[bool] = False
    cost_kind: ClassVar[str] = "heston"
    forms: ClassVar[str] = "heston"
    flat: ClassVar[bool] = True
    chain: ClassVar[Mapping[str, float]] = MappingProxyType({})
    of_contracts: ClassVar[frozenset[str]] = frozenset()
    volatility_name: ClassVar[str] = "initial volatility"  # what vega is the derivative with respect to
    _: KW_ONLY
    spot: Price
    rate: Rate = 0.0
    dividend_yield: Rate = 0.0
    initial_variance: Variance
    mean_reversion: Annotated[NonNegative, AfterValidator(_mean_reversion)]
    long_run_variance: Variance
    vol_of_vol: Annotated[Positive, AfterValidator(_vol_of_vol)]
    correlation: Annotated[Number, Field(ge=-1, le=1)]
    scheme: Literal["qe", "full_truncation"] = "qe"

    @property
    def gives(self) -> frozenset[str]:
        """A variance path, grids to compare, and bridges between dates where the spot has a part of its own."""
        own = {"survival", "maximum", "minimum", "bridged"} if abs(self.correlation) < 1.0 else set()
        when = {"hitting_time"} if own and not self.still else set()
        known = {"known_means"} if self.scheme == "qe" and not self.still else set()
        return frozenset({"variance_path", "two_grids"} | own | when | known)

    @property
    def feller_ratio(self) -> float:
        """2 kappa theta / xi^2; below 1 the variance reaches 0."""
        return 2.0 * self.mean_reversion * self.long_run_variance / self.vol_of_vol**2

    def in_unit(self, factor: float) -> Any:
        """The model in a unit of currency ``factor`` times smaller."""
        return altered(self, spot=factor * self.spot)

    @property
    def quoted_spot(self) -> float:
        """The spot."""
        return self.spot

    @property
    def first_rate(self) -> float:
        """The rate."""
        return self.rate

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks; vega is the derivative to the initial volatility, the root of the initial variance."""
        return ("delta", "vega", "rho", "dividend_rho", "theta", *PARAMETERS[:5])

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """Time steps of a path."""
        return sum(self.substeps(dates, steps_per_year))

    def substeps(self, dates: tuple[float, ...], steps_per_year: int | None) -> tuple[int, ...]:
        """Equal steps within each interval between dates, so that every date is hit exactly."""
        if steps_per_year is None:
            density = max(DEFAULT_STEPS_PER_YEAR, _LEAST_STEPS / dates[-1], _STEPS_A_REVERSION * self.mean_reversion)
        else:
            density = float(steps_per_year)
        before = (0.0, *dates)
        return tuple(max(1, ceil((b - a) * density - 1e-9)) for a, b in zip(before, dates, strict=False))

    def grid(self, dates: tuple[float, ...], steps_per_year: int | None) -> tuple[float, ...]:
        """Every time step's end, in years; the dates are among them."""
        counts = self.substeps(dates, steps_per_year)
        ends = zip((0.0, *dates), dates, counts, strict=False)
        return tuple(begin + (end - begin) * k / n if k < n else end for begin, end, n in ends for k in range(1, n + 1))

    def drivers(self, dates: tuple[float, ...], steps_per_year: int | None) -> dict[int, tuple[float, ...]]:
        """The spot's orthogonal Brownian motion on the dates, and the variance's on every time step."""
        return {SPOT_ROW: dates, VARIANCE_ROW: self.grid(dates, steps_per_year)}

    def simulate(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> HestonPaths:
        """Simulate one block: one orthogonal normal for each date, one random number of the variance for each step."""
        substeps = self.substeps(dates, draw.steps_per_year)
        normals = workspace.array("normals", len(dates), draw.stride)
        draw.normals(SPOT_ROW, normals)
        drivers = workspace.array("drivers", sum(substeps), draw.stride)
        (draw.uniforms if self.scheme == "qe" else draw.normals)(VARIANCE_ROW, drivers)
        return HestonPaths(self, dates, substeps, normals, drivers, draw, workspace, "base")

    def both_grids(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> tuple[HestonPaths, HestonPaths]:
        """One block on a grid twice as fine, and on the model's own; see :mod:`greeks.models.heston_grids`."""
        return both_grids(self, dates, draw, workspace)

    def grid_controls(self, fine: HestonPaths, own: HestonPaths, workspace: Workspace) -> Array:
        """Rows of mean 0 that explain a part of the difference between two grids, shape (2, stride)."""
        return controls(fine, own, workspace)

    def no_density(self, greek: str, dates: tuple[float, ...], steps_per_year: int | None = None) -> str | None:
        """No orthogonal part, no weight of second order beyond gamma, no tangents of full truncation.

        Nor, for what moves a later return, where one between two dates may have no variance: see :meth:`lull`.
        """
        if abs(self.correlation) == 1.0:
            return "at a correlation of +-1 the spot has no density given the variance"
        if self.still:
            return "without any variance the spot has no density"
        if greek == "volga":
            return "heston has no likelihood-ratio weight for volga"
        first = self.initial_variance > 0.0  # the first return has a variance
        if (greek in _EVERY_RETURN or not first) and self.lull(dates, steps_per_year) > _NEVER:
            return (
                f"the variance (Feller ratio {self.feller_ratio:.3g}) may be 0 from one date to the next, "
                "and such a return has no density"
            )
        return self.no_tangent("vega" if greek == "vanna" else greek)

    def no_average(self) -> str | None:
        """Given the variance path the spot is certain where the two move together."""
        return "at a correlation of +-1 nothing is left to average over" if abs(self.correlation) == 1.0 else None

    def no_pair_density(self) -> str | None:
        """Where the two move together, or the variance does not move."""
        certain = abs(self.correlation) == 1.0 or self.initial_variance == 0.0
        return "the pair of spot and variance has no density" if certain else None

    def lull(self, dates: tuple[float, ...], steps_per_year: int | None = None) -> float:
        """Bound of the probability that a path's variance is 0 at every time step of some interval between dates.

        At 0, QE's psi is 1 / Feller ratio, its largest; beyond 1.5 the next variance is 0 with probability
        (psi - 1) / (psi + 1), on each of the interval's steps. Full truncation, where the Feller condition fails, may
        end any step at 0.
        """
        return _lull(self, dates, steps_per_year)

    def no_tangent(self, greek: str) -> str | None:
        """Why no derivative along the variance path exists, or None."""
        if self.scheme == "full_truncation" and greek in ("vega", "theta", *PARAMETERS):
            return "full truncation has no usable derivative where the variance meets 0 (scheme qe has)"
        if greek == "correlation" and abs(self.correlation) == 1.0:
            return "the variance given the variance path is a root that ends at a correlation of +-1"
        if greek in ("vega", "initial_variance") and self.still:
            return "a variance that is 0 and stays 0 has no derivative along the path"
        pull = {"mean_reversion": self.long_run_variance, "long_run_variance": self.mean_reversion}.get(greek, 0.0)
        if self._absorbed and pull > 0.0:
            return "a variance that reaches 0 stays there: no path shows what would lift it"
        return None

    @property
    def _absorbed(self) -> bool:
        """Whether a variance that reaches 0 stays there."""
        return self.mean_reversion * self.long_run_variance == 0.0

    @property
    def still(self) -> bool:
        """Whether there is no variance at all."""
        return self._absorbed and self.initial_variance == 0.0

    def doubt(self, greek: str) -> str | None:
        """Tangents of the variance path have heavy tails where it often meets 0."""
        if self.feller_ratio < _DOUBTFUL and any(part in _VARIANCE_GREEKS for part in parts_of(greek)):
            return (
                f"the Feller ratio is {self.feller_ratio:.3g}: derivatives along a variance path that keeps meeting 0 "
                "have heavy tails"
            )
        return None

    def step_scale(self, greek: str, dates: tuple[float, ...]) -> float:
        """Shift of the parameter that moves the log-spot by about one standard deviation, or the parameter itself."""
        first, last = dates[0], dates[-1]
        usual = max(self.initial_variance, self.long_run_variance, 1e-6) * last
        # Far less variance than usual is to come where it starts near 0 and the time is short.
        kt = self.mean_reversion * last
        reverted = 1.0 + expm1(-kt) / kt if kt > 0.0 else 0.0
        expected = last * (self.initial_variance + (self.long_run_variance - self.initial_variance) * reverted)
        deviation = sqrt(max(min(usual, 4.0 * expected), 1e-6 * last))
        return {
            "delta": self.spot * min(deviation, 1.0),
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


@lru_cache(maxsize=1024)  # asked for every Greek and estimator of a trade
def _lull(model: Heston, dates: tuple[float, ...], steps_per_year: int | None) -> float:
    psi = 1.0 / model.feller_ratio if model.feller_ratio > 0.0 else inf
    if psi <= (CRITICAL if model.scheme == "qe" else 1.0):
        return 0.0
    stays = (psi - 1.0) / (psi + 1.0) if model.scheme == "qe" and psi < inf else 1.0
    steps = model.substeps(dates, steps_per_year)
    return sum(stays**count for count in (steps[1:] if model.initial_variance > 0.0 else steps))
