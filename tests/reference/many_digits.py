"""Greeks by central differences in many digits: independent of every rule of differentiation in the package."""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

NINE = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
_SPOT, _RATE, _DIVIDEND, _VOLATILITY, _ELAPSED = range(5)


def greeks(
    price: Callable[..., mp.mpf], spot: float, rate: float, dividend_yield: float, volatility: float, digits: int = 80
) -> dict[str, float]:
    """The nine Greeks of ``price(spot, rate, dividend_yield, volatility, elapsed)``, all mpmath numbers."""
    with mp.workdps(digits):
        x = [mp.mpf(v) for v in (spot, rate, dividend_yield, volatility, 0.0)]
        h = mp.mpf(10) ** (-digits // 4)

        def at(*moves: tuple[int, int]) -> mp.mpf:
            y = list(x)
            for i, steps in moves:
                y[i] += steps * h
            return price(*y)

        def first(i: int) -> mp.mpf:
            return (at((i, 1)) - at((i, -1))) / (2 * h)

        def second(i: int) -> mp.mpf:
            return (at((i, 1)) - 2 * at() + at((i, -1))) / h**2

        s, v = _SPOT, _VOLATILITY
        cross = sum(a * b * at((s, a), (v, b)) for a in (1, -1) for b in (1, -1)) / (4 * h**2)
        values = (
            at(), first(s), second(s), first(v), first(_RATE), first(_DIVIDEND), first(_ELAPSED), cross, second(v),
        )  # fmt: skip
        return dict(zip(NINE, (float(x) for x in values), strict=True))
