"""What preintegration of averages gains: ``python -m benchmarks.preintegration`` writes docs/preintegration.md.

Work is variance times time on one thread, the number alone; a gain is the work of another estimator over it.
"""

from __future__ import annotations

from math import inf
from pathlib import Path
from time import process_time
from typing import Any

import greeks as gk
from greeks.estimators.registry import ESTIMATORS

DOCS = Path(__file__).parents[1] / "docs" / "preintegration.md"
HESTON = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02, "initial_variance": 0.04, "long_run_variance": 0.04}
MODELS: dict[str, Any] = {
    "gbm": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2),
    "heston": gk.Heston(**HESTON, mean_reversion=1.5, vol_of_vol=0.3, correlation=-0.7),
    "heston, Feller ratio 0.04": gk.Heston(**HESTON, mean_reversion=0.5, vol_of_vol=1.0, correlation=-0.9),
}
PATHS = {"gbm": 2**16, "heston": 2**14}
STRIKE = "average strike"
TRADES: dict[str, Any] = {
    **{f"{n} fixings": gk.Asian("call", strike=100.0, maturity=1.0, fixings=n) for n in (12, 52, 252)},
    f"{STRIKE}, 52 fixings": gk.Asian("call", maturity=1.0, fixings=52, average_of="strike"),
}
CASES = [("gbm", text) for text in TRADES] + [(name, "52 fixings") for name in MODELS if name != "gbm"]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "volga", "vol_of_vol", "correlation")
OTHERS = ("pathwise", "mixed", "likelihood_ratio")
_HEAD = """# What preintegration of averages gains

Written by `python -m benchmarks.preintegration`: variance and work (variance times processor time on one thread, the number
alone) of other estimators over those of `conditional`, which integrates one direction of the normals of a call on an
arithmetic average in closed form ([estimators.md](estimators.md)). `pathwise` stands for first order, `mixed` for second.
`auto` takes `conditional`. Times were taken on a machine that was busy with other work, and are uncertain by some tenths.

Under Heston what is left is the variance of the variance path; where the Feller condition fails, parameters of the variance
are differences of the conditional value.

| model | average | Greek | value | standard error | variance: pathwise, mixed | likelihood ratio | work: pathwise, mixed | likelihood ratio |
|---|---|---|---|---|---|---|---|---|
"""


def measured(trade: Any, model: Any, greek: str, estimator: str) -> tuple[Any, float] | None:
    """The number and the least seconds of three runs, after one that compiles; None where it is not given."""
    if ESTIMATORS[estimator].refuse(trade, model, greek) is not None:
        return None
    best, found = inf, None
    for _ in range(4):
        start = process_time()
        found = gk.estimate(
            trade, model, greeks=[greek], estimators=estimator, analytic=False, threads=1, paths=PATHS[model.kind]
        )[greek]
        best = min(best, process_time() - start)
    return found, best


def row(name: str, text: str, greek: str) -> str | None:
    """A line of the table; None where the model has no such number, or it is 0 for each path."""
    trade, model = TRADES[text], MODELS[name]
    own = measured(trade, model, greek, "conditional")
    if own is None or own[0].standard_error == 0.0:
        return None
    variance, work = [], []
    for estimators in (OTHERS[:2], OTHERS[2:]):
        found = [each for each in (measured(trade, model, greek, one) for one in estimators) if each is not None]
        ratios = [(other.standard_error / own[0].standard_error) ** 2 for other, _ in found]
        variance.append(f"{min(ratios):.2g}" if ratios else "")
        work.append(f"{min(r * s / own[1] for r, (_, s) in zip(ratios, found, strict=True)):.2g}" if ratios else "")
    number = f"{own[0].value:.6g} | {own[0].standard_error:.1g}"
    return f"| {name} | {text} | {greek} | {number} | {' | '.join((*variance, *work))} |"


def main() -> None:
    """Write the table."""
    lines = []
    for name, text in CASES:
        for greek in GREEKS:
            if (line := row(name, text, greek)) is not None:
                lines.append(line)
                print(line, flush=True)
    DOCS.write_text(_HEAD + "\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
