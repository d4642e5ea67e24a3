"""What a contract that lives between levels pays on simulated paths, carried to its maturity."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np

from greeks.compiler.jit import fma, kernel, select
from greeks.core.moments import Index
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths
from greeks.payoffs.forms import Survival


def pay(form: Survival, paths: Paths, maturity: float, workspace: Workspace, out: Array) -> None:
    """Undiscounted payment of each path, in money of the maturity."""
    rate = float(paths.model.rate)
    _pay(form, paths, lambda time: exp(rate * (maturity - time)), 1.0, workspace, out)


def pay_by_rate(form: Survival, paths: Paths, maturity: float, workspace: Workspace, out: Array) -> None:
    """Its derivative to the rate at fixed spots: what is paid early is carried."""
    rate = float(paths.model.rate)
    _pay(form, paths, lambda time: (maturity - time) * exp(rate * (maturity - time)), 0.0, workspace, out)


def _pay(
    form: Survival, paths: Paths, carried: Callable[[float], float], final: float, workspace: Workspace, out: Array
) -> None:
    """What is paid at a date counts ``carried`` of its time, what is paid at maturity ``final``."""
    last = len(form.lower) - 1
    exits = zip(form.exit_payment, form.exit_time, strict=True)
    exit_payment = np.array([form.factor * paid * carried(time) for paid, time in exits])
    rows: list[tuple[float, ...]] = []
    dates: list[int] = []
    for j, pieces in enumerate(form.coupons):
        for each in pieces:
            factor = form.factor * carried(form.coupon_time[j])
            rows.append((each.low, each.high, factor * each.asset, factor * each.cash, 1.0))
            dates.append(j)
    for group, factor, alive in ((form.pieces, form.factor * final, 1.0), (form.always, final, 0.0)):
        for each in group:
            rows.append((each.low, each.high, factor * each.asset, factor * each.cash, alive))
            dates.append(last)
    survival_values(
        paths.spot, np.array(form.lower), np.array(form.upper), exit_payment, np.array(rows).reshape(len(rows), 5),
        np.array(dates, dtype=np.int64), paths.count, workspace.array("survival/alive", out.shape[-1]), out,
    )  # fmt: skip


@kernel
def survival_values(
    spot: Array,
    lower: Array,
    upper: Array,
    exits: Array,
    pieces: Array,
    dates: Index,
    n: int,
    alive: Array,
    out: Array,
) -> None:
    """Payments of a :class:`~greeks.payoffs.forms.Survival`: rows of low, high, asset, cash, whether only if alive.

    A piece at a date is paid to what lived to the date before; those of the last date are within its levels.
    """
    for i in range(n):
        alive[i], out[i] = 1.0, 0.0
    place = 0
    for j in range(spot.shape[0]):
        s = spot[j]
        while place < dates.shape[0] and dates[place] == j:
            low, high, asset, cash, only = (
                pieces[place, 0],
                pieces[place, 1],
                pieces[place, 2],
                pieces[place, 3],
                pieces[place, 4],
            )
            for i in range(n):
                paid = fma(asset, s[i], cash) * fma(only, alive[i] - 1.0, 1.0)
                out[i] += select((s[i] > low) & (s[i] < high), paid, 0.0)
            place += 1
        low, high, leaving = lower[j], upper[j], exits[j]
        if low > 0.0 or high < np.inf:
            for i in range(n):
                inside = (s[i] > low) & (s[i] < high)
                out[i] += select(inside, 0.0, leaving * alive[i])
                alive[i] = select(inside, alive[i], 0.0)
