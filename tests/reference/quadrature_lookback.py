"""Discrete lookbacks under geometric Brownian motion, by backward quadrature of one variable.

With the spot as numeraire the distance of the running maximum from the spot, w = log(M / S), is a Markov chain reflected
at zero, w' = max(w - xi, 0) with xi the log-return (Lindley's recursion), and E[max(m, M)] = E[S_n] E^S[exp(w_n)] from
w_0 = log(m / S_0). A minimum is the same with the signs turned. Independent of :mod:`tests.reference.quadrature`, whose
survival probabilities integrate to the same value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from greeks.analytic.cauchy import Radii, greeks
from tests.reference.quadrature import Complex, Market

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


class Lookback:
    """A lookback on the spots at ``times``, all later than now, and on the extreme so far, paid at ``maturity``.

    The extreme is one of the fixings and of ``past_extreme`` where that is given; today's spot is not among them.
    """

    def __init__(
        self,
        option_type: str,
        lookback_type: str,
        times: Sequence[float],
        maturity: float,
        market: Market,
        *,
        strike: float | None = None,
        past_extreme: float | None = None,
    ) -> None:
        self.call, self.fixed = option_type == "call", lookback_type == "fixed"
        self.times, self.maturity, self.market, self.strike = sorted(times), maturity, market, strike
        # fixed calls and floating puts look at the maximum
        self.sign = 1.0 if self.call == self.fixed else -1.0
        known = [x for x in (past_extreme, strike if self.fixed else None) if x is not None]
        self.level = (max(known) if self.sign > 0 else min(known)) if known else None
        deviations = market.volatility * np.sqrt(np.diff([0.0, *self.times]))
        reach = 9.5 * market.volatility * math.sqrt(self.times[-1]) + (market.volatility**2 + 0.1) * self.times[-1]
        if self.level is not None:
            reach += max(self.sign * math.log(self.level / market.spot), 0.0)
        width = 2.0 * min(deviations)
        ends = np.linspace(0.0, reach, 1 + math.ceil(reach / width))
        half, middle = 0.5 * np.diff(ends), 0.5 * (ends[1:] + ends[:-1])
        self.grid = (middle[:, None] + half[:, None] * _NODES).ravel()
        self.weights = (half[:, None] * _WEIGHTS).ravel()

    def _extreme(
        self, spots: Complex, rate: complex, dividend_yield: complex, volatility: complex, elapsed: complex
    ) -> Complex:
        """E[max(level, M)] or E[min(level, M)]."""
        drift = self.sign * (rate - dividend_yield + 0.5 * volatility**2)
        gaps = np.diff([elapsed, *self.times])
        # beyond the grid's end the reflected variable does not reach zero
        values, at_zero = np.exp(self.sign * self.grid).astype(complex), 1.0 + 0j
        for k in reversed(range(len(gaps))):
            mean, deviation = drift * gaps[k], volatility * np.sqrt(gaps[k])
            if k > 0:
                start = np.append(self.grid, 0.0).astype(complex)
            elif self.level is not None:
                start = self.sign * (math.log(self.level) - np.log(spots))
            else:
                start = None
            if start is None:
                # no extreme yet: the first fixing sets it, and the distance is zero there
                return np.asarray(spots * np.exp((rate - dividend_yield) * (self.times[-1] - elapsed)) * at_zero)
            reflected = ndtr((mean - start) / deviation) * at_zero
            steps = (start[:, None] - self.grid[None, :] - mean) / deviation
            density = np.exp(-0.5 * steps**2) / (math.sqrt(2.0 * math.pi) * deviation)
            new = reflected + density @ (self.weights * values)
            values, at_zero = new[:-1], new[-1]
        return np.asarray(spots * np.exp((rate - dividend_yield) * (self.times[-1] - elapsed)) * new)

    def price(
        self, spots: Complex, rate: complex, dividend_yield: complex, volatility: complex, elapsed: complex
    ) -> Complex:
        """The value for an array of spots, with everything complex if need be."""
        extreme = self._extreme(spots, rate, dividend_yield, volatility, elapsed)
        other = self.strike if self.fixed else spots * np.exp((rate - dividend_yield) * (self.maturity - elapsed))
        return np.asarray(self.sign * (extreme - other) * np.exp(-rate * (self.maturity - elapsed)))

    def value(self) -> float:
        """The price alone."""
        return float(self.price(np.array([self.market.spot + 0j]), *self.market[1:], 0.0)[0].real)

    def greeks(self) -> dict[str, float]:
        """Price and the nine Greeks."""
        m, first = self.market, self.times[0]
        radii = Radii(
            spot=0.2 * m.spot * m.volatility * math.sqrt(first),
            rate=0.1 * m.volatility / math.sqrt(self.times[-1]),
            volatility=0.04 * m.volatility,
            elapsed=0.05 * first,
        )
        return greeks(self.price, *m, radii)
