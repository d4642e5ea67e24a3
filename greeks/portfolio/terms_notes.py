"""What a reader should know of the files beside a market: what is not used, what is extrapolated, which model it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.market.terms import Terms
from greeks.portfolio.market_terms import MarketTerms
from greeks.text.visible import LONGEST, first, visible

_BEYOND = 1.0 + 1e-12


def terms_notes(beside: MarketTerms, trades: Sequence[Any], terms: Mapping[str, Terms]) -> list[str]:
    """One sentence each.

    Parameters
    ----------
    beside : MarketTerms
    trades : sequence of Trade
    terms : mapping of str to Terms
        Of the market's underlyings.
    """
    used = {trade.underlying for trade in trades}
    idle = {
        "curves that no underlying names": [name for name in beside.curves if name not in beside.named],
        "quotes of underlyings that no trade has": [
            n for n in (beside.quotes.of if beside.quotes else ()) if n not in used
        ],
        "dividends of underlyings that no trade has": [
            name for name in (beside.dividends.of if beside.dividends else ()) if name not in used
        ],
    }
    idle["fixings that no trade looks up"] = [
        name
        for name in (beside.fixings.of if beside.fixings else ())
        if name not in (beside.fixings.used if beside.fixings else ())
    ]
    found = [f"{what}: {_names(names, 5)}" for what, names in idle.items() if names]
    paying = [name for name, each in terms.items() if name in used and each.forward.dividends]
    if paying:
        found.append(
            f"dividends of {_names(paying, 5)}: escrowed model, the volatility is that of the spot less their present "
            "value"
        )
    beyond: dict[str, list[str]] = {}
    for trade in trades:
        for said in _extrapolated(trade, terms.get(trade.underlying)):
            beyond.setdefault(said, []).append(trade.trade_id)
    return [*found, *(f"trades {_names(names, 3)}: {said}" for said, names in beyond.items())]


def _extrapolated(trade: Any, terms: Terms | None) -> list[str]:
    """What a trade reads beyond the last point of."""
    payoff = trade.payoff
    if terms is None or not payoff.dates():
        return []
    found = [
        f"beyond curve {visible(curve.name, LONGEST)}, whose last forward rate goes on"
        for curve in terms.curves.values()
        if payoff.maturity > curve.times[-1] * _BEYOND
    ]
    if terms.smile is not None and trade.volatility is None and not payoff.linear:
        found += [f"{said}, whose volatility goes on" for said in terms.smile.beyond(payoff.maturity, payoff.struck)]
    return found


def _names(names: Sequence[str], most: int) -> str:
    return first([visible(name, LONGEST) for name in names], most)
