"""Example files, valid by construction: the tests read back every one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from greeks.errors import UsageError
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import columns
from greeks.portfolio.market import names as market_names
from greeks.portfolio.trades import names as trade_names

# Rows that show what a product can do. One that is not here gets a row of its required columns.
_ROWS: dict[str, list[dict[str, str]]] = {
    "european": [
        {"option_type": "call", "strike": "105", "maturity": "1", "quantity": "10", "multiplier": "100"},
        {"option_type": "put", "strike": "95", "maturity": "0.5", "quantity": "-25"},
    ],
    "digital": [
        {"option_type": "call", "strike": "110", "maturity": "0.5", "payout": "cash", "cash": "1000"},
        {"option_type": "put", "strike": "90", "maturity": "0.5", "payout": "asset"},
    ],
    "asian": [
        {"option_type": "call", "strike": "100", "maturity": "1", "averaging": "arithmetic", "fixings": "12"},
        {"option_type": "put", "strike": "100", "maturity": "0.5", "averaging": "geometric", "fixings": "26"},
        {"option_type": "call", "maturity": "1", "average_of": "strike", "fixing_times": "0.25;0.5;0.75;1"},
        {
            "option_type": "call",
            "strike": "100",
            "maturity": "0.25",
            "fixings": "3",
            "past_fixings_sum": "912.5",
            "past_fixings_count": "9",
        },
    ],
}
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
}


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
        for number, row in enumerate(_ROWS.get(name) or [_plain(PAYOFFS[name])], start=1):
            first = {"trade_id": f"{name}-{number}", "underlying": _underlying(next(iter(MODELS))), "product": name}
            rows.append({**first, "quantity": "1", "multiplier": "1", **row})
    fields = [name for kind in wanted for name in columns(PAYOFFS[kind])]
    used = [name for name in trade_names().known if name in fields or name in rows[0]]
    used.insert(used.index("maturity") + 1, "expiry")  # in its place; blank here, as it needs a valuation date
    return _csv(used, rows)


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
    """The required columns of a product, each with a plausible value."""
    return {
        name: column.choices[0] if column.choices else _VALUES.get(name, "1")
        for name, column in columns(spec).items()
        if column.required
    }


def _csv(header: Sequence[str] | Any, rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(header), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
