"""What models have in common whose spot is lognormal with constant coefficients: exact on any grid of dates.

X_j - X_{j-1} = mu h_j + sigma sqrt(h_j) Z_j with X = log S, mu = r - q - sigma^2 / 2 and h_j = t_j - t_{j-1}.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2004), sections 3.2 and 7.2-7.3; the second-order
weights follow from (d_a d_b p) / p = s_a s_b + d_b s_a. Verified against Black-Scholes, against quadrature, and
against the NumPy reference implementation in the tests.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from greeks.core.workspace import Array, Workspace
from greeks.models.base import SPOT_ROW, Draw
from greeks.models.gbm_paths import GBMPaths
from greeks.spec import altered


class Lognormal:
    """Base class of models with the fields ``spot``, ``rate`` and ``volatility``, and a dividend yield."""

    volatility_name: ClassVar[str] = "volatility"
    feller_ratio: ClassVar[None] = None
    futures: ClassVar[bool] = False
    cost_kind: ClassVar[str] = "gbm"
    of_contracts: ClassVar[frozenset[str]] = frozenset({"volatility"})
    forms: ClassVar[str] = "gbm"
    flat: ClassVar[bool] = True
    chain: ClassVar[Any] = MappingProxyType({})  # by Greek, what its parameter does to the spot; a property where any
    spot: float
    rate: float
    volatility: float

    @property
    def dividend_yield(self) -> float:
        """Continuously compounded, per year."""
        raise NotImplementedError

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """One step a date: the simulation is exact."""
        return len(dates)

    def drivers(self, dates: tuple[float, ...], steps_per_year: int | None) -> dict[int, tuple[float, ...]]:
        """One Brownian motion, seen on the dates."""
        return {SPOT_ROW: dates}

    def simulate(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> GBMPaths:
        """Simulate one block; the normals are kept for tangents and shifted paths."""
        normals = workspace.array("normals", len(dates), draw.stride)
        draw.normals(SPOT_ROW, normals)
        return self.of_normals(dates, normals, draw, workspace, "base")

    def of_normals(
        self,
        dates: tuple[float, ...],
        normals: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        partner: bool = False,
    ) -> GBMPaths:
        """The paths that given normals make."""
        return GBMPaths(self, dates, normals, draw, workspace, slot, partner)

    @property
    def gives(self) -> frozenset[str]:
        """Moved normals, a second tangent, and all that happens between dates: when, where something is random."""
        when = frozenset() if self.still else frozenset({"hitting_time"})
        always = {"drifted", "second_tangent", "maximum", "minimum", "survival", "exercise"}
        return frozenset(always) | when

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

    @property
    def still(self) -> bool:
        """Whether nothing is random."""
        return self.volatility == 0.0

    def no_density(self, greek: str, dates: tuple[float, ...], steps_per_year: int | None = None) -> str | None:
        """A path without randomness has no density to differentiate."""
        return "the volatility is 0, so the paths have no density" if self.volatility == 0.0 else None

    def no_average(self) -> str | None:
        """The variance is certain."""
        return None

    def no_pair_density(self) -> str | None:
        """The variance is certain, and has none."""
        return "the variance has no density"

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
