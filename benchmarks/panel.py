"""How far `auto` is from the best of its candidates: ``python -m benchmarks.panel`` writes docs/choice_panel.csv.

Contracts of every kind at three moneynesses and two maturities under both models. Work of a number is the variance of
its contributions times the time of one path of a run for that number alone, on one thread; candidates are the
unbiased estimators that give it without a doubt. The time is the least of several, of the simulation without what plans
and judges. ``--measured FILE`` takes a table already written and asks `auto` again.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

import greeks as gk
from benchmarks.costs import GREEKS, MODELS, SEED, measured
from greeks.book import Book, Trade
from greeks.core.workspace import Array
from greeks.execution.pilot import choices
from greeks.planning.automatic import automatic, candidates
from greeks.planning.choices import make_settings
from greeks.planning.twin import twin_of

DOCS = Path(__file__).parents[1] / "docs" / "choice_panel.csv"
_HEAD = """# How far `auto` is from the best

Written by `python -m benchmarks.panel`; the table is `choice_panel.csv`. Contracts of 15 kinds at three strikes and two
maturities under both models, exact values off. Work is the variance of the contributions times the processor time of a
path, of a run for the number alone; the ratio is that of what `auto` takes over the least of its candidates: the unbiased
estimators without a doubt. The pilot has 4,096 paths on a stream of its own, and its costs come from
`greeks/planning/costs.csv` (`python -m benchmarks.costs`), measured on other contracts. Sampler, antithetic paths and
differences are not among the candidates: they are asked for by name. A candidate on whose contributions a single path of
the pilot decides is not taken, for its error bar could not be trusted: so the delta of a short digital at the money.
"""
DEVIATIONS = (-1.0, 0.0, 1.0)  # of the strike from the spot, in deviations of the spot at maturity
MATURITIES = (0.1, 1.0)


def contracts(level: float, width: float, maturity: float) -> Iterator[tuple[str, Any]]:
    """One of every kind; ``level`` is its strike and ``width`` a deviation of the logarithm of the spot."""
    low, high = 100.0 * np.exp(-1.2 * width), 100.0 * np.exp(1.2 * width)
    whole: dict[str, Any] = {"strike": level, "maturity": maturity}
    yield "call", gk.European("call", **whole)
    yield "digital", gk.Digital("call", **whole)
    yield "asset digital", gk.Digital("put", payout="asset", **whole)
    yield "gap", gk.Gap("call", trigger=level * np.exp(0.2 * width), **whole)
    yield "Asian 4", gk.Asian("call", fixings=4, **whole)
    yield "Asian 52", gk.Asian("put", fixings=52, **whole)
    yield "geometric 12", gk.Asian("call", fixings=12, averaging="geometric", **whole)
    yield (
        "barrier 12",
        gk.Barrier("call", barrier_type="down-and-out", barrier=low, monitoring="discrete", fixings=12, **whole),
    )
    yield (
        "reverse barrier 4",
        gk.Barrier("call", barrier_type="up-and-out", barrier=high, monitoring="discrete", fixings=4, **whole),
    )
    yield (
        "barrier always",
        gk.Barrier("call", barrier_type="up-and-out", barrier=high, monitoring="continuous", **whole),
    )
    yield "lookback 12", gk.Lookback("call", lookback_type="fixed", monitoring="discrete", fixings=12, **whole)
    yield "forward start", gk.ForwardStart("call", start=0.4 * maturity, moneyness=level / 100.0, maturity=maturity)
    yield "cliquet 4", gk.Cliquet(local_floor=-width, local_cap=width, notional=100.0, maturity=maturity, fixings=4)
    yield "range 6", gk.RangeAccrual(lower=low, upper=level, notional=100.0, maturity=maturity, fixings=6)
    yield (
        "note 4",
        gk.Autocallable(
            autocall_barrier=high, coupon=0.03, coupon_barrier=low, protection_barrier=low, fixings=4, **whole
        ),
    )


def cells() -> Iterator[tuple[str, str, float, float, Any]]:
    """Model, contract, deviations of its strike, maturity, and the contract itself."""
    for name in MODELS:
        for maturity in MATURITIES:
            for deviations in DEVIATIONS:
                width = 0.2 * maturity**0.5
                for text, trade in contracts(100.0 * float(np.exp(deviations * width)), width, maturity):
                    yield name, text, deviations, maturity, trade


def figures(row: Array, nanoseconds: float, _: int) -> tuple[float, float, float]:
    """Variance of a contribution, its kurtosis, and the time."""
    count, _, m2, _, m4 = (float(each) for each in row[:5])
    return m2 / (count - 1), count * m4 / m2**2 if m2 else 0.0, nanoseconds


def measure(file: Path) -> None:
    """Write the table of all candidates."""
    with open(file, "w", newline="") as into:
        writer = csv.writer(into, lineterminator="\n")
        writer.writerow(
            ["model", "contract", "deviations", "maturity", "greek", "estimator", "variance", "kurtosis", "nanoseconds"]
        )
        for name, text, deviations, maturity, trade in cells():
            twin = twin_of(trade, MODELS[name])
            own = trade if twin is None else twin.payoff  # which `auto` simulates in its place
            for greek in GREEKS:
                named = candidates(trade, MODELS[name], greek, automatic(trade, MODELS[name], greek, False))
                for estimator in named if len(named) > 1 else []:
                    found = figures(*measured(own, MODELS[name], greek, estimator, 2))
                    writer.writerow([name, text, deviations, maturity, greek, estimator, *(f"{x:.4g}" for x in found)])
            into.flush()


def chosen(trade: Any, model: Any, greek: str) -> str:
    """What `auto` takes, measured."""
    settings = make_settings(
        greeks=greek, estimators="auto", paths=2**18, seed=SEED, threads=1, bump=1.0, steps_per_year=None,
        variance_reduction=None, analytic=False,
    )  # fmt: skip
    found = choices(Book((Trade("t", "", trade),), {"": model}), settings, 1)
    return (found[0, greek] if found else automatic(trade, model, greek, analytic=False)).estimator


def works(file: Path) -> dict[tuple[str, ...], dict[str, float]]:
    """Work by cell and candidate."""
    with open(file, newline="") as source:
        lines = list(csv.DictReader(source))
    work: dict[tuple[str, ...], dict[str, float]] = {}
    least: dict[tuple[str, ...], float] = {}  # estimators of one variance price alike: their times differ by chance
    for line in lines:
        key = line["model"], line["contract"], line["deviations"], line["maturity"], line["greek"]
        alike = *key, line["variance"]
        least[alike] = min(least.get(alike, inf), float(line["nanoseconds"]))
        work.setdefault(key, {})[line["estimator"]] = float(line["variance"])
    return {
        key: {name: variance * least[*key, f"{variance:.4g}"] for name, variance in each.items()}
        for key, each in work.items()
    }


def ratio(work: dict[str, float], taken: str) -> float:
    """Work of what was taken over that of the best."""
    best = min(work.values())
    own = work.get(taken, inf)
    return own / best if best else inf if own else 1.0


def report(file: Path) -> None:
    """Write how far what `auto` takes is from the best, over all cells, and the worst of them."""
    work = works(file)
    measured_ones, ordered_ones, worst = [], [], []
    for name, text, deviations, maturity, trade in cells():
        for greek in GREEKS:
            key = name, text, str(deviations), str(maturity), greek
            if key not in work:
                continue
            taken = chosen(trade, MODELS[name], greek)
            first = automatic(trade, MODELS[name], greek, analytic=False).estimator
            measured_ones.append(ratio(work[key], taken))
            ordered_ones.append(ratio(work[key], first))
            best = min(work[key], key=lambda each: work[key][each])
            worst.append((measured_ones[-1], " | ".join([*key, taken, best, f"{measured_ones[-1]:.2f}"])))
    lines = [_HEAD, "| `auto` | cells | within 1.3 | within 3 | most |", "|---|---|---|---|---|"]
    for what, ratios in (("measures", measured_ones), ("by preference alone", ordered_ones)):
        each = np.array(ratios)
        shares = f"{np.mean(each <= 1.3):.1%} | {np.mean(each <= 3.0):.1%} | {each.max():.3g}"
        lines.append(f"| {what} | {len(each)} | {shares} |")
    lines += ["", "Cells above 1.3, measured:", ""]
    lines += ["| model | contract | deviations | maturity | Greek | taken | best | ratio |", "|---" * 8 + "|"]
    lines += [f"| {text} |" for own, text in sorted(worst, reverse=True) if own > 1.3]
    DOCS.with_suffix(".md").write_text("\n".join([*lines, ""]))
    print("\n".join(lines[1:]))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.panel", description=__doc__)
    parser.add_argument("--measured", type=Path, help="a table already written")
    file = parser.parse_args().measured
    if file is None:
        measure(DOCS)
    report(file or DOCS)


if __name__ == "__main__":
    main()
