"""The contracts on dates written out for :mod:`tests.reference.quadrature`: names as the columns of a portfolio.

Each function gives the dates to hand to ``Quadrature``. All dates lie after now.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from tests.reference.quadrature import Date, Piece

INFINITY = math.inf


def vanilla(option_type: str, strike: float, payout: str = "vanilla", cash: float = 1.0) -> tuple[Piece, ...]:
    """The pieces of a payment at the end: a vanilla, or the cash or asset digital that is in the money with it."""
    sign = 1.0 if option_type == "call" else -1.0
    amounts: dict[str, Callable[[np.ndarray], np.ndarray] | float] = {
        "vanilla": lambda spot: sign * (spot - strike),
        "cash": cash,
        "asset": lambda spot: spot,
    }
    low, high = (strike, INFINITY) if sign > 0 else (0.0, strike)
    return (Piece(low, high, amounts[payout]),)


def cut(pieces: Sequence[Piece], low: float, high: float) -> tuple[Piece, ...]:
    """What of the pieces lies between two levels."""
    out = (piece._replace(low=max(piece.low, low), high=min(piece.high, high)) for piece in pieces)
    return tuple(piece for piece in out if piece.low < piece.high)


def barrier(
    option_type: str,
    strike: float,
    barrier_type: str,
    levels: float | tuple[float, float],
    times: Sequence[float],
    maturity: float,
    *,
    payout: str = "vanilla",
    cash: float = 1.0,
    rebate: float = 0.0,
    rebate_at: str = "expiry",
) -> list[Date]:
    """A discretely monitored barrier: ``up-and-out`` and so on with one level, ``double-out`` and ``double-in`` with two.

    An out pays its rebate at the hit or at expiry, an in at expiry if it was never hit.
    """
    direction, knock = barrier_type.replace("-and-", "-").split("-")
    low, high = {"up": (0.0, levels), "down": (levels, INFINITY), "double": levels}[direction]
    end, inside = vanilla(option_type, strike, payout, cash), [(low, high)]
    outside = [(a, b) for a, b in ((0.0, low), (high, INFINITY)) if a < b]
    dates, last = [], {*times, maturity}
    for time in sorted(last):
        watched, final = time in times, time == maturity
        if knock == "out":
            paid = maturity if rebate_at == "expiry" else time
            dead = [Piece(a, b, rebate, paid=paid) for a, b in outside] if watched else []
            alive = inside if watched else [(0.0, INFINITY)]
            go = [piece for a, b in alive for piece in (cut(end, a, b) if final else (Piece(a, b, to=0),))]
            dates.append(Date(time, ((*dead, *go),)))
        else:
            hit = outside if watched else []
            miss = inside if watched else [(0.0, INFINITY)]
            if final:
                first = [piece for a, b in hit for piece in cut(end, a, b)] + [Piece(a, b, rebate) for a, b in miss]
                dates.append(Date(time, (tuple(first), end)))
            else:
                first = [Piece(a, b, to=1) for a, b in hit] + [Piece(a, b, to=0) for a, b in miss]
                dates.append(Date(time, (tuple(first), (Piece(0.0, INFINITY, to=1),))))
    return dates


def range_accrual(lower: float, upper: float, times: Sequence[float], maturity: float, notional: float) -> list[Date]:
    """Pays at maturity the share of fixings between the levels."""
    share, everywhere = notional / len(times), Piece(0.0, INFINITY, to=0)
    inside = Piece(lower, upper, share, to=0, paid=maturity)
    around = (everywhere._replace(high=lower), inside, everywhere._replace(low=upper))
    ends = sorted(times)[-1]
    return [Date(t, (tuple(p._replace(to=0 if t < ends else None) for p in around),)) for t in sorted(times)]


def autocallable(
    autocall_barrier: float,
    coupon: float,
    coupon_barrier: float,
    protection_barrier: float,
    times: Sequence[float],
    notional: float,
    *,
    initial: float,
    memory: bool = False,
) -> list[Date]:
    """At or above the coupon barrier a coupon is paid, with memory those missed too; at or above the autocall barrier
    the notional is repaid and all ends. At the last date it is repaid in full above the protection barrier, and below
    it as the spot has performed against ``initial``.
    """
    dates = []
    for k, time in enumerate(times):
        final = k == len(times) - 1
        levels = sorted({0.0, coupon_barrier, autocall_barrier, INFINITY} | ({protection_barrier} if final else set()))
        states = []
        for missed in range(k + 1 if memory else 1):
            pieces = []
            for low, high in pairwise(levels):
                earned = coupon * notional * (1 + missed) if low >= coupon_barrier else 0.0
                if low >= autocall_barrier or (final and low >= protection_barrier):
                    pieces.append(Piece(low, high, earned + notional))
                elif final:
                    pieces.append(Piece(low, high, lambda s, c=earned: c + notional * s / initial))
                else:
                    after = 0 if earned or not memory else missed + 1
                    pieces.append(Piece(low, high, earned, to=after))
            states.append(tuple(pieces))
        dates.append(Date(time, tuple(states)))
    return dates
