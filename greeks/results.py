"""Numbers with a unit, an error bar and a status: from moments to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, nan, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from greeks.names import SECOND_ORDER, unit
from greeks.workspace import Array

if TYPE_CHECKING:
    import pandas as pd

Z95 = 1.959963984540054  # half-width of a 95 % interval in standard errors
FAR = 4.5  # standard errors beyond which chance is no explanation
_SHAKY = 0.05  # relative uncertainty of a standard error above which it is called untrustworthy
TRADE_COLUMNS = (
    "trade_id", "underlying", "product", "model", "greek", "estimator", "value", "standard_error", "ci_low", "ci_high",
    "paths", "unit", "status", "reason", "reference", "z_score", "quantity", "multiplier", "position_value",
    "position_standard_error",
)  # fmt: skip
NET_KEYS = ("level", "underlying", "currency")
NET_NUMBERS = (
    "greek", "estimator", "value", "standard_error", "ci_low", "ci_high", "trades", "unit", "status", "reason",
)  # fmt: skip
NET_COLUMNS = (*NET_KEYS, *NET_NUMBERS)  # with the columns of ``group_by`` between the two


@dataclass(frozen=True)
class Estimate:
    """A mean and what is known of its error, in raw units.

    ``status`` is "ok", "warn" or "na"; ``kurtosis`` is that of the contributions (3 for a normal).
    """

    value: float
    standard_error: float
    paths: int
    status: str
    reason: str
    kurtosis: float = nan
    low: float | None = None
    high: float | None = None

    def ci(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval, by the normal approximation; one-sided where no path paid."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        half = _quantile(level) * self.standard_error
        return self.value - half, self.value + half


def _quantile(level: float) -> float:
    """Half-width in standard errors of a central interval."""
    return Z95 if level == 0.95 else NormalDist().inv_cdf(0.5 + 0.5 * level)


def natural_scale(payoff: Any, model: Any, greek: str) -> float:
    """Order of magnitude of a number: that of a price at the money, per natural step of each parameter."""
    discount = exp(-model.rate * payoff.maturity)
    dates = payoff.dates()
    scale: float = discount * model.spot
    if payoff.smoothness == "lipschitz":
        scale *= min(model.step_scale("delta", dates) / model.spot, 1.0)
    elif getattr(payoff, "amount", 0.0) > 0.0:
        scale = discount * payoff.amount
    for part in SECOND_ORDER.get(greek, () if greek == "price" else (greek,)):
        step = model.step_scale(part, dates) if part in model.greeks() else 0.0
        scale /= step or _POINT
    return scale


NEAR_ZERO = 0.01  # fraction of the natural scale below which a number counts as zero in a relative error
_POINT = 0.01  # natural step of a parameter that is 0
_ROUNDING = 1e-12  # of the natural scale: an error of its own where nothing else is


def uncertainty(error: float, value: float, scale: float) -> float:
    """Standard error over the size of the value, or over 1 % of the natural scale where that is larger.

    What a target is met by, and what tables are sorted by; :func:`relative_error` is what they show.
    """
    return error / max(abs(value), NEAR_ZERO * scale)


def relative_error(error: float, value: float, scale: float) -> float | None:
    """Standard error over the size of the value; None for a number so near to zero that it would say nothing."""
    return error / abs(value) if abs(value) >= NEAR_ZERO * scale and value else None


def z_score(value: float, error: float, exact: float, scale: float) -> float:
    """Distance to the exact value in standard errors, rounding counted as one."""
    return (value - exact) / max(error, _ROUNDING * scale)


def from_moments(moments: Array, status: str, reason: str, scale: float, random: bool) -> Estimate:
    """Mean, standard error and verdict from one row of moments.

    Parameters
    ----------
    moments : ndarray
        Count, mean, and central power sums of order 2, 3 and 4 (further columns are ignored).
    status, reason : str
        What was known before simulation.
    scale : float
        Natural scale of the number, for the bound that replaces an error bar when no path contributed.
    random : bool
        False where the paths are deterministic, so that no spread is expected.
    """
    count, mean, m2 = int(moments[0]), float(moments[1]), float(moments[2])
    variance = m2 / (count - 1) if count > 1 else nan
    error = sqrt(variance / count) if count > 1 else nan
    if count < 2:
        return Estimate(mean, nan, count, "warn", "a single path has no error bar: ask for more paths")
    if not (abs(mean) < inf and error < inf):
        text = "the contributions overflow: use another estimator, such as finite_difference"
        return Estimate(nan, nan, count, "na", text)
    if m2 == 0.0 and random:
        bound = 3.0 / count * scale
        text = (
            f"no path differs from {mean:.6g} in {count} paths: the error is only known to be below {bound:.3g} "
            "(3/n of the scale) with 95 % confidence; ask for more paths"
        )
        return Estimate(mean, bound, count, "warn", text, low=mean - bound if mean else 0.0, high=mean + bound)
    kurtosis = count * (float(moments[4]) / m2) / m2 if m2 > 0.0 else nan
    shaky = 0.5 * sqrt(max(kurtosis - 1.0, 0.0) / count) if m2 > 0.0 else 0.0
    if shaky > _SHAKY:
        text = (
            f"heavy tail (kurtosis {kurtosis:.3g}): the error bar itself is uncertain by {shaky:.0%}; "
            "ask for more paths or another estimator"
        )
        status, reason = "warn", f"{text}; {reason}" if reason else text
    return Estimate(mean, error, count, status, reason, kurtosis)


class RunResult:
    """Greeks of a book.

    Attributes
    ----------
    manifest : dict
        Version, seed, input digests, settings and machine: what it takes to repeat the run.
    target_met : bool
        Whether every number reached the target asked for; True when none was.
    """

    def __init__(
        self,
        trade_rows: Sequence[Mapping[str, Any]],
        net_rows: Sequence[Mapping[str, Any]],
        manifest: Mapping[str, Any],
        target_met: bool,
    ) -> None:
        self._trade_rows, self._net_rows = list(trade_rows), list(net_rows)
        self.manifest, self.target_met = dict(manifest), target_met

    @property
    def trades(self) -> pd.DataFrame:
        """One row for each trade, Greek and estimator."""
        return _frame(self._trade_rows, TRADE_COLUMNS)

    @property
    def net(self) -> pd.DataFrame:
        """The netted book, a row a number: ``level`` book, underlying, group or underlying_group."""
        return _frame(self._net_rows, NET_COLUMNS)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data: manifest, trades and net; an absent number is null."""

        def clean(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
            return [{k: None if isinstance(v, float) and v != v else v for k, v in row.items()} for row in rows]

        return {"manifest": self.manifest, "trades": clean(self._trade_rows), "net": clean(self._net_rows)}


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows)) if rows else pd.DataFrame(columns=list(columns))


def row(estimate: Estimate, greek: str, units: str, volatility: str = "volatility") -> dict[str, Any]:
    """The numeric columns of a result, in the units asked for; ``volatility`` is what a vega refers to."""
    factor, text = unit(greek, units, volatility)
    low, high = estimate.ci()
    return {
        "value": estimate.value * factor,
        "standard_error": estimate.standard_error * factor,
        "ci_low": low * factor,
        "ci_high": high * factor,
        "paths": estimate.paths,
        "unit": text,
        "status": estimate.status,
        "reason": estimate.reason,
    }
