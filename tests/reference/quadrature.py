"""Contracts with dates under geometric Brownian motion, by backward quadrature: slow, and right to 11 digits or more.

Between two dates the value function is integrated against the normal density of the log-spot on Gauss-Legendre panels
whose ends are the levels where a payment jumps, so that nothing but analytic functions is ever integrated. At a date the
contract pays and stops, or goes on, by where the spot lies; a small number of states (coupons missed, barrier touched)
carries what has happened. Every Greek follows by Cauchy's integral: the nodes stay, the density moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from greeks.analytic.cauchy import Radii, greeks

Real = Complex = np.ndarray
_DEVIATIONS = 9.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


class Market(NamedTuple):
    """Geometric Brownian motion: rates per year, volatility per square root of a year."""

    spot: float
    rate: float = 0.0
    dividend_yield: float = 0.0
    volatility: float = 0.2


class Piece(NamedTuple):
    """What happens for a spot between two levels: a payment, now or later, and the state in which the contract goes on."""

    low: float
    high: float
    pays: Callable[[Real], Real] | float = 0.0
    to: int | None = None
    paid: float | None = None


class Date(NamedTuple):
    """A date: for every state the pieces, which need not cover the axis. A contract starts in state 0."""

    time: float
    states: tuple[tuple[Piece, ...], ...]


class Quadrature:
    """The value of a contract given by its dates, all later than now; the nodes are placed for ``market``."""

    def __init__(self, dates: Sequence[Date], market: Market, width: float = 2.5) -> None:
        self.dates, self.market = sorted(dates, key=lambda date: date.time), market
        times = [date.time for date in self.dates]
        if times[0] <= 0.0:
            raise ValueError("a date now is not random: settle it first")
        gaps = np.diff([0.0, *times])
        scale = market.volatility * np.sqrt(gaps)
        self.first = self._grid(times[0], width * min(scale[:2]))
        self.later = self._grid(times[-1], width * min(scale[1:], default=1.0)) if len(times) > 1 else self.first

    def _grid(self, time: float, width: float) -> tuple[Real, Real]:
        m = self.market
        centre = math.log(m.spot) + (m.rate - m.dividend_yield) * time
        reach = _DEVIATIONS * m.volatility * math.sqrt(time) + m.volatility**2 * time
        edges = {centre - reach, centre + reach}
        pieces = [piece for date in self.dates for state in date.states for piece in state]
        for level in {x for piece in pieces for x in (piece.low, piece.high)}:
            if 0.0 < level < math.inf and abs(math.log(level) - centre) < reach:
                edges.add(math.log(level))
        cuts = sorted(edges)
        panels = [np.linspace(a, b, 1 + math.ceil((b - a) / width)) for a, b in pairwise(cuts)]
        ends = np.unique(np.concatenate(panels))
        half, middle = 0.5 * np.diff(ends), 0.5 * (ends[1:] + ends[:-1])
        return (middle[:, None] + half[:, None] * _NODES).ravel(), (half[:, None] * _WEIGHTS).ravel()

    def price(
        self, spots: Complex, rate: complex, dividend_yield: complex, volatility: complex, elapsed: complex
    ) -> Complex:
        """The value for an array of spots, with everything complex if need be; ``elapsed`` brings all dates nearer."""
        drift = rate - dividend_yield - 0.5 * volatility**2
        times, kernels = [0.0, *(date.time for date in self.dates)], {}
        values: list[Complex] = []
        for k in reversed(range(len(self.dates))):
            grid, weights = self.later if k else self.first
            spot, date = np.exp(grid), self.dates[k]

            def discount(piece: Piece, time: float = date.time) -> complex:
                return np.exp(-rate * ((time if piece.paid is None else piece.paid) - elapsed))

            settled = np.stack([_settle(pieces, spot, discount, values) for pieces in date.states])
            gap = times[k + 1] - times[k] - (0.0 if k else elapsed)
            # Between later dates nodes are the same, and equal intervals share their density.
            key = round(times[k + 1] - times[k], 12) if k > 1 else -k
            if key not in kernels:
                source = np.log(spots) if k == 0 else (self.first if k == 1 else self.later)[0]
                variance = volatility**2 * gap
                steps = grid[None, :] - source[:, None] - drift * gap
                kernels[key] = np.exp(-0.5 * steps**2 / variance) * (weights / np.sqrt(2.0 * math.pi * variance))
            values = list(settled @ kernels[key].T)
        return values[0]

    def value(self) -> float:
        """The price alone."""
        return float(self.price(np.array([self.market.spot + 0j]), *self.market[1:], 0.0)[0].real)

    def greeks(self) -> dict[str, float]:
        """Price and the nine Greeks."""
        m, first = self.market, self.dates[0].time
        radii = Radii(
            spot=0.2 * m.spot * m.volatility * math.sqrt(first),
            rate=0.1 * m.volatility / math.sqrt(self.dates[-1].time),
            volatility=0.04 * m.volatility,
            elapsed=0.05 * first,
        )
        return greeks(self.price, *m, radii)


def _settle(
    pieces: Sequence[Piece], spot: Real, discount: Callable[[Piece], complex], values: Sequence[Complex]
) -> Complex:
    """What a state is worth at a date, after the payment there."""
    out = np.zeros(len(spot), dtype=complex)
    for piece in pieces:
        inside = (spot > piece.low) & (spot < piece.high)
        pays = piece.pays(spot[inside]) if callable(piece.pays) else piece.pays
        out[inside] += discount(piece) * pays
        if piece.to is not None:
            out[inside] += values[piece.to][inside]
    return out
