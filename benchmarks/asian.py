"""Asian call, 52 fixings: all first-order Greeks by likelihood ratio, and by pathwise beside it."""

from __future__ import annotations

from benchmarks import ours, peer_jax, peer_mkl, peer_quantlib
from benchmarks.timing import Table

_OURS = "ours: price, delta, vega, rho by LR"
_BOTH = "ours: the same by LR and pathwise"
_FLOOR = "MKL floor, fastest generator: normals and exp"
_WRITTEN, _FASTEST = "JAX, cumsum: price and gradient", "JAX, scan: price and gradient"
_QUANTLIB = "QuantLib: price"


def run(table: Table) -> None:
    """Time per path-step; ratios are to the first line."""
    # A ratio near its bound: many short repeats of these two alone, before the long ones of the peers.
    pair = {_OURS: lambda: ours.asian("likelihood_ratio"), _BOTH: lambda: ours.asian("likelihood_ratio", "pathwise")}
    table.times("path-step", pair, repeats=60)
    table.goal("LR and pathwise / LR", _BOTH, _OURS, 1.25)
    table.times(
        "path-step",
        {
            _OURS: lambda: ours.asian("likelihood_ratio"),
            "MKL floor, Philox: normals and exp": lambda: peer_mkl.floor("philox4x32x10"),
            _FLOOR: peer_mkl.floor,
            "JAX, cumsum: price": lambda: peer_jax.asian("cumsum", gradient=False),
            _WRITTEN: lambda: peer_jax.asian("cumsum", gradient=True),
            "JAX, scan: price": lambda: peer_jax.asian("scan", gradient=False),
            _FASTEST: lambda: peer_jax.asian("scan", gradient=True),
            _QUANTLIB: peer_quantlib.asian,
        },
    )
    table.goal("LR / MKL floor", _OURS, _FLOOR, 1.5)
    table.goal("JAX's price and gradient, as one would write it / LR", _WRITTEN, _OURS, 8.0, at_most=False)
    table.goal("JAX's price and gradient, fastest form / LR", _FASTEST, _OURS, 8.0, at_most=False)
    table.goal("QuantLib's price / LR", _QUANTLIB, _OURS, 40.0, at_most=False)
