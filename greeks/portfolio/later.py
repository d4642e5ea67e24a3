"""Terms that this version does not value: blank or without effect, or the trade is refused."""

from __future__ import annotations

from collections.abc import Mapping

from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.cells import CellError, parse_number
from greeks.portfolio.columns import all_columns
from greeks.text.visible import quoted

_EXERCISES = {"european": "", "american": "American", "bermudan": "Bermudan"}
LAG = "a payment after the expiry, and this version has none: leave it out, or scale the quantity by exp(-rate lag)"
_OF_ANY = ("exercise", "exercise_dates", "payment_lag")


def later_columns() -> tuple[str, ...]:
    """Names that no class has as a column yet, and that mean a term of a trade all the same."""
    own = all_columns(PAYOFFS)
    return tuple(name for name in _OF_ANY if name not in own)


def later_terms(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """Problems for cells that would change what a trade is worth, and cannot: as (column, message).

    Parameters
    ----------
    cells : mapping of str to str
        Text by column; those of a later version are looked at.
    """
    problems: list[tuple[str, str]] = []
    for name in later_columns():
        text = cells.get(name, "")
        if text and (why := _refusal(name, text)):
            problems.append((name, f"{quoted(text)}{why}"))
    return problems


def _refusal(name: str, text: str) -> str:
    """Why a cell that is not blank is refused; nothing where it changes nothing."""
    if name == "exercise":
        style = text.strip().lower()
        if style not in _EXERCISES:
            return f" is not one of {', '.join(_EXERCISES)}"
        why = "exercise is not available in this version, and a European is worth less: leave the trade out"
        return f": {_EXERCISES[style]} {why}" if _EXERCISES[style] else ""
    if name == "exercise_dates":
        return ": early exercise is not available in this version: leave the trade out"
    return "" if _zero(text) else f" is {LAG}"


def _zero(text: str) -> bool:
    try:
        return parse_number(text) == 0
    except CellError:
        return False
