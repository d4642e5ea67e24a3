"""A book of many trades: ten underlyings, every payoff, strikes within two deviations, maturities of a day to five years.

``python -m benchmarks.large_book DIRECTORY [TRADES]`` writes ``portfolio.csv`` and ``market.csv``; the same number of
trades gives the same files.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from math import exp, sqrt
from pathlib import Path

_MATURITIES = (1 / 365, 7 / 365, 0.08, 0.25, 0.5, 1.0, 2.0, 5.0)
_TERMS = [
    "trade_id",
    "underlying",
    "product",
    "option_type",
    "strike",
    "maturity",
    "quantity",
    "multiplier",
    "payout",
    "averaging",
    "average_of",
    "fixings",
    "desk",
]
_MARKET = [
    "underlying",
    "model",
    "spot",
    "rate",
    "dividend_yield",
    "volatility",
    "initial_variance",
    "mean_reversion",
    "long_run_variance",
    "vol_of_vol",
    "correlation",
]
_PRODUCTS = (
    *(5 * [("european", {})]),
    ("digital", {"payout": "cash"}),
    ("digital", {"payout": "asset"}),
    ("asian", {"averaging": "arithmetic", "average_of": "price"}),
    ("asian", {"averaging": "geometric", "average_of": "price"}),
    ("asian", {"averaging": "arithmetic", "average_of": "strike"}),
)


def write_large_book(folder: Path, trades: int = 700) -> tuple[Path, Path]:
    """Write the two files; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(trades)
    market = list(_underlyings(draw))
    files = folder / "portfolio.csv", folder / "market.csv"
    for path, names, rows in ((files[0], _TERMS, _trades(draw, market, trades)), (files[1], _MARKET, iter(market))):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return files


def _underlyings(draw: random.Random) -> Iterator[dict[str, object]]:
    for number in range(10):
        row: dict[str, object] = {
            "underlying": f"U{number}", "model": "gbm", "spot": round(exp(draw.uniform(0.0, 9.0)), 4),
            "rate": round(draw.uniform(0.0, 0.05), 4), "dividend_yield": round(draw.uniform(0.0, 0.03), 4),
        }  # fmt: skip
        if number < 7:
            yield {**row, "volatility": round(draw.uniform(0.1, 0.5), 3)}
        else:
            variance = round(draw.uniform(0.02, 0.1), 4)
            yield {
                **row, "model": "heston", "initial_variance": variance, "mean_reversion": 1.5,
                "long_run_variance": variance, "vol_of_vol": 0.4, "correlation": -0.6,
            }  # fmt: skip


def _trades(draw: random.Random, market: list[dict[str, object]], count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        underlying = draw.choice(market)
        product, terms = draw.choice(_PRODUCTS)
        maturity = draw.choice(_MATURITIES)
        volatility = float(str(underlying.get("volatility") or sqrt(float(str(underlying["initial_variance"])))))
        strike = float(str(underlying["spot"])) * exp(draw.uniform(-2.0, 2.0) * volatility * sqrt(maturity))
        row: dict[str, object] = {
            "trade_id": f"T{number:05d}", "underlying": underlying["underlying"], "product": product,
            "option_type": draw.choice(("call", "put")), "strike": f"{strike:.6g}", "maturity": f"{maturity:.6g}",
            "quantity": draw.choice((-1, 1)) * draw.randint(1, 200), "multiplier": draw.choice((1, 10, 100)),
            "desk": draw.choice(("flow", "exotics", "hedge")), **terms,
        }  # fmt: skip
        if product == "asian":
            row["fixings"] = draw.choice((4, 12, 52))
        if terms.get("average_of") == "strike":
            row["strike"] = ""
        yield row


if __name__ == "__main__":
    for written in write_large_book(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 700):
        print(written)
