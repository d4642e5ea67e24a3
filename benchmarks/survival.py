"""Errors of the first return, one-step survival, likelihood ratio and difference at equal time, near and far from levels.

``python -m benchmarks.survival`` prints the tables of docs/one_step_survival.md: the standard error of each estimator in
the time that the first return takes for 65,536 paths, one thread, the number alone, by pseudo-random numbers and by
Sobol points; and the time of several Greeks. Times are those of the processor.
"""

from __future__ import annotations

from math import inf, sqrt
from time import process_time
from typing import Any, ClassVar

import greeks as gk
from greeks.payoffs.base import Payoff, Smoothness
from greeks.payoffs.forms import Piece, Survival

PATHS = 2**16
GREEKS = ("delta", "gamma", "vega")
TIMES = tuple((i + 1) / 12 for i in range(12))


class UpAndOut(Payoff):
    """A call that ends at a level, by its form alone: what one-step survival reads."""

    kind: ClassVar[str] = "up and out"
    smoothness: ClassVar[Smoothness] = "discontinuous"

    def __init__(self, level: float, times: tuple[float, ...] = TIMES) -> None:
        none = (0.0,) * len(times)
        pieces = (Piece(100.0, level, 1.0, -100.0),)
        self.survival = Survival(none, (level,) * len(times), none, times, pieces)
        self.maturity, self._times = times[-1], times

    def dates(self) -> tuple[float, ...]:
        """Those it was made with."""
        return self._times

    def settled(self, spot: float) -> float | None:
        """Never."""
        return None


def up_and_out_payment(spot: Any) -> float:
    """The same payment as a function of one path's spots."""
    for each in spot:
        if each >= 120.0:
            return 0.0
    return float(max(spot[-1] - 100.0, 0.0))


ESTIMATORS = ("first_return", "one_step_survival", "likelihood_ratio", "finite_difference")


def error(trade: Any, spot: float, greek: str, estimator: str, sampler: str) -> tuple[float, float]:
    """Standard error, and seconds of the processor."""
    model = gk.GBM(spot=spot, rate=0.05, dividend_yield=0.02, volatility=0.25)
    best = inf
    for _ in range(4):  # the first compiles
        start = process_time()
        found = gk.estimate(
            trade, model, greeks=[greek], estimators=estimator, paths=PATHS, seed=1, threads=1, sampler=sampler
        )
        best = min(best, process_time() - start)
    return found[greek].standard_error, best


def errors(sampler: str) -> None:
    """Print the table of one sampler."""
    note = gk.Autocallable(
        strike=100.0, maturity=3.0, autocall_barrier=105.0, coupon=0.03, coupon_barrier=80.0, protection_barrier=70.0,
        fixings=6,
    )  # fmt: skip
    barrier: tuple[Any, Any] = UpAndOut(120.0), gk.Custom(up_and_out_payment, times=TIMES, maturity=1.0)
    cases = [("up-and-out call 120", *barrier, spot) for spot in (100.0, 118.0, 119.9)]
    cases += [("autocallable 105", note, note, spot) for spot in (90.0, 100.0, 104.5)]
    print(
        "| contract, spot | Greek | first return | one-step survival | likelihood ratio | difference | error | work |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, own, plain, spot in cases:
        for greek in GREEKS:
            found = [error(own if each in ESTIMATORS[:2] else plain, spot, greek, each, sampler) for each in ESTIMATORS]
            sizes = [size * sqrt(taken / found[0][1]) for size, taken in found]
            best = min(sizes[:2])
            ratios = [size / best for size in sizes[2:]]
            print(
                f"| {name}, {spot:g} | {greek} | {' | '.join(f'{size:.2g}' for size in sizes)} "
                f"| {', '.join(f'{each:.2g}' for each in ratios)} | {', '.join(f'{each**2:.3g}' for each in ratios)} |"
            )


def speed(greeks: list[str], estimator: str, trade: Any) -> float:
    """Seconds of the processor on one thread, without what a first run loads."""
    model = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
    best = inf
    for _ in range(4):
        start = process_time()
        gk.estimate(trade, model, greeks=greeks, estimators=estimator, paths=PATHS, threads=1, analytic=False)
        best = min(best, process_time() - start)
    return best


def speeds() -> None:
    """Print what several Greeks take beside a plain price."""
    print(
        "| dates | plain price | first return: price | with delta, vega, gamma | one-step survival: price | with "
        "| `auto`, `barrier`: price | with |"
    )
    print("|---" * 8 + "|")
    for dates in (12, 52, 252):
        times = tuple((i + 1) / dates for i in range(dates))
        own, plain = UpAndOut(120.0, times), gk.Custom(up_and_out_payment, times=times, maturity=1.0)
        seconds = [speed(["price"], "likelihood_ratio", plain)]
        for estimator in ESTIMATORS[:2]:
            seconds += [speed(greeks, estimator, own) for greeks in (["price"], ["price", *GREEKS])]
        barrier = gk.Barrier(
            "call", strike=100.0, maturity=1.0, barrier=120.0, barrier_type="up-and-out", monitoring="discrete",
            fixings=dates,
        )  # fmt: skip
        seconds += [speed(greeks, "auto", barrier) for greeks in (["price"], ["price", *GREEKS])]
        print(
            f"| {dates} | {1e3 * seconds[0]:.3g} ms | "
            + " | ".join(f"{s / seconds[0]:.3g}" for s in seconds[1:])
            + " |"
        )


def main() -> None:
    """Print the tables."""
    for sampler in ("pseudo", "sobol"):
        print(f"\n{sampler}\n")
        errors(sampler)
    print()
    speeds()


if __name__ == "__main__":
    main()
