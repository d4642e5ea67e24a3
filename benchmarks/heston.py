"""European call under Heston, 32 steps of QE with the martingale correction: price, and every first-order Greek."""

from __future__ import annotations

from benchmarks import ours, peer_quantlib
from benchmarks.timing import Table

_PRICE = "ours: price"
_GREEKS = {
    "likelihood_ratio": "ours: price and eight Greeks by LR",
    "pathwise": "ours: price and eight Greeks by pathwise",
}
_QUANTLIB = "QuantLib: price"


def run(table: Table) -> None:
    """Greeks to spot, rate, dividend yield and the five parameters."""
    table.times(
        "path-step",
        {
            _PRICE: lambda: ours.heston(("price",), "pathwise"),
            **{
                label: lambda name=name: ours.heston(ours.HESTON_GREEKS, name)  # type: ignore[misc]
                for name, label in _GREEKS.items()
            },
            _QUANTLIB: peer_quantlib.heston,
        },
    )
    table.goal("QuantLib's price / ours", _QUANTLIB, _PRICE, 15.0, at_most=False)
    for name, label in _GREEKS.items():
        table.goal(f"QuantLib's price / nine numbers, {name}", _QUANTLIB, label, 5.0, at_most=False)
