"""Forms that a payment may have: what an estimator can do more with than with values on paths alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Parity:
    """The payment is ``factor`` times that of ``other``, plus ``weights`` . spots + ``constant``.

    It is made where ``inside``, weights and a constant likewise, is positive, and that of ``other`` elsewhere.
    """

    other: Any
    factor: float
    weights: tuple[float, ...]
    constant: float
    inside: tuple[tuple[float, ...], float]


@dataclass(frozen=True)
class Piece:
    """``asset`` S + ``cash`` of the last spot S where low < S < high, else nothing."""

    low: float
    high: float
    asset: float
    cash: float


@dataclass(frozen=True)
class HalfLine:
    """``factor`` (``asset`` S + ``cash``) of the last spot S where ``sign`` (S - ``strike``) > 0, else nothing.

    Its mean given a lognormal end is a closed form.
    """

    strike: float
    sign: float
    asset: float
    cash: float
    factor: float


@dataclass(frozen=True)
class PositivePart:
    """max(``sign`` (``weights`` . spots + ``constant``), 0), with one weight for each date.

    Its mean along one direction of the normals is a closed form, where the sum changes its sign once along it.
    """

    weights: tuple[float, ...]
    constant: float
    sign: float


@dataclass(frozen=True)
class Survival:
    """A contract that lives while the spot stays strictly between two levels at its dates.

    Attributes
    ----------
    lower, upper : tuple of float
        Level at each date of the payoff; 0 and infinity where there is none.
    exit_payment, exit_time : tuple of float
        Paid where the contract ends at a date, and when, in years.
    pieces : tuple of Piece
        Paid at maturity where it lives to the end, the levels of the last date included in their ends.
    always : tuple of Piece
        Paid at maturity whatever happens: the option that a knock-in is without its knock-out.
    factor : float
        Of all that depends on survival: -1 for a knock-in, which is ``always`` less a knock-out.
    coupons : tuple of tuple of Piece
        Paid at each date to a contract that lived to the date before, whether it ends there or not; empty for none.
    coupon_time : tuple of float
        When the coupons of each date are paid, in years.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    exit_payment: tuple[float, ...]
    exit_time: tuple[float, ...]
    pieces: tuple[Piece, ...]
    always: tuple[Piece, ...] = ()
    factor: float = 1.0
    coupons: tuple[tuple[Piece, ...], ...] = ()
    coupon_time: tuple[float, ...] = ()


@dataclass(frozen=True)
class Payments:
    """The payment is a constant plus an amount for each date, which no later spot moves; see ``Payoff.amounts``.

    Attributes
    ----------
    reads : {"spot", "return", "path"}
        What an amount depends on: the spot at its date alone; that spot over the one before, the first over the spot
        now; or any spot up to its date.
    """

    reads: Literal["spot", "return", "path"]
