"""A volatility surface from quotes by expiry and strike: what interpolates, and what would be arbitrage.

Total variance w = volatility^2 years is linear in the logarithm of strike over forward within an expiry, and beyond its
ends constant; it is linear in time at equal strike over forward, from 0 at time 0, and beyond the last expiry its
volatility goes on. Quotes must leave no arbitrage between them: w does not fall from one expiry to the next (calendar),
and calls are convex in the strike and fall no faster than the strike rises (butterfly).

Source: Gatheral, The Volatility Surface (2006), chapter 3; Fengler, Arbitrage-free smoothing of the implied volatility
surface (2009). Verified in the tests: quotes are met, planted arbitrage is found, and another library's interpolation
in total variance has the same values.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erf, exp, log, sqrt

_SLACK = 1e-9  # of the forward: what quotes written with few digits may miss
_RATIO = "strike over forward"


@dataclass(frozen=True)
class Quote:
    """One volatility: ``log_strike`` is the logarithm of strike over forward, ``line`` where it stands."""

    years: float
    log_strike: float
    volatility: float
    line: int = 0
    strike: float = 0.0

    @property
    def total(self) -> float:
        """Total variance."""
        return self.volatility * self.volatility * self.years

    def said(self, by_strike: bool) -> str:
        """How a message names it."""
        at = f"strike {self.strike:g}" if by_strike else f"{_RATIO} {exp(self.log_strike):.6g}"
        return f"maturity {self.years:.6g}, {at}, volatility {self.volatility:g}"


@dataclass(frozen=True, eq=False)
class Smile:
    """A surface of volatilities.

    Attributes
    ----------
    slices : tuple of tuple of Quote
        By expiry, each by strike, ascending.
    forward : callable
        Forward price by years.
    """

    slices: tuple[tuple[Quote, ...], ...]
    forward: Callable[[float], float]

    @property
    def by_strike(self) -> bool:
        """Whether any expiry has more than one volatility."""
        return any(len(quotes) > 1 for quotes in self.slices)

    def volatility(self, years: float, strike: float | None = None) -> float:
        """Of an expiry > 0 and a strike; at the forward where no strike is given."""
        log_strike = log(strike / self.forward(years)) if strike is not None else 0.0
        times = [quotes[0].years for quotes in self.slices]
        place = bisect_left(times, years)
        if place == len(times):
            return sqrt(_total(self.slices[-1], log_strike) / times[-1])
        end = _total(self.slices[place], log_strike)
        if place == 0:
            return sqrt(end / times[0])
        start, before = _total(self.slices[place - 1], log_strike), times[place - 1]
        share = (years - before) / (times[place] - before)
        return sqrt((start + share * (end - start)) / years)

    def beyond(self, years: float, strike: float | None = None) -> list[str]:
        """What is extrapolated for a contract."""
        found = []
        if years > self.slices[-1][0].years * (1.0 + 1e-12):
            found.append(f"beyond the last expiry, {self.slices[-1][0].years:.6g} years")
        near = min(self.slices, key=lambda quotes: abs(quotes[0].years - years))
        if strike is None or len(near) < 2:
            return found
        log_strike = log(strike / self.forward(years))
        outside = not near[0].log_strike - 1e-9 <= log_strike <= near[-1].log_strike + 1e-9
        return [*found, f"beyond the strikes quoted at {near[0].years:.6g} years"] if outside else found

    def arbitrage(self, by_strike: bool = True) -> list[tuple[Quote, str]]:
        """Every quote that allows arbitrage with others before it, and the message that names them."""
        found = []
        for quotes in self.slices:
            found += _butterflies(quotes, by_strike)
        for early, late in pairwise(self.slices):
            found += _calendars(early, late, by_strike)
        return found


def _total(quotes: Sequence[Quote], log_strike: float) -> float:
    """Total variance of one expiry."""
    place = bisect_left([quote.log_strike for quote in quotes], log_strike)
    if place == 0:
        return quotes[0].total
    if place == len(quotes):
        return quotes[-1].total
    low, high = quotes[place - 1], quotes[place]
    return low.total + (high.total - low.total) * (log_strike - low.log_strike) / (high.log_strike - low.log_strike)


def _call(quote: Quote) -> float:
    """Undiscounted call as a part of the forward."""
    width, k = sqrt(quote.total), quote.log_strike
    if width == 0.0:
        return max(1.0 - exp(k), 0.0)
    upper = -k / width + 0.5 * width
    return _normal(upper) - exp(k) * _normal(upper - width)


def _normal(x: float) -> float:
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


def _butterflies(quotes: Sequence[Quote], by_strike: bool) -> list[tuple[Quote, str]]:
    """Where a call spread pays more than it can, less than nothing, or a butterfly less than nothing."""
    points = [(exp(quote.log_strike), _call(quote), quote) for quote in quotes]
    found: list[tuple[Quote, str]] = []
    slope_before, x, value, near = -1.0, 0.0, 1.0, ""  # a call of strike 0 is worth the forward
    for y, other, quote in points:
        slope, slack = (other - value) / (y - x), _SLACK / (y - x)
        if slope < slope_before - slack or slope > slack:
            names = f"{near} and {quote.said(by_strike)}" if near else quote.said(by_strike)
            found.append((quote, f"butterfly arbitrage: calls are not convex in the strike at {names}: mend one"))
        slope_before, x, value, near = slope, y, other, quote.said(by_strike)
    return found


def _calendars(early: Sequence[Quote], late: Sequence[Quote], by_strike: bool) -> list[tuple[Quote, str]]:
    """Where the total variance falls with time."""
    for quote in early:
        if _total(late, quote.log_strike) < quote.total * (1.0 - _SLACK):
            near = min(late, key=lambda other: abs(other.log_strike - quote.log_strike))
            return [(near, _calendar(quote, near, by_strike))]
    for quote in late:
        if quote.total < _total(early, quote.log_strike) * (1.0 - _SLACK):
            near = min(early, key=lambda other: abs(other.log_strike - quote.log_strike))
            return [(quote, _calendar(near, quote, by_strike))]
    return []


def _calendar(early: Quote, late: Quote, by_strike: bool) -> str:
    return (
        f"calendar arbitrage: the total variance falls from {early.said(by_strike)} to {late.said(by_strike)} at equal "
        f"{_RATIO}: mend one of them"
    )
