"""Work of the unbiased estimators of jumps, which `auto` chooses from: ``python -m benchmarks.choice`` writes docs/choice.md.

Work is variance times time on one thread, the number alone, over that of the likelihood ratio: below 1 is better.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan
from time import perf_counter
from typing import Any

import greeks as gk
from benchmarks.documents import MODELS, write_table
from greeks.estimators.registry import choose
from greeks.planning.bridges import on_steps

PATHS = {"gbm": 2**19, "heston": 2**16}
_HEAD = """# What `auto` takes for a jump

Written by `python -m benchmarks.choice`: variance times time of the unbiased estimators of contracts that jump, over that
of the likelihood ratio, the number alone on one thread; below 1 is better. What `auto` simulates by is bold. A time is
uncertain by some tenths, for a call also plans and judges.

- Under Heston the difference of two laws (`measure_valued`) has 0.003 to 0.25 of the work for every contract and Greek here:
  `auto` takes it where neither `conditional` nor `one_step_survival` is valid, such as for a function.
- Under geometric Brownian motion it has less for delta, gamma and theta of several dates, which move the first return
  alone, and for vega and rho of up to four. Of one date it depends on the level: the factor of a digital is 0.0003 to 0.5
  where the level is at the median of the spot, but nearly every path has the same contribution there, so that an error
  bar is not to be trusted; it is 1 at a quarter of a deviation out of the money (0.8 for delta, 0.5 for rho), and 2 to 3 at
  one. `auto` takes it between the two; in the money it simulates the out-of-the-money twin.
- `split` has 0.1 to 0.8 of the work for gaps (1.2 for the rho of a distant one), and 0.4 to 2 where the whole asset jumps: it is
  taken where the jump is less than half of the asset.
- `first_return` and `one_step_survival` come before it all: up to 400 and 800 times less for gamma. The delta of some notes is
  1.6 times cheaper by `measure_valued` far from the levels, and dearer near them; their vega is 1.9 times cheaper by
  `one_step_survival` than by `first_return`, theirs and a barrier's other numbers are not.
- `additive` weighs the amounts of a note, each of which depends on the path, no better than the likelihood ratio (0.7 to 3.2),
  but for rho, which moves early payments themselves (0.3 to 0.8): it comes last there.
- Of a range accrual, whose amounts depend on the spot of their date alone, `additive` has 0.03 to 0.3 of the work and is taken:
  of 12 dates `measure_valued` has 0.3 to 8 (Heston 0.08 to 0.2), of 3 it has 0.06 to 0.3 (Heston 0.01).
- Continuous payments are taken by `pathwise` and `mixed`: under geometric Brownian motion `measure_valued` has 2.3 to 8 times
  their work, under Heston 0.3 to 2.5 times.
"""

_LEVELS = """
Levels watched all the time: the work of the derivative along the path (`pathwise`, of second order `mixed`) over that of the
likelihood ratio, bold where `auto` takes the latter. It does for what is lost at a level where it is largest, such as an
up-and-out call: large contributions of both signs nearly cancel along the path. Not beyond 2.25 deviations, nor with a rebate
of a fifth of what is lost, nor where the level is no longer watched at the end; under Heston for the rates alone, and up to
1.6 deviations.
"""
_JUMPS = "\nJumps:\n"


def at_the_end(spots: Any) -> float:
    """A digital of the last spot, as a function."""
    return 1.0 if spots[-1] > 100.0 else 0.0


def on_the_way(spots: Any) -> float:
    """A call that is lost below 85 at any date, as a function."""
    for spot in spots:
        if spot <= 85.0:
            return 0.0
    return float(max(spots[-1] - 100.0, 0.0))


def months(count: int) -> list[float]:
    """Equal dates in a year."""
    return [(i + 1) / count for i in range(count)]


TRADES: dict[str, Any] = {
    "digital 100, 1 year": gk.Digital("call", strike=100.0, maturity=1.0),
    "digital 100, 1 month": gk.Digital("call", strike=100.0, maturity=1 / 12),
    "digital 140, 1 year": gk.Digital("call", strike=140.0, maturity=1.0),
    "digital 70, 1 year": gk.Digital("call", strike=70.0, maturity=1.0),
    "asset digital 100": gk.Digital("call", strike=100.0, maturity=1.0, payout="asset"),
    "asset digital 140": gk.Digital("call", strike=140.0, maturity=1.0, payout="asset"),
    "gap call 100, 102": gk.Gap("call", strike=100.0, trigger=102.0, maturity=1.0),
    "gap call 100, 120": gk.Gap("call", strike=100.0, trigger=120.0, maturity=1.0),
    "gap put 100, 80": gk.Gap("put", strike=100.0, trigger=80.0, maturity=1.0),
    "gap put 100, 97, 1 month": gk.Gap("put", strike=100.0, trigger=97.0, maturity=1 / 12),
    "function: digital": gk.Custom(at_the_end, times=[1.0], maturity=1.0),
    "function: barrier 85, 4 dates": gk.Custom(on_the_way, times=months(4), maturity=1.0),
    "function: barrier 85, 12 dates": gk.Custom(on_the_way, times=months(12), maturity=1.0),
    "barrier 85, 12 dates": gk.Barrier(
        "call", strike=100.0, maturity=1.0, barrier_type="down-and-out", barrier=85.0, monitoring="discrete", fixings=12
    ),
    "barrier 85, rebate 5, 12 dates": gk.Barrier(
        "call", strike=100.0, maturity=1.0, barrier_type="down-and-out", barrier=85.0, rebate=5.0, rebate_at="hit",
        monitoring="discrete", fixings=12,
    ),
    "note 105, 6 dates": gk.Autocallable(
        strike=100.0, maturity=3.0, autocall_barrier=105.0, coupon=0.03, coupon_barrier=80.0, protection_barrier=70.0,
        fixings=6,
    ),
}  # fmt: skip
YEAR: dict[str, Any] = {"option_type": "call", "strike": 100.0, "maturity": 1.0}
PUT = {**YEAR, "option_type": "put"}
LEVELS: dict[str, Any] = {
    "up-and-out call 105": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=105.0),
    "up-and-out call 130": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=130.0),
    "up-and-out call 130, rebate 3": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=130.0, rebate=3.0),
    "up-and-out call 130, rebate 10": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=130.0, rebate=10.0),
    "up-and-out call 130, from 0.5 on": gk.Barrier(
        **YEAR, barrier_type="up-and-out", barrier=130.0, monitoring_start=0.5
    ),
    "up-and-out call 130, up to 0.8": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=130.0, monitoring_end=0.8),
    "up-and-out call 150": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=150.0),
    "up-and-out call 180": gk.Barrier(**YEAR, barrier_type="up-and-out", barrier=180.0),
    "down-and-out put 85": gk.Barrier(**PUT, barrier_type="down-and-out", barrier=85.0),
    "double-out call 80, 125": gk.Barrier(**YEAR, barrier_type="double-out", lower_barrier=80.0, upper_barrier=125.0),
    "double no-touch 80, 125": gk.Touch(touch_type="no-touch", lower_barrier=80.0, upper_barrier=125.0, maturity=1.0),
    "no-touch up 120": gk.Touch(touch_type="no-touch", direction="up", barrier=120.0, maturity=1.0),
    "one-touch up 120": gk.Touch(touch_type="one-touch", direction="up", barrier=120.0, maturity=1.0),
    "down-and-out call 85": gk.Barrier(**YEAR, barrier_type="down-and-out", barrier=85.0),
    "up-and-out put 120": gk.Barrier(**PUT, barrier_type="up-and-out", barrier=120.0),
}  # fmt: skip
ALONG = dict.fromkeys(("delta", "vega", "rho", "dividend_rho", "theta"), "pathwise")
ALONG |= dict.fromkeys(("gamma", "vanna", "volga"), "mixed")
GREEKS = ("delta", "gamma", "vega", "rho", "theta")
ESTIMATORS = (
    "likelihood_ratio",
    "measure_valued",
    "split",
    "conditional",
    "first_return",
    "one_step_survival",
    "additive",
)


def work(trade: Any, model: Any, greek: str, estimator: str, share: int = 1) -> float:
    """Variance times time, of a part of the paths; nan where the estimator does not give the number."""
    options: dict[str, Any] = {"greeks": [greek], "estimators": estimator, "analytic": False, "threads": 1}
    best, found = inf, None
    for _ in range(4):  # the first compiles
        start = perf_counter()
        found = gk.estimate(trade, model, paths=PATHS[model.kind] // share, seed=1, **options)[greek]
        best = min(best, perf_counter() - start)
        if found.status == "na":
            return nan
    assert found is not None
    return float(found.standard_error) ** 2 * best


def row(name: str, text: str, greek: str, found: dict[str, float]) -> list[str]:
    """A line of the table, what `auto` takes in bold."""
    taken = choose(TRADES[text], MODELS[name], greek)
    cells = ["" if ratio != ratio else f"{ratio:.2g}" for ratio in found.values()]
    own = [f"**{each}**" if taken and taken[0] == one else each for one, each in zip(found, cells, strict=True)]
    return [name, text, greek, *own]


def rows() -> Iterator[list[str]]:
    """One for each model, contract and Greek."""
    for name, model in MODELS.items():
        for text, trade in TRADES.items():
            for greek in GREEKS:
                base = work(trade, model, greek, ESTIMATORS[0])
                found = {each: work(trade, model, greek, each) / base for each in ESTIMATORS[1:]}
                yield row(name, text, greek, {ESTIMATORS[0]: 1.0, **found})


def levels() -> Iterator[str]:
    """The table of levels that are watched all the time."""
    yield f"| model | contract | {' | '.join(ALONG)} |"
    yield "|---" * (2 + len(ALONG)) + "|"
    for name, model in MODELS.items():
        for text, trade in LEVELS.items():
            cells = []
            for greek, along in ALONG.items():
                path, score = (work(trade, model, greek, each, 4) for each in (along, "likelihood_ratio"))
                taken = choose(on_steps(trade, model), model, greek)
                shown = "" if path != path else f"{path / score:.2g}"
                cells.append(f"**{shown}**" if shown and taken and taken[0] == "likelihood_ratio" else shown)
            yield f"| {name} | {text} | {' | '.join(cells)} |"


def main() -> None:
    """Write the tables."""
    head = "\n".join([_HEAD, _LEVELS, *levels(), _JUMPS])
    write_table("choice", head, ("model", "contract", "Greek", *ESTIMATORS), rows())


if __name__ == "__main__":
    main()
