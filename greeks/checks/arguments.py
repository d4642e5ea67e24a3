"""Books, payoffs and models as arguments: what is none, or does not fit, is refused with what to write.

They are known by what they can do and not by their class, so that classes of users are as good.
"""

from __future__ import annotations

from typing import Any

from greeks.errors import UsageError
from greeks.text.visible import LONGEST, first, visible


def check_book(book: Any) -> None:
    """Refuse what is no book, such as the name of a file, and a book whose parts do not fit.

    Raises
    ------
    UsageError
        With what makes a book.
    """
    if not hasattr(book, "trades") or not hasattr(book, "models"):
        raise UsageError(f"{book!r} is no book: write read_portfolio(path, market=path), or Book(trades, models)")
    if not hasattr(book.models, "items"):
        raise UsageError("the models of a book are a mapping: write Book(trades, {underlying: model})")
    seen = set()
    for trade in book.trades:
        if not hasattr(trade, "payoff"):
            raise UsageError(f"{_cut(trade)} is no trade: write Trade(trade_id, underlying, payoff)")
        who = f"trade {visible(str(trade.trade_id), LONGEST)}"
        if trade.trade_id in seen:
            raise UsageError(f"{who} is in the book twice: give each its own trade_id")
        seen.add(trade.trade_id)
        if not is_a(trade.payoff, "settled"):
            raise UsageError(f"{who}: {_cut(trade.payoff)} is no payoff: write one such as European('call', ...)")
        if trade.underlying not in book.models:
            names = first([str(name) for name in book.models], 5)
            raise UsageError(
                f"{who}: its underlying {_cut(trade.underlying)} has no model: there are {names or 'none'}"
            )
        if getattr(trade, "volatility", None) is not None:
            model = book.models[trade.underlying]
            if "volatility" not in getattr(model, "of_contracts", ()):
                raise UsageError(f"{who}: a volatility of its own has no meaning under {_cut(model)}: leave it out")
        if getattr(trade, "model", None) is not None:
            _check_own_model(who, trade.model, book.models[trade.underlying])
    for name, model in book.models.items():
        if not is_a(model, "simulate"):
            raise UsageError(
                f"underlying {_cut(name)}: {_cut(model)} is no model: write one such as GBM(spot=100, ...)"
            )


def _check_own_model(who: str, own: Any, model: Any) -> None:
    """Refuse a model of a trade that its underlying's random numbers are not enough for."""
    alike = all(getattr(own, name, "") == getattr(model, name, "") for name in ("kind", "scheme"))
    if not alike or own.drivers((1.0,), None) != model.drivers((1.0,), None):
        raise UsageError(
            f"{who}: {_cut(own)} is not drawn from the random numbers of {_cut(model)}: write a model of the same "
            "kind, scheme and time steps, or another underlying"
        )


def check_contract(payoff: Any, model: Any) -> None:
    """Refuse arguments of ``estimate`` that are no payoff and no model, in that order.

    Raises
    ------
    UsageError
        With the order in which they are written.
    """
    for value, what, needs in ((payoff, "payoff", "settled"), (model, "model", "simulate")):
        if not is_a(value, needs):
            raise UsageError(
                f"{value!r} is no {what}: write estimate(payoff, model), such as "
                "estimate(European('call', strike=100, maturity=1), GBM(spot=100, volatility=0.2))"
            )


def is_a(value: Any, needs: str) -> bool:
    """Whether a value is an object, and no class, with a method that a payoff or a model has."""
    return not isinstance(value, type) and hasattr(value, needs)


def _cut(value: Any) -> str:
    return visible(repr(value), 2 * LONGEST)
