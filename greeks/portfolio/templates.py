"""Example files, valid by construction: the tests read back every one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from greeks.errors import UsageError
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import Column, columns
from greeks.portfolio.fields import build
from greeks.portfolio.market import names as market_names
from greeks.portfolio.trades import names as trade_names

_VALUES = {
    "spot": "100",
    "rate": "0.03",
    "dividend_yield": "0.01",
    "volatility": "0.20",
    "initial_variance": "0.04",
    "mean_reversion": "1.5",
    "long_run_variance": "0.04",
    "vol_of_vol": "0.5",
    "correlation": "-0.7",
    "strike": "100",
    "maturity": "1",
    "fixings": "4",
    "barrier": "120",
    "lower_barrier": "80",
    "upper_barrier": "125",
    "trigger": "105",
    "exponent": "2",
    "start": "0.5",
    "moneyness": "1.05",
    "local_floor": "-0.03",
    "local_cap": "0.05",
    "lower": "90",
    "upper": "110",
    "notional": "1000",
    "strike_volatility": "0.2",
    "autocall_barrier": "100",
    "coupon": "0.05",
    "coupon_barrier": "80",
    "protection_barrier": "60",
}
_MOST = 3  # optional columns that a contract may need besides the others


def template(product: str | None = None) -> str:
    """An example portfolio file, or an example market file.

    Parameters
    ----------
    product : str, optional
        A product's name, for its columns only; "market" for a market file; default every product.

    Returns
    -------
    str
        CSV text. The underlyings are those of the market template.

    Raises
    ------
    UsageError
        For an unknown product.
    """
    if product == "market":
        return _csv(market_names().known, _market_rows())
    if product is not None and product not in PAYOFFS:
        raise UsageError(f"unknown product {product!r}: choose from {', '.join(PAYOFFS)}, or market")
    wanted = list(PAYOFFS) if product is None else [product]
    rows = []
    for name in wanted:
        for number, row in enumerate(PAYOFFS[name].examples or [_plain(PAYOFFS[name])], start=1):
            first = {"trade_id": f"{name}-{number}", "underlying": _underlying(next(iter(MODELS))), "product": name}
            rows.append({**first, "quantity": "1", "multiplier": "1", **row})
    fields = [name for kind in wanted for name in columns(PAYOFFS[kind])]
    used = [name for name in trade_names().known if name in fields or name in rows[0]]
    if "maturity" in used:
        used.insert(used.index("maturity") + 1, "expiry")  # in its place; blank here, as it needs a valuation date
    return _csv(used, rows)


def examples() -> tuple[list[Any], list[Any]]:
    """The contracts of the templates of every product, and a model of each kind."""
    from greeks.portfolio.reader import read_portfolio

    market = template("market")
    books = [
        read_portfolio(
            io.StringIO(template().replace(_underlying(next(iter(MODELS))), _underlying(kind))), io.StringIO(market)
        )
        for kind in MODELS
    ]
    return [trade.payoff for trade in books[0].trades], [model for book in books for model in book.models.values()]


def _underlying(model: str) -> str:
    return f"EXAMPLE_{model.upper()}"


def _market_rows() -> list[dict[str, str]]:
    return [
        {
            "underlying": _underlying(name),
            "model": name,
            "currency": "USD",
            **{c: _VALUES[c] for c in columns(spec) if c in _VALUES},
        }
        for name, spec in MODELS.items()
    ]


def _plain(spec: Any) -> dict[str, str]:
    """The columns that a product needs, each with a plausible value: the fewest with which there is a contract."""
    known = columns(spec)
    needed = [name for name, column in known.items() if column.required or name == "maturity"]
    others = [name for name, column in known.items() if name not in needed and (column.choices or name in _VALUES)]
    for count in range(_MOST + 1):
        for chosen in combinations(others, count):
            row = {name: _value(known[name]) for name in (*needed, *chosen)}
            if build(spec, row, "product")[0] is not None:
                return row
    return {name: _value(known[name]) for name in needed}


def _value(column: Column) -> str:
    return column.choices[0] if column.choices else _VALUES.get(column.name, "1")


def _csv(header: Sequence[str] | Any, rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(header), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
