"""Columns of contracts that this version does not value: blank or without effect, or the trade is refused."""

from __future__ import annotations

from collections.abc import Mapping

from greeks.portfolio.cells import CellError, parse_number
from greeks.portfolio.vocabulary import listed
from greeks.text.visible import quoted

_BARRIER = listed(
    "barrier_type barrier lower_barrier upper_barrier rebate rebate_at touch_type pay_at monitoring monitoring_start"
    " monitoring_end already_hit"
)
_OTHER = listed(
    "lookback_type past_min past_max trigger exponent start start_date moneyness local_floor local_cap global_floor"
    " global_cap lower upper strike_volatility cap autocall_barrier coupon coupon_barrier memory protection_barrier"
)
_EXERCISES = {"european": "", "american": "American", "bermudan": "Bermudan"}
LAG = "a payment after the expiry, and this version has none: leave it out, or scale the quantity by exp(-rate lag)"
NAMES = (*_BARRIER, *_OTHER, "exercise", "exercise_dates", "payment_lag")
_SET = frozenset(NAMES)


def later_terms(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """Problems for cells that would change what a trade is worth, and cannot: as (column, message).

    Parameters
    ----------
    cells : mapping of str to str
        Text by column; those of a later version are looked at.
    """
    problems: list[tuple[str, str]] = []
    if _SET.isdisjoint(cells):
        return problems
    for name in NAMES:
        text = cells.get(name, "")
        if text and (why := _refusal(name, text, cells.get("product", ""))):
            problems.append((name, f"{quoted(text)}{why}"))
    return problems


def _refusal(name: str, text: str, product: str) -> str:
    """Why a cell that is not blank is refused; nothing where it changes nothing."""
    if name == "exercise":
        style = text.strip().lower()
        if style not in _EXERCISES:
            return f" is not one of {', '.join(_EXERCISES)}"
        why = "exercise is not available in this version, and a European is worth less: leave the trade out"
        return f": {_EXERCISES[style]} {why}" if _EXERCISES[style] else ""
    if name == "exercise_dates":
        return ": early exercise is not available in this version: leave the trade out"
    if name == "payment_lag":
        return "" if _zero(text) else f" is {LAG}"
    what = "a barrier" if name in _BARRIER else "it"
    return f" has no meaning for product {product}, and no product of this version has {what}: leave the trade out"


def _zero(text: str) -> bool:
    try:
        return parse_number(text) == 0
    except CellError:
        return False
