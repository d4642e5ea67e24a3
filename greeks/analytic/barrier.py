"""Barrier options under continuous monitoring: one barrier or two, in or out, with rebates.

Source: Reiner and Rubinstein (1991), Ikeda and Kunitomo (1992), Haug (2007), section 4.17. Verified against published
values, quadrature, and 50-digit differentiation in ``tests/reference/test_barrier.py``.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic import black_scholes
from greeks.analytic.jets import Jet, Number, exp, greeks_of, market
from greeks.analytic.lognormal import phi
from greeks.analytic.monitored import Levels, levels_of, whole_life


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a barrier option under geometric Brownian motion; none if not monitored continuously."""
    side, knock = payoff.barrier_type.replace("-and-", "-").split("-")
    if not whole_life(payoff):
        return {}
    cash = 1.0 if payoff.cash is None else payoff.cash
    return barrier(
        payoff.option_type, payoff.payout, cash, payoff.strike, knock, levels_of(payoff, side), payoff.rebate or 0.0,
        payoff.rebate_at, payoff.maturity, bool(payoff.already_hit),
        model.spot, model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


def barrier(
    option_type: str,
    payout: str,
    cash: float,
    strike: float,
    knock: str,
    levels: Levels,
    rebate: float,
    rebate_at: str | None,
    maturity: float,
    already_hit: bool,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a barrier option monitored from now to maturity.

    Parameters
    ----------
    option_type : {"call", "put"}
    payout : {"vanilla", "cash", "asset"}
        What is paid at maturity in the money: the intrinsic value, the amount ``cash``, or the asset.
    cash : float
        Amount of a cash payout.
    strike : float
        > 0.
    knock : {"out", "in"}
    levels : Levels
        The barrier or the two barriers; a spot at a barrier has touched it.
    rebate : float
        Paid if an out option is touched, or an in option is not.
    rebate_at : {"hit", "expiry"}
        When an out option pays it; an in option pays it at expiry.
    maturity : float
        Years, >= 0.
    already_hit : bool
        Touched in the past: a rebate at hit has been paid.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        As :func:`greeks.analytic.black_scholes.european`.

    Raises
    ------
    ValueError
        For an unknown choice or an input outside its range.
    ArithmeticError
        Where no accurate value is known: a rebate at hit at strongly negative rates or without randomness.
    """
    if knock not in ("out", "in") or payout not in ("vanilla", "cash", "asset"):
        raise ValueError(f"knock is {knock!r} and payout {payout!r}: choose out or in, and vanilla, cash or asset")
    sign, at_hit = phi(option_type), rebate_at == "hit" and knock == "out"
    m = market(spot, rate, dividend_yield, volatility)
    years = m.years(maturity)
    known = levels.decided(m, maturity, already_hit, timed=at_hit and rebate != 0.0)
    if known is not None:
        if known == (knock == "in"):
            return _plain(option_type, payout, cash, spot, strike, maturity, rate, dividend_yield, volatility)
        if at_hit:
            return greeks_of(0.0 if already_hit else rebate)
        return greeks_of(rebate * exp(-m.rate * years))
    ends = (strike, None) if sign > 0.0 else (None, strike)
    claim = (levels.touched if knock == "in" else levels.untouched)(m, years, *ends)
    value = {
        "vanilla": sign * (claim.asset - strike * claim.cash),
        "cash": cash * claim.cash,
        "asset": claim.asset,
    }[payout]
    value = _not_negative(value)
    if rebate and at_hit:
        value = value + rebate * levels.paid_at_touch(m, years).cash
    elif rebate:
        event = levels.touched if knock == "out" else levels.untouched
        value = value + rebate * event(m, years, None, None).cash
    return greeks_of(value)


def _plain(option_type: str, payout: str, cash: float, *terms: float) -> dict[str, float]:
    """The option without its barrier."""
    if payout == "vanilla":
        return black_scholes.european(option_type, *terms)
    return black_scholes.digital(option_type, payout, cash, *terms)


def _not_negative(value: Number) -> Number:
    """Differences of equal terms leave rounding: a price of at least 0, its derivatives as they are."""
    return Jet(max(value.value, 0.0), value.gradient, value.hessian) if isinstance(value, Jet) else max(value, 0.0)
