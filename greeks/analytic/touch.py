"""One-touch and no-touch options under continuous monitoring: one level or two, cash or asset, at hit or expiry.

Source: Reiner and Rubinstein, Unscrambling the binary code (1991); Haug (2007), section 4.19. Verified against
published values, quadrature, and 50-digit differentiation in ``tests/reference/test_barrier.py``.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic.jets import Number, exp, greeks_of, market
from greeks.analytic.monitored import Levels, levels_of, whole_life


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a touch option under geometric Brownian motion; none if not monitored continuously."""
    if not whole_life(payoff):
        return {}
    levels = levels_of(payoff, payoff.direction or "double")
    cash = 1.0 if payoff.cash is None else payoff.cash
    return touch(
        payoff.touch_type, levels, payoff.payout, cash, payoff.pay_at, payoff.maturity, bool(payoff.already_hit),
        model.spot, model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


def touch(
    touch_type: str,
    levels: Levels,
    payout: str,
    cash: float,
    pay_at: str,
    maturity: float,
    already_hit: bool,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a touch option monitored from now to maturity.

    Parameters
    ----------
    touch_type : {"one-touch", "no-touch"}
    levels : Levels
        The level or the two levels; a spot at a level has touched it.
    payout : {"cash", "asset"}
        The amount ``cash``, or one unit of the asset, which at a touch is worth the level.
    cash : float
        Amount of a cash payout.
    pay_at : {"expiry", "hit"}
        When a one-touch pays; a no-touch pays at expiry.
    maturity : float
        Years, >= 0.
    already_hit : bool
        Touched in the past: a payment at hit has been made.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        As :func:`greeks.analytic.black_scholes.european`.

    Raises
    ------
    ValueError
        For an unknown choice.
    ArithmeticError
        Where no accurate value is known: a payment at hit at strongly negative rates or without randomness.
    """
    if touch_type not in ("one-touch", "no-touch") or payout not in ("cash", "asset"):
        raise ValueError(
            f"touch_type is {touch_type!r} and payout {payout!r}: choose one-touch or no-touch, cash or asset"
        )
    one, m = touch_type == "one-touch", market(spot, rate, dividend_yield, volatility)
    years, at_hit = m.years(maturity), one and pay_at == "hit"
    amount, asset = (cash, 0.0) if payout == "cash" else (0.0, 1.0)
    known = levels.decided(m, maturity, already_hit, timed=at_hit)
    if known and at_hit:
        return greeks_of(0.0 if already_hit else amount + asset * m.spot)
    if known is not None:
        paid: Number = amount * exp(-m.rate * years) + asset * m.spot * exp(-m.dividend_yield * years)
        return greeks_of(paid if known == one else 0.0)
    if at_hit:
        claim = levels.paid_at_touch(m, years)
    else:
        claim = (levels.touched if one else levels.untouched)(m, years, None, None)
    return greeks_of(amount * claim.cash + asset * claim.asset)
