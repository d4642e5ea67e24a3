"""Bias of continuous monitoring under Heston by bridges: ``python -m benchmarks.continuous_monitoring``.

Writes docs/continuous_monitoring.md: the price of barrier calls by time steps a year, with bridges of the whole variance
of a step, of the part that is left given the variance path, and by the dates alone, against the same on a grid so fine
that they hardly differ.
"""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path
from typing import Any, Literal

import numpy as np

import greeks as gk
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.models.base import Draw
from greeks.payoffs.bridges import ROWS, TILE, survive

DOCUMENT = Path(__file__).parents[1] / "docs" / "continuous_monitoring.md"
SETS = {
    "mild (Feller ratio 1.33)": gk.Heston(
        spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
        vol_of_vol=0.3, correlation=-0.7,
    ),
    "strong (Feller ratio 0.04)": gk.Heston(
        spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04,
        vol_of_vol=1.0, correlation=-0.9,
    ),
}  # fmt: skip
LEVELS = {"up-and-out 120": (-np.inf, log(120.0)), "down-and-out 90": (log(90.0), np.inf)}
LOOKBACKS: dict[str, dict[str, Any]] = {
    "fixed call 100": {"option_type": "call", "lookback_type": "fixed", "strike": 100.0},
    "floating call": {"option_type": "call", "lookback_type": "floating"},
}
WAYS = ("whole variance", "variance left", "dates alone")
STEPS, FINEST, WIDTH = (4, 12, 32, 52, 252), 1024, 2**12
TOUCHES: dict[str, dict[str, Any]] = {
    "one-touch up 120": {"direction": "up", "barrier": 120.0},
    "one-touch down 90": {"direction": "down", "barrier": 90.0},
}
GREEKS = ("delta", "vega")
HEAD = """# Continuous monitoring

Written by `python -m benchmarks.continuous_monitoring`.

Between the dates of a simulation a level may be met. Under geometric Brownian motion the log-spot between two dates is a
Brownian bridge of variance sigma^2 h, whatever its ends, and the probability that it meets no level is known: one level
`1 - exp(-2 u v / (sigma^2 h))`, u and v being the distances of the ends from it, two levels a series of images (the
product of two single ones is not it). A barrier or touch that is watched at all times is worth what it pays times that
probability, with no bias and with as few dates as the contract has.

Today's spot is an end of the first bridge, and the volatility and the time are in every variance: a derivative moves the
probability with the spots at the dates held fixed too. The likelihood ratio and the pathwise derivative add that part; a
score of second order adds its second derivative and the products of first ones with the scores.

A lookback that is monitored always has the extreme of each interval sampled from the same bridge.

What is paid when a level H is met is a payment at the end of the interval in which it is: exp(-r t) S^p is a martingale
for both roots p of sigma^2 p (p - 1) / 2 + (r - q) p = r, and the same at every hit, so that 1 at the hit is worth
(S / H)^p at the end, or a mean of the two that is flat at H and varies less. Exact too, with every Greek and within any
window; the roots move with the volatility and the rates, which is one more explicit part. Of two levels it would
take which of them is met first: only `analytic` gives a payment at the hit of these, over the whole life.

## Heston: approximate

Given the variance at its ends, the log-spot between two dates is no Brownian bridge. One of the step's **whole** variance,
the integral of v, stands for it, one for each time step. It is the whole and not the part 1 - correlation^2 that is left
given the variance path: where the variance's own Brownian motion went between the dates is open too. Every such number has
the status `warn` and says that it is approximate; `steps_per_year` sets the steps, of which the default is 32.

Bias of the price in per cent, its standard error in brackets; calls of one year, strike 100, spot 100, rate 5 %, dividend
yield 2 %. The reference has {finest} steps a year and bridges of the whole variance: {references}.
"""

HIT = """
Prices of 100 paid at the hit of one level. Within a time step every hit is taken to be in its middle: half a step of
interest at most, 0.08 % at 5 % and 32 steps, in either direction. The ratio to the same payment at expiry, of the same
paths, shows how little that is beside the bias of the bridges:
"""


def prices(
    model: gk.Heston, steps: int, paths: int, seed: int, ways: tuple[str, ...] = WAYS
) -> dict[tuple[str, str], tuple[float, float]]:
    """Price and standard error by level and way."""
    dates = tuple((i + 1) / steps for i in range(steps))
    key, workspace = stream_key(seed, "continuous", *dates), Workspace()
    sums = {(level, way): np.zeros(2) for level in LEVELS for way in ways}
    watched, out, scratch = np.ones(steps, dtype=bool), np.empty(WIDTH), np.empty((ROWS, TILE))
    for first in range(0, paths, WIDTH):
        drawn = model.simulate(dates, Draw(key, first_of(first), WIDTH, WIDTH, steps), workspace)
        paid = exp(-model.rate) * np.maximum(drawn.spot[-1, :WIDTH] - 100.0, 0.0)
        variances = (drawn.bridges(()).variance, drawn.moments[1], np.full((steps, 1), 1e-30))
        for way, variance in zip(ways, variances, strict=False):
            for level, (low, high) in LEVELS.items():
                survive(drawn.log_spot, log(model.spot), watched, low, high, variance, WIDTH, scratch, out)
                sums[level, way] += (paid * out).sum(), ((paid * out) ** 2).sum()
    count = -(-paths // WIDTH) * WIDTH
    return {
        key: (total / count, sqrt((squares / count - (total / count) ** 2) / count))
        for key, (total, squares) in sums.items()
    }


def greeks_of(model: gk.Heston, level: str, steps: int, paths: int) -> list[tuple[float, float]]:
    """Derivatives and their errors."""
    kind, barrier = level.split()
    trade = gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type=kind, barrier=float(barrier))
    found = gk.estimate(trade, model, greeks=GREEKS, estimators="pathwise", paths=paths, steps_per_year=steps, seed=3)
    return [(found[greek].value, found[greek].standard_error) for greek in GREEKS]


def lookback(model: gk.Heston, fields: dict[str, Any], paths: int) -> list[tuple[float, float]]:
    """Prices and their errors by time steps."""
    trade = gk.Lookback(maturity=1.0, **fields)
    found = (
        gk.estimate(trade, model, greeks="price", estimators="pathwise", paths=paths, steps_per_year=steps, seed=3)
        for steps in (*STEPS, FINEST // 2)
    )
    return [(each["price"].value, each["price"].standard_error) for each in found]


def touch(
    model: gk.Heston, fields: dict[str, Any], pay_at: Literal["hit", "expiry"], paths: int
) -> list[tuple[float, float]]:
    """Prices of 100 paid at the hit or at expiry, and their errors, by time steps."""
    trade = gk.Touch(touch_type="one-touch", maturity=1.0, cash=100.0, pay_at=pay_at, **fields)
    found = (
        gk.estimate(trade, model, greeks="price", estimators="pathwise", paths=paths, steps_per_year=steps, seed=3)
        for steps in (*STEPS, FINEST // 2)
    )
    return [(each["price"].value, each["price"].standard_error) for each in found]


def touches(paths: int) -> list[str]:
    """The table of payments at the hit; of the same paths, the ratio to the payment at expiry shows the time alone."""
    rows = []
    for name, model in SETS.items():
        for said, fields in TOUCHES.items():
            early, late = (touch(model, fields, at, paths) for at in ("hit", "expiry"))
            rows.append(f"| {name} | {said} | price | " + " | ".join(f"{v:.4g} ({e:.2g})" for v, e in early) + " |")
            ratios = " | ".join(f"{a / b:.4f}" for (a, _), (b, _) in zip(early, late, strict=True))
            rows.append(f"| {name} | {said} | over that of a payment at expiry | {ratios} |")
    return rows


def main(paths: int = 2**18, reference_paths: int = 2**19) -> None:
    """Measure, and write the document."""
    rows: list[str] = []
    references: list[str] = []
    slopes: list[str] = []
    for name, model in SETS.items():
        best = prices(model, FINEST, reference_paths, 1, WAYS[:1])
        found = {steps: prices(model, steps, paths, 2) for steps in STEPS}
        for level in LEVELS:
            value, error = best[level, WAYS[0]]
            references.append(f"{name}, {level}: {value:.4f} ({error:.4f})")
            for way in WAYS:
                cells = [_bias(*found[steps][level, way], value, error) for steps in STEPS]
                rows.append(f"| {name} | {level} | {way} | " + " | ".join(cells) + " |")
            by_steps = [greeks_of(model, level, steps, paths // 4) for steps in STEPS]
            for place, greek in enumerate(GREEKS):
                each = [found_by[place] for found_by in by_steps]
                slopes.append(
                    f"| {name} | {level} | {greek} | " + " | ".join(f"{v:.4g} ({e:.2g})" for v, e in each) + " |"
                )
        print(name, flush=True)
    extremes = [
        f"| {name} | {said} | "
        + " | ".join(f"{v:.4g} ({e:.2g})" for v, e in lookback(model, fields, paths // 4))
        + " |"
        for name, model in SETS.items()
        for said, fields in LOOKBACKS.items()
    ]
    head = " | ".join(f"{steps}" for steps in STEPS)
    lines = "---|" * (3 + len(STEPS))
    text = [
        HEAD.format(finest=FINEST, references="; ".join(references)),
        f"| set | contract | bridges of | {head} |", f"|{lines}", *rows,
        "\nThe same contracts' pathwise delta and vega (to the initial volatility) with bridges of the whole variance:\n",
        f"| set | contract | Greek | {head} |", f"|{lines}", *slopes,
        "\nPrices of lookbacks monitored always, the extreme of each step sampled from the same bridge:\n",
        f"| set | contract | {head} | {FINEST // 2} |", "|---|---|" + "---|" * (len(STEPS) + 1), *extremes,
        HIT, f"| set | contract | what | {head} | {FINEST // 2} |", "|" + "---|" * (len(STEPS) + 4), *touches(paths // 2),
    ]  # fmt: skip
    DOCUMENT.write_text("\n".join(text) + "\n")


def _bias(value: float, error: float, reference: float, its: float) -> str:
    scale = 100.0 / reference
    return f"{scale * (value - reference):+.1f} ({scale * sqrt(error**2 + its**2):.1f})"


if __name__ == "__main__":
    main()
