"""Whether targets are met, and what that of a net costs: ``python -m benchmarks.targets`` writes docs/targets.md.

Two hundred random contracts with a closed form, each to a relative error of 0.1 % of price and delta by simulation
alone; and a random book of hedged positions to 1 % of every number, of its trades and of its net. Work is the number of
paths times time steps times contracts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.results.scale import NEAR_ZERO, natural_scale

DOCS = Path(__file__).parents[1] / "docs" / "targets.md"
TRADES, TARGET, SEED = 200, 0.001, 12
GREEKS = ("price", "delta")
_HEAD = """# Targets

Written by `python -m benchmarks.targets`. The error is relative to the number, or to 1 % of its natural scale where that is
larger; a number that is warned of has not met its target.
"""


def contracts(random: np.random.Generator, count: int) -> list[tuple[Any, gk.GBM]]:
    """Random contracts that have a closed form, and their models."""
    found: list[tuple[Any, gk.GBM]] = []
    while len(found) < count:
        volatility, maturity = float(random.uniform(0.1, 0.5)), float(random.uniform(0.1, 2.0))
        width = volatility * maturity**0.5
        strike = 100.0 * float(np.exp(random.uniform(-1.0, 1.0) * width))
        side: Any = random.choice(["call", "put"])
        model = gk.GBM(spot=100.0, rate=float(random.uniform(0.0, 0.06)), volatility=volatility)
        level = 100.0 * float(np.exp(-random.uniform(0.8, 1.6) * width))
        made = (
            gk.European(side, strike=strike, maturity=maturity),
            gk.Digital(side, strike=strike, maturity=maturity),
            gk.Gap(side, strike=strike, trigger=strike * 1.02, maturity=maturity),
            gk.Asian(side, strike=strike, maturity=maturity, fixings=12, averaging="geometric"),
            gk.Barrier("call", strike=100.0, maturity=maturity, barrier_type="down-and-out", barrier=level),
            gk.Lookback(side, lookback_type="floating", maturity=maturity),
        )
        found.append((made[int(random.integers(len(made)))], model))
    return found


def errors() -> tuple[int, int, list[float]]:
    """How many numbers met the target, of how many, and the true errors of those in standard errors."""
    met, z = [], []
    for number, (payoff, model) in enumerate(contracts(np.random.default_rng(SEED), TRADES)):
        book = Book((Trade("t", "u", payoff),), {"u": model})
        found = gk.run(
            book, greeks=GREEKS, analytic=False, target=TARGET, paths=2**16, max_paths=2**25, seed=number
        ).trades
        exact = reference(payoff, model)
        for line in found.itertuples():
            met.append(bool(line.target_met))
            least = NEAR_ZERO * natural_scale(payoff, model, line.greek)
            if met[-1]:
                error = max(line.standard_error, 1e-12 * least)
                z.append(float(line.value - exact[line.greek]) / error)
        if number % 20 == 19:
            print(f"{number + 1} contracts", flush=True)
    return sum(met), len(met), z


def hedged() -> Book:
    """Positions of six underlyings, most of them hedged by another, a few large."""
    random = np.random.default_rng(SEED)
    trades, models = [], {}
    for number in range(6):
        name = f"U{number}"
        models[name] = gk.GBM(spot=100.0, rate=0.03, volatility=float(random.uniform(0.15, 0.4)))
        for place, strike in enumerate((95.0, 100.0, 105.0)):
            payoff = gk.Asian("call", strike=strike, maturity=1.0, fixings=12)
            size = float(random.normal()) * (100.0 if number == 0 else 1.0)
            trades.append(Trade(f"{name}-{place}", name, payoff, size))
    return Book(tuple(trades), models)


def work(of: str) -> tuple[float, bool]:
    """Work of a target, and whether it was met."""
    found = gk.run(
        hedged(), greeks="price,vega,rho", estimators="pathwise", target=0.002, target_of=of, paths=2**13,
        max_paths=2**24, seed=SEED,
    )  # fmt: skip
    one = found.trades[found.trades.greek == "price"]
    return float(12 * one.paths.sum()), found.target_met


def main() -> None:
    """Measure and write."""
    met, count, z = errors()
    within = float(np.mean(np.abs(z) <= 3.0))
    trades, net = work("trades"), work("net")
    lines = [
        _HEAD,
        f"- {TRADES} random contracts to {TARGET:.1%} of price and delta: {met} of {count} numbers met it within 2^25 paths;",
        f"  the true error of {within:.1%} of those is within 3 standard errors, the largest {np.max(np.abs(z)):.2f}.",
        f"- A book of six underlyings to 0.2 % of price, vega and rho: every trade takes {trades[0]:.3g} path-steps"
        f" ({'met' if trades[1] else 'not met'}),",
        f"  the net {net[0]:.3g} ({'met' if net[1] else 'not met'}): {trades[0] / net[0]:.3g} times less.",
        "",
    ]
    DOCS.write_text("\n".join(lines))
    print("\n".join(lines[1:]))


if __name__ == "__main__":
    main()
