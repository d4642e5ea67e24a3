"""A number with its error bar: what ``estimate`` and ``run`` give for one Greek, and what it is to Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from math import inf, isfinite, nan
from statistics import NormalDist

from greeks.text.visible import visible

Z95 = 1.959963984540054  # half-width of a 95 % interval in standard errors


@dataclass(frozen=True, repr=False)
class Estimate:
    """A mean and what is known of its error, in raw units; in a result, in the units asked for.

    ``status`` is "ok", "warn" or "na"; ``kurtosis`` is that of the contributions (3 for a normal). ``bias`` is a
    measured bias, nan where none was; ``causes`` says what a warning is about, for sums that hold the number.
    ``degrees`` are the degrees of freedom of the error: one less than the replicates of Sobol points, infinite for
    many paths. In a result, ``greek``, ``estimator`` and ``unit`` say what it is, and ``reference`` and ``z_score``
    compare it with the exact value, nan where there is none. ``float(estimate)`` is the value, and
    ``f"{estimate:.4f}"`` formats it.
    """

    value: float
    standard_error: float
    paths: int
    status: str
    reason: str
    kurtosis: float = nan
    low: float | None = None
    high: float | None = None
    bias: float = nan
    degrees: float = inf
    causes: frozenset[str] = field(default=frozenset(), compare=False)
    greek: str = ""
    estimator: str = ""
    unit: str = ""
    reference: float = nan
    z_score: float = nan

    def ci(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval, by the quantile of the normal or of Student's t; a bound where no path differs."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        half = quantile(level, self.degrees) * self.standard_error
        return self.value - half, self.value + half

    def warned(self, text: str, cause: str) -> Estimate:
        """The same number with a warning, before those there are."""
        reason = "; ".join(part for part in (text, self.reason) if part)
        status = "na" if self.status == "na" else "warn"
        return replace(self, status=status, reason=reason, causes=self.causes | {cause})

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        """The value in a number's format, such as ".4f"; without one, the value and its standard error."""
        return format(self.value, spec) if spec else str(self)

    def __str__(self) -> str:
        """Value, standard error, unit, and the status where it is not ok."""
        doubt = f" ({self.status}: {visible(self.reason)})" if self.status != "ok" else ""
        number = f"{self.value:.6g} ± {self.standard_error:.2g}" if self.value == self.value else "no value"
        return f"{number} {visible(self.unit)}".rstrip() + doubt

    def __repr__(self) -> str:
        """The same with its name, short enough for a console."""
        return f"{type(self).__name__}({': '.join(part for part in (self._name, str(self)) if part)})"

    def _repr_html_(self) -> str:
        return f"<span>{escape(self._name)} {escape(str(self))}</span>"

    @property
    def _name(self) -> str:
        return visible(" ".join(part for part in (self.greek, self.estimator) if part))


def quantile(level: float, degrees: float = inf) -> float:
    """Half-width in standard errors of a central interval, of the normal or of Student's t."""
    if isfinite(degrees):
        from scipy.special import stdtrit

        return float(stdtrit(degrees, 0.5 + 0.5 * level))
    return Z95 if level == 0.95 else NormalDist().inv_cdf(0.5 + 0.5 * level)
