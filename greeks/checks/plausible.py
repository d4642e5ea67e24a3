"""Where a contract meets its market: what must be a mistake is refused, what is probably one is told.

Readers and runs share these, so that what validates also runs. Nothing here changes a number.
"""

from __future__ import annotations

from typing import Any

from greeks.text.visible import LONGEST, visible

LONG_YEARS = 30.0
HIGH_RATE = 0.5
_NOT_OWNED = "the spot of this model is a futures price, which costs nothing to hold: is it product future?"
_NAMED = 3  # trades or underlyings named in a note


def mistaken(payoff: Any, model: Any) -> str:
    """What no market explains, with the remedy; blank where nothing is."""
    text, certain = _past(payoff, model)
    return text if certain else ""


def doubts(payoff: Any, model: Any) -> list[str]:
    """What is probably a slip of the pen in a contract or its market, with what to write if it is one."""
    found = [text for _, text in (*_of_contract(payoff), *_of_market(model))]
    text, certain = _past(payoff, model)
    found += [_NOT_OWNED] if payoff.owned and model.futures else []
    return [*found, text] if text and not certain else found


def notes(book: Any) -> tuple[str, ...]:
    """One sentence for each kind of probable slip in a book, with the first trades or underlyings that have it.

    Parameters
    ----------
    book : Book
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    for trade in book.trades:
        model = book.model_of(trade)
        for kind, text in _of_contract(trade.payoff):
            kinds.setdefault(f"trade {kind}", []).append((trade.trade_id, text))
        text, certain = _past(trade.payoff, model)
        if text and not certain:
            kinds.setdefault("trade past", []).append((trade.trade_id, text))
        if trade.payoff.owned and model.futures:
            kinds.setdefault("trade owned", []).append((trade.trade_id, _NOT_OWNED))
    for name, model in book.models.items():
        for kind, text in _of_market(model):
            kinds.setdefault(f"underlying {kind}", []).append((name, text))
        if model.still and model.feller_ratio is None:
            text = "the volatility is exactly 0, which is missing data in many feeds: every path is the forward"
            kinds.setdefault("underlying volatility", []).append((name, text))
    return tuple(_sentence(kind.partition(" ")[0], found) for kind, found in kinds.items())


def _sentence(what: str, found: list[tuple[str, str]]) -> str:
    shown = ", ".join(visible(name, LONGEST) for name, _ in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"{what}{'s' if len(found) > 1 else ''} {shown}{more}: {found[0][1]}"


def _past(payoff: Any, model: Any) -> tuple[str, bool]:
    found: tuple[str, bool] = payoff.unlike(model.spot)
    return found


def _of_contract(payoff: Any) -> list[tuple[str, str]]:
    years = payoff.maturity
    if not years > LONG_YEARS:
        return []
    text = f"a maturity of {years:g} years is above {LONG_YEARS:g}: is it in days ({years / 365:.4g} years) or months?"
    return [("maturity", text)]


def _of_market(model: Any) -> list[tuple[str, str]]:
    found = []
    for name in ("rate", "dividend_yield")[: 1 if model.futures else 2]:  # a futures price has no yield of its own
        value: float = getattr(model, name)
        if abs(value) > HIGH_RATE:
            words = name.replace("_", " ")
            text = f"a {words} of {value:g} is {value:.0%} a year: is it in per cent ({value / 100:g} as a decimal)?"
            found.append((name, text))
    return found
