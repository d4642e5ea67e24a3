"""What preintegration of averages gains: ``python -m benchmarks.preintegration`` writes docs/preintegration.md.

Work is variance times time on one thread, the number alone; a gain is the work of another estimator over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from time import process_time
from typing import Any

import greeks as gk
from benchmarks.documents import GBM, MILD, STRONG, write_table
from greeks.estimators.registry import ESTIMATORS

MODELS: dict[str, Any] = {"gbm": GBM, "heston": MILD, "heston, Feller ratio 0.04": STRONG}
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

Under Heston what is left is the variance of the variance path, before controls ([controls.md](controls.md)); where the Feller condition fails, parameters of the variance
are differences of the conditional value.
"""
COLUMNS = (
    "model", "average", "Greek", "value", "standard error", "variance: pathwise, mixed", "likelihood ratio",
    "work: pathwise, mixed", "likelihood ratio",
)  # fmt: skip


def measured(trade: Any, model: Any, greek: str, estimator: str) -> tuple[Any, float] | None:
    """The number and the least seconds of three runs, after one that compiles; None where it is not given."""
    if ESTIMATORS[estimator].refuse(trade, model, greek) is not None:
        return None
    best, found = inf, None
    for _ in range(4):
        start = process_time()
        found = gk.estimate(
            trade, model, greeks=[greek], estimators=estimator, analytic=False, threads=1, paths=PATHS[model.kind],
            variance_reduction="none",
        )[greek]  # fmt: skip
        best = min(best, process_time() - start)
    return found, best


def row(name: str, text: str, greek: str) -> list[str] | None:
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
    return [name, text, greek, f"{own[0].value:.6g}", f"{own[0].standard_error:.1g}", *variance, *work]


def rows() -> Iterator[list[str]]:
    """One for each case and Greek that the model has."""
    for name, text in CASES:
        yield from filter(None, (row(name, text, greek) for greek in GREEKS))


def main() -> None:
    """Write the table."""
    write_table("preintegration", _HEAD, COLUMNS, rows())


if __name__ == "__main__":
    main()
