"""Terms of a trade that no product has as a column: how it is exercised, and what this version does not value.

They are blank, without effect, or name another product; or the trade is refused, never valued without them.
"""

from __future__ import annotations

from collections.abc import Mapping

from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.cells import CellError, parse_number
from greeks.portfolio.columns import all_columns, columns
from greeks.text.visible import quoted

_EXERCISES = ("european", "american", "bermudan")
_STYLED = "european"  # the product of which another exercise makes another product
NO_LAG = (
    "a payment after the expiry, which this product has none of: leave it out, or scale the quantity by exp(-rate lag)"
)
_LAG = "payment_lag"
_OF_ANY = ("exercise",)


def later_columns() -> tuple[str, ...]:
    """Names that no class has as a column yet, and that mean a term of a trade all the same."""
    own = all_columns(PAYOFFS)
    return tuple(name for name in _OF_ANY if name not in own)


def product_of(cells: Mapping[str, str]) -> str:
    """The product of a row: a european that is exercised early is another one."""
    product, style = (cells.get(name, "").strip() for name in ("product", "exercise"))
    if product.lower() == _STYLED and style.lower() in _EXERCISES:
        return style.lower()
    return product


def later_terms(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """Problems for cells that would change what a trade is worth, and cannot: as (column, message).

    Parameters
    ----------
    cells : mapping of str to str
        Text by column; those that no class has as a column are looked at, and a lag where the product has none.
    """
    problems: list[tuple[str, str]] = []
    kind = product_of(cells).lower()
    lagged = kind in PAYOFFS and _LAG in columns(PAYOFFS[kind])  # then the product reads it
    for name in [*later_columns(), *([] if lagged or kind not in PAYOFFS else [_LAG])]:
        text = cells.get(name, "")
        if text and (why := _exercised(text, cells) if name == "exercise" else _lagged(text)):
            problems.append((name, f"{quoted(text)}{why}"))
    return problems


def _exercised(text: str, cells: Mapping[str, str]) -> str:
    """Why a style of exercise is refused; nothing where it is that of the product."""
    style, product = text.strip().lower(), product_of(cells)
    if style not in _EXERCISES:
        return f" is not one of {', '.join(_EXERCISES)}"
    kind = product.lower()
    if kind not in PAYOFFS or style == (kind if PAYOFFS[kind].early else _STYLED):
        return ""
    if PAYOFFS[kind].early:
        return f" is not how product {kind} is exercised: write {kind}, or leave it blank"
    return (
        f": exercise before the end is available for calls and puts alone, and a European {kind} is worth less: leave "
        "the trade out"
    )


def _lagged(text: str) -> str:
    return "" if _zero(text) else f" is {NO_LAG}"


def _zero(text: str) -> bool:
    try:
        return parse_number(text) == 0
    except CellError:
        return False
