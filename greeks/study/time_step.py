"""The time-step bias of a model that is simulated on a grid: an option at the forward for several step counts.

The estimator is the one with the smallest error bar, so that the bias can be seen.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, nan
from typing import Any

from greeks.book import Book, Trade
from greeks.models.base import on_grid
from greeks.payoffs.european import European
from greeks.planning import Settings
from greeks.spec import altered
from greeks.study.contributions import study

STEPS_PER_YEAR = (4, 8, 16, 32, 64)
_PRECISE = ("conditional", "pathwise")  # the one with the smaller error is taken


def time_step_bias(book: Book, underlying: str, maturity: float, settings: Settings) -> list[dict[str, Any]]:
    """Price and vega of a European call at the forward, for each of STEPS_PER_YEAR.

    Returns
    -------
    list of dict
        ``steps_per_year``, ``greek``, ``value``, ``standard_error``, ``reference``, ``bias`` (relative) and
        ``bias_error``; empty where the model needs no grid.
    """
    model = book.model_at(underlying, maturity)
    if not on_grid(model):
        return []
    strike = model.spot * exp((model.rate - model.dividend_yield) * maturity)
    payoff = altered(European("call", strike=model.spot, maturity=maturity), strike=strike)
    trade = Trade("at the forward", underlying, payoff)
    rows = []
    for steps in STEPS_PER_YEAR:
        chosen = replace(settings, greeks=("price", "vega"), estimators=_PRECISE, steps_per_year=steps)
        done = study(book, trade, chosen)
        for greek in dict.fromkeys(cell.greek for cell in done.cells):
            row = min(done.rows(greek), key=lambda k: done.estimates[k].standard_error)
            cell, found = done.cells[row], done.estimates[row]
            exact = done.exact.get(cell.greek, nan) or nan  # without variance nothing is relative
            rows.append(
                {
                    "underlying": underlying,
                    "maturity": maturity,
                    "steps_per_year": steps,
                    "greek": cell.greek,
                    "value": found.value,
                    "standard_error": found.standard_error,
                    "reference": exact,
                    "bias": found.value / exact - 1.0,
                    "bias_error": found.standard_error / abs(exact),
                }
            )
    return rows
