"""Derivatives of the probability that the bridges of a path stay between two levels; see ``bridges.py``.

The product over the intervals is differentiated along two directions a and b at once, each of which moves the spots,
the start and the variances: a term exp(-q) with q = N / c has q_a = (N_a - q c_a) / c, and so on. No division by the
probability of an interval: it may be as small as it likes. Verified path by path against differences.
"""

from __future__ import annotations

from greeks.compiler.jit import device, fma, kernel, select
from greeks.core.elementary import exp
from greeks.core.moments import Flags
from greeks.core.workspace import Array
from greeks.payoffs.bridges import LEAST, TILE, WIDEST, ends, series, take


@kernel
def survive_along(
    log_spot: Array,
    start: float,
    watched: Flags,
    low: float,
    high: float,
    variance: Array,
    slope: Array,
    begin: Array,
    change: Array,
    other_change: Array,
    both_change: Array,
    held: Array,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """The probability of ``survive`` in ``bridges.py``, and its derivatives along a, b and both: the rows of ``out``.

    Parameters
    ----------
    slope : ndarray, shape (dates, stride)
        Of the log-spots along a; b moves none of them.
    begin : ndarray, shape (3,)
        Derivatives of the start along a, along b, and along both.
    change, other_change, both_change : ndarray, shape (dates, stride) or (dates, 1)
        Of the variances likewise.
    held : ndarray, shape (dates, stride)
        Second derivative of the log-spots along a and b.
    """
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        count = last - first
        x, xa, xab, c, ca, cb, cab, p, pa, pb, pab = (
            scratch[0, :count], scratch[1, :count], scratch[2, :count], scratch[3, :count], scratch[4, :count],
            scratch[5, :count], scratch[6, :count], scratch[7, :count], scratch[8, :count], scratch[9, :count],
            scratch[10, :count],
        )  # fmt: skip
        whole, along, other, both = out[0, first:last], out[1, first:last], out[2, first:last], out[3, first:last]
        for i in range(count):
            whole[i] = 1.0
            along[i] = 0.0
            other[i] = 0.0
            both[i] = 0.0
        for j in range(log_spot.shape[0]):
            if not watched[j]:
                continue
            y, ya, yab = log_spot[j, first:last], slope[j, first:last], held[j, first:last]
            ends(log_spot, start, j, first, count, x)
            ends(slope, begin[0], j, first, count, xa)
            ends(held, begin[2], j, first, count, xab)
            xb = begin[1] if j == 0 else 0.0
            widest = take(variance, j, first, count, c)
            take(change, j, first, count, ca)
            take(other_change, j, first, count, cb)
            take(both_change, j, first, count, cab)
            terms, sign, level, gap = series(low, high, widest)
            for i in range(count):
                c[i] = max(c[i], LEAST)
                p[i] = 1.0
                pa[i] = 0.0
                pb[i] = 0.0
                pab[i] = 0.0
            for k in range(-terms, terms + 1):
                away = float(k) * gap
                for i in range(count):
                    u, v = sign * (x[i] - level) + away, sign * (y[i] - level) + away
                    ua, va, ub = sign * xa[i], sign * ya[i], sign * xb
                    big, na, nb = u * v, fma(ua, v, u * va), ub * v
                    nab = fma(sign * xab[i], v, fma(va, ub, u * sign * yab[i]))
                    e, ea, eb, eab = decay(big, na, nb, nab, c[i], ca[i], cb[i], cab[i])
                    p[i] -= e
                    pa[i] -= ea
                    pb[i] -= eb
                    pab[i] -= eab
                if k != 0:
                    for i in range(count):
                        big = away * fma(sign, y[i] - x[i], away)
                        na, nb, nab = away * sign * (ya[i] - xa[i]), -away * sign * xb, away * sign * (yab[i] - xab[i])
                        e, ea, eb, eab = decay(big, na, nb, nab, c[i], ca[i], cb[i], cab[i])
                        p[i] += e
                        pa[i] += ea
                        pb[i] += eb
                        pab[i] += eab
            most = gap * gap * WIDEST
            for i in range(count):
                alive = (x[i] > low) & (x[i] < high) & (y[i] > low) & (y[i] < high) & (c[i] < most)
                stays = select(alive, min(max(p[i], 0.0), 1.0), 0.0)
                da, db, dab = select(alive, pa[i], 0.0), select(alive, pb[i], 0.0), select(alive, pab[i], 0.0)
                both[i] = fma(both[i], stays, fma(along[i], db, fma(other[i], da, whole[i] * dab)))
                along[i] = fma(along[i], stays, whole[i] * da)
                other[i] = fma(other[i], stays, whole[i] * db)
                whole[i] *= stays


@device
def decay(
    big: float, na: float, nb: float, nab: float, c: float, ca: float, cb: float, cab: float
) -> tuple[float, float, float, float]:
    """exp(-q) with q = 2 big / c, and its derivatives along a, b and both."""
    scale = 1.0 / c
    q = 2.0 * big * scale
    qa, qb = (2.0 * na - q * ca) * scale, (2.0 * nb - q * cb) * scale
    qab = (2.0 * nab - qb * ca - qa * cb - q * cab) * scale
    e = exp(max(-q, -800.0))
    return e, -qa * e, -qb * e, e * fma(qa, qb, -qab)
