"""European call, one step; and what one more trade costs on paths that are there already."""

from __future__ import annotations

from benchmarks import ours, peer_quantlib
from benchmarks.timing import Table, Work

_FEW, _MANY = 2, 12


def run(table: Table) -> None:
    """Price, delta, gamma, vega, rho with their variances, beside a price alone."""
    table.times(
        "path",
        {
            "ours: price, delta, gamma, vega, rho by LR": lambda: ours.european(1),
            "QuantLib: price": peer_quantlib.european,
        },
    )


def marginal(table: Table) -> None:
    """Books of 2 and of 12 Europeans on the same paths, netted."""
    work = {f"ours: {count} trades": lambda count=count: _book(count) for count in (_FEW, _MANY)}
    table.times("path", work, repeats=60)  # a difference of two times: it takes more repeats to be steady
    few, many = (table.values[f"ours: {count} trades"] for count in (_FEW, _MANY))
    table.target("one more trade: price, four Greeks, netted", (many - few) / (_MANY - _FEW), 1.0, unit="ns per path")


def _book(count: int) -> Work:
    return ours.european(count)
