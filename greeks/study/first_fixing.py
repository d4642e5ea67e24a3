"""What an early first fixing costs a likelihood-ratio delta: its weight has standard deviation 1/(S_0 sigma sqrt(h_1)).

The contribution's own deviation is about the root mean square of the payment times that. The swept option is an Asian
of five fixings in a year, at the money, whose first fixing moves from a day to a quarter.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt
from typing import Any

import numpy as np

from greeks.book import Book, Trade
from greeks.payoffs.asian import Asian
from greeks.planning import Settings
from greeks.spec import altered
from greeks.study.contributions import BATCH, Study, study

_FIRST = tuple(float(h) for h in np.geomspace(1.0 / 365.0, 0.25, 9))
_LATER = (0.4, 0.6, 0.8, 1.0)


def deviation(done: Study, estimator: str) -> dict[str, float] | None:
    """Standard deviation of a trade's delta contributions, and what the weight's formula predicts.

    Returns
    -------
    dict or None
        ``first_fixing`` in years, ``deviation``, ``predicted`` (root mean square payment over S_0 sigma sqrt(h_1)) and
        ``relative``, the deviation over the root mean square payment; None where the estimator has no delta here.
    """
    delta, prices = done.row("delta", estimator), done.rows("price")
    plain = [k for k in prices if done.cells[k].estimator != "conditional"]
    if delta is None or not plain:
        return None
    model: Any = done.model
    first = done.trade.payoff.dates()[0]
    price, found = done.estimates[plain[0]], done.estimates[delta]
    if price.low is not None or found.low is not None or found.status == "na":
        return None  # a bound in place of an error bar is no deviation
    size = sqrt(price.value**2 + price.standard_error**2 * price.paths)
    weight = 1.0 / model.step_scale("delta", (first,))
    spread = found.standard_error * sqrt(found.paths)
    relative = spread / size if size > 0.0 else 0.0
    return {
        "first_fixing": first,
        "deviation": spread,
        "predicted": size * weight,
        "relative": relative,
        "weight": weight,
    }


def sweep(book: Book, underlying: str, settings: Settings) -> list[dict[str, Any]]:
    """:func:`deviation` of the swept option by likelihood ratio and pathwise, for nine first fixings."""
    model = book.model_at(underlying, 1.0)
    strike = model.spot * exp(0.5 * (model.rate - model.dividend_yield))
    rows = []
    for first in _FIRST:
        payoff = altered(Asian("call", strike=model.spot, maturity=1.0, fixing_times=(first, *_LATER)), strike=strike)
        trade = Trade("swept", underlying, payoff)
        estimators = ("likelihood_ratio", "pathwise")
        chosen = replace(settings, greeks=("price", "delta"), estimators=estimators, paths=32 * BATCH)
        done = study(book, trade, chosen)
        for name in estimators:
            found = deviation(done, name)
            if found is not None:
                rows.append({"underlying": underlying, "estimator": name, **found})
    return rows
