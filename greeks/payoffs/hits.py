"""What is paid when a level is hit between dates, and its derivatives, given the spots at them.

In each interval the contract may be hit, with the probability that its bridge leaves, if it was in none before; the
payment then is one at the interval's end, see :mod:`greeks.models.hits`. A spot that is beyond the level already where
a window begins is a hit there, and takes the level's place: what is paid goes on continuously as it moves over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp as exponential
from math import sqrt

import numpy as np

from greeks.compiler.jit import device, kernel
from greeks.core.elementary import exp
from greeks.core.workspace import Array
from greeks.models.base import Paths
from greeks.names import SECOND_ORDER, parts_of

_SERIES = 1.0  # of w^2 l^2, below which the functions are summed
_TERMS, _SMALLEST = 200, 1e-17
_LARGEST = 700.0


@dataclass(frozen=True, eq=False)
class AtHit:
    """Paid at the hit of one level.

    Attributes
    ----------
    level : float
        Its logarithm.
    up : bool
        Whether it is hit from below.
    cash, asset : float
        Amounts.
    waits : tuple of float
        Time from each date to the maturity, to which it is carried.
    """

    level: float
    up: bool
    cash: float
    asset: float
    waits: tuple[float, ...]

    def law(self, paths: Paths, greek: str) -> tuple[Array, Array, Array]:
        """The law of hits with its derivatives, what 1 at each date is at the maturity, and the derivative of that.

        ``greek`` is blank where nothing but the spots moves.
        """
        parts = parts_of(greek) if greek in SECOND_ORDER else (greek, greek)
        hits, rate, waits = paths.hits(parts), float(paths.model.rate), np.array(self.waits)
        second = hits.second if greek == "volga" else (0.0, 0.0)
        carried = np.array([exponential(rate * wait) for wait in self.waits])
        grows = carried * hits.factor_slopes[0]
        if greek == "rho":
            grows = grows + waits * carried * hits.factor
        law = np.array([hits.tilt, hits.growth, *hits.slopes[0], *hits.slopes[1], *second, hits.drift])
        return law, carried * hits.factor, grows


@kernel
def begin_alive(n: int, out: Array) -> None:
    """Every path alive, whatever moves."""
    for i in range(n):
        out[0, i] = 1.0
        out[1, i] = 0.0
        out[2, i] = 0.0
        out[3, i] = 0.0


@kernel
def add_hits(
    log_spot: Array,
    start: float,
    j: int,
    level: float,
    sign: float,
    cash: float,
    asset: float,
    law: Array,
    carried: float,
    grows: float,
    stays: Array,
    alive: Array,
    slope: Array,
    held: Array,
    begin: Array,
    order: int,
    n: int,
    out: Array,
) -> None:
    """Add what is paid for hits in interval ``j``, or its derivative along a (order 1) or a and b (order 2).

    Parameters
    ----------
    sign : float
        1 for a level that is hit from below, else -1.
    law : ndarray, shape (9,)
        a and b of the law of hits, their derivatives along the first direction, along the second, and along both; and
        the direction of the drift where it is strong, else 0.
    carried, grows : float
        What 1 at the date is at the maturity, and the derivative of that along the first direction.
    stays, alive : ndarray, shape (4, stride)
        Probability that this interval has no hit, and that those before had none, with derivatives along a, b and both;
        ``alive`` is updated.
    slope, held, begin
        As in :func:`greeks.payoffs.bridge_slopes.survive_along`.
    """
    for i in range(n):
        if j == 0:
            x, xa, xb, xab = start, begin[0], begin[1], begin[2]
        else:
            x, xa, xb, xab = log_spot[j - 1, i], slope[j - 1, i], 0.0, held[j - 1, i]
        h, ha, hb, hab = 1.0 - stays[0, i], -stays[1, i], -stays[2, i], -stays[3, i]
        w, wa, wb, wab = alive[0, i], alive[1, i], alive[2, i], alive[3, i]
        if h > 0.0 and (w != 0.0 or wa != 0.0 or wb != 0.0 or wab != 0.0):
            beyond = sign * (x - level) >= 0.0
            at = x if beyond else level
            if not beyond:
                xa, xb, xab = 0.0, 0.0, 0.0
            f, fa, fb, fab = delayed(
                log_spot[j, i] - at, slope[j, i] - xa, -xb, held[j, i] - xab,
                law[0], law[1], law[2], law[3], law[4], law[5], law[6], law[7], law[8],
            )  # fmt: skip
            grown = asset * exp(at)
            m, ma, mb, mab = cash + grown, grown * xa, grown * xb, grown * (xab + xa * xb)
            v, va, vb = m * f, ma * f + m * fa, mb * f + m * fb
            vab = mab * f + ma * fb + mb * fa + m * fab
            va, vab = carried * va + grows * v, carried * vab + grows * vb
            v, vb = carried * v, carried * vb
            if order == 0:
                out[i] += w * h * v
            elif order == 1:
                out[i] += wa * h * v + w * ha * v + w * h * va
            else:
                out[i] += (
                    wab * h * v + w * hab * v + w * h * vab
                    + wa * (hb * v + h * vb) + wb * (ha * v + h * va) + w * (ha * vb + hb * va)
                )  # fmt: skip
        p, pa, pb, pab = stays[0, i], stays[1, i], stays[2, i], stays[3, i]
        alive[0, i] = w * p
        alive[1, i] = wa * p + w * pa
        alive[2, i] = wb * p + w * pb
        alive[3, i] = wab * p + wa * pb + wb * pa + w * pab


@device
def delayed(
    y: float, ya: float, yb: float, yab: float,
    a: float, b: float, a1: float, b1: float, a2: float, b2: float, a12: float, b12: float, drift: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """f(y) of the law of hits, and its derivatives along two directions and both.

    Of a strong drift exp(p y), with p the smaller root.
    With d = w^2, c = cosh(w y) and s = sinh(w y) / w: c_d = y s / 2, and in general the functions g_k of d y^2 below,
    of which each is twice the derivative of the one before.
    """
    d, d1, d2 = a * a + b, 2.0 * a * a1 + b1, 2.0 * a * a2 + b2
    d12 = 2.0 * a1 * a2 + 2.0 * a * a12 + b12
    if drift != 0.0:
        w = drift * sqrt(d)
        p, p1, p2 = w - a, 0.5 * d1 / w - a1, 0.5 * d2 / w - a2
        p12 = (0.5 * d12 - 0.25 * d1 * d2 / d) / w - a12
        f = exp(min(max(p * y, -_LARGEST), _LARGEST))
        k1, k2 = p * ya + y * p1, p * yb + y * p2
        return f, f * k1, f * k2, f * (k1 * k2 + p * yab + ya * p2 + yb * p1 + y * p12)
    g0, g1, g2, g3 = tilted(y, d, a)
    square = y * y
    s, s_d, s_dd = y * g1, 0.5 * square * y * g2, 0.25 * square * square * y * g3
    c_d, c_dd = 0.5 * square * g1, 0.25 * square * square * g2
    f = g0 + a * s
    f_d, f_dd = c_d + a * s_d, c_dd + a * s_dd
    p1, p2 = f_d * d1 + a1 * s, f_d * d2 + a2 * s
    p12 = f_dd * d1 * d2 + f_d * d12 + s_d * (a1 * d2 + a2 * d1) + a12 * s
    f_y = b * s
    f_yy = b * f - 2.0 * a * f_y
    y1 = b1 * s - y * a1 * f_y + b * s_d * d1
    y2 = b2 * s - y * a2 * f_y + b * s_d * d2
    k1, k2 = p1 - y * a1 * f, p2 - y * a2 * f
    k12 = p12 - y * (a12 * f + a1 * p2 + a2 * p1) + square * a1 * a2 * f
    return (
        f,
        f_y * ya + k1,
        f_y * yb + k2,
        f_yy * ya * yb + f_y * yab + ya * y2 + yb * y1 + k12,
    )  # fmt: skip


@device
def tilted(y: float, d: float, a: float) -> tuple[float, float, float, float]:
    """exp(-a y) times cosh(x), sinh(x) / x and the next two of their kind, with x^2 = d y^2 of either sign."""
    z = d * y * y
    if z < _SERIES:
        scale = exp(min(max(-a * y, -_LARGEST), _LARGEST))
        g2, g3, term2, term3 = 0.0, 0.0, 1.0 / 3.0, 1.0 / 15.0
        for k in range(_TERMS):
            g2 += term2
            g3 += term3
            term2 *= 0.5 * z / ((k + 1.0) * (2.0 * k + 5.0))
            term3 *= 0.5 * z / ((k + 1.0) * (2.0 * k + 7.0))
            if abs(term2) < _SMALLEST:
                break
        g1 = 3.0 * g2 + z * g3
        g0 = g1 + z * g2
        return scale * g0, scale * g1, scale * g2, scale * g3
    x = sqrt(z)
    up, down = exp(min(max(x - a * y, -_LARGEST), _LARGEST)), exp(min(max(-x - a * y, -_LARGEST), _LARGEST))
    g0, g1 = 0.5 * (up + down), 0.5 * (up - down) / x
    g2 = (g0 - g1) / z
    return g0, g1, g2, (g1 - 3.0 * g2) / z
