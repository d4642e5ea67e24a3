"""Payments of an autocallable note on simulated paths, date by date.

Verified path by path against the naive implementation in the tests.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel, select
from greeks.core.moments import Index
from greeks.core.workspace import Array


@kernel
def autocallable_values(
    spot: Array,
    carried: Array,
    final: float,
    autocall: float,
    coupon_level: float,
    protection: float,
    coupon: float,
    memory: float,
    remembered: float,
    notional: float,
    inverse: float,
    rows: Index,
    n: int,
    alive: Array,
    missed: Array,
    out: Array,
) -> None:
    """Payments at each fixing times ``carried``, and at the end times ``final``, added up in their rows of ``out``."""
    for i in range(n):
        alive[i], missed[i] = 1.0, remembered
    for j in range(out.shape[0]):
        for i in range(n):
            out[j, i] = 0.0
    last = spot.shape[0] - 1
    for j in range(last + 1):
        s, factor, total = spot[j], carried[j], out[rows[j]]
        for i in range(n):
            paid = s[i] >= coupon_level
            total[i] += select(paid, factor * alive[i] * coupon * (1.0 + missed[i]), 0.0)
            missed[i] = select(paid, 0.0, missed[i] + memory)
        if j < last:
            for i in range(n):
                called = s[i] >= autocall
                total[i] += select(called, factor * alive[i] * notional, 0.0)
                alive[i] = select(called, 0.0, alive[i])
    s, total = spot[last], out[rows[last]]
    for i in range(n):
        back = select(s[i] >= protection, notional, notional * inverse * s[i])
        total[i] = fma(final, alive[i] * back, total[i])
